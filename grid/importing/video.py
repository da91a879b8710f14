"""导入视频点位: thousands of rows with a handful of queries; what is there and differs is changed as the page changes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

from grid.actions.ledgers import RIGHT, VIDEO, settled
from grid.models import Estate, VideoPoint
from grid.models.ledgers import GB28181
from wangcheng.common import clock
from wangcheng.common.audit.actions import record
from wangcheng.common.models import Area, AuditEntry
from wangcheng.common.sheets import registry
from wangcheng.common.sheets.cells import RowProblem, day, number, text
from wangcheng.common.sheets.registry import Outcome, SheetColumn, SheetKind

if TYPE_CHECKING:
    from wangcheng.common.models import User

COLUMNS = (
    SheetColumn("device_id", "设备编码", True, help="20位数字（GB/T 28181）", example="43011200001320000001"),
    SheetColumn("name", "名称", True, example="雷锋大道与郭亮路口东"),
    SheetColumn("estate", "楼盘", help="智慧社区楼盘的名称，不在楼盘内的不填"),
    SheetColumn("area", "街镇", help="街镇的名称或代码", example="高塘岭街道"),
    SheetColumn("longitude", "经度", help="如112.820000", example="112.820000"),
    SheetColumn("latitude", "纬度", help="如28.350000", example="28.350000"),
    SheetColumn(
        "since",
        "启用日期",
        help="不填为今天，可填以往的日期；已在册的点位变更楼盘、街镇的，为变更生效日期",
        example="2023-01-03",
    ),
)
_MICRO = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class PointRow:
    """One camera as the sheet has it."""

    device_id: str
    name: str
    estate_id: int | None
    area_id: int | None
    longitude: Decimal | None
    latitude: Decimal | None
    since: date

    @property
    def values(self) -> dict[str, Any]:
        names = ("name", "estate_id", "area_id", "longitude", "latitude")
        return {name: getattr(self, name) for name in names}


class VideoRows:
    """Estates and towns are read once for the sheet, the points once for a chunk."""

    def __init__(self, by: User) -> None:
        self.by, self.today = by, clock.today()

    @cached_property
    def _estates(self) -> dict[str, int]:
        return dict(Estate.objects.in_force(self.today).values_list("name", "pk"))

    @cached_property
    def _towns(self) -> dict[str, int]:
        towns = Area.objects.in_force(self.today).filter(level=Area.Level.TOWN)
        return {word: area.pk for area in towns for word in (area.code, area.name, area.short_name)}

    def read(self, cells: Mapping[str, Any]) -> PointRow:
        device_id, name = text(cells.get("device_id")), text(cells.get("name"))
        if not GB28181.regex.fullmatch(device_id):  # type: ignore[union-attr]
            raise RowProblem(f"设备编码“{device_id[:24]}”应为20位数字；在Excel中请将该列设为文本。")
        if len(name) > 80:
            raise RowProblem(f"名称有{len(name)}字，超过80字。")
        row = PointRow(
            device_id, name,
            _named(self._estates, text(cells.get("estate")), "楼盘"),
            _named(self._towns, text(cells.get("area")), "街镇"),
            _degrees(cells.get("longitude"), 180, "经度"), _degrees(cells.get("latitude"), 90, "纬度"),
            day(cells.get("since")) or self.today,
        )  # fmt: skip
        if (row.longitude is None) != (row.latitude is None):
            raise RowProblem("经度和纬度应同时填写。")
        return row

    def key(self, row: PointRow) -> str:
        return row.device_id

    def write(self, rows: Sequence[PointRow]) -> list[Outcome | str]:
        ids = [row.device_id for row in rows]
        locked = VideoPoint.objects.select_for_update().filter(device_id__in=ids, valid_to=None)
        known = {point.device_id: point for point in locked}
        writing = _Writing()
        outcomes = [
            _refused(row, known.get(row.device_id)) or writing.add(row, known.get(row.device_id)) for row in rows
        ]
        writing.write()
        changed = sum(outcome in (Outcome.CREATED, Outcome.UPDATED) for outcome in outcomes)
        if changed:
            record(
                AuditEntry.Kind.DATA, f"视频点位：导入{changed}个。", by=self.by, object="video", data={"rows": changed}
            )
        return outcomes


def _named(known: Mapping[str, int], words: str, label: str) -> int | None:
    if not words:
        return None
    if words not in known:
        raise RowProblem(f"没有{label}“{words[:30]}”。")
    return known[words]


def _degrees(value: Any, most: int, label: str) -> Decimal | None:
    found = number(value)
    if found is not None and abs(found) > most:
        raise RowProblem(f"{label}{found}超出范围。")
    return found.quantize(_MICRO) if found is not None else None


def _dated(row: PointRow, point: VideoPoint) -> bool:
    """Whether what figures count changes."""
    return any(getattr(point, f"{name}_id") != getattr(row, f"{name}_id") for name in VIDEO.dated)


def _refused(row: PointRow, point: VideoPoint | None) -> str:
    """Why a row would change a period that is over."""
    if point is not None and _dated(row, point) and row.since <= point.valid_from and settled(point):
        return f"变更生效日期应晚于启用日期（{point.valid_from:%Y年%-m月%-d日}）。"
    return ""


class _Writing:
    """What a chunk writes, at once."""

    def __init__(self) -> None:
        self.new: list[VideoPoint] = []
        self.changed: list[VideoPoint] = []
        self.ended: dict[date, list[int]] = {}

    def add(self, row: PointRow, point: VideoPoint | None) -> Outcome:
        if point is None:
            self._begin(row)
            return Outcome.CREATED
        if all(getattr(point, name) == value for name, value in row.values.items()):
            return Outcome.UNCHANGED
        if _dated(row, point) and point.valid_from < row.since:
            self.ended.setdefault(row.since, []).append(point.pk)
            self._begin(row)
        else:
            for name, value in row.values.items():
                setattr(point, name, value)
            self.changed.append(point)
        return Outcome.UPDATED

    def _begin(self, row: PointRow) -> None:
        since = {"valid_from": row.since, "recorded_on": clock.today()}
        self.new.append(VideoPoint(device_id=row.device_id, **since, **row.values))

    def write(self) -> None:
        for day_, keys in self.ended.items():
            VideoPoint.objects.filter(pk__in=keys).update(valid_to=day_, end_recorded_on=clock.today())
        VideoPoint.objects.bulk_create(self.new, batch_size=500)
        VideoPoint.objects.bulk_update(
            self.changed, ["name", "estate", "area", "longitude", "latitude"], batch_size=200
        )


registry.register(
    SheetKind("video", "视频点位", RIGHT, COLUMNS, VideoRows, "video_list", "同一设备编码的点位只更新有变动的内容。")
)
