"""The registry of figures (指标): each defined once, with numerator, denominator, cohort and the list behind it.

Apps register theirs in `<app>/figures.py`; pages, API, commands, assessments and the report read them here by name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from django.db.models import Model, Q, QuerySet

from wangcheng.common.figures.periods import Period


class Unit(StrEnum):
    """What a value is counted in."""

    COUNT = "件"
    PEOPLE = "人"
    MESSAGES = "条"
    PER_CENT = "%"
    YUAN = "元"
    WAN_YUAN = "万元"
    HOURS = "小时"
    POINTS = "个"


class Group(StrEnum):
    """What figures are about, in the order in which people look for them."""

    TICKETS = "热线工单"
    WHISTLES = "哨单"
    GRIDS = "网格与考核"
    MONEY = "经费"
    OTHER = "其他"


@dataclass(frozen=True, slots=True)
class Dimension:
    """One way to break figures down: the column of the source that names the group, and the groups' model."""

    path: str  # of the source rows: "unit_id"
    model: type[Model]  # Area, Organisation, Category: has code and name
    limit: Q = field(default_factory=Q)  # which rows belong to this breakdown at all


@dataclass(frozen=True, slots=True)
class Source:
    """Rows that several figures count in one pass: the as-of rows of a cohort."""

    name: str
    rows: Callable[[Period], QuerySet[Any]]
    dimensions: Mapping[str, Dimension] = field(default_factory=dict)
    columns: tuple[tuple[str, str], ...] = ()  # (path, Chinese heading) of the list behind a figure
    link: tuple[str, str] | None = None  # (URL name, path of its argument): where a row of that list leads
    permission: str = ""  # needed to open the list; the figure itself needs common.view_figure
    telling: frozenset[str] = frozenset()  # columns in people's own words: not for who may only check the number
    sight: Callable[[QuerySet[Any], Any], QuerySet[Any]] | None = None  # narrows the list to what a user may see


Test = Callable[[Period], Q]


@dataclass(frozen=True, slots=True)
class Offer:
    """What can be done about one row of a list."""

    label: str
    permission: str
    url: Callable[[Any], str]


@dataclass(frozen=True, slots=True)
class Concern:
    """Whom a number counts against: a unit checks it row by row, cases out of its sight included, with no way into these."""

    dimension: str  # whose areas the rows count against
    secret: Q  # rows of which, out of sight, no more is told than `bare`
    bare: frozenset[str]  # columns
    note: str  # says so under the list
    offer: Offer | None = None  # for each row of the own area


@dataclass(frozen=True, slots=True)
class Words:
    """What a figure says of itself where its rules are a policy: the fields of the same names."""

    definition: str
    cohort: str
    exclusions: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A registered figure.

    Without `denominator` it is a count, or with `sum_of` an amount; with it a rate in per cent, or with `mean` the
    average of `sum_of` over the rows below the line.
    """

    name: str
    label: str
    unit: Unit
    source: Source
    numerator: Test
    definition: str
    denominator: Test | None = None
    sum_of: str = ""
    denominator_sum_of: str = ""  # a rate of two amounts: the column summed below the line; else the same as above
    mean: bool = False
    distinct: str = ""  # count distinct values of this column instead of rows
    scale: int = 1  # divide amounts and averages by this for display: 10000 for 万元, 3600 for hours
    places: int = 2
    version: int = 1
    cohort: str = ""  # which date decides the period, in words
    exclusions: str = ""
    higher_is_better: bool = True
    concern: Concern | None = None
    ruled_by: type[Any] | None = None  # the rule set that says what counts; it is read with figures.ruled
    wording: Callable[[Period], Words] | None = None  # what these rules say of a period
    guarded: Q | None = None  # rows that a unit is not shown: to stand in this list would tell what is secret of them

    @property
    def is_rate(self) -> bool:
        """Whether it has both parts (an average has them too)."""
        return self.denominator is not None

    def on(self, period: Period) -> Figure:
        """The same figure, its definition in the words of the rules that `period` is counted by."""
        if self.wording is None:
            return self
        said = self.wording(period)
        return replace(self, definition=said.definition, cohort=said.cohort, exclusions=said.exclusions)


_figures: dict[str, Figure] = {}
_groups: dict[str, Group] = {}


def register(*figures: Figure, group: Group = Group.OTHER) -> None:
    """Add figures to the registry; a name can be taken once."""
    for figure in figures:
        if figure.name in _figures and _figures[figure.name] is not figure:
            raise ValueError(f"figure {figure.name} is registered twice")
        _figures[figure.name] = figure
        _groups[figure.name] = group


def get(name: str) -> Figure:
    """The figure called `name`; LookupError with a Chinese sentence if there is none."""
    try:
        return _figures[name]
    except KeyError:
        raise LookupError(f"没有名为“{name}”的指标。") from None


def known(name: str) -> bool:
    """Whether a figure is registered: one of an old assessment may have gone."""
    return name in _figures


def group_of(name: str) -> Group:
    """What the figure called `name` is about."""
    return _groups.get(name, Group.OTHER)


def all_figures() -> list[Figure]:
    """Group by group, within one in the order of registration."""
    places = {group: place for place, group in enumerate(Group)}
    return sorted(_figures.values(), key=lambda figure: places[group_of(figure.name)])


def everything(period: Period) -> Q:
    """The numerator of a plain count: every row of the source."""
    return Q()
