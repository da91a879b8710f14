"""导入用户与任职: one row a post; people are known again by user name, else by phone.  Each change is people.actions'.

`PeopleRows` also takes the grid officers' sheet, whose posts lie on grids.  Imported by apps.ready().
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.crypto import get_random_string

from wangcheng.common import clock
from wangcheng.common.models import Area, Organisation, Post, User
from wangcheng.common.people import actions
from wangcheng.common.people.forms import NewUser, PhoneField
from wangcheng.common.people.naming import Units
from wangcheng.common.people.roles import Role
from wangcheng.common.sheets import registry
from wangcheng.common.sheets.cells import RowProblem, day, text
from wangcheng.common.sheets.registry import Outcome, SheetColumn, SheetKind
from wangcheng.common.workflow import NotAllowed

if TYPE_CHECKING:
    from collections.abc import Iterable

RIGHT = "common.manage_user"
_USERNAME = SheetColumn(
    "username",
    "用户名",
    help="字母、数字、下划线、连字符；不填的以手机号为用户名，已有同一手机的视为该人",
    example="zhangsan",
)
_ROLES = "、".join(role.label for role in Role if role != Role.GRID_OFFICER)
_PASSWORD = SheetColumn(
    "password", "初始密码", secret=True, help="只用于新建的人员，首次登录须修改；不填的须由管理员重置密码后才能登录"
)
_SINCE = SheetColumn("since", "任职日期", help="不填为今天", example="2023-01-03")
PERSON = (
    SheetColumn("name", "姓名", True, example="张三"),
    SheetColumn("phone", "手机", example="13800000000"),
    _USERNAME,
)
USERS = (
    *PERSON,
    SheetColumn("unit", "单位", True, help="机构的名称、简称或代码", example="城管局"),
    SheetColumn("role", "岗位", True, help=_ROLES, example="部门联络员"),
    SheetColumn("title", "职务", example="联络员"),
    _SINCE,
    _PASSWORD,
)  # fmt: skip
GRID_OFFICERS = (
    *PERSON,
    SheetColumn("grid", "网格代码", True, help="三级或四级网格的代码；负责几个网格的，一个网格一行", example="430112001010001"),
    SheetColumn("title", "职务", True, help="网格长或网格员", example="网格员"),
    _SINCE,
    _PASSWORD,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person in one post."""

    username: str  # empty: known by phone
    name: str
    phone: str
    unit: Organisation
    role: Role
    area: Area | None
    title: str
    since: date
    password: str


class PeopleRows:
    """Takes either sheet; units and grids are read once."""

    def __init__(self, by: User) -> None:
        self.by, self.today = by, clock.today()
        self.units = Units(self.today)

    @cached_property
    def _grids(self) -> dict[str, Area]:
        grids = Area.objects.in_force(self.today).filter(level__gte=Area.Level.ESTATE)
        return {area.code: area for area in grids}

    @cached_property
    def _unit_of_village(self) -> dict[int, Organisation]:
        villages = Organisation.objects.in_force(self.today).filter(kind=Organisation.Kind.VILLAGE)
        return {unit.area_id: unit for unit in villages.select_related("area") if unit.area_id}

    def read(self, cells: Mapping[str, Any]) -> PersonRow:
        said = {name: text(value) for name, value in cells.items()}
        unit, role, area = self._grid_post(said) if "grid" in said else self._post(said)
        if not (said.get("username") or said.get("phone")):
            raise RowProblem("用户名和手机至少填写一项。")
        since = day(cells.get("since")) or self.today
        if since > self.today:
            raise RowProblem("任职日期不能晚于今天。")
        row = PersonRow(
            said.get("username", ""), said["name"], said.get("phone", ""), unit, role, area, said.get("title", "")[:30],
            since, said.get("password", ""),
        )  # fmt: skip
        _check_person(row)
        return row

    def _post(self, said: Mapping[str, str]) -> tuple[Organisation, Role, None]:
        role = Role(registry.choice(said["role"], Role.choices, "岗位"))
        if role == Role.GRID_OFFICER:
            raise RowProblem("网格员请用网格员表导入，须指定网格。")
        return self.units.find(said["unit"]), role, None

    def _grid_post(self, said: Mapping[str, str]) -> tuple[Organisation, Role, Area]:
        grid = self._grids.get(said["grid"])
        if grid is None:
            raise RowProblem(f"没有代码为“{said['grid'][:24]}”的网格。")
        if said["title"] not in {"网格长", "网格员"}:
            raise RowProblem(f"职务“{said['title'][:10]}”应为网格长或网格员。")
        above = [int(part) for part in grid.path.strip("/").split("/")]
        unit = next((self._unit_of_village[pk] for pk in above if pk in self._unit_of_village), None)
        if unit is None:
            raise RowProblem(f"网格{grid.code}所在的村（社区）没有机构。")
        return unit, Role.GRID_OFFICER, grid

    def key(self, row: PersonRow) -> str:
        return f"{row.username or row.phone}/{row.unit.pk}/{row.role}/{row.area.pk if row.area else ''}"

    def write(self, rows: Sequence[PersonRow]) -> list[Outcome | str]:
        people, outcomes = _People(rows), list[Outcome | str]()
        for row in rows:
            outcomes.append(self._take(row, people))
            if not isinstance(outcomes[-1], Outcome):  # what was written of this row has been taken back
                people = _People(rows)
        return outcomes

    def _take(self, row: PersonRow, people: _People) -> Outcome | str:
        try:
            with transaction.atomic():
                return self._put(row, people)
        except NotAllowed as refused:
            return refused.message
        except ValidationError as wrong:
            return "".join(wrong.messages)
        except IntegrityError:
            return "该人员或岗位刚被其他人员建立，请重新导入。"

    def _put(self, row: PersonRow, people: _People) -> Outcome:
        user, outcome = people.find(row), Outcome.UNCHANGED
        if user is None:
            user, outcome = self._open_account(row), Outcome.CREATED
            people.add(user)
        elif (user.name, user.phone) != (row.name, row.phone or user.phone):
            user, outcome = actions.edit_user(user.pk, row.name, row.phone or user.phone, by=self.by), Outcome.UPDATED
            people.add(user)
        if not people.holds(user, row):
            actions.give_post(
                user.pk, row.unit, row.role, by=self.by, area=row.area, title=row.title, valid_from=row.since
            )
            outcome = Outcome.CREATED if outcome == Outcome.CREATED else Outcome.UPDATED
        return outcome

    def _open_account(self, row: PersonRow) -> User:
        """Without a password in the sheet nobody knows it: the account opens when an administrator sets one."""
        password = row.password or f"Aa1{get_random_string(24)}"
        return actions.create_user(row.username or row.phone, row.name, password, phone=row.phone, by=self.by)


class _People:
    """The people of a chunk who are there already, with the posts they hold; read with two queries."""

    def __init__(self, rows: Iterable[PersonRow]) -> None:
        names = {row.username or row.phone for row in rows}
        phones = {row.phone for row in rows if row.phone}
        found = [*User.objects.filter(username__in=names), *User.objects.filter(phone__in=phones)]
        self.by_name: dict[str, User] = {}
        self.by_phone: dict[str, list[User]] = {}
        for user in {user.pk: user for user in found}.values():
            self.add(user)
        held = Post.objects.filter(user__in=[user.pk for user in found], valid_to=None)
        self.posts: set[tuple[int, int, str, int | None]] = set(
            held.values_list("user_id", "organisation_id", "role", "area_id")
        )

    def add(self, user: User) -> None:
        self.by_name[user.username] = user
        others = [other for other in self.by_phone.get(user.phone, []) if other.pk != user.pk]
        self.by_phone[user.phone] = [*others, user]

    def find(self, row: PersonRow) -> User | None:
        """The person of a row; NotAllowed where several have the phone, or the person has left."""
        same = [user for user in self.by_phone.get(row.phone, []) if row.phone and not user.left_on]
        if not row.username and len(same) > 1:
            raise NotAllowed(f"手机{row.phone[:3]}****{row.phone[-4:]}有{len(same)}个用户，请填用户名。")
        user = self.by_name.get(row.username) if row.username else next(iter(same), self.by_name.get(row.phone))
        if user is not None and user.left_on:
            raise NotAllowed(f"用户{user.username}已离岗，请先在“用户与任职”中重新任职。")
        return user

    def holds(self, user: User, row: PersonRow) -> bool:
        post = (user.pk, row.unit.pk, row.role.value, row.area.pk if row.area else None)
        known = post in self.posts
        self.posts.add(post)
        return known


_PHONE = PhoneField()


def _check_person(row: PersonRow) -> None:
    """As the form of a new user checks them; RowProblem names the column."""
    checks: list[tuple[str, forms.Field, str]] = [
        ("姓名", forms.CharField(max_length=40), row.name),
        ("手机", _PHONE, row.phone),
        ("用户名", NewUser.base_fields["username"], row.username or row.phone),
    ]
    for label, field, value in checks:
        try:
            field.clean(value)
        except ValidationError as wrong:
            raise RowProblem(f"{label}：{wrong.messages[0]}") from wrong


registry.register(
    SheetKind("users", "用户与任职", RIGHT, USERS, PeopleRows, "user_list", "一人有几个岗位的，一个岗位一行。"),
    SheetKind("grid-officers", "网格员", RIGHT, GRID_OFFICERS, PeopleRows, "user_list", "单位为网格所在的村（社区）。"),
)
