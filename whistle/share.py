"""街镇采集情况: what each town has collected in a year, and how many are missing to the target and to the 20 %.

Read by the page of the share and by the desk; every number comes from the registered figures.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from wangcheng.common.figures.compute import Value, compute
from wangcheng.common.figures.periods import Period
from wangcheng.common.figures.registry import get
from wangcheng.common.models import Area
from wangcheng.common.policy.registry import in_force
from wangcheng.common.territory.heirs import heirs_within, with_forerunners
from wangcheng.common.ways.views.figures import rows_url
from wangcheng.common.ways.words import Toned
from whistle.rules import Collection, Share

COLLECTED, BY_DEPARTMENT, SHARE = "whistles_collected", "whistles_by_department", "department_share"


@dataclass(frozen=True, slots=True)
class TownLine:
    """One town of the table; `share` is in words, "—" where nothing was collected."""

    town: Area
    collected: int
    target: int
    by_department: int
    share: str
    short: int
    collected_url: str
    department_url: str

    @property
    def to_target(self) -> Toned:
        return _missing(self.target - self.collected)

    @property
    def to_share(self) -> Toned:
        return _missing(self.short) if self.collected else Toned("—", "muted")


def _missing(count: int) -> Toned:
    return Toned(f"还差 {count} 件", "near") if count > 0 else Toned("已达标", "good")


def town_lines(period: Period) -> list[TownLine]:
    """Every town that stood at the end of the period, also one that collected nothing."""
    day = min(period.last, period.as_of.date())
    collection, share = in_force(Collection, day), in_force(Share, day)
    heirs = heirs_within(period.first, day)
    found = _by_town(compute([COLLECTED, BY_DEPARTMENT, SHARE], period, "town"), heirs)
    towns = Area.objects.in_force(day).filter(level=Area.Level.TOWN)
    return [
        _line(town, found, period, collection, share, with_forerunners(town.pk, heirs))
        for town in towns.order_by("code")
    ]


def _by_town(values: Iterable[Value], heirs: Mapping[int, int]) -> dict[tuple[str, int], Value]:
    """By figure and town; what was collected before a town was renamed, re-coded or merged counts for what it became."""
    found: dict[tuple[str, int], Value] = {}
    for value in values:
        town = value.by_id or 0
        key = (value.figure.name, heirs.get(town, town))
        found[key] = _together(found[key], value) if key in found else value
    return found


def _together(one: Value, more: Value) -> Value:
    below = None if one.denominator is None else one.denominator + (more.denominator or 0)
    return replace(one, numerator=one.numerator + more.numerator, denominator=below)


def _line(
    town: Area,
    found: Mapping[tuple[str, int], Value],
    period: Period,
    collection: Collection,
    share: Share,
    own: tuple[int, ...],
) -> TownLine:
    counts = {
        name: int(found[name, town.pk].numerator) if (name, town.pk) in found else 0
        for name in (COLLECTED, BY_DEPARTMENT)
    }
    rate = found.get((SHARE, town.pk))
    return TownLine(
        town,
        counts[COLLECTED],
        collection.target(town.name),
        counts[BY_DEPARTMENT],
        f"{rate.printed}%" if rate and rate.value is not None else "—",
        share.short(counts[COLLECTED], counts[BY_DEPARTMENT]),
        rows_url(get(COLLECTED), period, "numerator", "town", *own),
        rows_url(get(BY_DEPARTMENT), period, "numerator", "town", *own),
    )
