"""The body of a request, JSON or multipart, by a Django form.

    said = checked_body(request, FundForm)

A field the form does not have is told, in either shape: what is sent in vain would seem to have been taken.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django import forms
from rest_framework.request import Request

from wangcheng.common.api.formschemas import UNKNOWN, form_data, mistakes
from wangcheng.common.api.problems import Invalid

F = TypeVar("F", bound=forms.Form)


def wrong_in(request: Request, form: forms.Form) -> dict[str, list[str]]:
    """What cannot be given to `form` at all, as sentences by field: names it does not have, and wrong JSON types."""
    if not _in_parts(request):
        return mistakes(form, request.data)
    wrong = {name: _wrong_part(form.fields.get(name), is_file=name in request.FILES) for name in request.data}
    return {name: [sentence] for name, sentence in wrong.items() if sentence}


def sent(request: Request) -> Mapping[str, Any]:
    """The body as a form reads it, after `wrong_in` found nothing."""
    body: Any = request.data
    found: Mapping[str, Any] = body if _in_parts(request) else form_data(body)
    return found


def bound(request: Request, form: Callable[..., F], **given: Any) -> F:
    """The form with the body in it, yet to be judged; `given` are its other arguments."""
    if wrong := wrong_in(request, form(**given)):
        raise Invalid(wrong)
    return form(sent(request), request.FILES, **given)


def valid(form: forms.Form) -> dict[str, Any]:
    """The cleaned input; Invalid names each mistake."""
    if not form.is_valid():
        raise Invalid.of(form)
    return form.cleaned_data


def filled(request: Request, form: Callable[..., F], **given: Any) -> F:
    """The form with the body in it, in which nothing is wrong; Invalid names each mistake."""
    found = bound(request, form, **given)
    valid(found)
    return found


def checked_body(request: Request, form: Callable[..., forms.Form], **given: Any) -> dict[str, Any]:
    """The cleaned body of a request by its form; Invalid names each mistake."""
    return valid(bound(request, form, **given))


def _wrong_part(field: forms.Field | None, *, is_file: bool) -> str:
    if field is None:
        return UNKNOWN
    if isinstance(field, forms.FileField) == is_file:
        return ""
    return "应为文本，不能是文件。" if is_file else "应为文件。"


def _in_parts(request: Request) -> bool:
    return str(request.content_type).startswith("multipart/")
