"""街镇采集情况: what each town has collected in a year, and how many are missing to the target and to the 20 %.

Read by the page of the share and by the desk; every number comes from the registered figures.
"""

from __future__ import annotations

from dataclasses import dataclass

from wangcheng.common.figures.compute import Value, compute
from wangcheng.common.figures.periods import Period
from wangcheng.common.figures.registry import get
from wangcheng.common.models import Area
from wangcheng.common.policy.registry import in_force
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
    found = {
        (value.figure.name, value.by_id): value for value in compute([COLLECTED, BY_DEPARTMENT, SHARE], period, "town")
    }
    towns = Area.objects.in_force(day).filter(level=Area.Level.TOWN)
    return [_line(town, found, period, collection, share) for town in towns.order_by("code")]


def _line(
    town: Area, found: dict[tuple[str, int | None], Value], period: Period, collection: Collection, share: Share
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
        rows_url(get(COLLECTED), period, by="town", by_id=town.pk),
        rows_url(get(BY_DEPARTMENT), period, by="town", by_id=town.pk),
    )
