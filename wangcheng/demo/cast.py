"""Everybody and everything a story needs, read once: who acts for a unit, where places are, which categories there are.

Actors here are what `workflow.actor_of` gives for the same people, without a query each.
"""

from __future__ import annotations

import csv
import random
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from wangcheng.common.models import Area, Category, Organisation, Post
from wangcheng.common.people.roles import Role
from wangcheng.common.workflow import Actor
from wangcheng.demo.chance import Urn

TEXTS = Path(__file__).parent / "data" / "texts.csv"


@dataclass(frozen=True, slots=True)
class Leaf:
    """A category leaf with the phrases invented for it."""

    pk: int
    top_id: int
    name: str
    unit_id: int | None
    urgency: str
    handling_days: int | None
    village_duty: bool
    phrases: tuple[str, ...]
    weight: int


@dataclass(frozen=True, slots=True)
class Spot:
    """A level-3 grid as the place of a matter."""

    grid_id: int
    village_id: int
    town_id: int
    words: str  # "高塘岭街道斑马湖社区银杉花园一期"


@dataclass
class Cast:
    """Read from the database once; the same for tickets and whistles."""

    units: dict[int, Organisation] = field(default_factory=dict)
    unit_of_area: dict[int, int] = field(default_factory=dict)  # town or village area → organisation
    departments: list[int] = field(default_factory=list)
    officers: dict[int, list[Actor]] = field(default_factory=dict)  # organisation → its people
    centre: dict[str, list[Actor]] = field(default_factory=dict)  # role → people of the centre
    grid_people: dict[int, list[tuple[Actor, str]]] = field(default_factory=dict)  # grid → (actor, title)
    spots: list[Spot] = field(default_factory=list)

    @classmethod
    def read(cls) -> Cast:
        cast = cls()
        cast._read_units()
        cast._read_people()
        cast._read_spots()
        return cast

    def _read_units(self) -> None:
        self.units = {unit.pk: unit for unit in Organisation.objects.filter(valid_to=None).order_by("path")}
        kinds = (Organisation.Kind.TOWN, Organisation.Kind.VILLAGE)
        self.unit_of_area = {
            unit.area_id: unit.pk for unit in self.units.values() if unit.kind in kinds and unit.area_id is not None
        }
        self.departments = [pk for pk, unit in self.units.items() if unit.kind == Organisation.Kind.DEPARTMENT]

    def _read_people(self) -> None:
        reach: dict[int, set[int]] = defaultdict(set)
        for unit in self.units.values():
            for part in unit.path.strip("/").split("/"):
                reach[int(part)].add(unit.pk)
        officers, centre, grids = defaultdict(list), defaultdict(list), defaultdict(list)
        for post in Post.objects.filter(valid_to=None).select_related("user").order_by("pk"):
            actor = _actor(post, self.units[post.organisation_id], frozenset(reach[post.organisation_id]))
            if actor.is_centre:
                centre[post.role].append(actor)
            elif post.area_id is not None:
                grids[post.area_id].append((actor, post.title))
            else:
                officers[post.organisation_id].append(actor)
        self.officers, self.centre, self.grid_people = dict(officers), dict(centre), dict(grids)

    def _read_spots(self) -> None:
        areas = {area.pk: area for area in Area.objects.filter(valid_to=None, level__lte=Area.Level.ESTATE)}
        for area in sorted(areas.values(), key=lambda area: area.code):
            if area.level == Area.Level.ESTATE:
                village = areas[area.parent_id or 0]
                town = areas[village.parent_id or 0]
                words = f"{town.short_name}{village.short_name}{area.name}"
                self.spots.append(Spot(area.pk, village.pk, town.pk, words))

    @cached_property
    def spots_by_village(self) -> dict[int, list[Spot]]:
        found: dict[int, list[Spot]] = defaultdict(list)
        for spot in self.spots:
            found[spot.village_id].append(spot)
        return dict(found)

    def above(self, unit_id: int) -> list[int]:
        """The unit and what stands above it below the centre, as `hotline.lookups.sight_ids` finds them."""
        wanted = (int(part) for part in self.units[unit_id].path.strip("/").split("/"))
        return sorted(pk for pk in wanted if self.units[pk].kind != Organisation.Kind.CENTRE)

    def somebody(self, unit_id: int, chance: random.Random) -> Actor:
        return chance.choice(self.officers[unit_id])

    def at_centre(self, role: Role, chance: random.Random) -> Actor:
        return chance.choice(self.centre[role])


def _actor(post: Post, unit: Organisation, reach: frozenset[int]) -> Actor:
    is_centre = unit.kind == Organisation.Kind.CENTRE
    return Actor(
        post.user_id,
        post.user.name,
        unit.pk,
        unit.short_name,
        post.role,
        reach=frozenset() if is_centre else reach,
        areas=frozenset({post.area_id}) if post.area_id else frozenset(),
        is_centre=is_centre,
    )


def leaves(scheme: str) -> Urn[Leaf]:
    """The category leaves of a scheme with their invented phrases, drawn by weight."""
    with TEXTS.open(encoding="utf-8", newline="") as lines:
        texts = {row["category"]: row for row in csv.DictReader(lines) if row["scheme"] == scheme}
    found = []
    for row in Category.objects.filter(scheme=scheme, level=3, valid_to=None).order_by("code"):
        text = texts[row.name]
        phrases = tuple(text["phrases"].split(";"))
        found.append(
            Leaf(
                row.pk,
                row.top_id or row.pk,
                row.name,
                row.unit_id,
                row.urgency,
                row.handling_days,
                row.village_duty,
                phrases,
                int(text["weight"]),
            )
        )
    return Urn(found, [leaf.weight for leaf in found])
