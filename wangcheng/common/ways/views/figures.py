"""Figures: any period, whole or broken down, each number with its parts, its definition and the list behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from wangcheng.common import clock
from wangcheng.common.figures import compute, registry
from wangcheng.common.figures.compute import Value
from wangcheng.common.figures.periods import CHINESE_QUARTERS, Period
from wangcheng.common.figures.registry import Figure
from wangcheng.common.ways import words
from wangcheng.common.ways.access import needs, signed_in
from wangcheng.common.ways.lists import Column, Kind
from wangcheng.common.ways.lists.export import export
from wangcheng.common.ways.lists.keyset import Order
from wangcheng.common.ways.lists.pager import page_of, sizes

if TYPE_CHECKING:
    from wangcheng.common.models import User

CHECK = "common.verify_figure"  # the list behind any number, without what the cases say
BY = {
    "town": "街镇",
    "department": "区直部门",
    "village": "村（社区）",
    "grid": "网格",
    "unit": "承办单位",
    "category": "一级分类",
}
SPANS = [
    ("", "全年"),
    *((f"Q{number}", f"第{name}季度") for number, name in enumerate(CHINESE_QUARTERS, start=1)),
    *((f"-{month:02}", f"{month}月") for month in range(1, 13)),
]
COLUMNS_MOST = 8  # figures side by side in a breakdown
GROUPS_MOST = 1_000_000  # all of them are counted and numbered: grids are some ten thousand, and figures count exactly


@dataclass(frozen=True, slots=True)
class Number:
    """A figure on a page: what is printed, and where its parts lead."""

    value: Value
    numerator: str
    denominator: str
    numerator_url: str
    denominator_url: str


@needs("common.view_figure")
def figures(request: HttpRequest) -> HttpResponseBase:
    """指标查询."""
    period, problem = asked_period(request)
    by = request.GET.get("by", "")
    by = by if by in BY else ""
    page = {
        "period": period,
        "problem": problem,
        "by": by,
        "ways": [
            (key, label) for key, label in BY.items() if any(key in f.source.dimensions for f in registry.all_figures())
        ],
        "years": range(clock.today().year, clock.today().year - 6, -1),
        "spans": SPANS,
        "span": period.name[4:],
    }
    return _broken_down(request, period, by, page) if by else _whole(request, period, page)


def asked_period(request: HttpRequest) -> tuple[Period, str]:
    """The period of the address, or last year and what was wrong with the one asked for."""
    text = request.GET.get("period") or request.GET.get("year", "") + request.GET.get("span", "")
    fallback = Period.parse(str(clock.today().year - 1))
    if not text:
        return fallback, ""
    try:
        return Period.parse(text), ""
    except ValueError as problem:
        return fallback, str(problem)


def _whole(request: HttpRequest, period: Period, page: dict[str, Any]) -> HttpResponseBase:
    text = request.GET.get("q", "").strip()[:40]
    names = [figure.name for figure in registry.all_figures() if text in figure.label]
    now, user = _by_name(names, period), signed_in(request)
    if request.method == "POST":
        return export(request, user, f"指标_{period.name}", _EXPORTED, [now[name] for name in names], _form(request))
    before, last_year = _by_name(names, period.previous()), _by_name(names, period.year_before())
    groups = [
        (group, [(number(now[name], period, user), before[name], last_year[name]) for name in members])
        for group, members in groupby(names, registry.group_of)
    ]
    return render(request, "common/figures.html", {**page, "groups": groups, "count": len(names), "text": text})


def _by_name(names: list[str], period: Period) -> dict[str, Value]:
    return {value.figure.name: value for value in compute.compute(names, period)}


def _broken_down(request: HttpRequest, period: Period, by: str, page: dict[str, Any]) -> HttpResponseBase:
    possible = [figure.on(period) for figure in registry.all_figures() if by in figure.source.dimensions]
    names = [name for name in request.GET.getlist("name") if any(figure.name == name for figure in possible)]
    chosen = [figure for figure in possible if figure.name in names][:COLUMNS_MOST] or possible[:COLUMNS_MOST]
    names, user = [figure.name for figure in chosen], signed_in(request)
    if request.method == "POST":
        groups = grouped(compute.compute(names, period, by), period, by, user)
        columns = [Column("name", BY[by]), Column("code", "代码", Kind.CODE)]
        columns += [column for place, figure in enumerate(chosen) for column in _figure_columns(place, figure)]
        columns.append(Column("", "口径", Kind.LONG, value=lambda row: "；".join(map(_said, chosen))))
        return export(request, user, f"指标_{BY[by]}_{period.name}", columns, groups, _form(request))
    found = page_of(request, compute.groups(names, period, by), Order.parse("code"), numbered_to=GROUPS_MOST)
    groups = grouped(compute.compute(names, period, by, found.rows), period, by, user)
    offered = [
        (group, list(members)) for group, members in groupby(possible, lambda each: registry.group_of(each.name))
    ]
    asked = {"sizes": sizes(request), "page": found}
    shown = {**page, "possible": offered, "chosen": chosen, "groups": groups, "by_label": BY[by], "asked": asked}
    partial = request.htmx and request.htmx.target == "list"  # type: ignore[attr-defined]
    return render(request, "common/figures_by_table.html" if partial else "common/figures_by.html", shown)


def _form(request: HttpRequest) -> str:
    return "csv" if request.POST.get("export") == "csv" else "xlsx"


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A town, department … with its numbers, in the order of the columns."""

    name: str
    code: str
    numbers: list[Number | None]


def _part(name: str) -> Callable[[Value], Any]:
    """Numerator or denominator of a rate; a count or an amount has none.  The sum of an average in its own unit."""

    def read(value: Value) -> Any:
        if not value.figure.is_rate:
            return None
        figure = value.figure
        return summed(figure, value.numerator) if figure.mean and name == "numerator" else getattr(value, name)

    return read


def _definition(figure: Figure) -> str:
    """口径, with the date that decides the period and what is not counted."""
    cohort = f"统计口径日期：{figure.cohort}" if figure.cohort else ""
    exclusions = f"不计：{figure.exclusions}" if figure.exclusions else ""
    return "　".join(filter(None, (figure.definition, cohort, exclusions)))


def _said(figure: Figure) -> str:
    return f"{figure.label}：{_definition(figure)}"


_EXPORTED = (
    Column("", "类别", value=lambda value: str(registry.group_of(value.figure.name))),
    Column("figure.label", "指标"),
    Column("rounded", "数值", Kind.NUMBER),
    Column("numerator", "分子", Kind.NUMBER, value=_part("numerator")),
    Column("denominator", "分母", Kind.NUMBER, value=_part("denominator")),
    Column("figure.unit", "单位"),
    Column("", "口径", Kind.LONG, value=lambda value: _definition(value.figure)),
)


def _figure_columns(place: int, figure: Figure) -> list[Column]:
    """What the export of a breakdown says of one figure: the number and, of a rate, both its parts."""

    def column(heading: str, read: Callable[[Value], Any]) -> Column:
        return Column(
            "", heading, Kind.NUMBER, value=lambda row: read(row.numbers[place].value) if row.numbers[place] else None
        )

    columns = [column(f"{figure.label}（{figure.unit}）", lambda value: value.rounded)]
    if figure.is_rate:
        columns.append(column(f"{figure.label}分子", _part("numerator")))
        columns.append(column(f"{figure.label}分母", _part("denominator")))
    return columns


def grouped(values: Iterable[Value], period: Period, by: str, user: User) -> list[GroupRow]:
    """One row per group, by code; a group that a figure's source does not know has a gap there."""
    names: list[str] = []
    found: dict[int | None, dict[str, Value]] = {}
    for value in values:
        found.setdefault(value.by_id, {})[value.figure.name] = value
        if value.figure.name not in names:
            names.append(value.figure.name)
    rows = [_group_row(members, names, period, by, user) for members in found.values()]
    return sorted(rows, key=lambda row: row.code)


def _group_row(members: dict[str, Value], names: list[str], period: Period, by: str, user: User) -> GroupRow:
    first = next(iter(members.values()))
    cells = [number(members[name], period, user, by) if name in members else None for name in names]
    return GroupRow(first.by_short, first.by_code, cells)


def may_open(figure: Figure, user: User) -> bool:
    """Whether the list behind a figure is open to `user`: who reads its rows, and who may check any number."""
    return not figure.source.permission or user.has_perm(figure.source.permission) or user.has_perm(CHECK)


def number(value: Value, period: Period, user: User, by: str = "") -> Number:
    """A value with the addresses of the lists behind it; none where the source lists nothing, or nothing to `user`."""
    opens = may_open(value.figure, user)
    url = rows_url(value.figure, period, "numerator", by, value.by_id) if opens else ""
    below = rows_url(value.figure, period, "denominator", by, value.by_id) if opens and value.figure.is_rate else ""
    return Number(value, numerator_words(value.figure, value.numerator), part_words(value.denominator), url, below)


def numerator_words(figure: Figure, numerator: Decimal | int) -> str:
    """The numerator; of an average the sum as the average itself is measured, with its unit: seconds as hours."""
    return f"{words.yuan(summed(figure, numerator))}{figure.unit}" if figure.mean else part_words(numerator)


def summed(figure: Figure, numerator: Decimal | int) -> Decimal:
    """The sum that an average is taken of, in the unit of the average."""
    return compute.half_up(Decimal(numerator) / figure.scale)


def part_words(part: Decimal | int | None) -> str:
    """Counts plain, amounts of money with two places."""
    if part is None:
        return ""
    return words.yuan(part) if isinstance(part, Decimal) else words.whole(part)


def rows_url(figure: Figure, period: Period, part: str = "numerator", by: str = "", *by_ids: int | None) -> str:
    """Where the list behind a number opens; other pages link to it with this."""
    if not figure.source.columns:
        return ""
    query = {"period": period.name, "part": part, **({"by": by, "by_id": ",".join(map(str, by_ids))} if by else {})}
    query |= {"known": period.known_at.isoformat()} if period.known_at else {}
    query |= {"rules": ",".join(map(str, period.versions))} if period.versions else {}
    return f"{reverse('figure_rows', args=[figure.name])}?{urlencode(query)}"
