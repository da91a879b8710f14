"""Figures: any period, whole or broken down, each number with its parts, its definition and the list behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.db.models import Model, Sum
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse

from wangcheng.common import clock
from wangcheng.common.figures import compute, registry
from wangcheng.common.figures.compute import Value
from wangcheng.common.figures.periods import Period
from wangcheng.common.figures.registry import Figure
from wangcheng.common.people.masking import mask_text
from wangcheng.common.ways import words
from wangcheng.common.ways.access import needs, signed_in
from wangcheng.common.ways.lists import Column, Kind, ListPage
from wangcheng.common.ways.lists.export import export

if TYPE_CHECKING:
    from django.db.models import QuerySet

BY = {
    "town": "街镇",
    "department": "区直部门",
    "village": "村（社区）",
    "grid": "三级网格",
    "unit": "承办单位",
    "category": "一级分类",
}
SPANS = [
    ("", "全年"),
    *((f"Q{number}", f"第{name}季度") for number, name in enumerate("一二三四", start=1)),
    *((f"-{month:02}", f"{month}月") for month in range(1, 13)),
]
CHECK = "common.verify_figure"  # the list behind any number, without what the cases say
PROSE = frozenset({"title", "text"})  # columns in which people write as they like: masked, as in every list
COLUMNS_MOST = 8  # figures side by side in a breakdown


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
    now = compute.compute(names, period)
    before = {value.figure.name: value for value in compute.compute(names, period.previous())}
    last_year = {value.figure.name: value for value in compute.compute(names, period.year_before())}
    rows = [(number(value, period), before[value.figure.name], last_year[value.figure.name]) for value in now]
    if request.method == "POST":
        columns = [
            Column("figure.label", "指标"),
            Column("printed", "数值"),
            Column("numerator", "分子", Kind.NUMBER),
            Column("denominator", "分母", Kind.NUMBER),
            Column("figure.unit", "单位"),
            Column("figure.definition", "口径"),
        ]
        return export(request, signed_in(request), f"指标_{period.name}", columns, now, _form(request))
    return render(request, "common/figures.html", {**page, "rows": rows, "text": text})


def _broken_down(request: HttpRequest, period: Period, by: str, page: dict[str, Any]) -> HttpResponseBase:
    possible = [figure for figure in registry.all_figures() if by in figure.source.dimensions]
    names = [name for name in request.GET.getlist("name") if any(figure.name == name for figure in possible)]
    chosen = [figure for figure in possible if figure.name in names][:COLUMNS_MOST] or possible[:COLUMNS_MOST]
    groups = grouped(compute.compute([figure.name for figure in chosen], period, by), period, by)
    if request.method == "POST":
        columns = [Column("name", BY[by]), Column("code", "代码", Kind.CODE)]
        columns += [Column("", figure.label, value=_printed(place)) for place, figure in enumerate(chosen)]
        return export(request, signed_in(request), f"指标_{BY[by]}_{period.name}", columns, groups, _form(request))
    shown = {**page, "possible": possible, "chosen": chosen, "groups": groups, "by_label": BY[by]}
    return render(request, "common/figures_by.html", shown)


def _form(request: HttpRequest) -> str:
    return "csv" if request.POST.get("export") == "csv" else "xlsx"


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A town, department … with its numbers, in the order of the columns."""

    name: str
    code: str
    numbers: list[Number | None]


def _printed(place: int) -> Callable[[GroupRow], str]:
    def printed(row: GroupRow) -> str:
        found = row.numbers[place]
        return found.value.printed if found else ""

    return printed


def grouped(values: Iterable[Value], period: Period, by: str) -> list[GroupRow]:
    """One row per group, by code; a group that a figure's source does not know has a gap there."""
    names: list[str] = []
    found: dict[int | None, dict[str, Value]] = {}
    for value in values:
        found.setdefault(value.by_id, {})[value.figure.name] = value
        if value.figure.name not in names:
            names.append(value.figure.name)
    rows = [_group_row(members, names, period, by) for members in found.values()]
    return sorted(rows, key=lambda row: row.code)


def _group_row(members: dict[str, Value], names: list[str], period: Period, by: str) -> GroupRow:
    first = next(iter(members.values()))
    cells = [number(members[name], period, by) if name in members else None for name in names]
    return GroupRow(first.by_name, first.by_code, cells)


def number(value: Value, period: Period, by: str = "") -> Number:
    """A value with the addresses of the lists behind it; none where the source lists nothing."""
    url = rows_url(value.figure, period, "numerator", by, value.by_id)
    below = rows_url(value.figure, period, "denominator", by, value.by_id) if value.figure.is_rate else ""
    return Number(value, part_words(value, value.numerator), part_words(value, value.denominator), url, below)


def part_words(value: Value, part: Decimal | int | None) -> str:
    """Counts plain, amounts of money with two places."""
    if part is None:
        return ""
    return words.yuan(part) if isinstance(part, Decimal) else words.whole(part)


def rows_url(figure: Figure, period: Period, part: str = "numerator", by: str = "", by_id: int | None = None) -> str:
    """Where the list behind a number opens; other pages link to it with this."""
    if not figure.source.columns:
        return ""
    query = {"period": period.name, "part": part, **({"by": by, "by_id": by_id} if by else {})}
    return f"{reverse('figure_rows', args=[figure.name])}?{urlencode(query)}"


@needs("common.view_figure")
def figure_rows(request: HttpRequest, name: str) -> HttpResponseBase:
    """The list behind a figure: its count, or its sum, is the number."""
    figure = _figure(name)
    user = signed_in(request)
    source = figure.source
    reads = not source.permission or user.has_perm(source.permission)
    if not (reads or user.has_perm(CHECK)):
        raise PermissionDenied("您的岗位可以查看这一数字，但没有查看其明细的权限。")
    period, problem = asked_period(request)
    if problem:
        raise Http404(problem)
    part = "denominator" if request.GET.get("part") == "denominator" and figure.is_rate else "numerator"
    rows = compute.rows(figure, period, part, *_group(request, figure))
    seen = source.sight(rows, user) if source.sight and reads else rows
    context = {"figure": figure, "period": period, "part": part, "note": _note(figure, period, part, rows, seen)}
    return _list(figure, period, reads=reads).respond(
        request, seen.select_related(*_joins(figure, seen.model)), **context
    )


def _figure(name: str) -> Figure:
    try:
        return registry.get(name)
    except LookupError as unknown:
        raise Http404(str(unknown)) from unknown


def _group(request: HttpRequest, figure: Figure) -> tuple[str, int | None]:
    by, by_id = request.GET.get("by", ""), request.GET.get("by_id", "")
    if not by:
        return "", None
    if by not in figure.source.dimensions or not by_id.isdecimal() or len(by_id) > 18:
        raise Http404("该指标不能这样分组。")
    return by, int(by_id)


def _note(figure: Figure, period: Period, part: str, rows: QuerySet[Any], seen: QuerySet[Any]) -> str:
    """Definition and as-of date, the sum where the number is one, and what sight leaves out."""
    said = [f"统计期：{period.label}，统计截止：{words.moment(period.as_of)}。口径：{figure.definition}"]
    column = figure.denominator_sum_of if part == "denominator" and figure.denominator_sum_of else figure.sum_of
    if column:
        total = rows.order_by().aggregate(total=Sum(column))["total"] or 0
        said.append(f"合计：{words.yuan(total) if isinstance(total, Decimal) else words.whole(total)}。")
    elif figure.distinct:
        said.append(f"按不重复计数：{words.whole(rows.order_by().values(figure.distinct).distinct().count())}。")
    if seen is not rows:
        whole, mine = rows.order_by().count(), seen.order_by().count()
        if mine < whole:
            said.append(f"共{words.whole(whole)}条，您的岗位可查看其中{words.whole(mine)}条。")
    return "".join(said)


def _list(figure: Figure, period: Period, *, reads: bool) -> ListPage:
    """The list; who does not read the cases themselves sees neither their words nor a way to them."""
    shown = [column for column in figure.source.columns if reads or column[0] not in figure.source.telling]
    columns = tuple(
        Column(path, heading, _kind(place), value=_reader(path, period), link=place == 0)
        for place, (path, heading) in enumerate(shown)
    )
    return ListPage(
        f"figure-{figure.name}"[:40],
        figure.label,
        columns=columns,
        row_url=_linker(figure) if reads else None,
        empty="这个数字背后没有记录。",
        template="common/figure_rows.html",
    )


def _kind(place: int) -> Kind:
    return Kind.CODE if place == 0 else Kind.TEXT


def _reader(path: str, period: Period) -> Callable[[Any], Any]:
    """Reads "case__unit__short_name", choices by their words; what was not yet so at the cut-off is left out."""
    *parents, name = path.split("__")

    def read(row: Any) -> Any:
        for parent in parents:
            row = getattr(row, parent, None)
        value = getattr(row, name, None)
        if isinstance(value, datetime) and value > period.as_of:
            return None
        kind: Any = type(row)
        if name in PROSE:
            return mask_text(value or "")
        return _labels(kind, name).get(value, value) if isinstance(value, str) else _words(value)

    return read


@cache
def _labels(model: type[Any], name: str) -> dict[Any, Any]:
    """The words of a column's choices; an as-of row has those of its case."""
    for place in (model, _case_of(model)):
        fields = {field.name: field for field in place._meta.concrete_fields} if place else {}
        if name in fields and fields[name].choices:
            return dict(fields[name].flatchoices)
    return {}


def _case_of(model: type[Any]) -> type[Any] | None:
    case = next((field for field in model._meta.concrete_fields if field.name == "case"), None)
    return case.related_model if case else None


def _words(value: Any) -> Any:
    if isinstance(value, datetime):
        return words.moment(value)
    if isinstance(value, date):
        return words.day(value)
    if isinstance(value, bool):
        return words.yes_no(value)
    return words.yuan(value) if isinstance(value, Decimal) else value


def _linker(figure: Figure) -> Callable[[Any], str] | None:
    if figure.source.link is None:
        return None
    url_name, path = figure.source.link

    def url(row: Any) -> str:
        for name in path.split("__"):
            row = getattr(row, name, None)
        try:
            return reverse(url_name, args=[row])
        except NoReverseMatch:
            return ""

    return url


def _joins(figure: Figure, model: type[Model]) -> list[str]:
    """The relations that the columns and the link walk through."""
    paths = [path for path, _ in figure.source.columns]
    paths += [figure.source.link[1]] if figure.source.link else []
    return sorted({path.rpartition("__")[0] for path in paths if "__" in path})
