"""导入中心人员、智慧社区楼盘、示范社区: each row is entered or changed by the ledger's own action, as the page does it.

A row is known again by its name (a community by its place) among those in use.  Run again, a sheet changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet

from grid.actions.ledgers import COMMUNITIES, ESTATES, RIGHT, STAFF, Ledger, add_row, edit_row, fingerprint
from grid.models import Estate, StaffMember
from wangcheng.common import clock
from wangcheng.common.models import Area
from wangcheng.common.sheets import registry
from wangcheng.common.sheets.cells import RowProblem, day, text
from wangcheng.common.sheets.registry import Outcome, SheetColumn, SheetKind
from wangcheng.common.workflow import NotAllowed

if TYPE_CHECKING:
    from wangcheng.common.models import User

KEYS = {STAFF.name: "name", ESTATES.name: "name", COMMUNITIES.name: "village"}
LEVELS = {ESTATES.name: (Area.Level.TOWN, Area.Level.VILLAGE), COMMUNITIES.name: (Area.Level.VILLAGE,)}
CHOICES = {"kind": StaffMember.Kind.choices, "works": Estate.Works.choices}
_WORKS = "、".join(Estate.Works.labels)


def _since(header: str) -> SheetColumn:
    return SheetColumn(
        "since", header, help="不填为今天，可填以往的日期；已在册的有变更时，为变更生效日期", example="2023-01-03"
    )


PEOPLE_COLUMNS = (
    SheetColumn("name", "姓名", True, help="同名的请加以区别，如王伟（热线）", example="王伟"),
    SheetColumn("kind", "类别", True, help="、".join(StaffMember.Kind.labels), example="聘用"),
    SheetColumn("position", "岗位", example="话务员"),
    _since("启用日期"),
)
ESTATE_COLUMNS = (
    SheetColumn("name", "楼盘", True, example="亿达小镇"),
    SheetColumn("area", "所在辖区", True, help="街镇或村（社区）的名称或代码", example="高塘岭街道"),
    SheetColumn("works", "建设状态", True, help=_WORKS, example="在线"),
    SheetColumn("note", "说明"),
    _since("启用日期"),
)
COMMUNITY_COLUMNS = (
    SheetColumn("village", "社区", True, help="村（社区）的名称或代码，同名的填代码", example="斑马湖社区"),
    SheetColumn("document", "依据", example="示范社区创建实施方案"),
    SheetColumn("goals", "创建任务"),
    SheetColumn("accepted_on", "验收日期"),
    _since("启动日期"),
)


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One row as its ledger keeps it."""

    values: dict[str, Any]
    since: date


class LedgerRows:
    """Takes the sheet of one ledger; places are read once for the sheet, rows in use once for a chunk."""

    def __init__(self, by: User, *, ledger: Ledger) -> None:
        self.by, self.ledger, self.today = by, ledger, clock.today()
        self.by_key = KEYS[ledger.name]

    @cached_property
    def _places(self) -> dict[str, list[Area]]:
        known: dict[str, list[Area]] = {}
        for area in Area.objects.in_force(self.today).filter(level__in=LEVELS[self.ledger.name]):
            for word in {area.code, area.name, area.short_name}:
                known.setdefault(word, []).append(area)
        return known

    def read(self, cells: Mapping[str, Any]) -> LedgerRow:
        values = {name: self._value(name, cells.get(name)) for name in self.ledger.columns}
        self._check(values)
        return LedgerRow(values, day(cells.get("since")) or self.today)

    def _value(self, name: str, cell: Any) -> Any:
        field = self.ledger.model._meta.get_field(name)
        if name in CHOICES:
            return registry.choice(text(cell), CHOICES[name], str(field.verbose_name))
        if field.is_relation:
            return self._place(text(cell), str(field.verbose_name))
        return day(cell) if field.get_internal_type() == "DateField" else text(cell)

    def _place(self, words: str, label: str) -> Area:
        found = self._places.get(words, [])
        if len(found) != 1:
            said = f"有{len(found)}个，请填代码" if found else "没有找到"
            raise RowProblem(f"{label}“{words[:30]}”{said}。")
        return found[0]

    def _check(self, values: Mapping[str, Any]) -> None:
        """As the page's form checks them: lengths, above all."""
        row = self.ledger.model(**values)
        try:
            row.clean_fields(exclude={"valid_from"})
        except ValidationError as wrong:
            name, said = next(iter(wrong.message_dict.items()))
            raise RowProblem(f"{row._meta.get_field(name).verbose_name}：{said[0]}") from wrong

    def key(self, row: LedgerRow) -> str:
        return str(row.values[self.by_key])

    def write(self, rows: Sequence[LedgerRow]) -> list[Outcome | str]:
        keys = [row.values[self.by_key] for row in rows]
        known: dict[Any, list[Any]] = {}
        for found in self._in_use().filter(**{f"{self.by_key}__in": keys}):
            known.setdefault(getattr(found, self.by_key), []).append(found)
        return [self._take(row, known.get(row.values[self.by_key], [])) for row in rows]

    def _in_use(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = self.ledger.model.objects.filter(valid_to=None)
        places = [name for name in ("area", "village") if name in self.ledger.columns]
        return rows.select_related(*places) if places else rows

    def _take(self, row: LedgerRow, known: Sequence[Any]) -> Outcome | str:
        try:
            with transaction.atomic():
                return self._put(row, known)
        except NotAllowed as refused:
            return refused.message

    def _put(self, row: LedgerRow, known: Sequence[Any]) -> Outcome:
        if not known:
            add_row(self.ledger, row.values, valid_from=row.since, by=self.by)
            return Outcome.CREATED
        same = [found for found in known if all(getattr(found, name) == value for name, value in row.values.items())]
        if same:
            return Outcome.UNCHANGED
        if len(known) > 1:
            raise NotAllowed(f"在册的“{row.values[self.by_key]}”有{len(known)}个，请在页面上修改。")
        (found,) = known
        edit_row(self.ledger, found.pk, row.values, since=row.since, seen=fingerprint(found, self.ledger), by=self.by)
        return Outcome.UPDATED


def _kind(ledger: Ledger, columns: Sequence[SheetColumn], back: str, note: str) -> SheetKind:
    return SheetKind(ledger.name, ledger.title, RIGHT, columns, partial(LedgerRows, ledger=ledger), back, note)


registry.register(
    _kind(STAFF, PEOPLE_COLUMNS, "staff_list", "按姓名识别在册人员，只更新有变动的内容。"),
    _kind(ESTATES, ESTATE_COLUMNS, "estate_list", "按楼盘名称识别，只更新有变动的内容。"),
    _kind(COMMUNITIES, COMMUNITY_COLUMNS, "community_list", "按社区识别，只更新有变动的内容。"),
)
