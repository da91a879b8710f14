"""Which town, village and grid a text speaks of: the tree and the place dictionary of a day, searched in one pass.

Called by the intake of tickets and whistles, the command `resolve_place` and the pages.  Reads only.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.db.models import Aggregate, Count, Max, Subquery, Value

from grid.gazetteer import Candidate, Gazetteer, Kind, Spot
from grid.models import Place
from wangcheng.common.models import Area, AreaSuccession
from wangcheng.common.territory.names import stem

Level = Area.Level
GOES_ON = ("rename", "recode", "merge")


@dataclass(frozen=True, slots=True)
class Resolved:
    """A place a text may mean, with its areas."""

    town: Area
    village: Area | None
    grid: Area | None
    confidence: float  # 0–1
    reason: str

    @property
    def area(self) -> Area:
        """The smallest area known."""
        return self.grid or self.village or self.town


def resolve_place(text: str, day: date) -> list[Resolved]:
    """地点识别: candidates for the place of a matter, the likeliest first; empty when the text names none."""
    return with_areas(gazetteer(day).resolve(text))


def with_areas(candidates: list[Candidate], known: Mapping[int, Area] | None = None) -> list[Resolved]:
    """The candidates with their areas, read in one query unless the caller knows them all."""
    keys = {key for one in candidates for key in (one.spot.town, one.spot.village, one.spot.grid) if key}
    areas = (Area.objects.in_bulk(keys) if keys else {}) if known is None else known
    return [
        Resolved(
            areas[one.spot.town],
            areas[one.spot.village] if one.spot.village else None,
            areas[one.spot.grid] if one.spot.grid else None,
            one.confidence,
            one.reason,
        )
        for one in candidates
    ]


def gazetteer(day: date) -> Gazetteer:
    """The names of `day`; kept per process until tree or dictionary change."""
    return Gazetteers().on(day)


def _of_all(measure: Aggregate) -> Subquery:
    """A measure of the whole place dictionary, to be asked for beside something else."""
    return Subquery(
        Place.objects.order_by().annotate(_every=Value(1)).values("_every").annotate(_n=measure).values("_n")
    )


class Gazetteers:
    """The names of many days, for an import: asks once when the tree changed, and builds one search per stretch between."""

    def __init__(self) -> None:
        tree = Area.objects.filter(level__lte=Level.ESTATE).order_by().values("valid_from", "valid_to")
        words = {"words": _of_all(Count("pk")), "newest": _of_all(Max("pk")), "changed": _of_all(Max("changed_at"))}
        spans = list(tree.annotate(count=Count("pk"), last=Max("pk"), **words))
        self._edges = sorted({day for span in spans for day in (span["valid_from"], span["valid_to"]) if day})
        self._fingerprint = sorted(" ".join(map(str, span.values())) for span in spans)

    def on(self, day: date) -> Gazetteer:
        """The names in force on `day`: the same from one change of the tree to the next."""
        place = bisect_right(self._edges, day)
        return _build(self._edges[place - 1] if place else day, *self._fingerprint)


@lru_cache(maxsize=8)
def _build(day: date, *fingerprint: str) -> Gazetteer:
    tree = list(Area.objects.in_force(day).filter(level__gte=Level.TOWN, level__lte=Level.ESTATE))
    return Gazetteer.of([*_area_names(tree), *_place_names(tree, day)])


def spot_of(path: str) -> Spot:
    """From a path "/district/town/village/grid/…"."""
    town, *below = [int(part) for part in path.strip("/").split("/")][1:4]
    village, grid = [*below, None, None][:2]
    return Spot(town, village, grid)


def _area_names(tree: list[Area]) -> Iterator[tuple[str, Kind, Spot]]:
    for area in tree:
        spot = spot_of(area.path)
        if area.level == Level.TOWN:
            yield area.name, Kind.TOWN, spot
            yield stem(area.name), Kind.TOWN_STEM, spot
        elif area.level == Level.VILLAGE:
            yield area.name, Kind.VILLAGE, spot
            yield area.short_name, Kind.VILLAGE, spot
            yield stem(area.name), Kind.STEM, spot
        else:
            yield area.name, Kind.GRID, spot


def _place_names(tree: list[Area], day: date) -> Iterator[tuple[str, Kind, Spot]]:
    """Names of the dictionary; an area that has ended since, or did not exist yet, stands for its successor or origin."""
    places = list(Place.objects.prefetch_related("aliases").select_related("area"))
    paths = {area.pk: area.path for area in tree}
    heirs = _heirs(set(paths)) if places else {}
    for place in places:
        path = paths.get(heirs.get(place.area_id, place.area_id))
        if path is None:
            continue
        yield place.name, Kind.PLACE, spot_of(path)
        for alias in place.aliases.all():
            yield alias.name, Kind.ALIAS, spot_of(path)


def _heirs(present: set[int]) -> dict[int, int]:
    """Key of an area not in force → key of the one in force that it became or came from."""
    links = AreaSuccession.objects.filter(kind__in=GOES_ON, before__isnull=False, after__isnull=False)
    pairs = list(links.order_by("day", "pk").values_list("before_id", "after_id"))
    heirs: dict[int, int] = {}
    for before, after in reversed(pairs):
        if before is not None and after is not None and before not in present:
            heirs[before] = heirs.get(after, after)
    for before, after in pairs:
        if before is not None and after is not None and after not in present:
            heirs.setdefault(after, heirs.get(before, before))
    return heirs
