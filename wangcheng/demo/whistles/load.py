"""The year's whistles, through the batch form of the same actions."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date
from functools import cache

from wangcheng.common.casework.batch import Batch
from wangcheng.common.casework.bulk import insert, reserve_keys
from wangcheng.common.models import Category, NumberSequence
from wangcheng.common.policy.registry import version_in_force
from wangcheng.common.workdays.calendar import Calendar
from wangcheng.demo import targets
from wangcheng.demo.cast import Cast, leaves
from wangcheng.demo.chance import Urn, dice
from wangcheng.demo.shapes import moments, per_day
from wangcheng.demo.tickets.yearend import LAST
from wangcheng.demo.whistles.fates import Fate, Sighting, deal
from wangcheng.demo.whistles.story import Walk
from whistle.models import Whistle
from whistle.rules import Limits

YEAR = 2022


def load_whistles(cast: Cast, calendar: Calendar, seed: int, scale: int, progress: Callable[[int], None]) -> None:
    """12,868 × `scale` whistles with their events."""
    chance = dice(seed, "whistles")
    sightings = _sightings(cast, calendar, scale, chance)
    deal(sightings, scale, chance)
    tops = dict(Category.objects.filter(scheme="whistle", level=1).values_list("pk", "name"))
    urn = leaves("whistle")
    for_departments = Urn([leaf for leaf in urn.items if leaf.unit_id], [x.weight for x in urn.items if x.unit_id])
    limits = cache(lambda day: version_in_force(Limits, day))
    keys = reserve_keys(Whistle, len(sightings))
    batch, serials = Batch(Whistle), dict[date, int]()
    for key, sighting in zip(keys, sightings, strict=True):
        leaf = (for_departments if sighting.fate in (Fate.DEPARTMENT, Fate.OPEN) else urn).draw(chance)
        beats = Walk(sighting, leaf, cast, calendar, limits, chance).told(tops[leaf.top_id], LAST)
        day = sighting.at.date()
        serials[day] = serials.get(day, 0) + 1
        whistle = Whistle(id=key, number=f"LF{day:%Y%m%d}{serials[day]:04}")
        batch.begin(whistle, *beats[0])
        for beat in beats[1:]:
            batch.step(whistle, *beat)
        if key % 500 == 0:
            progress(500)
    batch.write()
    insert(NumberSequence, [{"key": f"whistle-{day:%Y%m%d}", "last": last} for day, last in serials.items()])


def _sightings(cast: Cast, calendar: Calendar, scale: int, chance: random.Random) -> list[Sighting]:
    spots = Urn(cast.spots, [chance.uniform(0.2, 2.0) for _ in cast.spots])
    days = per_day(targets.WHISTLES * scale, YEAR, calendar)
    return [Sighting(at, spots.draw(chance)) for day, count in days for at in moments(day, count, chance)]
