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
        towns = {spot.town: match for match in found for kind, spot in match.meanings if kind.is_town}
        best: dict[Spot, Candidate] = {}
        for match in found:
            for kind, spot in match.meanings:
                candidate = _weigh(match, kind, spot, towns)
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


def _weigh(match: _Found, kind: Kind, spot: Spot, towns: dict[int, _Found]) -> Candidate:
    """One meaning of one name: surer when the text names its town too, less sure when it names another, or is shared."""
    confidence = kind.weight / len(match.meanings)
    reason = f"文中“{match.name}”是{kind.label}"
    if not kind.is_town and spot.town in towns:
        confidence = kind.weight + (1 - kind.weight) * _AGREES
        reason += f"，与文中街镇“{towns[spot.town].name}”一致"
    elif not kind.is_town and towns:
        confidence *= _CONTRADICTS
        reason += f"，但文中另有街镇“{next(iter(towns.values())).name}”"
    elif len(match.meanings) > 1:
        reason += f"，同名{len(match.meanings)}处"
    return Candidate(spot, confidence, reason)


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
