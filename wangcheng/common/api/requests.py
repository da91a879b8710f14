"""What is turned away before any view looks at it, and how a JSON body is read.

`PlainRequests` stands in settings.MIDDLEWARE and serves pages as well; `JSONParser` is the API's default parser.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import IO, Any

import orjson
from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from wangcheng.common.api.problems import NOT_FOUND, problem_response
from wangcheng.common.ways.lists.keyset import KEY_MOST


class PlainRequests:
    """Refuses NUL characters and keys in an address that no database takes, and JSON bodies beyond the limit of uploads."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        in_api = request.path.startswith("/api/")
        if "\0" in request.path or any(
            "\0" in text for values in request.GET.lists() for text in (values[0], *values[1])
        ):
            if in_api:
                return problem_response(400, "地址中含有无效字符。")
            raise BadRequest("NUL character in the address")
        if in_api and request.content_type == "application/json" and _length(request) > _limit():
            return problem_response(413, f"请求正文超过{_limit() // 1024 // 1024}MB。")
        if in_api and not request.path.endswith("/docs/"):  # Swagger UI asks for its script by an empty parameter
            request.GET = without_empty(request.GET)  # type: ignore[assignment]  # immutable as well
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]) -> HttpResponse | None:
        """No row has a key that no database can hold: such an address is not there."""
        if not any(isinstance(value, int) and value > KEY_MOST for value in kwargs.values()):
            return None
        if request.path.startswith("/api/"):
            return problem_response(404, NOT_FOUND)
        raise Http404


def without_empty(query: QueryDict) -> QueryDict:
    """`?by=&name=` asks for nothing: a parameter left empty is as if it were left out."""
    kept = QueryDict(mutable=True)
    for name, values in query.lists():
        if filled := [value for value in values if value]:
            kept.setlist(name, filled)
    kept._mutable = False
    return kept


def _length(request: HttpRequest) -> int:
    text = request.META.get("CONTENT_LENGTH") or "0"
    return int(text) if text.isdecimal() else 0


def _limit() -> int:
    return int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)


class JSONParser(BaseParser):
    """JSON by orjson, which also refuses NaN, half characters and bottomless nesting."""

    media_type = "application/json"

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        try:
            return orjson.loads(stream.read())
        except orjson.JSONDecodeError as problem:
            raise ParseError from problem
