"""By what lists of whistles can be narrowed; the same for pages and REST."""

from __future__ import annotations

import re
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import HttpRequest

from wangcheng.common import clock
from wangcheng.common.models import Area, Category, Organisation
from wangcheng.common.ways.choosing import NamedSelect
from wangcheng.common.ways.lists import DateSpan, JobFilter
from whistle.models import Grade, HardBatch, HardWhistle, Whistle

_NUMBER = re.compile(r"[A-Za-z]{2,4}[0-9][0-9A-Za-z-]*")


def _towns(request: HttpRequest | None) -> QuerySet[Area]:
    return Area.objects.in_force(clock.today()).filter(level=Area.Level.TOWN)


def _departments(request: HttpRequest | None) -> QuerySet[Organisation]:
    return Organisation.objects.in_force(clock.today()).filter(kind="department").in_tree()


def _leads(request: HttpRequest | None) -> QuerySet[Organisation]:
    """Who may lead in a hard whistle: towns and departments."""
    return Organisation.objects.in_force(clock.today()).filter(kind__in=("town", "department")).in_tree()


def _kinds(request: HttpRequest | None) -> QuerySet[Category]:
    return Category.objects.in_force(clock.today()).filter(scheme=Category.Scheme.WHISTLE, level=1)


def _batches(request: HttpRequest | None) -> QuerySet[HardBatch]:
    return HardBatch.objects.all()


def search(rows: Any, text: str) -> Any:
    """By the beginning of the number as typed, else by words of title, content or place."""
    text = text.strip()
    if _NUMBER.fullmatch(text):
        return rows.filter(number__startswith=text.upper())
    return rows.with_words(text, "title", "content", "place")


class WhistleFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(label="状态", choices=Whistle.State.choices)
    town = django_filters.ModelChoiceFilter(label="街镇", queryset=_towns, to_field_name="code")
    kind = django_filters.ModelChoiceFilter(
        label="类别", field_name="category_top", queryset=_kinds, to_field_name="code"
    )
    received = DateSpan(label="上报日期", field_name="received_at")
    unit = django_filters.ModelChoiceFilter(
        label="承办部门", queryset=_departments, to_field_name="code", widget=NamedSelect
    )
    closed = DateSpan(label="办结日期", field_name="closed_at")
    rating = django_filters.ChoiceFilter(label="评价", choices=Grade.choices)
    carried = django_filters.BooleanFilter(label="挂账", field_name="suspended_at", lookup_expr="isnull", exclude=True)
    repeated = django_filters.BooleanFilter(
        label="疑似重复", field_name="repeat_of", lookup_expr="isnull", exclude=True
    )
    job = JobFilter()

    class Meta:
        model = Whistle
        fields = ()


class WhistleApiFilter(WhistleFilter):
    """The same, and by the codes of smaller areas and leaves."""

    job = None  # type: ignore[assignment]  # for pages

    number = django_filters.CharFilter(label="编号")
    round = django_filters.NumberFilter(label="处置轮次", min_value=1, max_value=32767)  # what the column holds
    village = django_filters.CharFilter(label="村（社区）代码", field_name="village__code")
    grid = django_filters.CharFilter(label="三级网格代码", field_name="grid__code")
    category = django_filters.CharFilter(label="分类代码", field_name="category__code")
    urgency = django_filters.ChoiceFilter(label="紧急程度", choices=Whistle.Urgency.choices)
    search = django_filters.CharFilter(label="查找", method="by_text")

    def by_text(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return search(rows, value)


class HardWhistleFilter(django_filters.FilterSet):
    batch = django_filters.ModelChoiceFilter(label="批次", queryset=_batches)
    state = django_filters.ChoiceFilter(label="状态", choices=HardWhistle.State.choices)
    unit = django_filters.ModelChoiceFilter(label="牵头单位", queryset=_leads, to_field_name="code", widget=NamedSelect)

    class Meta:
        model = HardWhistle
        fields = ()


class HardWhistleApiFilter(HardWhistleFilter):
    number = django_filters.CharFilter(label="编号")
    search = django_filters.CharFilter(label="查找", method="by_text")

    def by_text(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return search(rows, value)
