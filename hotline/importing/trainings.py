"""导入业务培训: a row is known again by day, kind and topic; what differs from the book is refused, for a training is
withdrawn and recorded anew, never overwritten.  Counted from the day of the import on, as one that is recorded by hand.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from hotline.ledgers import record_training
from hotline.models import Training
from wangcheng.common import clock
from wangcheng.common.models import Organisation
from wangcheng.common.sheets import registry
from wangcheng.common.sheets.cells import RowProblem, day, number, text
from wangcheng.common.sheets.registry import Outcome, SheetColumn, SheetKind

if TYPE_CHECKING:
    from wangcheng.common.models import User

COLUMNS = (
    SheetColumn("day", "日期", True, example="2023-01-03"),
    SheetColumn("kind", "方式", True, help="、".join(Training.Kind.labels), example="走下去"),
    SheetColumn("topic", "主题", True, example="工单办理规范"),
    SheetColumn("place", "地点", example="中心会议室"),
    SheetColumn("sessions", "场次", help="不填为1", example="1"),
    SheetColumn("people", "人数", True, example="46"),
    SheetColumn("units", "参训单位", help="名称、简称或代码，几个单位用顿号隔开", example="高塘岭街道、城管局"),
    SheetColumn("note", "备注"),
)
LENGTHS = {"topic": 120, "place": 80, "note": 200}
_SEPARATORS = re.compile(r"[、，,；;]\s*")


@dataclass(frozen=True, slots=True)
class TrainingRow:
    """One training as the sheet has it."""

    day: date
    kind: str
    topic: str
    place: str
    sessions: int
    people: int
    units: tuple[Organisation, ...]
    note: str

    @property
    def key(self) -> tuple[date, str, str]:
        return self.day, self.kind, self.topic

    def agrees(self, found: Training) -> bool:
        names = ("place", "sessions", "people", "note")
        same = all(getattr(found, name) == getattr(self, name) for name in names)
        return same and {unit.pk for unit in found.units.all()} == {unit.pk for unit in self.units}


class TrainingRows:
    """Units are read once for the sheet, the book once for a chunk."""

    def __init__(self, by: User) -> None:
        self.by, self.today = by, clock.today()

    @cached_property
    def _units(self) -> dict[str, list[Organisation]]:
        known: dict[str, list[Organisation]] = {}
        for unit in Organisation.objects.in_force(self.today).exclude(kind=Organisation.Kind.CENTRE):
            for word in {unit.code, unit.name, unit.short_name}:
                known.setdefault(word, []).append(unit)
        return known

    def read(self, cells: Mapping[str, Any]) -> TrainingRow:
        on = day(cells.get("day"))
        if on is None or on > self.today:
            raise RowProblem("培训日期不能晚于今天。")
        words = {name: _within(text(cells.get(name)), name, most) for name, most in LENGTHS.items()}
        return TrainingRow(
            day=on, kind=registry.choice(text(cells.get("kind")), Training.Kind.choices, "方式"),
            sessions=_count(cells.get("sessions"), "场次", 100) or 1, people=_count(cells.get("people"), "人数", 100_000),
            units=tuple(self._unit(name) for name in _SEPARATORS.split(text(cells.get("units"))) if name), **words,
        )  # fmt: skip

    def _unit(self, words: str) -> Organisation:
        found = self._units.get(words, [])
        if len(found) != 1:
            said = f"有{len(found)}个同名，请填代码" if found else "没有找到"
            raise RowProblem(f"参训单位“{words[:30]}”{said}。")
        return found[0]

    def key(self, row: TrainingRow) -> str:
        return "/".join(map(str, row.key))

    def write(self, rows: Sequence[TrainingRow]) -> list[Outcome | str]:
        held = Training.objects.filter(day__in={row.day for row in rows}, withdrawn_at=None).prefetch_related("units")
        known = {(found.day, found.kind, found.topic): found for found in held}
        return [self._put(row, known.get(row.key)) for row in rows]

    def _put(self, row: TrainingRow, found: Training | None) -> Outcome | str:
        if found is None:
            values = {name: getattr(row, name) for name in TrainingRow.__slots__}
            record_training(by=self.by, **values)
            return Outcome.CREATED
        if row.agrees(found):
            return Outcome.UNCHANGED
        return f"该培训已登记为{found.people}人、{found.sessions}场，与本行不一致；登记有误的请先作废，再导入。"


def _within(words: str, name: str, most: int) -> str:
    if len(words) > most:
        label = next(column.header for column in COLUMNS if column.name == name)
        raise RowProblem(f"{label}有{len(words)}字，超过{most}字。")
    return words


def _count(cell: Any, label: str, most: int) -> int:
    found = number(cell)
    if found is None:
        return 0
    if found != int(found) or not 1 <= found <= most:
        raise RowProblem(f"{label}“{found}”应为1至{most}的整数。")
    return int(found)


registry.register(
    SheetKind(
        "trainings", "业务培训", "hotline.manage_training", COLUMNS, TrainingRows, "training_list",
        "按日期、方式和主题识别，已登记的不重复登记。",
    )
)  # fmt: skip
