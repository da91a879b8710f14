"""Areas as they stood on the cut-off day, and which earlier rows of the quarter count towards them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from wangcheng.common.models import Area, AreaSuccession

Kind = AreaSuccession.Kind


@dataclass(frozen=True, slots=True)
class Spot:
    """An area with the keys of the village and town it lies in."""

    key: int
    code: str
    village: int
    town: int


def spots(level: int, day: date) -> list[Spot]:
    """The areas of a level on `day`, by code."""
    rows = Area.objects.in_force(day).filter(level=level).order_by("code").values_list("pk", "code", "path")
    return [_spot(key, code, path) for key, code, path in rows]


def _spot(key: int, code: str, path: str) -> Spot:
    above = [int(part) for part in path.strip("/").split("/")]  # district, town, village, …
    return Spot(key, code, above[2], above[1])


def founded(first: date, last: date, keys: Iterable[int], kinds: Iterable[str]) -> dict[int, str]:
    """Which of the areas were newly set up, merged or split (of `kinds`) in the quarter, and how."""
    steps = AreaSuccession.objects.filter(kind__in=list(kinds), day__gte=first, day__lte=last, after__in=list(keys))
    labels = dict(Kind.choices)
    return {key: str(labels[kind]) for key, kind in steps.values_list("after_id", "kind") if key is not None}
