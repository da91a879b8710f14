"""Numbers for Prometheus: requests as they are answered, and what waits in the database at the moment of asking.

The middleware stands first in settings.MIDDLEWARE.  Labels are names of views, never addresses, so that no number of a
case or a person gets into a metric.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from django.db.models import Count
from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from wangcheng.common.health import checks
from wangcheng.common.models import Job, Message

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.http import HttpRequest, HttpResponse

REQUESTS = Counter("wangcheng_requests_total", "Answered requests", ["method", "view", "status"])
SECONDS = Histogram("wangcheng_request_seconds", "Time to answer a request", ["view"])


class CountRequests:
    """Counts and times every request by the name of its view."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        response = self.get_response(request)
        match = request.resolver_match
        view = (match.view_name if match else "") or "other"
        REQUESTS.labels(request.method, view, response.status_code).inc()
        SECONDS.labels(view).observe(time.perf_counter() - started)
        return response


class Waiting(Collector):
    """Messages and jobs by state, and the age of the last background task, read when asked."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        for model, states in ((Message, Message.OPEN), (Job, Job.OPEN)):
            name = model._meta.model_name or ""
            gauge = GaugeMetricFamily(f"wangcheng_{name}s_open", f"Open rows of {name} by state", labels=["state"])
            rows = model.objects.filter(state__in=states).order_by().values_list("state").annotate(Count("pk"))
            found = dict(rows)
            for state in sorted(states):
                gauge.add_metric([str(state)], found.get(state, 0))
            yield gauge
        age = checks.seconds_since_task()
        yield GaugeMetricFamily(
            "wangcheng_last_task_age_seconds", "Age of the last background task", -1 if age is None else age
        )


def exposition() -> bytes:
    """The text for Prometheus; with several server processes (gunicorn) the sum over all of them."""
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        registry = CollectorRegistry()
        MultiProcessCollector(registry)
    else:
        registry = REGISTRY
    waiting = CollectorRegistry()
    waiting.register(Waiting())
    return generate_latest(registry) + generate_latest(waiting)
