"""Computing figures: one aggregate query per source and breakdown, however many figures are asked for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum

from wangcheng.common.figures.periods import Period
from wangcheng.common.figures.registry import Dimension, Figure, Source, all_figures, get
from wangcheng.common.policy.registry import asked_once

Number = Decimal | int
_SIX = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Value:
    """A computed figure.  `value` is None where nothing could be measured (denominator 0)."""

    figure: Figure
    numerator: Decimal | int
    denominator: Decimal | int | None
    as_of: datetime
    by_id: int | None = None
    by_code: str = ""
    by_name: str = ""
    by_short: str = ""  # as lists say it

    @property
    def value(self) -> Decimal | None:
        """Exact to six places: per cent for a rate, the scaled average, amount or count otherwise."""
        if self.denominator is None:
            return (Decimal(self.numerator) / self.figure.scale).quantize(_SIX, ROUND_HALF_UP)
        if not self.denominator:
            return None
        return exact(self).quantize(_SIX, ROUND_HALF_UP)

    @property
    def rounded(self) -> Decimal | int | None:
        """Half-up at the figure's places, counts plain: the number that is printed."""
        if self.value is None:
            return None
        if not self.figure.is_rate and not self.figure.sum_of:
            return self.numerator
        return half_up(exact(self), self.figure.places)

    @property
    def printed(self) -> str:
        """As the report and the interface write it; “—” where nothing could be measured."""
        rounded = self.rounded
        return "—" if rounded is None else str(rounded)

    @property
    def shown(self) -> str:
        """The same as a page shows it among others, in groups of three digits."""
        rounded = self.rounded
        return self.printed if rounded is None else f"{rounded:,}"


def exact(value: Value) -> Decimal:
    """The unrounded quotient, so that printing rounds once."""
    if value.denominator is None:
        return Decimal(value.numerator) / value.figure.scale
    times = 1 if value.figure.mean else 100
    return Decimal(value.numerator) * times / (Decimal(value.denominator) * value.figure.scale)


def half_up(value: Decimal, places: int = 2) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


@asked_once()
def compute(
    names: Iterable[str] | None, period: Period, by: str = "", among: Sequence[Any] | None = None
) -> list[Value]:
    """The figures `names` (all if None) of `period`, whole or broken down `by` a dimension, there only `among` some groups.

    One query per source, plus one for the names of the groups.  With `by`, figures whose source has no such dimension
    are left out.  LookupError for an unknown name.
    """
    figures = [figure.on(period) for figure in (all_figures() if names is None else map(get, names))]
    found: list[Value] = []
    for source, members in _by_source(figures):
        if not by:
            found.extend(_whole(source, members, period))
        elif dimension := source.dimensions.get(by):
            found.extend(_broken_down(source, members, period, dimension, among))
    order = {figure.name: place for place, figure in enumerate(figures)}
    return sorted(found, key=lambda value: (order[value.figure.name], value.by_code))


@asked_once()
def parts_by_group(names: Iterable[str], period: Period, by: str) -> list[tuple[int, str, Number, Number | None]]:
    """(key of the group, figure, numerator, denominator or None), where a group has rows: `compute` without its names.

    For the thousands of grids whose names nobody reads.  LookupError in Chinese for a figure that knows no such dimension.
    """
    figures = [get(name) for name in names]
    if alien := next((figure for figure in figures if by not in figure.source.dimensions), None):
        raise LookupError(f"指标“{alien.label}”（{alien.name}）不能按考核对象分别统计。")
    return [
        (counted["group"], figure.name, *_parts(figure, counted))
        for source, members in _by_source(figures)
        for counted in _grouped(source, members, period, source.dimensions[by])
        for figure in members
    ]


def groups(names: Iterable[str], period: Period, by: str) -> QuerySet[Any]:
    """The towns, villages, grids … of which a breakdown has rows; at least one figure must know the dimension."""
    sources = [source for source, _ in _by_source(map(get, names)) if by in source.dimensions]
    held = Q()
    for source in sources:
        dimension = source.dimensions[by]
        held |= Q(pk__in=source.rows(period).filter(dimension.limit).order_by().values(dimension.path))
    return sources[0].dimensions[by].model._default_manager.filter(held)


def one(name: str, period: Period) -> Value:
    """A single figure of a period."""
    return compute([name], period)[0]


@asked_once()
def rows(
    figure: Figure, period: Period, part: str = "numerator", by: str = "", by_ids: Collection[int | None] = ()
) -> QuerySet[Any]:
    """The rows behind a figure, or behind its denominator: their count (or sum) equals the number.

    `by_ids`: the group asked for, and where the number is that of an area and its forerunners, these as well.
    """
    test = figure.denominator if part == "denominator" and figure.denominator else figure.numerator
    queryset = figure.source.rows(period).filter(test(period))
    if by:
        dimension = figure.source.dimensions[by]
        queryset = queryset.filter(dimension.limit, **{f"{dimension.path}__in": list(by_ids)})
    return queryset


def _by_source(figures: Iterable[Figure]) -> list[tuple[Source, list[Figure]]]:
    groups: dict[str, tuple[Source, list[Figure]]] = {}
    for figure in figures:
        groups.setdefault(figure.source.name, (figure.source, []))[1].append(figure)
    return list(groups.values())


def _whole(source: Source, figures: list[Figure], period: Period) -> list[Value]:
    counted = source.rows(period).aggregate(**_aggregates(figures, period))
    return [_value(figure, counted, period) for figure in figures]


def _broken_down(
    source: Source, figures: list[Figure], period: Period, dimension: Dimension, among: Sequence[Any] | None
) -> list[Value]:
    counted = list(_grouped(source, figures, period, dimension, among))
    known = {group.pk: group for group in among or ()} or dimension.model._default_manager.in_bulk(
        [row["group"] for row in counted]
    )
    return [_value(figure, row, period, row["group"], known[row["group"]]) for row in counted for figure in figures]


def _grouped(
    source: Source, figures: list[Figure], period: Period, dimension: Dimension, among: Sequence[Any] | None = None
) -> Iterable[dict[str, Any]]:
    """One row of numbers per group: its key, and both parts of each figure."""
    queryset = source.rows(period).filter(dimension.limit).exclude(**{dimension.path: None}).order_by()
    if among is not None:
        queryset = queryset.filter(**{f"{dimension.path}__in": [group.pk for group in among]})
    return queryset.values(group=F(dimension.path)).annotate(**_aggregates(figures, period))


def _aggregates(figures: list[Figure], period: Period) -> dict[str, Any]:
    wanted: dict[str, Any] = {}
    for figure in figures:
        wanted[f"n_{figure.name}"] = _measure(figure, figure.numerator(period))
        if figure.denominator is not None:
            wanted[f"d_{figure.name}"] = _below(figure, figure.denominator(period))
    return wanted


def _below(figure: Figure, test: Q) -> Any:
    return Count("pk", filter=test) if figure.mean else _measure(figure, test, figure.denominator_sum_of)


def _measure(figure: Figure, test: Q, column: str = "") -> Any:
    if column or figure.sum_of:
        return Sum(column or figure.sum_of, filter=test)
    if figure.distinct:
        return Count(figure.distinct, filter=test, distinct=True)
    return Count("pk", filter=test)


def _parts(figure: Figure, counted: dict[str, Any]) -> tuple[Number, Number | None]:
    """Numerator and denominator as they were counted; a sum over no row is 0."""
    below = (counted[f"d_{figure.name}"] or 0) if figure.is_rate else None
    return counted[f"n_{figure.name}"] or 0, below


def _value(
    figure: Figure, counted: dict[str, Any], period: Period, by_id: int | None = None, group: Any = None
) -> Value:
    return Value(
        figure,
        *_parts(figure, counted),
        period.as_of,
        by_id,
        getattr(group, "code", ""),
        str(getattr(group, "name", "")),
        str(group or ""),
    )
