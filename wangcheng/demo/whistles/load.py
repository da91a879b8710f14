"""The year's whistles, through the batch form of the same actions."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import cache, partial
from itertools import islice

from wangcheng.common.casework.batch import Batch
from wangcheng.common.casework.bulk import Prepared, insert, prepare, reserve_keys
from wangcheng.common.models import Category, NumberSequence
from wangcheng.common.policy.registry import version_in_force
from wangcheng.common.workdays.calendar import Calendar
from wangcheng.demo import targets
from wangcheng.demo.ahead import ahead
from wangcheng.demo.cast import Cast, leaves
from wangcheng.demo.chance import Urn, dice
from wangcheng.demo.shapes import moments, per_day
from wangcheng.demo.tickets.yearend import LAST
from wangcheng.demo.whistles.fates import Fate, Sighting, deal
from wangcheng.demo.whistles.photos import Photos
from wangcheng.demo.whistles.story import Beats, Walk
from whistle.models import Whistle, WhistleAttachment
from whistle.rules import Limits

YEAR = 2022
CHUNK = 2000  # whistles carried at once, by a process of their own where there is one

Walked = tuple[Whistle, Beats]


def load_whistles(cast: Cast, calendar: Calendar, seed: int, scale: int, progress: Callable[[int], None]) -> None:
    """12,868 × `scale` whistles with their events."""
    chance = dice(seed, "whistles")
    sightings = _sightings(cast, calendar, scale, chance)
    deal(sightings, scale, chance)
    tops = dict(Category.objects.filter(scheme="whistle", level=1).values_list("pk", "name"))
    urn = leaves("whistle")
    for_departments = Urn([leaf for leaf in urn.items if leaf.unit_id], [x.weight for x in urn.items if x.unit_id])
    limits = cache(lambda day: version_in_force(Limits, day))
    serials: Counter[date] = Counter()

    def walks() -> Iterator[Walked]:
        for key, sighting in zip(reserve_keys(Whistle, len(sightings)), sightings, strict=True):
            leaf = (for_departments if sighting.fate in (Fate.DEPARTMENT, Fate.OPEN) else urn).draw(chance)
            beats = Walk(sighting, leaf, cast, calendar, limits, chance).told(tops[leaf.top_id], LAST)
            day = sighting.at.date()
            serials[day] += 1
            yield Whistle(id=key, number=f"LF{day:%Y%m%d}{serials[day]:04}"), beats

    photos = Photos.draw(seed)
    for done, tables in ahead(partial(_carried, chunk, photos) for chunk in _chunks(walks())):
        for rows in tables:
            rows.write()
        progress(done)
    insert(NumberSequence, [{"key": f"whistle-{day:%Y%m%d}", "last": last} for day, last in serials.items()])


def _chunks(walks: Iterator[Walked]) -> Iterator[list[Walked]]:
    return iter(lambda: list(islice(walks, CHUNK)), [])


def _carried(walked: Sequence[Walked], photos: Photos) -> tuple[int, list[Prepared]]:
    """The histories carried through the process, as rows; asks the database for nothing."""
    batch = Batch(Whistle)
    for whistle, (first, *others) in walked:
        batch.begin(whistle, *first)
        for beat in others:
            batch.step(whistle, *beat)
    shown = [row for whistle, beats in walked for row in photos.rows(whistle, beats)]
    return len(walked), [*batch.prepared(), *([prepare(WhistleAttachment, shown)] if shown else [])]


def _sightings(cast: Cast, calendar: Calendar, scale: int, chance: random.Random) -> list[Sighting]:
    spots = Urn(cast.spots, [chance.uniform(0.2, 2.0) for _ in cast.spots])
    days = per_day(targets.WHISTLES * scale, YEAR, calendar)
    return [Sighting(at, spots.draw(chance)) for day, count in days for at in moments(day, count, chance)]
