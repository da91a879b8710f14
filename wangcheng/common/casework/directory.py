"""The directory of categories as it changes: 村（社区）职责 and the defaults of a leaf, valid from a day on.

A row is never overwritten: the old one ends on the day and another begins, so a ticket keeps the category of its time and
a past quarter counts with the directory of its time.  Called by founding, by the pages of 诉求分类 and by its sheet.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction

from wangcheng.common import clock
from wangcheng.common.audit.actions import record
from wangcheng.common.models import AuditEntry, Category
from wangcheng.common.seen import digest_of
from wangcheng.common.twins import refused_twice
from wangcheng.common.workflow import Code, NotAllowed

if TYPE_CHECKING:
    from wangcheng.common.models import Organisation, User

RIGHT = "common.manage_category"
LEAF = 3
MOST_DAYS = 60  # 办理时限: longer than any of the city's
DATED = ("name", "unit_id", "urgency", "handling_days", "village_duty")


@dataclass(frozen=True, slots=True)
class Entry:
    """A category as somebody wants it from a day on."""

    scheme: str
    code: str
    name: str
    unit_id: int | None
    urgency: str
    handling_days: int | None  # working days; None: the limit of the type
    village_duty: bool

    @property
    def level(self) -> int:
        return level_of(self.code)

    @property
    def above(self) -> str:
        """The code of the parent; empty for a first level."""
        return "" if self.level == 1 else self.code[: 2 * self.level - 2].ljust(6, "0")

    @property
    def values(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in DATED}

    def differs(self, row: Category) -> bool:
        return any(getattr(row, name) != value for name, value in self.values.items())


def level_of(code: str) -> int:
    return 1 if code.endswith("0000") else 2 if code.endswith("00") else LEAF


def seen_of(row: Category) -> str:
    """What a form of the category was drawn from."""
    return digest_of([row.pk, row.valid_to, *(getattr(row, name) for name in DATED)])


@transaction.atomic
def change_category(
    pk: int,
    *,
    name: str,
    unit: Organisation | None,
    urgency: str,
    handling_days: int | None = None,
    village_duty: bool,
    day: date,
    by: User,
    seen: str = "",
) -> Category:
    """修改分类: from `day` on, today or later.  Returns the row that holds then."""
    require(by)
    row = _locked(pk, seen)
    entry = Entry(row.scheme, row.code, name, unit.pk if unit else None, urgency, handling_days, village_duty)
    if not entry.differs(row):
        return row
    now = put(entry, row, day)
    _tell("修改", now, by)
    return now


@transaction.atomic
def add_category(entry: Entry, *, day: date, by: User) -> Category:
    """新增分类, from `day` on; the level above is there."""
    require(by)
    held = Category.objects.select_for_update().filter(scheme=entry.scheme, code=entry.code, valid_to=None).first()
    if held is not None:
        raise NotAllowed(f"已有代码为“{entry.code}”的分类“{held.name}”。", Code.RULE, "code")
    now = put(entry, None, day)
    _tell("新增", now, by)
    return now


@transaction.atomic
def end_category(pk: int, *, day: date, by: User, seen: str = "") -> Category:
    """停用: from `day` on nothing new gets it; what has it keeps it."""
    require(by)
    row = _locked(pk, seen)
    _check_day(row, day)
    if Category.objects.filter(parent=row, valid_to=None).exists():
        raise NotAllowed("其下还有在用的分类，请先停用下级分类。", Code.RULE)
    row.valid_to = day
    row.save(update_fields=["valid_to"])
    _tell("停用", row, by)
    return row


def put(entry: Entry, held: Category | None, day: date) -> Category:
    """The row that holds from `day` on: a new one, in place of the one that is `held` and locked."""
    if held is None:
        return _begin(entry, _above(entry), day)
    _check_day(held, day)
    if held.level < LEAF:
        raise NotAllowed(f"“{held.name}”是一级或二级分类，不能改名；请停用后另设代码。", Code.RULE, "name")
    held.valid_to = day
    held.save(update_fields=["valid_to"])
    return _begin(entry, held.parent, day)


def _begin(entry: Entry, parent: Category | None, day: date) -> Category:
    with refused_twice(f"分类{entry.code}刚被其他人员修改，请刷新后重试。", Code.VERSION):
        row = Category.objects.create(
            scheme=entry.scheme,
            code=entry.code,
            level=entry.level,
            parent=parent,
            top_id=parent.top_id if parent else None,
            valid_from=day,
            **entry.values,
        )
    if parent is None:
        row.top = row
        row.save(update_fields=["top"])
    return row


def _above(entry: Entry) -> Category | None:
    if not entry.above:
        return None
    known = Category.objects.filter(scheme=entry.scheme, code=entry.above, level=entry.level - 1, valid_to=None)
    if (parent := known.first()) is None:
        raise NotAllowed(f"没有上级分类“{entry.above}”。", Code.RULE, "code")
    return parent


def _check_day(row: Category, day: date) -> None:
    """What is over stays as it was, and so does what a version to come has settled."""
    if day < clock.today():
        raise NotAllowed("施行日期不能早于今天：此前的工单按当时的目录计算。", Code.RULE, "day")
    if day < row.valid_from:
        raise NotAllowed(f"已有自{row.valid_from:%Y年%-m月%-d日}起施行的版本，日期不能更早。", Code.RULE, "day")


def _locked(pk: int, seen: str) -> Category:
    row = Category.objects.select_for_update(of=("self",)).select_related("parent").get(pk=pk)
    if row.valid_to is not None:
        raise NotAllowed("这是以往的版本，请修改现行版本。", Code.STATE)
    if seen and seen != seen_of(row):
        raise NotAllowed("该分类已被其他人员修改，请刷新后重试。", Code.VERSION)
    return row


def require(by: User) -> None:
    if not by.has_perm(RIGHT):
        raise NotAllowed("您的岗位没有维护诉求分类的权限。", Code.RIGHT)


def _tell(verb: str, row: Category, by: User) -> None:
    day = row.valid_to if verb == "停用" else row.valid_from
    words = f"{verb}{row.get_scheme_display()}分类“{row.name}”（{row.code}），自{day:%Y年%-m月%-d日}起。"
    record(AuditEntry.Kind.DATA, words, by=by, object=thing(row), data=plain(row))


def thing(row: Category) -> str:
    """How the audit names every version of one category."""
    return f"category {row.scheme} {row.code}"


def plain(row: Category) -> dict[str, Any]:
    return {name: getattr(row, name) for name in DATED}
