"""Filters and tags of every template: moments, amounts and form controls as the office writes them."""

from __future__ import annotations

from typing import Any

from django import forms, template
from django.utils.safestring import SafeString

from wangcheng.common.ways import words
from wangcheng.common.ways.addresses import with_query

register = template.Library()

register.filter("day", words.day)
register.filter("moment", words.moment)
register.filter("duration", words.duration)
register.filter("yuan", words.yuan)
register.filter("wan", words.wan_yuan)
register.filter("whole", words.whole)
register.filter("yes_no", words.yes_no)
register.filter("grouped", words.grouped)


@register.filter
def told_of(written: str, case: Any) -> str:
    """{{ row.reply|told_of:case }}: what is written about a case, as anybody may read it."""
    told: str = case.told(written)
    return told


@register.simple_tag
def time_left(due: Any, done: Any = None) -> words.Toned:
    """{% time_left case.due_at case.closed_at as left %}"""
    return words.time_left(due, done)


@register.filter
def control(field: forms.BoundField) -> SafeString:
    """The widget of a field with the classes and the ARIA marks it needs."""
    widget = field.field.widget
    if isinstance(widget, forms.CheckboxInput):
        css = "form-check-input"
    elif isinstance(widget, forms.Select):
        css = "form-select"
    else:
        css = "form-control"
    attrs: dict[str, str | bool] = {"class": f"{widget.attrs.get('class', '')} {css}".strip()}
    if not isinstance(widget, (forms.RadioSelect, forms.CheckboxSelectMultiple)):
        return field.as_widget(attrs=attrs)
    return field.as_widget()


def _missing(field: forms.BoundField) -> str:
    """请填写标题, not 该字段是必填项."""
    choosers = (forms.Select, forms.RadioSelect, forms.CheckboxSelectMultiple, forms.FileInput)
    return f"请{'选择' if isinstance(field.field.widget, choosers) else '填写'}{field.label}。"


@register.filter
def said(field: forms.BoundField) -> list[str]:
    """What is wrong, as it stands at the field."""
    pairs = zip(field.errors.as_data(), field.errors, strict=True)
    return [_missing(field) if error.code == "required" else str(words) for error, words in pairs]


@register.filter
def said_above(field: forms.BoundField) -> list[str]:
    """What is wrong, as it stands in the summary: it names the field."""
    missing = _missing(field)
    return [words if words == missing else f"{field.label}：{words}" for words in said(field)]


@register.filter
def is_checkbox(field: forms.BoundField) -> bool:
    return isinstance(field.field.widget, forms.CheckboxInput)


@register.filter
def is_group(field: forms.BoundField) -> bool:
    """Several controls under one label: drawn as a fieldset."""
    return bool(field.field.widget.use_fieldset)


@register.filter
def is_span(field: forms.BoundField) -> bool:
    """From … to …: two controls in one line."""
    return isinstance(field.field.widget, forms.MultiWidget)


@register.simple_tag(takes_context=True)
def address(context: dict[str, Any], **changes: Any) -> str:
    """This page's address with some parameters changed; None takes one away."""
    return with_query(context["request"], **changes)
