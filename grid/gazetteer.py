"""Finding places in free text: all known names in one pass, longest first, and what they say together.

Pure: names in, candidates out; no database.  grid.places fills it from the tree and the place dictionary.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum

MOST = 5  # candidates returned
_AGREES, _CONTRADICTS, _RIVAL = 0.6, 0.5, 0.5


class Kind(Enum):
    """What sort of name it is: its Chinese word and how sure it is alone."""

    GRID = "网格", 0.95
    VILLAGE = "村（社区）", 0.95
    PLACE = "地名", 0.9
    ALIAS = "别名", 0.85
    STEM = "村（社区）简称", 0.65
    TOWN = "街镇", 0.5
    TOWN_STEM = "街镇简称", 0.35

    @property
    def label(self) -> str:
        return self.value[0]

    @property
    def weight(self) -> float:
        return self.value[1]

    @property
    def is_town(self) -> bool:
        return self in (Kind.TOWN, Kind.TOWN_STEM)

    @property
    def is_village(self) -> bool:
        return self in (Kind.VILLAGE, Kind.STEM)


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a name leads: keys of town, village and level-3 grid, as far down as it is known."""

    town: int
    village: int | None = None
    grid: int | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place the text may mean."""

    spot: Spot
    confidence: float
    reason: str


@dataclass(slots=True)
class _Found:
    """One name found in a text, with all the spots that bear it."""

    name: str
    at: int
    meanings: list[tuple[Kind, Spot]]


@dataclass(slots=True)
class _Above:
    """The towns and villages that the text names: what lies in them is surer, what lies elsewhere is not."""

    towns: dict[int, _Found]
    villages: dict[int, _Found]


@dataclass(slots=True)
class Gazetteer:
    """All names of a day, ready to search with."""

    _names: dict[str, list[tuple[Kind, Spot]]] = field(default_factory=lambda: defaultdict(list))
    _by_start: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))  # first two characters → names

    @classmethod
    def of(cls, entries: Iterable[tuple[str, Kind, Spot]]) -> Gazetteer:
        """From (name, kind, spot); names of one character say nothing and are left out."""
        made = cls()
        for name, kind, spot in entries:
            plain = normal(name)
            if len(plain) > 1 and (kind, spot) not in made._names[plain]:
                made._names[plain].append((kind, spot))
        for name, meanings in made._names.items():
            if any(kind.is_town for kind, _ in meanings):  # 高塘岭 alone is the town, not the village called after it
                made._names[name] = [(kind, spot) for kind, spot in meanings if kind is not Kind.STEM]
            made._by_start[name[:2]].append(name)
        for names in made._by_start.values():
            names.sort(key=len, reverse=True)
        return made

    def resolve(self, text: str) -> list[Candidate]:
        """The places `text` may mean, the likeliest first; empty if it names none."""
        found = self._find(normal(text))
        meant = [(match, kind, spot) for match in found for kind, spot in match.meanings]
        above = _Above(
            {spot.town: match for match, kind, spot in meant if kind.is_town},
            {spot.village or 0: match for match, kind, spot in meant if kind.is_village},
        )
        best: dict[Spot, Candidate] = {}
        for match, kind, spot in meant:
            candidate = _weigh(match, kind, spot, above)
            if spot not in best or best[spot].confidence < candidate.confidence:
                best[spot] = candidate
        return _rank(_without_implied(best))

    def _find(self, text: str) -> list[_Found]:
        """Names in the order of the text, the longest at each position; what it covers is not looked at again."""
        found: list[_Found] = []
        at = 0
        while at < len(text) - 1:
            name = next((name for name in self._by_start.get(text[at : at + 2], ()) if text.startswith(name, at)), None)
            if name is not None:
                found.append(_Found(name, at, self._names[name]))
            at += len(name) if name else 1
        return found


def normal(text: str) -> str:
    """Full-width forms made plain, blanks of every kind taken out."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def _weigh(match: _Found, kind: Kind, spot: Spot, above: _Above) -> Candidate:
    """One meaning of one name: surer when the text names its village or town too, less sure when it names another, or is
    shared."""
    reason = f"文中“{match.name}”是{kind.label}"
    smaller = not (kind.is_town or kind.is_village)  # only these can lie in a village
    if smaller and spot.village in above.villages:
        return _agreed(kind, spot, f"{reason}，与文中村（社区）“{above.villages[spot.village].name}”一致")
    if smaller and above.villages:
        other = next(iter(above.villages.values())).name
        return _doubted(match, kind, spot, f"{reason}，但文中另有村（社区）“{other}”")
    if not kind.is_town and spot.town in above.towns:
        return _agreed(kind, spot, f"{reason}，与文中街镇“{above.towns[spot.town].name}”一致")
    if not kind.is_town and above.towns:
        other = next(iter(above.towns.values())).name
        return _doubted(match, kind, spot, f"{reason}，但文中另有街镇“{other}”")
    shared = f"，同名{len(match.meanings)}处" if len(match.meanings) > 1 else ""
    return Candidate(spot, kind.weight / len(match.meanings), f"{reason}{shared}")


def _agreed(kind: Kind, spot: Spot, reason: str) -> Candidate:
    return Candidate(spot, kind.weight + (1 - kind.weight) * _AGREES, reason)


def _doubted(match: _Found, kind: Kind, spot: Spot, reason: str) -> Candidate:
    return Candidate(spot, kind.weight / len(match.meanings) * _CONTRADICTS, reason)


def _without_implied(best: dict[Spot, Candidate]) -> list[Candidate]:
    """A town is no candidate beside a village in it, nor a village beside a grid in it."""
    towns = {spot.town for spot in best if spot.village is not None}
    villages = {spot.village for spot in best if spot.grid is not None}
    return [
        candidate
        for spot, candidate in best.items()
        if not (spot.village is None and spot.town in towns) and not (spot.grid is None and spot.village in villages)
    ]


def _rank(candidates: list[Candidate]) -> list[Candidate]:
    """Likeliest first; a rival makes all of them less sure."""
    ordered = sorted(candidates, key=lambda one: -one.confidence)[:MOST]
    rivalry = ordered[1].confidence / ordered[0].confidence if len(ordered) > 1 else 0
    sure = 1 - _RIVAL * rivalry
    return [Candidate(one.spot, round(one.confidence * sure, 4), one.reason) for one in ordered]
