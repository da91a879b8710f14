"""Log lines: JSON with the number of the request in production, plain text elsewhere.

Code logs with `logging.getLogger(__name__)`; settings.LOGGING names the formatter here.  The middleware gives every
request a number, puts it on every line logged while it is answered and into the answer's X-Request-ID, so that a clerk
can read it out to the administrator.  Names, phones and addresses of people never go into a log line.
"""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING, Any

import structlog
from structlog.contextvars import bound_contextvars, merge_contextvars
from structlog.processors import JSONRenderer, TimeStamper, format_exc_info
from structlog.stdlib import ProcessorFormatter, add_log_level, add_logger_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

HEADER = "X-Request-ID"
FROM_PROXY = re.compile(r"[A-Za-z0-9-]{8,64}")  # a number the proxy gave is kept, anything else is not believed


def json_formatter() -> ProcessorFormatter:
    """The formatter of production, for Django's and every library's lines alike."""
    stamps: list[Any] = [add_log_level, add_logger_name, merge_contextvars, TimeStamper(fmt="iso", utc=True)]
    last: list[Any] = [ProcessorFormatter.remove_processors_meta, format_exc_info, JSONRenderer(ensure_ascii=False)]
    return ProcessorFormatter(foreign_pre_chain=stamps, processors=last)


class RequestNumber:
    """Numbers the request; first in settings.MIDDLEWARE, so that every line of its answer has the number."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get(HEADER, "")
        number = given if FROM_PROXY.fullmatch(given) else uuid.uuid4().hex
        with bound_contextvars(request=number):
            response = self.get_response(request)
        response[HEADER] = number
        return response


structlog.configure(wrapper_class=structlog.stdlib.BoundLogger, logger_factory=structlog.stdlib.LoggerFactory())
