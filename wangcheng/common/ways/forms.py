"""Pages around one form: draw it, check it, do it, go on.  Errors the GOV.UK way: a summary on top and at the field."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from wangcheng.common.workflow import Code, NotAllowed

STATUS = {
    Code.STATE: HTTPStatus.CONFLICT,
    Code.VERSION: HTTPStatus.CONFLICT,
    Code.RIGHT: HTTPStatus.FORBIDDEN,
    Code.RULE: HTTPStatus.BAD_REQUEST,
}


def form_page(
    request: HttpRequest,
    form: forms.Form,
    do: Callable[[dict[str, Any]], str],
    *,
    title: str,
    done: str,
    submit: str = "保存",
    back: str = "",
    template: str = "parts/form_page.html",
    **context: Any,
) -> HttpResponse:
    """A whole page with one form.  POST: `do(cleaned_data)` gives the address to go on to and `done` is said there;
    a NotAllowed or ValidationError of the action comes back into the form."""
    status = HTTPStatus.OK
    if request.method == "POST":
        problem = attempt(form, do)
        if isinstance(problem, str):
            messages.success(request, done)
            return redirect(problem)
        status = problem
        request.refused = said(form)  # type: ignore[attr-defined]  # for the log
    page = {"form": form, "title": title, "submit": submit, "back": back, **context}
    return render(request, template, page, status=status)


def attempt(form: forms.Form, do: Callable[[dict[str, Any]], str]) -> str | HTTPStatus:
    """The address to go on to, or the status of the page that shows the form again with what was wrong."""
    if not form.is_valid():
        return HTTPStatus.BAD_REQUEST
    try:
        return do(form.cleaned_data)
    except NotAllowed as refused:
        form.add_error(refused.field if refused.field in form.fields else None, refused.message)
        return STATUS[refused.code]
    except ValidationError as wrong:
        _add_errors(form, wrong)
        return HTTPStatus.BAD_REQUEST


def _add_errors(form: forms.Form, wrong: ValidationError) -> None:
    """Errors of an action, at their fields where the form has these."""
    if not hasattr(wrong, "error_dict"):
        form.add_error(None, wrong)
        return
    for name, errors in wrong.error_dict.items():
        for error in errors:
            form.add_error(name if name in form.fields else None, error)


def said(form: forms.Form) -> str:
    """Which fields are wrong, and what is wrong with the whole; never what was typed."""
    fields = "、".join(str(form.fields[name].label or name) for name in form.errors if name in form.fields)
    return "；".join([*(str(error) for error in form.non_field_errors()), *([f"有误：{fields}"] if fields else [])])


def act(request: HttpRequest, do: Callable[[], Any], *, done: str, back: str) -> HttpResponse:
    """A button without a form: do it, say so or why not, and go back."""
    try:
        do()
    except NotAllowed as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, done)
    return redirect(back)
