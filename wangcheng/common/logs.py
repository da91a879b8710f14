"""Log lines: JSON with the number of the request in production, plain text elsewhere.

Code logs with `logging.getLogger(__name__)`; settings.LOGGING names the formatter here.  The middleware gives every
request a number, puts it on every line logged while it is answered and into the answer's X-Request-ID, so that a clerk
can read it out to the administrator.  Names, phones and addresses of people never go into a log line.

Whatever is refused (400–499) is one line of ours with the user, the path and the reason; Django's own lines about it, some
with a traceback, are left out by `OnceOnly`.  A fault of the program (500) keeps its traceback.
"""

from __future__ import annotations

import logging
import re
import uuid
from typing import TYPE_CHECKING, Any

import structlog
from structlog.contextvars import bound_contextvars, get_contextvars, merge_contextvars
from structlog.processors import JSONRenderer, TimeStamper, format_exc_info
from structlog.stdlib import ProcessorFormatter, add_log_level, add_logger_name

from wangcheng.common.people.masking import mask_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

HEADER = "X-Request-ID"
MOST = 200  # characters of a reason
log = logging.getLogger(__name__)
FROM_PROXY = re.compile(r"[A-Za-z0-9-]{8,64}")  # a number the proxy gave is kept, anything else is not believed


def json_formatter() -> ProcessorFormatter:
    """The formatter of production, for Django's and every library's lines alike."""
    stamps: list[Any] = [add_log_level, add_logger_name, merge_contextvars, TimeStamper(fmt="iso", utc=True)]
    last: list[Any] = [ProcessorFormatter.remove_processors_meta, format_exc_info, JSONRenderer(ensure_ascii=False)]
    return ProcessorFormatter(foreign_pre_chain=stamps, processors=last)


class PlainFormatter(logging.Formatter):
    """Lines for a person at a terminal, with the number of the request where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        number = get_contextvars().get("request", "")
        line = super().format(record)
        first, *rest = line.split("\n", 1)
        return "\n".join([f"{first} [{number}]" if number else first, *rest])


class OnceOnly(logging.Filter):
    """Leaves out what Django says of a refusal, and keeps its reason for our own line."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        if request is None or not 400 <= getattr(record, "status_code", 500) < 500:
            return True
        if record.exc_info and record.exc_info[1]:
            request.refused = str(record.exc_info[1])
        elif record.name == "django.security.csrf" and isinstance(record.args, tuple):
            request.refused = str(record.args[0])
        return False


def tell_refusal(request: HttpRequest, response: HttpResponse) -> None:
    """The one line about an answer between 400 and 499: a warning where somebody wanted what is not theirs."""
    if not 400 <= response.status_code < 500:
        return
    user = getattr(request, "user", None)
    name = user.get_username() if user is not None and user.is_authenticated else "-"
    level = logging.WARNING if response.status_code == 403 else logging.INFO
    path, reason = _one_line(request.path), _one_line(mask_text(_reason(request, response)))
    log.log(level, "refused %s %s %s user=%s: %s", response.status_code, request.method, path, name, reason)


def _reason(request: HttpRequest, response: HttpResponse) -> str:
    """As the page or the API said it."""
    data = getattr(response, "data", None)
    detail = data.get("detail", "") if isinstance(data, dict) else ""
    return str(getattr(response, "refused", "") or getattr(request, "refused", "") or detail or response.reason_phrase)


def _one_line(text: str) -> str:
    return "".join(char if char.isprintable() else "?" for char in text[:MOST])


class RequestNumber:
    """Numbers the request; first in settings.MIDDLEWARE, so that every line of its answer has the number."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get(HEADER, "")
        number = given if FROM_PROXY.fullmatch(given) else uuid.uuid4().hex
        with bound_contextvars(request=number):
            response = self.get_response(request)
            tell_refusal(request, response)
        response[HEADER] = number
        return response


structlog.configure(wrapper_class=structlog.stdlib.BoundLogger, logger_factory=structlog.stdlib.LoggerFactory())
