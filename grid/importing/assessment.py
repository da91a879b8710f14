"""导入考核录入: manual indicators, and the work of the grids; nothing goes into a quarter that is published or final."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from grid.actions.entries import enter
from grid.assessing.basis import cutoff_day, parse_quarter
from grid.forms import OF_GRIDS, OF_VILLAGES
from grid.models import Assessment, GridWork, ManualIndicator
from grid.rules import SCHEMES
from wangcheng.common import clock
from wangcheng.common.audit.actions import record
from wangcheng.common.models import Area, AuditEntry
from wangcheng.common.policy.registry import in_force
from wangcheng.common.sheets import registry
from wangcheng.common.sheets.cells import RowProblem, day, number, text
from wangcheng.common.sheets.registry import Outcome, SheetColumn, SheetKind

if TYPE_CHECKING:
    from wangcheng.common.models import User

RIGHT = "grid.adjust_assessment"
KINDS = {Area.Level.VILLAGE: "zero", Area.Level.ESTATE: "level3", Area.Level.BUILDING: "level4"}
_GRID = SheetColumn(
    "area", "网格代码", True, help="三级或四级网格的代码；取消零投诉资格填村（社区）代码", example="430112001010001"
)
INDICATORS = (
    SheetColumn("quarter", "季度", True, example="2023Q1"),
    _GRID,
    SheetColumn("indicator", "指标", True, help="加分、扣分、一票否决、取消零投诉资格，或考核办法中的人工指标", example="加分"),
    SheetColumn("value", "数值", True, help="一票否决、取消零投诉资格填1", example="2"),
    SheetColumn("reason", "依据", help="加分、扣分、一票否决、取消零投诉资格必填", example="见义勇为通报"),
)  # fmt: skip
_WORK = {
    "collection": ("应采集信息", "已采集信息"), "event": ("应办事件", "已办事件"), "visit": ("应走访", "已走访"),
    "base_info": ("应核基础信息", "已核基础信息"), "request": ("群众诉求", "化解诉求"), "task": ("下达任务", "完成任务"),
    "training": ("应到培训例会", "实到培训例会"),
}  # fmt: skip
COUNTS = {
    f"{kind}_{part}": label for kind, pair in _WORK.items() for part, label in zip(("due", "done"), pair, strict=True)
}
WORK = (
    SheetColumn("area", "网格代码", True, help="三级或四级网格的代码", example="430112001010001"),
    SheetColumn("day", "统计日期", True, help="所列数字为上次统计之后至这一天的合计", example="2023-01-03"),
    *(SheetColumn(name, label, example="10") for name, label in COUNTS.items()),
)
MOST = 1_000_000


class _Grids:
    """Areas by code as they stood on a day, and which quarters are settled; read once for a sheet."""

    def __init__(self) -> None:
        self.today = clock.today()

    @cached_property
    def _areas(self) -> dict[str, list[Area]]:
        known: dict[str, list[Area]] = {}
        for area in Area.objects.filter(level__in=list(KINDS)).order_by("pk"):
            known.setdefault(area.code, []).append(area)
        return known

    @cached_property
    def _settled(self) -> list[tuple[str, str, date, date]]:
        rows = Assessment.objects.filter(state__in=("published", "final"), corrected_by=None)
        return list(rows.values_list("kind", "quarter", "first", "last"))

    def find(self, code: str, on: date) -> Area:
        areas = self._areas.get(code, [])
        found = next(
            (area for area in areas if area.valid_from <= on and (not area.valid_to or on < area.valid_to)), None
        )
        if found is None:
            raise RowProblem(f"没有代码为“{code[:24]}”的网格或村（社区）。")
        return found

    def refuse_settled(self, area: Area, quarter: str = "", on: date = date.min) -> None:
        """RowProblem where the quarter, or the one that holds the day, is published or final for this level."""
        kind = KINDS.get(Area.Level(area.level))
        for settled, known, first, last in self._settled:
            if settled == kind and (known == quarter or first <= on <= last):
                raise RowProblem("该季度的考核已经公示或定稿，不能再导入；请通过申诉或更正处理。")


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One manual entry."""

    area: Area
    quarter: str
    indicator: str
    value: Decimal
    reason: str


class IndicatorRows:
    """Takes the sheet of manual indicators."""

    def __init__(self, by: User) -> None:
        self.by, self.grids = by, _Grids()
        self.names: dict[tuple[str, int], dict[str, str]] = {}
        self.last_day = cache(lambda quarter: cutoff_day(*parse_quarter(quarter)))  # whose rules the assessment takes

    def read(self, cells: Mapping[str, Any]) -> EntryRow:
        quarter = text(cells.get("quarter")).upper()
        if not re.fullmatch(r"20\d\dQ[1-4]", quarter):
            raise RowProblem(f"季度“{quarter[:10]}”应为2023Q1的形式。")
        area = self.grids.find(text(cells.get("area")), min(self.last_day(quarter), self.grids.today))
        self.grids.refuse_settled(area, quarter=quarter)
        indicator = self._indicator(text(cells.get("indicator")), quarter, area)
        value, reason = number(cells.get("value")), text(cells.get("reason"))
        if value is None or not 0 <= value < MOST or value != value.quantize(Decimal("0.01")):
            raise RowProblem("数值应为不小于0、至多两位小数的数。")
        if indicator in ManualIndicator.LABELS and not reason:
            raise RowProblem(f"{ManualIndicator.LABELS[indicator]}必须写明依据。")
        return EntryRow(area, quarter, indicator, value, reason[:200])

    def _indicator(self, words: str, quarter: str, area: Area) -> str:
        place = (quarter, area.level)
        if place not in self.names:
            self.names[place] = _indicators(KINDS[Area.Level(area.level)], self.last_day(quarter))
        known = self.names[place]
        if words not in known:
            raise RowProblem(f"指标“{words[:20]}”无法识别，应为{'、'.join(known)}。")
        return known[words]

    def key(self, row: EntryRow) -> str:
        return f"{row.area.pk}/{row.quarter}/{row.indicator}"

    def write(self, rows: Sequence[EntryRow]) -> list[Outcome | str]:
        held = ManualIndicator.objects.select_for_update(of=("self",)).filter(
            area__in={row.area.pk for row in rows}, quarter__in={row.quarter for row in rows}, withdrawn_at=None
        )
        known = {(entry.area_id, entry.quarter, entry.indicator): (entry.value, entry.reason) for entry in held}
        outcomes = [self._put(row, known.get((row.area.pk, row.quarter, row.indicator))) for row in rows]
        if changed := sum(outcome != Outcome.UNCHANGED for outcome in outcomes):
            record(AuditEntry.Kind.DATA, f"人工录入指标：导入{changed}项。", by=self.by, object="manual indicators")
        return list(outcomes)

    def _put(self, row: EntryRow, known: tuple[Decimal, str] | None) -> Outcome:
        if known == (row.value, row.reason):
            return Outcome.UNCHANGED
        enter(row.area, row.quarter, row.indicator, row.value, reason=row.reason, by=self.by)
        return Outcome.CREATED if known is None else Outcome.UPDATED


def _indicators(kind: str, day_: date) -> dict[str, str]:
    """What may be entered by hand on that level: word → name."""
    fixed = OF_VILLAGES if kind == "zero" else OF_GRIDS
    figures = [] if kind == "zero" else [line.split("|")[2].strip() for line in in_force(SCHEMES[kind], day_).items]
    named = [name.removeprefix("manual:") for name in figures if name.startswith("manual:")]
    return {ManualIndicator.LABELS[name]: name for name in fixed} | {name: name for name in named}


@dataclass(frozen=True, slots=True)
class WorkRow:
    """What one grid had to do and did."""

    area: Area
    day: date
    counts: dict[str, int]


class WorkRows:
    """Takes the sheet of the grids' work; set-based."""

    def __init__(self, by: User) -> None:
        self.by, self.grids = by, _Grids()

    def read(self, cells: Mapping[str, Any]) -> WorkRow:
        on = day(cells.get("day"))
        if on is None or on > self.grids.today:
            raise RowProblem("统计日期不能晚于今天。")
        area = self.grids.find(text(cells.get("area")), on)
        if area.level < Area.Level.ESTATE:
            raise RowProblem("网格工作按三级、四级网格填报，不能填村（社区）。")
        self.grids.refuse_settled(area, on=on)
        counts = {name: _count(cells.get(name), label) for name, label in COUNTS.items()}
        for due, done in _WORK.values():
            pair = [next(counts[name] for name, label in COUNTS.items() if label == wanted) for wanted in (due, done)]
            if pair[1] > pair[0]:
                raise RowProblem(f"{done}{pair[1]}多于{due}{pair[0]}。")
        return WorkRow(area, on, counts)

    def key(self, row: WorkRow) -> str:
        return f"{row.area.pk}/{row.day}"

    def write(self, rows: Sequence[WorkRow]) -> list[Outcome | str]:
        held = GridWork.objects.select_for_update(of=("self",)).filter(
            area__in={row.area.pk for row in rows}, day__in={row.day for row in rows}, withdrawn_at=None
        )
        known = {(work.area_id, work.day): work for work in held}
        outcomes: list[Outcome | str] = []
        now, new, withdrawn = clock.now(), [], []
        for row in rows:
            work = known.get((row.area.pk, row.day))
            if work is None:
                new.append(_work(row, now))
                outcomes.append(Outcome.CREATED)
            elif all(getattr(work, name) == value for name, value in row.counts.items()):
                outcomes.append(Outcome.UNCHANGED)
            else:
                withdrawn.append(work.pk)
                new.append(_work(row, now))
                outcomes.append(Outcome.UPDATED)
        GridWork.objects.filter(pk__in=withdrawn).update(withdrawn_at=now)
        GridWork.objects.bulk_create(new, batch_size=500)
        if new:
            words = f"网格工作台账：导入{len(new) - len(withdrawn)}行，更新{len(withdrawn)}行。"
            record(AuditEntry.Kind.DATA, words, by=self.by, object="grid work")
        return outcomes


def _count(value: Any, label: str) -> int:
    found = number(value)
    if found is None:
        return 0
    if found != int(found) or not 0 <= found < MOST:
        raise RowProblem(f"{label}“{found}”应为不小于0的整数。")
    return int(found)


def _work(row: WorkRow, now: datetime) -> GridWork:
    parts = [int(part) for part in row.area.path.strip("/").split("/")]
    return GridWork(area=row.area, town_id=parts[1], village_id=parts[2], day=row.day, entered_at=now, **row.counts)


registry.register(
    SheetKind("indicators", "人工录入指标", RIGHT, INDICATORS, IndicatorRows, "assessment_list", "导入后请重新测算。"),
    SheetKind("grid-work", "网格工作台账", RIGHT, WORK, WorkRows, "assessment_list", "导入后请重新测算。"),
)
