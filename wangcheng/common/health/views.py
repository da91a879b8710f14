"""The addresses that machines ask: is the process alive, can it serve, how is it doing.  Routed in urls.py."""

from __future__ import annotations

from ipaddress import ip_address

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from wangcheng.common.health import checks, metrics

# By any of these a proxy on this machine tells that it stands between: behind it everybody comes from 127.0.0.1.
FORWARDED = ("X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Real-IP", "Forwarded", "Via")


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Alive: the process answers.  Asks nothing of the database, so that a slow one does not get the process killed."""
    return JsonResponse({"alive": True})


@login_not_required
@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Ready: 200, or 503 with the reasons in words."""
    missing = checks.missing()
    answer = {"ready": not missing, "missing": missing, "notes": [] if missing else checks.notes()}
    return JsonResponse(answer, status=503 if missing else 200, json_dumps_params={"ensure_ascii": False})


@login_not_required
@never_cache
@require_safe
def prometheus(request: HttpRequest) -> HttpResponse:
    """Numbers for Prometheus, by METRICS_TOKEN, or where none is set to this machine alone."""
    if not may_read_metrics(request):
        return HttpResponse("需要监控令牌。", status=403, content_type="text/plain; charset=utf-8")
    return HttpResponse(metrics.exposition(), content_type=CONTENT_TYPE_LATEST)


def may_read_metrics(request: HttpRequest) -> bool:
    if settings.METRICS_TOKEN:
        return constant_time_compare(request.headers.get("Authorization", ""), f"Bearer {settings.METRICS_TOKEN}")
    forwarded = any(name in request.headers for name in FORWARDED)
    return not forwarded and is_this_machine(request.META.get("REMOTE_ADDR", ""))


def is_this_machine(address: str) -> bool:
    """Whether the caller is a program of this machine; a proxy's socket file has no address."""
    try:
        caller = ip_address(address)
    except ValueError:
        return False
    return (getattr(caller, "ipv4_mapped", None) or caller).is_loopback
