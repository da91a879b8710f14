"""The invented people: the demonstration accounts, the officers of every unit, ten thousand grid leaders and officers."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password

from wangcheng.common import clock
from wangcheng.common.casework.bulk import insert, reserve_keys
from wangcheng.common.models import Area, Organisation, Post, User
from wangcheng.common.people.roles import Role
from wangcheng.demo.chance import dice
from wangcheng.demo.names import person, phone

FIRST_DAY = date(2022, 1, 1)
UNUSABLE = "!演示网格员不可登录"  # Django treats a hash that starts with "!" as no password at all
CENTRE_ROLES = (
    Role.DISPATCHER, Role.REVIEWER, Role.SUPERVISOR, Role.CALLER, Role.ASSESSOR, Role.FINANCE, Role.LEADER, Role.ADMIN,
    Role.AUDITOR, Role.API_CLIENT,
)  # fmt: skip
MORE_AT_CENTRE = {Role.DISPATCHER: 6, Role.REVIEWER: 3, Role.CALLER: 4, Role.SUPERVISOR: 2, Role.ADMIN: 1}
VACANT = 24  # level-4 grids without an officer (空岗)


class Crew:
    """Collects users and posts in memory and writes them at once; keys are given beforehand."""

    def __init__(self, seed: int, expected: int) -> None:
        self.chance = dice(seed, "crew")
        self._keys = iter(reserve_keys(User, expected))
        self.users: list[dict[str, Any]] = []
        self.posts: list[dict[str, Any]] = []
        self.joined = clock.at(FIRST_DAY)

    def add(
        self,
        username: str,
        role: str,
        unit_id: int,
        *,
        password: str = UNUSABLE,
        area_id: int | None = None,
        title: str = "",
    ) -> int:
        """One person with one post; returns the key."""
        key = next(self._keys)
        self.users.append(
            {
                "id": key,
                "username": username,
                "name": person(self.chance),
                "phone": phone(self.chance),
                "password": password,
                "must_change_password": False,
            }
        )
        self.post(key, role, unit_id, area_id=area_id, title=title)
        return key

    def post(
        self,
        user_id: int,
        role: str,
        unit_id: int,
        *,
        area_id: int | None = None,
        title: str = "",
        primary: bool = True,
    ) -> None:
        self.posts.append(
            {
                "user_id": user_id,
                "role": role,
                "organisation_id": unit_id,
                "area_id": area_id,
                "title": title,
                "is_primary": primary,
                "valid_from": FIRST_DAY,
            }
        )

    def write(self) -> None:
        insert(User, self.users)
        insert(Post, self.posts)


def hire(seed: int) -> None:
    """Everybody: 14 demonstration accounts with the common password, all others without a usable one."""
    units = list(Organisation.objects.filter(valid_to=None).order_by("path"))
    grids = list(Area.objects.filter(level__gte=Area.Level.ESTATE, valid_to=None).order_by("code"))
    crew = Crew(seed, 2 * len(units) + 2 * len(grids) + 100)
    _demonstration_accounts(crew, units, grids)
    _offices(crew, units)
    _grid_officers(crew, units, grids)
    crew.write()


def _demonstration_accounts(crew: Crew, units: list[Organisation], grids: list[Area]) -> None:
    password = make_password(settings.DEMO_PASSWORD)
    centre = units[0]
    for role in CENTRE_ROLES:
        crew.add(role.value, role, centre.pk, password=password)
    town = next(unit for unit in units if unit.kind == Organisation.Kind.TOWN)
    village = next(unit for unit in units if unit.parent_id == town.pk)
    department = next(unit for unit in units if unit.kind == Organisation.Kind.DEPARTMENT)
    crew.add("town", Role.TOWN, town.pk, password=password, title="街镇专干")
    crew.add("department", Role.DEPARTMENT, department.pk, password=password, title="部门联络员")
    crew.add("village", Role.VILLAGE, village.pk, password=password, title="社区专干")
    grid = next(area for area in grids if area.level == Area.Level.ESTATE and area.parent_id == village.area_id)
    crew.add("gridofficer", Role.GRID_OFFICER, village.pk, password=password, area_id=grid.pk, title="网格员")


def _offices(crew: Crew, units: list[Organisation]) -> None:
    centre = units[0]
    for role, count in MORE_AT_CENTRE.items():
        for number in range(2, count + 2):
            crew.add(f"{role.value}{number}", role, centre.pk)
    kinds = {
        Organisation.Kind.TOWN: (Role.TOWN, "街镇专干", 2),
        Organisation.Kind.DEPARTMENT: (Role.DEPARTMENT, "部门联络员", 2),
        Organisation.Kind.VILLAGE: (Role.VILLAGE, "村（社区）专干", 1),
    }
    for unit in units[1:]:
        role, title, count = kinds[Organisation.Kind(unit.kind)]
        for number in range(1, count + 1):
            crew.add(f"{unit.code}_{number}", role, unit.pk, title=title)


def _grid_officers(crew: Crew, units: list[Organisation], grids: list[Area]) -> None:
    village_unit: dict[int | None, int] = {
        unit.area_id: unit.pk for unit in units if unit.kind == Organisation.Kind.VILLAGE
    }
    above: dict[int | None, int | None] = {area.pk: area.parent_id for area in grids}
    fourth = [area.pk for area in grids if area.level == Area.Level.BUILDING]
    vacant = set(crew.chance.sample(fourth, VACANT))
    for area in grids:
        if area.level == Area.Level.ESTATE:
            unit = village_unit[area.parent_id]
            crew.add(f"{area.code}_z", Role.GRID_OFFICER, unit, area_id=area.pk, title="网格长")
            crew.add(f"{area.code}_y", Role.GRID_OFFICER, unit, area_id=area.pk, title="网格员")
        elif area.pk not in vacant:
            crew.add(area.code, Role.GRID_OFFICER, village_unit[above[area.parent_id]], area_id=area.pk, title="网格员")
