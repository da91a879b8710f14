"""The fixed cast of the tests: a small district, its units, one person per role, categories, policies and holidays.

`world` builds it in every test, inside the test's transaction.  The clock stands still at 2023-01-03 09:30, a Tuesday.
A process assembles it once, statement by statement; later tests get the same rows, one statement a table.
"""

from __future__ import annotations

import pickle
from dataclasses import dataclass, field
from datetime import date, datetime

from django.apps import apps
from django.db import transaction
from django.db.models import Model
from django.test import Client

from wangcheng.common import clock
from wangcheng.common.models import Area, CalendarYear, Category, Organisation, Post, SpecialDay, UrbanStatus, User
from wangcheng.common.people.roles import Role
from wangcheng.common.policy.actions import install_defaults

MORNING = datetime(2023, 1, 3, 9, 30, tzinfo=clock.CHINA)
FIRST_DAY = date(2020, 1, 1)
PASSWORD = "Wangcheng@2022"

# name, kind, code; children follow in the tree below
TOWNS = {"高塘岭街道": ("430112001000", "subdistrict"), "茶亭镇": ("430112101000", "town")}
VILLAGES = {
    "高塘岭街道": [("斑马湖社区", "430112001010", True), ("西塘街社区", "430112001001", True)],
    "茶亭镇": [("静慎村", "430112101201", False), ("狮子岭村", "430112101202", False)],
}
DEPARTMENTS = {"城管局": "D01", "住建局": "D02"}
HOLIDAYS = {date(2023, 1, 2): ("元旦", False), date(2022, 12, 31): ("元旦", False), date(2023, 1, 28): ("春节", True)}
# scheme, code, name, department, duty of the village
CATEGORIES = [
    ("ticket", "010000", "城乡建设", "", False),
    ("ticket", "010100", "市容环卫", "", False),
    ("ticket", "010101", "占道经营", "城管局", False),
    ("ticket", "010102", "垃圾清运", "", True),
    ("ticket", "010200", "住房物业", "", False),
    ("ticket", "010201", "物业服务", "住建局", True),
    ("whistle", "010000", "城市管理", "", False),
    ("whistle", "010100", "市容秩序", "", False),
    ("whistle", "010101", "乱堆乱放", "城管局", False),
]


@dataclass
class World:
    """Everything by name: `world.towns["茶亭镇"]` is an Area, `world.units["茶亭镇"]` the organisation there."""

    district: Area
    towns: dict[str, Area] = field(default_factory=dict)
    villages: dict[str, Area] = field(default_factory=dict)
    grids: dict[str, Area] = field(default_factory=dict)  # level 3: "斑马湖社区1", level 4: "斑马湖社区1-1"
    units: dict[str, Organisation] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)
    categories: dict[str, Category] = field(default_factory=dict)  # leaves by name, whistles as "哨单:乱堆乱放"

    def __getattr__(self, name: str) -> User:
        try:
            return self.__dict__["people"][name]
        except KeyError:
            raise AttributeError(name) from None

    def client(self, name: str) -> Client:
        """A browser in which the person is logged in."""
        client = Client()
        client.force_login(self.people[name], backend="wangcheng.common.people.auth.PostBackend")
        return client


Rows = dict[type[Model], list[Model]]
_kept: tuple[bytes, Rows] | None = None


def build() -> World:
    """The whole cast, in a database that is as migrations left it."""
    global _kept
    if _kept is None:
        with clock.frozen(MORNING):
            before = _rows()
            world = _assemble()
        _kept = pickle.dumps(world), {model: _added(rows, before[model]) for model, rows in _rows().items()}
        return world
    world_then, added = _kept
    with transaction.atomic():  # the tables refer to each other both ways
        for model, rows in added.items():
            model._base_manager.bulk_create(rows)
    world = pickle.loads(world_then)  # fresh: tests change what they are given
    assert isinstance(world, World)
    return world


def _rows() -> Rows:
    models = [
        model for model in apps.get_models(include_auto_created=True) if model._meta.managed and not model._meta.proxy
    ]
    return {model: list(model._base_manager.order_by("pk")) for model in models}


def _added(rows: list[Model], before: list[Model]) -> list[Model]:
    known = {row.pk for row in before}
    return [row for row in rows if row.pk not in known]


def _assemble() -> World:
    install_defaults()
    _holidays()
    world = World(_area(None, 0, "district", "430112000000", "望城区"))
    world.units["centre"] = _unit(None, "centre", "C01", "区社会治理服务中心")
    for name, (code, kind) in TOWNS.items():
        _town(world, name, code, kind)
    for name, code in DEPARTMENTS.items():
        world.units[name] = _unit(world.units["centre"], "department", code, name)
    _people(world)
    _categories(world)
    return world


def _town(world: World, name: str, code: str, kind: str) -> None:
    area = world.towns[name] = _area(world.district, 1, kind, code, name)
    unit = world.units[name] = _unit(world.units["centre"], "town", code, name, area)
    for village, village_code, urban in VILLAGES[name]:
        place = world.villages[village] = _area(area, 2, "community" if urban else "village", village_code, village)
        world.units[village] = _unit(unit, "village", village_code, village, place)
        UrbanStatus.objects.create(area=place, is_urban=urban, valid_from=FIRST_DAY, source="测试")
        for number in (1, 2):
            _grids(world, place, number)


def _grids(world: World, village: Area, number: int) -> None:
    code = f"{village.code}{number:03}"
    estate = world.grids[f"{village.name}{number}"] = _area(village, 3, "estate", code, f"{village.name}第{number}网格")
    for building in (1, 2):
        name = f"{village.name}{number}-{building}"
        world.grids[name] = _area(estate, 4, "building", f"{code}{building:03}", f"{estate.name}{building}栋")


def _area(parent: Area | None, level: int, kind: str, code: str, name: str) -> Area:
    area = Area.objects.create(
        parent=parent, level=level, kind=kind, code=code, name=name, short_name=name, path="", valid_from=FIRST_DAY
    )
    area.path = f"{parent.path if parent else '/'}{area.pk}/"
    area.save(update_fields=["path"])
    return area


def _unit(parent: Organisation | None, kind: str, code: str, name: str, area: Area | None = None) -> Organisation:
    unit = Organisation.objects.create(
        parent=parent, kind=kind, code=code, name=name, short_name=name, path="", area=area, valid_from=FIRST_DAY
    )
    unit.path = f"{parent.path if parent else '/'}{unit.pk}/"
    unit.save(update_fields=["path"])
    return unit


def _people(world: World) -> None:
    centre = [Role.DISPATCHER, Role.REVIEWER, Role.SUPERVISOR, Role.CALLER, Role.ASSESSOR, Role.FINANCE, Role.LEADER]
    for role in [*centre, Role.ADMIN, Role.AUDITOR, Role.API_CLIENT]:
        person(world, role.value, role, "centre")
    person(world, "other_dispatcher", Role.DISPATCHER, "centre")
    person(world, "other_admin", Role.ADMIN, "centre")
    person(world, "town", Role.TOWN, "高塘岭街道")
    person(world, "other_town", Role.TOWN, "茶亭镇")
    person(world, "department", Role.DEPARTMENT, "城管局")
    person(world, "other_department", Role.DEPARTMENT, "住建局")
    person(world, "village", Role.VILLAGE, "斑马湖社区")
    person(world, "other_village", Role.VILLAGE, "静慎村")
    person(world, "gridleader", Role.GRID_OFFICER, "斑马湖社区", grid="斑马湖社区1", title="网格长")
    person(world, "gridofficer", Role.GRID_OFFICER, "斑马湖社区", grid="斑马湖社区1", title="网格员")
    person(world, "other_gridofficer", Role.GRID_OFFICER, "静慎村", grid="静慎村1", title="网格员")


def person(world: World, username: str, role: Role, unit: str, grid: str = "", title: str = "") -> User:
    """One more person with one post."""
    number = len(world.people) + 1
    user = User.objects.create_user(
        username, f"测试{role.label}{number}", PASSWORD, phone=f"1380000{number:04}", must_change_password=False
    )
    Post.objects.create(
        user=user,
        role=role,
        organisation=world.units[unit],
        area=world.grids[grid] if grid else None,
        title=title,
        valid_from=FIRST_DAY,
    )
    world.people[username] = user
    return user


def _categories(world: World) -> None:
    rows: dict[tuple[str, str], Category] = {}
    for scheme, code, name, unit, duty in CATEGORIES:
        level = 1 if code.endswith("0000") else 2 if code.endswith("00") else 3
        parent = rows.get((scheme, {1: "", 2: code[:2] + "0000", 3: code[:4] + "00"}[level]))
        top = rows.get((scheme, code[:2] + "0000"))
        row = rows[scheme, code] = Category.objects.create(
            scheme=scheme,
            code=code,
            name=name,
            level=level,
            parent=parent,
            top=top,
            unit=world.units.get(unit),
            village_duty=duty,
            valid_from=FIRST_DAY,
        )
        if level == 1:
            Category.objects.filter(pk=row.pk).update(top=row)
        if level == 3:
            world.categories[name if scheme == "ticket" else f"哨单:{name}"] = row


def _holidays() -> None:
    for year in (2021, 2022, 2023):
        CalendarYear.objects.create(year=year, source="测试", loaded_at=clock.now())
    years = {row.year: row for row in CalendarYear.objects.all()}
    for day, (name, working) in HOLIDAYS.items():
        SpecialDay.objects.create(day=day, name=name, is_working=working, year=years[day.year])
