"""What becomes of each invented whistle: dealt out so that filed, closed and every town's department share come out."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from wangcheng.demo import targets
from wangcheng.demo.cast import Spot


class Fate(StrEnum):
    """The road a whistle takes."""

    SELF = "self"  # 自行处置
    TOWN = "town"  # the town, or a village for it
    DEPARTMENT = "department"
    DECLINED = "declined"  # by the village or the centre
    WAITING = "waiting"  # not filed yet at the year's end
    OPEN = "open"  # filed, not closed at the year's end


@dataclass(slots=True)
class Sighting:
    """Something a grid officer saw."""

    at: datetime
    spot: Spot
    fate: Fate = Fate.SELF


DECLINED_SHARE = 0.7  # of those never filed; the others still wait
WAITING_FROM, OPEN_FROM, SETTLED_BEFORE = date(2022, 12, 29), date(2022, 12, 12), date(2022, 12, 12)
SELF_SHARE = 0.58  # of what no department disposes of
LEAST_SHARE, MOST_SHARE = 0.225, 0.335  # department share of a town


def deal(sightings: Sequence[Sighting], scale: int, chance: random.Random) -> None:
    """Give every sighting (in time order) its fate."""
    unfiled = (targets.WHISTLES - targets.WHISTLES_FILED) * scale
    still_open = (targets.WHISTLES_FILED - targets.WHISTLES_CLOSED) * scale
    declined = int(unfiled * DECLINED_SHARE)
    last_days = [one for one in sightings if one.at.date() >= WAITING_FROM]
    for one in chance.sample(last_days, unfiled - declined):
        one.fate = Fate.WAITING
    recent = [one for one in sightings if OPEN_FROM <= one.at.date() < WAITING_FROM]
    for one in chance.sample(recent, still_open):
        one.fate = Fate.OPEN
    settled = [one for one in sightings if one.at.date() < SETTLED_BEFORE]
    for one in chance.sample(settled, declined):
        one.fate = Fate.DECLINED
    _share_out(sightings, [one for one in settled if one.fate is Fate.SELF], chance)


def _share_out(sightings: Sequence[Sighting], settled: Sequence[Sighting], chance: random.Random) -> None:
    """Departments dispose of more than a fifth in every town; the rest is the town's or was seen to on the spot."""
    collected: dict[int, int] = defaultdict(int)
    for one in sightings:
        collected[one.spot.town_id] += 1
    by_town: dict[int, list[Sighting]] = defaultdict(list)
    for one in settled:
        by_town[one.spot.town_id].append(one)
    for town, theirs in sorted(by_town.items()):
        wanted = int(collected[town] * chance.uniform(LEAST_SHARE, MOST_SHARE)) + 1
        departments = {id(one) for one in chance.sample(theirs, wanted)}
        for one in theirs:
            if id(one) in departments:
                one.fate = Fate.DEPARTMENT
            elif chance.random() > SELF_SHARE:
                one.fate = Fate.TOWN
