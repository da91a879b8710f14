"""By what lists of tickets can be narrowed; the same for pages and REST."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest

from hotline.models import Ticket
from wangcheng.common import clock
from wangcheng.common.models import Area, Category, Job, Organisation
from wangcheng.common.ways.choosing import NamedSelect
from wangcheng.common.ways.lists import DateSpan, JobFilter
from wangcheng.common.ways.lists.filters import REVERSED, storable


def _towns(request: HttpRequest | None) -> QuerySet[Area]:
    return Area.objects.in_force(clock.today()).filter(level=Area.Level.TOWN)


def _units(request: HttpRequest | None) -> QuerySet[Organisation]:
    kinds = (Organisation.Kind.TOWN, Organisation.Kind.DEPARTMENT)
    return Organisation.objects.in_force(clock.today()).filter(kind__in=kinds).in_tree()


def _tops(request: HttpRequest | None) -> QuerySet[Category]:
    return Category.objects.in_force(clock.today()).filter(scheme=Category.Scheme.TICKET, level=1)


def _imported(rows: QuerySet[Any], job: Job) -> QuerySet[Any]:
    """The tickets that are new by an import."""
    return rows.filter(import_job=job)


class TicketFilter(django_filters.FilterSet):
    """What the page offers."""

    state = django_filters.ChoiceFilter(label="状态", choices=Ticket.State.choices)
    type = django_filters.ChoiceFilter(label="诉求类型", choices=Ticket.Type.choices)
    received = DateSpan(label="接收日期", field_name="received_at")
    unit = django_filters.ModelChoiceFilter(label="承办单位", queryset=_units, to_field_name="code", widget=NamedSelect)
    town = django_filters.ModelChoiceFilter(label="街镇", queryset=_towns, to_field_name="code")
    kind = django_filters.ModelChoiceFilter(
        label="一级分类", field_name="category_top", queryset=_tops, to_field_name="code"
    )
    urgency = django_filters.ChoiceFilter(label="紧急程度", choices=Ticket.Urgency.choices)
    source = django_filters.ChoiceFilter(label="信息来源", choices=Ticket.Source.choices)
    resolved = django_filters.ChoiceFilter(label="是否解决", choices=Ticket.Resolved.choices)
    satisfaction = django_filters.ChoiceFilter(label="是否满意", choices=Ticket.Satisfaction.choices)
    closed = DateSpan(label="结案日期", field_name="closed_at")
    hard = django_filters.BooleanFilter(label="疑难")
    job = JobFilter(made=_imported)

    class Meta:
        model = Ticket
        fields = ()


class _ApiForm(forms.Form):
    """The two ends of a span of days are parameters of their own here."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("received_after"), cleaned.get("received_before")
        if first and last and first > last:
            self.add_error("received_after", REVERSED)
        return cleaned


class TicketApiFilter(django_filters.FilterSet):
    """By code everywhere, so that a filter costs no query of its own."""

    state = django_filters.MultipleChoiceFilter(label="状态", choices=Ticket.State.choices)
    type = django_filters.ChoiceFilter(label="诉求类型", choices=Ticket.Type.choices)
    urgency = django_filters.ChoiceFilter(label="紧急程度", choices=Ticket.Urgency.choices)
    source = django_filters.ChoiceFilter(label="信息来源", choices=Ticket.Source.choices)
    resolved = django_filters.ChoiceFilter(label="是否解决", choices=Ticket.Resolved.choices)
    satisfaction = django_filters.ChoiceFilter(label="是否满意", choices=Ticket.Satisfaction.choices)
    hard = django_filters.BooleanFilter(label="疑难")
    number = django_filters.CharFilter(label="编号")
    city_number = django_filters.CharFilter(label="市级编号")
    confidential = django_filters.BooleanFilter(label="保密")
    anonymous = django_filters.BooleanFilter(label="匿名")
    round = django_filters.NumberFilter(label="轮次", min_value=1, max_value=32767)  # what the column holds
    unit = django_filters.CharFilter(label="承办单位代码", field_name="unit__code")
    town = django_filters.CharFilter(label="街镇代码", field_name="town__code")
    village = django_filters.CharFilter(label="村（社区）代码", field_name="village__code")
    grid = django_filters.CharFilter(label="三级网格代码", field_name="grid__code")
    category = django_filters.CharFilter(label="分类代码", field_name="category__code")
    received_after = django_filters.DateFilter(label="接收日期自", method="by_first_day")
    received_before = django_filters.DateFilter(label="接收日期至", method="by_last_day")
    overdue = django_filters.BooleanFilter(label="超期", method="by_overdue")
    search = django_filters.CharFilter(label="查找", method="by_text")

    class Meta:
        model = Ticket
        fields = ()
        form = _ApiForm

    def by_text(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.search(value)  # type: ignore[attr-defined]

    # by the moment and not by the day beside it: the list's index begins at the moment

    def by_first_day(self, rows: QuerySet[Any], name: str, value: date) -> QuerySet[Any]:
        return rows.filter(received_at__gte=storable(clock.at(value)))

    def by_last_day(self, rows: QuerySet[Any], name: str, value: date) -> QuerySet[Any]:
        return rows.filter(received_at__lte=storable(datetime.combine(value, time.max, clock.CHINA)))

    def by_overdue(self, rows: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:
        late = Ticket.objects.overdue(clock.now())
        return rows.filter(pk__in=late.values("pk")) if value else rows.exclude(pk__in=late.values("pk"))
