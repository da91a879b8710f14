"""Who takes over from towns and villages that ended: read from the history of their areas.  Reads only."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from wangcheng.common.models import Area, AreaSuccession, Organisation

Kind = AreaSuccession.Kind
GOES_ON = (Kind.RENAME, Kind.RECODE, Kind.MERGE)


def heirs_within(first: date, last: date) -> dict[int, int]:
    """Key of an area that ended in the period by renaming, re-coding or merging → key of the one that goes on."""
    steps = AreaSuccession.objects.filter(kind__in=GOES_ON, day__gt=first, day__lte=last, after__isnull=False)
    pairs = steps.order_by("day", "pk").values_list("before_id", "after_id")
    following = {before: after for before, after in pairs if before is not None and after is not None}
    return {key: _last_of(key, following) for key in following}


def with_forerunners(area: int, heirs: Mapping[int, int]) -> tuple[int, ...]:
    """An area and what goes on in it: all whose rows of the period are its own."""
    return (area, *sorted(key for key, heir in heirs.items() if heir == area and key != area))


def heirs_of(ended: Collection[Organisation]) -> dict[int, Organisation]:
    """By the key of an ended unit: the unit of the area that its area became; for a village that became nothing, its town.

    A town that became nothing has no heir.
    """
    following = _following() if ended else {}
    areas = {unit.pk: _last_of(unit.area_id, following) for unit in ended if unit.area_id}
    there = {unit.area_id: unit for unit in Organisation.objects.filter(area__in=areas.values(), valid_to=None)}
    found = {key: there[area] for key, area in areas.items() if area in there}
    for unit in ended:
        if unit.pk not in found and unit.kind == Organisation.Kind.VILLAGE and unit.parent_id:
            town = _alive(unit.parent_id, found)
            found |= {unit.pk: town} if town else {}
    return found


def _following() -> dict[int, int]:
    """What each town and village that ended became; of a split the first part."""
    ended = AreaSuccession.objects.filter(before__level__lte=Area.Level.VILLAGE, before__valid_to__isnull=False)
    steps = ended.filter(after__isnull=False)
    pairs = steps.order_by("-day", "-pk").values_list("before_id", "after_id")
    return {before: after for before, after in pairs if before is not None and after is not None}


def _last_of(area: int, following: Mapping[int, int]) -> int:
    seen = {area}
    while (after := following.get(area)) is not None and after not in seen:
        seen.add(after)
        area = after
    return area


def _alive(unit_id: int, found: Mapping[int, Organisation]) -> Organisation | None:
    unit = Organisation.objects.get(pk=unit_id)
    return unit if unit.valid_to is None else found.get(unit_id)
