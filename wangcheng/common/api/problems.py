"""Every refusal of the API as one shape: RFC 9457 problem+json {type, title, status, detail, errors}, in Chinese.

`handle` is DRF's exception handler; middlewares and error pages use `problem_response`.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import singledispatch
from typing import Any

import orjson
from django.core.exceptions import ObjectDoesNotExist, RequestDataTooBig
from django.core.exceptions import PermissionDenied as DjangoPermissionDenied
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import DataError, OperationalError
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.views.defaults import server_error as default_server_error
from rest_framework import exceptions
from rest_framework.response import Response

from wangcheng.common.workflow import Code, NotAllowed

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
TITLES = {
    400: "提交的内容有误",
    401: "未登录或令牌无效",
    403: "没有权限",
    404: "没有找到",
    405: "不支持的请求方法",
    406: "不支持的应答格式",
    409: "与当前状态冲突",
    413: "请求过大",
    415: "不支持的内容类型",
    429: "请求过于频繁",
    500: "系统错误",
    503: "系统繁忙",
}
REFUSED = {Code.STATE: 409, Code.VERSION: 409, Code.RIGHT: 403, Code.RULE: 400}
NOT_FOUND = "没有找到，或不在您的可见范围内。"
Errors = Mapping[str, list[str]]


class Invalid(Exception):
    """Input with its mistakes by field; answered as 400."""

    def __init__(self, errors: Errors, detail: str = "") -> None:
        super().__init__(detail)
        self.errors, self.detail = errors, detail or "；".join(next(iter(errors.values()), []))

    @classmethod
    def of(cls, form: Form) -> Invalid:
        return cls({_name(field): [str(text) for text in texts] for field, texts in form.errors.items()})


class NotThere(exceptions.APIException):
    """What the request names is not there, said in words of its own; answered as 404."""

    status_code = 404


def _name(field: str) -> str:
    return "" if field == "__all__" else field


def content(status: int, detail: str, errors: Errors | None = None, kind: str = "") -> dict[str, Any]:
    """The members of a problem; `errors` holds sentences by field, under "" those about the whole."""
    return {
        "type": f"urn:wangcheng:problem:{kind or status}",
        "title": TITLES.get(status, "请求失败"),
        "status": status,
        "detail": detail,
        "errors": dict(errors or {}),
    }


def problem(
    status: int, detail: str, errors: Errors | None = None, *, kind: str = "", headers: Mapping[str, str] | None = None
) -> Response:
    """A problem as an answer of an API view."""
    return Response(content(status, detail, errors, kind), status=status, headers=headers, content_type=MEDIA_TYPE)


def problem_response(status: int, detail: str, errors: Errors | None = None) -> HttpResponse:
    """A problem where no API view is at work: from middlewares and error handlers."""
    answer = HttpResponse(orjson.dumps(content(status, detail, errors)), status=status, content_type=MEDIA_TYPE)
    answer.refused = detail  # type: ignore[attr-defined]  # for the log
    return answer


def server_error(request: HttpRequest) -> HttpResponse:
    """The site's handler500: a page, or below /api/ a problem."""
    if request.path.startswith("/api/"):
        return problem_response(500, "系统出错，已记入日志，请稍后重试或联系系统管理员。")
    return default_server_error(request)


def handle(found: Exception, context: dict[str, Any]) -> Response | None:
    """The answer to an exception in an API view; None (a logged 500) for a fault of the program."""
    return _answer(found)


@singledispatch
def _answer(found: Exception) -> Response | None:
    return None


@_answer.register
def _not_allowed(found: NotAllowed) -> Response:
    errors = {found.field: [found.message]} if found.field else None
    return problem(REFUSED[found.code], found.message, errors, kind=found.code)


@_answer.register
def _invalid(found: Invalid) -> Response:
    return problem(400, found.detail, found.errors)


@_answer.register
def _of_django(found: DjangoValidationError) -> Response:
    errors = django_errors(found)
    return problem(400, _first(errors), errors)


@_answer.register
def _not_found(found: Http404 | ObjectDoesNotExist) -> Response:
    return problem(404, NOT_FOUND)


@_answer.register
def _forbidden(found: DjangoPermissionDenied) -> Response:
    return problem(403, str(found) or "您没有进行此操作的权限。")


@_answer.register
def _too_big(found: RequestDataTooBig) -> Response:
    return problem(413, "提交的内容过大。")


@_answer.register
def _beyond_bounds(found: DataError | OverflowError) -> Response:
    return problem(400, "提交的内容中有超出可保存范围的值。")


@_answer.register
def _busy(found: OperationalError) -> Response:
    log.error("database could not serve a request", exc_info=found)
    return problem(503, "系统繁忙，请稍后重试。", headers={"Retry-After": "5"})


@_answer.register
def _of_rest(found: exceptions.APIException) -> Response:
    headers: dict[str, str] = {}
    if header := getattr(found, "auth_header", None):
        headers["WWW-Authenticate"] = header
    if wait := getattr(found, "wait", None):
        headers["Retry-After"] = f"{wait:.0f}"
    if isinstance(found, exceptions.ValidationError):
        errors = _flat(found.detail)
        return problem(found.status_code, _first(errors), errors, headers=headers)
    return problem(found.status_code, _sentence(found), headers=headers)


def _sentence(found: exceptions.APIException) -> str:
    if isinstance(found, exceptions.ParseError):
        return "请求正文无法解析，应为 UTF-8 编码的 JSON。"
    if isinstance(found, exceptions.NotFound):
        return NOT_FOUND
    if isinstance(found, exceptions.NotAuthenticated):
        return "请先登录，或在 Authorization 头中提供令牌。"
    return str(found.detail)


def django_errors(found: DjangoValidationError) -> dict[str, list[str]]:
    if hasattr(found, "error_dict"):
        return {_name(field): texts for field, texts in found.message_dict.items()}
    return {"": found.messages}


def _flat(detail: Any, name: str = "") -> dict[str, list[str]]:
    """DRF's nested details as sentences by dotted field name."""
    if isinstance(detail, Mapping):
        parts = [_flat(inner, f"{name}.{key}".strip(".")) for key, inner in detail.items()]
    elif isinstance(detail, list) and any(isinstance(inner, Mapping | list) for inner in detail):
        parts = [_flat(inner, f"{name}.{place}".strip(".")) for place, inner in enumerate(detail)]
    else:
        texts = detail if isinstance(detail, list) else [detail]
        return {name.replace("non_field_errors", ""): [str(text) for text in texts]}
    return {field: texts for part in parts for field, texts in part.items()}


def _first(errors: Errors) -> str:
    return next((texts[0] for texts in errors.values() if texts), TITLES[400])
