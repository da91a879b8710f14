"""Filter fields as the query form of a list shows them, and the removable tags of those chosen.

A list declares a django-filter FilterSet; spans of days use `DateSpan`, choices of units or areas the usual filters.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django_filters.widgets import DateRangeWidget

from wangcheng.common import clock
from wangcheng.common.models import Job
from wangcheng.common.ways import words
from wangcheng.common.ways.addresses import without

REVERSED = "起始日期不能晚于截止日期。"
RESERVED = frozenset({"tab", "q", "sort", "page", "size", "after", "before", "part", "only", "pick", "all"})


class DateSpanWidget(DateRangeWidget):
    """Two date fields, from and to; in the address `name_after` and `name_before`."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        ends = [
            forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "aria-label": label})
            for label in ("起始日期", "截止日期")
        ]
        forms.MultiWidget.__init__(self, ends, attrs)


class DateSpanField(django_filters.fields.DateRangeField):
    """Two days; the later one first is a mistake that is said, not a list in which nothing stands."""

    def compress(self, data_list: list[Any]) -> slice | None:
        first, last = data_list or (None, None)
        if first and last and first > last:
            raise forms.ValidationError(REVERSED)
        found: slice | None = super().compress(data_list)
        return found


class DateSpan(django_filters.DateFromToRangeFilter):
    """From day to day, both included; works on dates and on moments."""

    field_class = DateSpanField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("widget", DateSpanWidget())
        super().__init__(*args, **kwargs)

    def filter(self, qs: QuerySet[Any], value: slice | None) -> QuerySet[Any]:
        if value is not None:
            value = slice(storable(value.start), storable(value.stop))
        return super().filter(qs, value)


class JobFilter(django_filters.CharFilter):
    """What a job of the reader's own was about: the cases it was given, or as `made(rows, job)` finds them."""

    def __init__(self, made: Callable[[QuerySet[Any], Job], QuerySet[Any]] | None = None, **kwargs: Any) -> None:
        super().__init__(label="任务编号", max_length=18, **kwargs)
        self.made = made

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        if not value:
            return qs
        key = int(value) if value.isdecimal() else 0
        job = Job.objects.begun_by(self.parent.request.user).filter(pk=key).first()
        if job is None:
            return qs.none()
        if "keys" in job.arguments:
            return qs.filter(pk__in=job.arguments["keys"])
        return self.made(qs, job) if self.made else qs.none()


_EARLIEST, _LATEST = datetime(1900, 1, 1, tzinfo=clock.CHINA), datetime(2999, 12, 31, tzinfo=clock.CHINA)


def storable(moment: datetime | None) -> datetime | None:
    """A moment that was typed, no further away than any that is stored: databases know none before the year 1."""
    return None if moment is None else min(max(moment, _EARLIEST), _LATEST)


@dataclass(frozen=True, slots=True)
class Tag:
    """A chosen filter: what it says, and the address without it."""

    label: str
    text: str
    url: str


def tags(form: forms.Form, request: HttpRequest) -> list[Tag]:
    """One tag per filled field of a valid filter form."""
    found: list[Tag] = []
    for field in form:
        value = form.cleaned_data.get(field.name)
        if value in (None, "", [], ()) or not (text := _text(field, value)):
            continue
        found.append(Tag(str(field.label), text, without(request, *_parameters(field))))
    return found


def _parameters(field: forms.BoundField) -> list[str]:
    suffixes = getattr(field.field.widget, "suffixes", None)
    return [f"{field.name}_{suffix}" for suffix in suffixes] if suffixes else [field.name]


def _text(field: forms.BoundField, value: Any) -> str:
    if isinstance(value, slice):
        first, last = (words.day(end.date()) if end else "" for end in (value.start, value.stop))
        return f"{first or '最早'} 至 {last or '最晚'}"
    labels = {str(key): str(label) for key, label in _flat_choices(field.field)}
    if isinstance(value, (list, tuple)) or hasattr(value, "model"):
        return "、".join(labels.get(str(item), str(item)) for item in value)
    return labels.get(str(value), _plain(value))


def _flat_choices(field: Any) -> list[tuple[Any, Any]]:
    """Choices written out; those of a model stay in the database, its objects name themselves."""
    if isinstance(field, forms.ModelChoiceField) or not hasattr(field, "choices"):
        return []
    pairs: list[tuple[Any, Any]] = []
    for key, label in field.choices:
        pairs.extend(label if isinstance(label, (list, tuple)) else [(key, label)])
    return pairs


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, (date, datetime)):
        return words.day(value)
    return words.yes_no(value) if isinstance(value, bool) else str(value)
