"""导入网格: level-3 and level-4 grids by their code; a new name is kept beside the old one, and a second run changes nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from grid.actions.areas import KINDS, OF_GRIDS, RIGHT, check_day, late_below, rename, set_up, usual_kind
from wangcheng.common import clock
from wangcheng.common.audit.actions import record
from wangcheng.common.models import Area, AuditEntry
from wangcheng.common.sheets import registry
from wangcheng.common.sheets.cells import RowProblem, day, number, text
from wangcheng.common.sheets.registry import Outcome, SheetColumn, SheetKind, choice
from wangcheng.common.territory.grids import DIGITS, NewGrid
from wangcheng.common.workflow import NotAllowed

if TYPE_CHECKING:
    from wangcheng.common.models import User

VILLAGE_DIGITS = 12
LEVELS = {"三级": Area.Level.ESTATE, "四级": Area.Level.BUILDING}
SHORT = {"小区/片": "三级", "三级网格": "三级", "四级网格": "四级", "3": "三级", "4": "四级"}
MOST_HOUSEHOLDS = 100_000
COLUMNS = (
    SheetColumn("level", "层级", True, help="三级或四级；四级网格的上级三级网格须已有，或列在它的前面", example="三级"),
    SheetColumn(
        "code", "网格代码", True,
        help="三级15位，四级18位；也可只填村（社区）以下的序号，三级3位、四级6位，但须填写村（社区）",
        example="430112001010001",
    ),
    SheetColumn("name", "网格名称", True, example="阳光里"),
    SheetColumn("town", "街镇", help="村（社区）填名称的，填街镇的名称", example="高塘岭街道"),
    SheetColumn("village", "村（社区）", help="12位代码或名称；网格代码完整的可不填", example="斑马湖社区"),
    SheetColumn("kind", "类型", help="小区、片、楼栋或村居民组；不填的，社区为小区、楼栋，村为片、村居民组", example="小区"),
    SheetColumn("households", "户数", example="420"),
    SheetColumn("valid_from", "启用日期", help="不填为今天；已有的网格名称变更的，为更名日期", example="2023-01-03"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class GridRow:
    """One grid as the sheet has it."""

    level: int
    code: str
    name: str
    kind: Area.Kind
    kind_given: bool
    households: int | None
    day: date

    @property
    def parent(self) -> str:
        return self.code[:-DIGITS]

    def changes(self, grid: Area) -> bool:
        """Whether kind or households differ; what the sheet leaves out stays."""
        told = (
            self.kind if self.kind_given else grid.kind,
            grid.households if self.households is None else self.households,
        )
        return (grid.kind, grid.households) != told


class GridRows:
    """Villages are read once for a sheet, the grids by their codes once for a chunk."""

    def __init__(self, by: User) -> None:
        self.by, self.today = by, clock.today()
        self.coming: set[str] = set()  # level-3 grids of rows read before

    @cached_property
    def _villages(self) -> list[Area]:
        found = Area.objects.in_force(self.today).filter(level=Area.Level.VILLAGE)
        return list(found.select_related("parent"))

    @cached_property
    def _by_code(self) -> dict[str, Area]:
        return {village.code: village for village in self._villages}

    @cached_property
    def _grids(self) -> set[str]:
        grids = Area.objects.filter(level=Area.Level.ESTATE, valid_to=None)
        return set(grids.values_list("code", flat=True))

    def read(self, cells: Mapping[str, Any]) -> GridRow:
        said = {name: text(value) for name, value in cells.items()}
        level = LEVELS[choice(SHORT.get(said["level"], said["level"]), zip(LEVELS, LEVELS, strict=True), "层级")]
        village, code = self._place(said, level)
        since = day(cells.get("valid_from")) or self.today
        if since > self.today:
            raise RowProblem("启用日期不能晚于今天。")
        if len(said["name"]) > 60:
            raise RowProblem(f"网格名称有{len(said['name'])}字，超过60字。")
        kind = said.get("kind", "")
        row = GridRow(
            level, code, said["name"], _kind(kind, level) if kind else usual_kind(level, village), bool(kind),
            _households(cells.get("households")), since,
        )  # fmt: skip
        self._check_parent(row)
        return row

    def _place(self, said: Mapping[str, str], level: int) -> tuple[Area, str]:
        """The village, and the whole code of the grid."""
        words, below = re.sub(r"[\s-]", "", said["code"]), DIGITS * (level - Area.Level.VILLAGE)
        named = self._village(said.get("town", ""), said["village"]) if said.get("village") else None
        whole = VILLAGE_DIGITS + below
        if not re.fullmatch(rf"[0-9]{{{below}}}|[0-9]{{{whole}}}", words):
            raise RowProblem(f"网格代码“{words[:24]}”应为{whole}位数字，或{below}位序号；在Excel中请将该列设为文本。")
        if len(words) == below and named is None:
            raise RowProblem("网格代码只填了序号的，须填写村（社区）。")
        code = words if len(words) == whole else f"{named.code if named else ''}{words}"
        village = named or self._by_code.get(code[:VILLAGE_DIGITS])
        if village is None:
            raise RowProblem(f"没有代码为“{code[:VILLAGE_DIGITS]}”的村（社区）。")
        if code[:VILLAGE_DIGITS] != village.code:
            raise RowProblem(f"网格代码{code}不属于“{village}”（{village.code}）。")
        if re.search(r"000$", code) or (level == Area.Level.BUILDING and code[-6:-3] == "000"):
            raise RowProblem("网格的序号从001起。")
        return village, code

    def _village(self, town: str, words: str) -> Area:
        if words in self._by_code:
            return self._by_code[words]
        found = [one for one in self._villages if words in {one.name, one.short_name}]
        if town:
            found = [
                one for one in found if one.parent and town in {one.parent.name, one.parent.short_name, one.parent.code}
            ]
        if len(found) != 1:
            place = f"“{town[:20]}”的“{words[:20]}”" if town else f"村（社区）“{words[:20]}”"
            raise RowProblem(f"{place}有{len(found)}个，请填街镇或代码。" if found else f"没有{place}。")
        return found[0]

    def _check_parent(self, row: GridRow) -> None:
        if row.level == Area.Level.ESTATE:
            self.coming.add(row.code)
        elif row.parent not in self._grids | self.coming:
            raise RowProblem(f"没有上级三级网格{row.parent}，请将它列在前面。")

    def key(self, row: GridRow) -> str:
        return row.code

    def write(self, rows: Sequence[GridRow]) -> list[Outcome | str]:
        """The larger grids first: a renamed one takes the smaller ones along."""
        outcomes: dict[str, Outcome | str] = {}
        for level in KINDS:
            outcomes |= _Level([row for row in rows if row.level == level], self.by).take()
        counts = {
            kind: sum(found == kind for found in outcomes.values()) for kind in (Outcome.CREATED, Outcome.UPDATED)
        }
        if any(counts.values()):
            words = f"导入网格：新设{counts[Outcome.CREATED]}个，更新{counts[Outcome.UPDATED]}个。"
            codes = [code for code, found in outcomes.items() if found in counts]
            record(AuditEntry.Kind.DATA, words, by=self.by, object="grids", data={"codes": codes})
        return [outcomes[row.code] for row in rows]


class _Level:
    """The rows of one level in one chunk, and what is there already."""

    def __init__(self, rows: list[GridRow], by: User) -> None:
        self.rows, self.by = rows, by
        codes = {row.code for row in rows}
        locked = Area.objects.select_for_update(of=("self",)).select_related("parent")
        self.known = {grid.code: grid for grid in locked.filter(code__in=codes, valid_to=None)}
        self.parents = {area.code: area for area in locked.filter(code__in={row.parent for row in rows}, valid_to=None)}
        self.used = set(Area.objects.filter(code__in=codes - self.known.keys()).values_list("code", flat=True))

    def take(self) -> dict[str, Outcome | str]:
        outcomes: dict[str, Outcome | str] = {}
        for since in sorted({row.day for row in self.rows}):
            outcomes |= self._take_day([row for row in self.rows if row.day == since], since)
        return outcomes

    def _take_day(self, rows: list[GridRow], since: date) -> dict[str, Outcome | str]:
        """The rows of one day: each is refused by itself, what is left is written together."""
        renamed = [row for row in rows if row.code in self.known and self.known[row.code].name != row.name]
        late = late_below([grid for row in renamed if (grid := self.known[row.code]).valid_from < since], since)
        closed = _refusal(since)
        outcomes = {row.code: self._fate(row, closed, late) for row in rows}
        new = [row for row in rows if outcomes[row.code] == Outcome.CREATED]
        changed = [row for row in rows if outcomes[row.code] == Outcome.UPDATED]
        if new:
            self._set_up(new, since)
        if names := {self.known[row.code]: row.name for row in renamed if row in changed}:
            self.known |= {grid.code: grid for grid in rename(names, day=since, by=self.by).values()}
        self._describe(changed)
        return outcomes

    def _fate(self, row: GridRow, closed: str, late: Mapping[int, date]) -> Outcome | str:
        grid, parent = self.known.get(row.code), self.parents.get(row.parent)
        if grid is not None and grid.name == row.name:
            return Outcome.UPDATED if row.changes(grid) else Outcome.UNCHANGED
        if row.code in self.used:
            return f"网格代码{row.code}已经用过，代码不重复使用。"
        if parent is None:
            return f"没有上级网格{row.parent}。"
        first = late.get(grid.pk) if grid else parent.valid_from if row.day < parent.valid_from else None
        if first is not None:
            return f"{'其下网格' if grid else '上级'}自{first:%Y年%-m月%-d日}启用，日期不能更早。"
        return closed or (Outcome.UPDATED if grid else Outcome.CREATED)

    def _set_up(self, rows: list[GridRow], since: date) -> None:
        under: dict[Area, list[NewGrid]] = {}
        for row in rows:
            new = NewGrid(row.name, row.kind, row.households, code=row.code)
            under.setdefault(self.parents[row.parent], []).append(new)
        set_up(under, day=since)

    def _describe(self, rows: list[GridRow]) -> None:
        """Kind and households as they are now."""
        told = [row for row in rows if row.changes(self.known[row.code])]
        for row in told:
            grid = self.known[row.code]
            grid.kind = row.kind if row.kind_given else grid.kind
            grid.households = grid.households if row.households is None else row.households
        grids = [self.known[row.code] for row in told]
        Area.objects.bulk_update(grids, ["kind", "households"], batch_size=200)


def _refusal(since: date) -> str:
    """Why nothing can begin on this day, if so."""
    try:
        check_day(since, OF_GRIDS, "valid_from")
    except NotAllowed as problem:
        return problem.message
    return ""


def _kind(words: str, level: int) -> Area.Kind:
    kinds = KINDS[Area.Level(level)]
    return Area.Kind(choice(words, [(kind, kind.label) for kind in kinds], "类型"))


def _households(value: Any) -> int | None:
    found = number(value)
    if found is None:
        return None
    if found != int(found) or not 0 <= found <= MOST_HOUSEHOLDS:
        raise RowProblem(f"户数“{found}”应为不小于0的整数。")
    return int(found)


registry.register(
    SheetKind(
        "grids", "网格", RIGHT, COLUMNS, GridRows, "area_tree",
        "先列三级网格，再列其下的四级网格。代码已有的网格只更新有变动的内容；网格员用“用户与任职”中的“导入网格员”导入。",
    )
)  # fmt: skip
