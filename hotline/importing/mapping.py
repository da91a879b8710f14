"""Which column is which field: the headers met in practice, or a mapping file that says it.

A mapping file is JSON:

    {"columns": {"title": "标题", "received_at": ["接收时间", "录入时间"]},      field → header or headers
     "constants": {"type": "help", "source": "online"},                      the same for every row
     "values": {"category": {"卫生计生": "卫生健康"}},                        words of the sheet → ours
     "city_number": {"prefix": "LY", "hash_of": ["title", "content"]},       a number made from what identifies a row
     "missing": {"received_at": "2010-01-01 00:00:00"}}                      what stands in for an empty cell
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from wangcheng.common.sheets.reading import FileProblem, plain_header
from wangcheng.common.sheets.rejects import OURS

# field → headers of the city's sheet and of the street export, the surest first; what stands in brackets is left out
HEADERS: dict[str, tuple[str, ...]] = {
    "city_number": ("市级编号", "工单编号", "工单号", "编号", "city_number"),
    "title": ("标题", "工单标题", "title"),
    "content": ("主要内容", "内容", "诉求内容", "content"),
    "type": ("工单类型", "诉求类型", "受理类型", "来电类别", "type"),
    "source": ("信息来源", "来源渠道", "来源", "source"),
    "received_at": ("接收时间", "受理时间", "来电时间", "录入时间", "登记时间", "received_at"),
    "city_due_at": ("办结时限", "市级时限", "city_due_at"),
    "urgency": ("紧急程度", "urgency"),
    "confidential": ("是否保密", "confidential"),
    "place": ("地址", "事发地点", "地点", "小区点位", "place"),
    "caller_name": ("联系人", "来电人", "诉求人", "caller_name"),
    "caller_phone": ("联系电话", "来电人电话", "来电号码", "电话", "caller_phone"),
    "category": (
        "五级分类",
        "四级分类",
        "三级分类",
        "二级分类",
        "一级分类",
        "问题分类",
        "诉求分类",
        "分类",
        "category",
    ),
    "town": ("被反映街乡镇", "所属街镇", "所属街道", "街镇", "街道", "town"),
    "village": ("村/社区", "村社区", "所属村社区", "所属村/社区", "所属社区", "社区", "village"),
    "resolved": ("是否解决", "resolved"),
    "satisfaction": ("是否满意", "satisfaction"),
}
# headers of the same sheets that are known and not taken in: what became of the ticket elsewhere has no place here
IGNORED = frozenset({
    "受理员/工号", "受理员", "工号", "是否回复", "转办意见", "转办人", "办理轨迹", "回复部门", "回复时间", "回复类型", "回退意见",
    "申请延期天数", "申请延期至", "领导意见", "签发人", "答复人", "答复时间", "答复电话", "答复来电人情况", "下级单位",
    "标签", "工单状态", "被反映区", "办理结果", "回复内容", "处理方式", "办结时间", "企业名称", "工单性质",
})  # fmt: skip
LABELS = {
    "city_number": "市级编号", "title": "标题", "content": "内容", "type": "诉求类型", "source": "信息来源",
    "received_at": "接收时间", "city_due_at": "市级时限", "urgency": "紧急程度", "confidential": "是否保密", "place": "地点",
    "caller_name": "来电人", "caller_phone": "来电人电话", "category": "分类", "town": "街镇", "village": "村（社区）",
    "resolved": "是否解决", "satisfaction": "是否满意",
}  # fmt: skip
NEEDED = ("title", "content", "city_number")
_PREFIX = re.compile(r"[0-9A-Za-z_-]{0,20}")
_PARTS = frozenset({"columns", "constants", "values", "city_number", "missing", "comment"})


@dataclass(frozen=True, slots=True)
class Numbering:
    """A number for rows that have none: a prefix and the hash of the fields that identify a row."""

    prefix: str
    hash_of: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SheetMap:
    """How to read one sheet."""

    columns: Mapping[str, tuple[str, ...]]  # field → headers that are there
    constants: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    missing: Mapping[str, str] = field(default_factory=dict)
    numbering: Numbering | None = None

    def as_json(self) -> dict[str, Any]:
        made: dict[str, Any] = {
            "columns": {name: list(headers) for name, headers in self.columns.items()},
            "constants": dict(self.constants),
            "values": {name: dict(words) for name, words in self.values.items()},
            "missing": dict(self.missing),
        }
        if self.numbering:
            made["city_number"] = {"prefix": self.numbering.prefix, "hash_of": list(self.numbering.hash_of)}
        return made


def guess(header: Iterable[str]) -> SheetMap:
    """The mapping for a sheet with known headers.  FileProblem where what is needed is not among them."""
    titles = list(header)
    there = {plain_header(name): name for name in reversed(titles) if name}
    columns = {
        name: tuple(there[known] for known in known_headers if known in there)
        for name, known_headers in HEADERS.items()
    }
    return _checked(SheetMap({name: found for name, found in columns.items() if found}), titles)


def unknown(header: Iterable[str]) -> list[str]:
    """The headers that are neither a field's nor known to be left out: perhaps a column that its clerk wants read."""
    known = IGNORED.union(OURS, *HEADERS.values())
    return [title for title in header if title and plain_header(title) not in known]


def from_json(written: Any, header: Iterable[str]) -> SheetMap:
    """The mapping that a person wrote, checked against the sheet's header."""
    check_shape(written)
    there = list(header)
    columns = {name: _headers(name, said, there) for name, said in written.get("columns", {}).items()}
    numbering = written.get("city_number") or None
    return _checked(
        SheetMap(
            columns,
            {name: str(value) for name, value in written.get("constants", {}).items()},
            written.get("values", {}),
            {name: str(value) for name, value in written.get("missing", {}).items()},
            Numbering(numbering.get("prefix", ""), tuple(numbering["hash_of"])) if numbering else None,
        ),
        there,
    )


def check_shape(written: Any) -> None:
    """FileProblem where a mapping is not built as the module says, whatever the sheet is."""
    if not isinstance(written, dict) or not all(
        isinstance(written.get(part, {}), dict) for part in _PARTS - {"comment"}
    ):
        raise FileProblem("映射文件应为JSON对象，其中columns、constants、values、city_number、missing各为对象。")
    if unknown := written.keys() - _PARTS:
        raise FileProblem(f"映射文件中有无法识别的部分：{'、'.join(sorted(unknown))}。")
    for part, fits, shape in _SHAPES:
        for name, said in written.get(part, {}).items():
            if not fits(said):
                raise FileProblem(f"映射文件中{part}的“{name[:20]}”应为{shape}。")
    if numbering := written.get("city_number"):
        _check_numbering(numbering)


def _is_word(said: Any) -> bool:
    return isinstance(said, str | int | float)


def _is_headers(said: Any) -> bool:
    return isinstance(said, str) or (isinstance(said, list) and all(isinstance(header, str) for header in said))


def _is_words(said: Any) -> bool:
    return isinstance(said, dict) and all(isinstance(word, str) for word in said.values())


_SHAPES: tuple[tuple[str, Callable[[Any], bool], str], ...] = (
    ("columns", _is_headers, "列名或列名的列表"),
    ("constants", _is_word, "文本"),
    ("missing", _is_word, "文本"),
    ("values", _is_words, "原词与代码对应的对象"),
)


def _check_numbering(numbering: dict[str, Any]) -> None:
    prefix, parts = numbering.get("prefix", ""), numbering.get("hash_of")
    if not (isinstance(prefix, str) and _PREFIX.fullmatch(prefix)):
        raise FileProblem("映射文件中city_number的prefix应为至多20个字母、数字或连字符。")
    if not (parts and isinstance(parts, list) and all(isinstance(name, str) for name in parts)):
        raise FileProblem("映射文件中city_number的hash_of应列出至少一个字段。")


def _headers(name: str, said: Any, there: list[str]) -> tuple[str, ...]:
    headers = (said,) if isinstance(said, str) else tuple(said)
    if absent := [header for header in headers if header not in there]:
        raise FileProblem(f"文件中没有映射所说的列“{'、'.join(map(str, absent))}”（{LABELS.get(name, name)}）。")
    return headers


def _checked(mapping: SheetMap, header: list[str]) -> SheetMap:
    fields = {*mapping.columns, *mapping.constants, *mapping.missing, *mapping.values}
    if mapping.numbering:
        fields |= {*mapping.numbering.hash_of, "city_number"}
    if unknown := fields - HEADERS.keys():
        raise FileProblem(f"映射文件中有无法识别的字段：{'、'.join(sorted(unknown))}。")
    if lacking := [LABELS[name] for name in NEEDED if name not in fields]:
        raise FileProblem(f"文件缺少必需的列：{'、'.join(lacking)}。请核对表头，或指定各列是哪个字段。")
    used = {title for titles in mapping.columns.values() for title in titles}
    if twice := [title for title in header if title in used and header.count(title) > 1]:
        raise FileProblem(
            f"表头中“{twice[0]}”出现{header.count(twice[0])}次，无法判断以哪一列为准，请改名或删去多余的列。"
        )
    return mapping


def read_map(path: Path) -> Any:
    """The JSON of a mapping file."""
    try:
        return orjson.loads(path.read_bytes().removeprefix(codecs.BOM_UTF8))
    except (OSError, orjson.JSONDecodeError) as problem:
        raise FileProblem(f"映射文件“{path.name}”无法读取：不是有效的JSON。") from problem
