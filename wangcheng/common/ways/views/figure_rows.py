"""The list behind a number: its count, or its sum, is the number; and how much of each row is told to whom.

Who reads the cases reads whole rows and opens them; who only checks numbers gets every row without the words.  Whom the
number counts against (`Figure.concern`) gets every row of the own area, a case out of sight without a way into it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from django.core.exceptions import FieldDoesNotExist, PermissionDenied
from django.db.models import (
    BooleanField,
    Case,
    DateField,
    DateTimeField,
    DecimalField,
    IntegerField,
    Model,
    Q,
    Sum,
    Value,
    When,
)
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import NoReverseMatch, reverse

from wangcheng.common.figures import compute, registry
from wangcheng.common.figures.periods import Period
from wangcheng.common.figures.registry import Figure
from wangcheng.common.figures.ruled import SHIPPED
from wangcheng.common.models import Area, Policy
from wangcheng.common.people.masking import mask_text
from wangcheng.common.policy.registry import rule_sets
from wangcheng.common.ways import words
from wangcheng.common.ways.access import needs, signed_in
from wangcheng.common.ways.lists import Column, Kind, ListPage, RowLink
from wangcheng.common.ways.views.figures import asked_period, may_open, numerator_words

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from wangcheng.common.models import User

PROSE = frozenset({"title", "text"})  # columns in which people write as they like: masked, as in every list
WHOLE, ROW, BARE = "whole", "row", "bare"  # told of a row: everything, everything but the way to it, what is not secret


@needs("common.view_figure")
def figure_rows(request: HttpRequest, name: str) -> HttpResponseBase:
    """The list behind a figure: its count, or its sum, is the number."""
    figure = _figure(name)
    user = signed_in(request)
    source = figure.source
    reads = not source.permission or user.has_perm(source.permission)
    if not may_open(figure, user):
        raise PermissionDenied("您的岗位可以查看这一数字，但没有查看其明细的权限。")
    period, problem = asked_period(request)
    if problem:
        raise Http404(problem)
    period = _ruled(request, _known(request, period))
    figure = figure.on(period)
    part = "denominator" if request.GET.get("part") == "denominator" and figure.is_rate else "numerator"
    rows = compute.rows(figure, period, part, *_group(request, figure))
    seen = _seen(figure, part, rows, user) if reads else rows
    context = {"figure": figure, "period": period, "part": part, "note": _note(figure, period, part, rows, seen)}
    columns = _columns(figure, part, seen.model, reads=reads)
    page = _list(figure, period, columns, seen.model, user if reads else None)
    return page.respond(request, seen.select_related(*_joins(figure, seen.model)), **context)


def _figure(name: str) -> Figure:
    try:
        return registry.get(name)
    except LookupError as unknown:
        raise Http404(str(unknown)) from unknown


def _known(request: HttpRequest, period: Period) -> Period:
    """The list behind an assessment's number takes what had been entered when it was calculated."""
    try:
        moment = datetime.fromisoformat(request.GET.get("known", ""))
    except ValueError:
        return period
    return period.known(moment) if moment.tzinfo else period


def _ruled(request: HttpRequest, period: Period) -> Period:
    """The list behind an assessment's number is counted by the versions it was counted by."""
    text = request.GET.get("rules", "")
    if not text:
        return period
    if not re.fullmatch(r"\d{1,9}(,\d{1,9}){0,9}", text):
        raise Http404("规则版本无法识别。")
    versions = tuple(int(part) for part in text.split(","))
    asked, read = set(versions) - {SHIPPED}, [each.key for each in rule_sets()]
    if Policy.objects.filter(pk__in=asked, key__in=read, state=Policy.State.APPROVED).count() < len(asked):
        raise Http404("没有这一规则版本。")
    return period.counted_by(versions)


def _group(request: HttpRequest, figure: Figure) -> tuple[str, tuple[int, ...]]:
    """The group of the address; where an area counts with its forerunners, the keys of all of them."""
    by, keys = request.GET.get("by", ""), request.GET.get("by_id", "")
    if not by:
        return "", ()
    if by not in figure.source.dimensions or not re.fullmatch(r"[0-9]{1,18}(,[0-9]{1,18}){0,99}", keys):
        raise Http404("该指标不能这样分组。")
    return by, tuple(map(int, keys.split(",")))


def _seen(figure: Figure, part: str, rows: QuerySet[Any], user: User) -> QuerySet[Any]:
    """The rows in sight; where they count against the own area, all of its rows, marked with how much is told of each."""
    if figure.source.sight is None:
        return rows
    sight, concern = figure.source.sight(rows, user), figure.concern
    if figure.guarded is not None and part == "numerator" and not user.at_centre:
        sight = sight.exclude(figure.guarded)
    if concern is None or user.at_centre:
        return sight
    seen = Q(pk__in=sight.order_by().values("pk"))
    own = Q(**{f"{figure.source.dimensions[concern.dimension].path}__in": Area.objects.visible_to(user)})
    marked = rows.annotate(
        told=Case(When(seen, then=Value(WHOLE)), When(concern.secret, then=Value(BARE)), default=Value(ROW)),
        own=Case(When(own, then=Value(True)), default=Value(False), output_field=BooleanField()),
    )
    return marked.filter(seen | own)


def _note(figure: Figure, period: Period, part: str, rows: QuerySet[Any], seen: QuerySet[Any]) -> str:
    """Definition and as-of date, the sum where the number is one, and what sight leaves out."""
    said = [f"统计期：{period.label}，统计截止：{words.moment(period.as_of)}。口径：{figure.definition}"]
    if column := _summed(figure, part):
        total = rows.order_by().aggregate(total=Sum(column))["total"] or 0
        said.append(f"合计：{numerator_words(figure, total)}。")
    elif figure.distinct:
        said.append(f"按不重复计数：{words.whole(rows.order_by().values(figure.distinct).distinct().count())}。")
    if seen is not rows:
        said += _left_out(rows.order_by().count(), seen.order_by().count())
    if "told" in seen.query.annotations and figure.concern:
        said.append(figure.concern.note)
    return "".join(said)


def _left_out(whole: int, mine: int) -> list[str]:
    return [f"共{words.whole(whole)}条，您的岗位可查看其中{words.whole(mine)}条。"] if mine < whole else []


def _columns(figure: Figure, part: str, model: type[Model], *, reads: bool) -> list[tuple[str, str]]:
    """Path and heading of what is shown; the amounts of a sum stand in its list."""
    source = figure.source
    shown = [column for column in source.columns if reads or column[0] not in source.telling]
    summed = _summed(figure, part)
    fields = {field.name: field for field in model._meta.concrete_fields}
    if summed in fields and summed not in dict(shown):
        of_case = getattr(_case_of(model), "_meta", None)  # an as-of row has the words of its case
        named = {field.name: field for field in of_case.concrete_fields} if of_case else {}
        shown.append((summed, str(named.get(summed, fields[summed]).verbose_name)))
    return shown


def _summed(figure: Figure, part: str) -> str:
    """The column whose sum the number is, if it is one."""
    return (figure.denominator_sum_of if part == "denominator" else "") or figure.sum_of


def _list(
    figure: Figure, period: Period, shown: list[tuple[str, str]], model: type[Model], reader: User | None
) -> ListPage:
    """The list as `reader` may read it; who does not read the cases themselves gets no way to them."""

    def column(place: int, path: str, heading: str) -> Column:
        read = _telling(figure, path, _reader(path, period))
        return Column(path, heading, _kind(place, path, heading, model), value=read, link=place == 0)

    columns = tuple(column(place, *told) for place, told in enumerate(shown))
    return ListPage(
        f"figure-{figure.name}"[:40],
        figure.label,
        columns=columns,
        row_url=_linker(figure) if reader else None,
        row_link=_offer(figure, reader) if reader else None,
        empty="这个数字背后没有记录。",
        counts_exactly=True,
        template="common/figure_rows.html",
    )


def _telling(figure: Figure, path: str, read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Of a secret row out of sight no more is read than the figure says."""
    concern = figure.concern
    if concern is None or path in concern.bare:
        return read
    return lambda row: None if getattr(row, "told", WHOLE) == BARE else read(row)


def _offer(figure: Figure, reader: User) -> RowLink | None:
    """What whom the number counts against can do about one of the own rows."""
    offer = figure.concern.offer if figure.concern else None
    if offer is None or not reader.has_perm(offer.permission):
        return None
    return RowLink(offer.label, lambda row: offer.url(row) if getattr(row, "own", False) else "")


_KINDS = (
    (DateTimeField, Kind.MOMENT), (DateField, Kind.DAY), (BooleanField, Kind.YES_NO), (IntegerField, Kind.NUMBER),
    (DecimalField, Kind.NUMBER),
)  # fmt: skip


def _kind(place: int, path: str, heading: str, model: type[Model]) -> Kind:
    """How a column looks and what an export writes: moments, numbers and amounts as such; a year is a name."""
    if place == 0:
        return Kind.CODE
    field = _field(model, path)
    kind = next((kind for of, kind in _KINDS if isinstance(field, of) and not field.choices), Kind.TEXT)
    if heading.endswith("（元）") and not isinstance(field, IntegerField):
        return Kind.MONEY
    return Kind.TEXT if path == "year" else kind


def _field(model: type[Model], path: str) -> Any:
    """The column at the end of a path; None for what is computed."""
    field: Any = None
    for name in path.split("__"):
        try:
            field = model._meta.get_field(name)
        except FieldDoesNotExist:
            return None
        model = getattr(field, "related_model", None) or model
    return field


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
            return getattr(row, "told", mask_text)(value or "")
        return _labels(kind, name).get(value, value) if isinstance(value, str) else value

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


def _linker(figure: Figure) -> Callable[[Any], str] | None:
    if figure.source.link is None:
        return None
    url_name, path = figure.source.link

    def url(row: Any) -> str:
        if getattr(row, "told", WHOLE) != WHOLE:
            return ""
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
