"""导入诉求分类: the directory as the office keeps it in a sheet; what differs holds from the day of the row on."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db import transaction

from wangcheng.common import clock
from wangcheng.common.audit.actions import record
from wangcheng.common.casework.directory import MOST_DAYS, RIGHT, Entry, put, require
from wangcheng.common.casework.models import Case
from wangcheng.common.models import AuditEntry, Category
from wangcheng.common.people.naming import Units
from wangcheng.common.sheets import registry
from wangcheng.common.sheets.cells import RowProblem, day, text
from wangcheng.common.sheets.registry import Outcome, SheetColumn, SheetKind, choice
from wangcheng.common.workflow import NotAllowed

if TYPE_CHECKING:
    from wangcheng.common.models import User

_YES_NO: list[tuple[Any, str]] = [(True, "是"), (False, "否"), (True, "√"), (True, "1"), (False, "0")]
COLUMNS = (
    SheetColumn("scheme", "体系", True, help="工单或哨单", example="工单"),
    SheetColumn("code", "代码", True, help="6位，每级2位，不足的补0；上级须已有，或列在它的前面", example="010102"),
    SheetColumn("name", "名称", True, example="垃圾清运"),
    SheetColumn("unit", "默认承办单位", help="机构的名称、简称或代码；不填的按事发地派街镇", example="城管局"),
    SheetColumn("urgency", "紧急程度", help="一般、紧急或特急，不填为一般", example="一般"),
    SheetColumn("handling_days", "办理时限（工作日）", help="1至60；不填的按诉求类型的时限", example="3"),
    SheetColumn("village_duty", "村（社区）职责", help="是或否，不填为否；“是”的计入零投诉评比", example="是"),
    SheetColumn("valid_from", "施行日期", help="不填为今天，不能早于今天；此前的工单按原目录计算", example="2023-04-01"),
)  # fmt: skip


def _days(said: str) -> int | None:
    """办理时限 in working days; None where the sheet leaves it to the type."""
    if not said:
        return None
    if not re.fullmatch(r"[0-9]{1,2}", said) or not 1 <= int(said) <= MOST_DAYS:
        raise RowProblem(f"办理时限“{said[:10]}”应为1至{MOST_DAYS}的整数。")
    return int(said)


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """A line of the directory and the day from which it holds."""

    entry: Entry
    day: date


class CategoryRows:
    """Units and the codes in force are read once for a sheet, the rows that may change once for a chunk."""

    def __init__(self, by: User) -> None:
        self.by, self.today, self.units = by, clock.today(), Units(clock.today())
        self.coming: set[tuple[str, str]] = set()

    @cached_property
    def _codes(self) -> set[tuple[str, str]]:
        return set(Category.objects.filter(valid_to=None).values_list("scheme", "code"))

    def read(self, cells: Mapping[str, Any]) -> CategoryRow:
        said = {name: text(value) for name, value in cells.items()}
        if not re.fullmatch(r"[0-9]{6}", said["code"]):
            raise RowProblem(f"代码“{said['code'][:10]}”应为6位数字；在Excel中请将该列设为文本。")
        if len(said["name"]) > 40:
            raise RowProblem(f"名称有{len(said['name'])}字，超过40字。")
        unit, urgency, duty = said.get("unit", ""), said.get("urgency", ""), said.get("village_duty", "")
        entry = Entry(
            str(choice(said["scheme"], Category.Scheme.choices, "体系")), said["code"], said["name"],
            self.units.find(unit).pk if unit else None,
            str(choice(urgency or "一般", Case.Urgency.choices, "紧急程度")), _days(said.get("handling_days", "")),
            bool(choice(duty or "否", _YES_NO, "村（社区）职责")),
        )  # fmt: skip
        self._check_parent(entry)
        return CategoryRow(entry, self._day(cells))

    def _day(self, cells: Mapping[str, Any]) -> date:
        since = day(cells.get("valid_from")) or self.today
        if since < self.today:
            raise RowProblem("施行日期不能早于今天：此前的工单按当时的目录计算。")
        return since

    def _check_parent(self, entry: Entry) -> None:
        if entry.above and (entry.scheme, entry.above) not in self._codes | self.coming:
            raise RowProblem(f"没有上级分类“{entry.above}”，请将它列在前面。")
        self.coming.add((entry.scheme, entry.code))

    def key(self, row: CategoryRow) -> str:
        return f"{row.entry.scheme}/{row.entry.code}"

    def write(self, rows: Sequence[CategoryRow]) -> list[Outcome | str]:
        require(self.by)
        locked = Category.objects.select_for_update(of=("self",)).select_related("parent")
        held = locked.filter(code__in={row.entry.code for row in rows}, valid_to=None)
        known = {(row.scheme, row.code): row for row in held}
        outcomes = [self._put(row, known.get((row.entry.scheme, row.entry.code))) for row in rows]
        created, updated = outcomes.count(Outcome.CREATED), outcomes.count(Outcome.UPDATED)
        if created or updated:
            changed = [
                row for row, found in zip(rows, outcomes, strict=True) if found in (Outcome.CREATED, Outcome.UPDATED)
            ]
            words = f"导入诉求分类：新增{created}条，变更{updated}条。"
            data = {"codes": [self.key(row) for row in changed]}
            record(AuditEntry.Kind.DATA, words, by=self.by, object="categories", data=data)
        return outcomes

    def _put(self, row: CategoryRow, held: Category | None) -> Outcome | str:
        if held is not None and not row.entry.differs(held):
            return Outcome.UNCHANGED
        try:
            with transaction.atomic():
                put(row.entry, held, row.day)
        except NotAllowed as refused:
            return refused.message
        return Outcome.UPDATED if held else Outcome.CREATED


registry.register(
    SheetKind(
        "categories", "诉求分类", RIGHT, COLUMNS, CategoryRows, "category_list",
        "没有变动的分类不产生新的版本；表中没有的分类不变，停用请在分类页办理。一级、二级分类不能改名。",
    )
)  # fmt: skip
