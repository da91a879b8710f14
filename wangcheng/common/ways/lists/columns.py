"""Columns of a list: where a value comes from, how a cell shows it, and what an export writes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from wangcheng.common import clock
from wangcheng.common.ways import words
from wangcheng.common.ways.words import NOTHING, Toned


class Kind(StrEnum):
    """How the values of a column look."""

    TEXT = "text"
    LONG = "long"  # cut off with an ellipsis, whole in the tooltip
    CODE = "code"  # numbers that are names: never broken, text in Excel
    DAY = "day"
    MOMENT = "moment"
    NUMBER = "number"
    MONEY = "money"  # yuan
    WAN = "wan"  # yuan shown in 万元
    STATE = "state"  # words behind a coloured dot
    MARKS = "marks"  # a sequence of small marks, Toned or plain
    YES_NO = "yes_no"


_WORDS: dict[Kind, Callable[[Any], str]] = {
    Kind.DAY: words.day,
    Kind.MOMENT: words.brief_moment,
    Kind.MONEY: words.yuan,
    Kind.WAN: words.wan_yuan,
    Kind.YES_NO: words.yes_no,
}
_CSS = {
    Kind.LONG: "cell-long",
    Kind.MARKS: "cell-marks",
    **dict.fromkeys((Kind.CODE, Kind.DAY, Kind.MOMENT, Kind.STATE), "nowrap"),
}
NUMERIC = {Kind.NUMBER, Kind.MONEY, Kind.WAN}


@dataclass(frozen=True, slots=True)
class Cell:
    """What the template draws."""

    text: str
    label: str
    css: str = ""
    tone: str = ""
    dot: bool = False
    href: str = ""
    title: str = ""
    marks: Sequence[Toned] = field(default_factory=tuple)
    spoken: bool = False  # words that say by themselves what they are about: “剩 3 小时”


@dataclass(frozen=True, slots=True)
class Column:
    """One column.  `path` walks attributes ("unit.short_name"); `value` goes before it, and may give `Toned` words."""

    path: str
    heading: str
    kind: Kind = Kind.TEXT
    value: Callable[[Any], Any] | None = None
    sort: str = ""  # the database path it can be sorted by
    sort_on: tuple[str, ...] = ()  # only on these tabs; everywhere, if empty
    tone: Callable[[Any], str] | None = None  # of the row, for the dot of a STATE
    link: bool = False  # the cell leads to the row's page
    shown: bool = True  # False: in exports only
    exported: bool = True
    narrow: bool | None = None  # on a phone: shown, hidden, or by its place among the columns (see `roles`)

    @property
    def is_numeric(self) -> bool:
        return self.kind in NUMERIC

    def read(self, row: Any) -> Any:
        return self.value(row) if self.value else walk(row, self.path)

    def cell(self, row: Any, href: str = "") -> Cell:
        """The value of `row` as this column shows it."""
        value = self.read(row)
        if self.kind is Kind.MARKS:
            return Cell("", self.heading, _CSS[Kind.MARKS], marks=[_toned(mark) for mark in value or ()])
        text = self.words(value)
        tone = value.tone if isinstance(value, Toned) else self.tone(row) if self.tone else ""
        return Cell(
            text,
            self.heading,
            "num" if self.kind in NUMERIC else _CSS.get(self.kind, ""),
            tone,
            self.kind is Kind.STATE,
            href if self.link else "",
            self._title(value, text),
            spoken=isinstance(value, Toned),
        )

    def _title(self, value: Any, text: str) -> str:
        """What the cell cuts off."""
        if self.kind is Kind.MOMENT and value:
            return words.moment(value)
        return text if self.kind is Kind.LONG else ""

    def words(self, value: Any) -> str:
        if value is None or value == "":
            return NOTHING
        if self.kind is Kind.NUMBER and isinstance(value, int):
            return f"{value:,}"
        return _WORDS.get(self.kind, str)(value)

    def plain(self, row: Any) -> Any:
        """What an export writes: dates and numbers as such, everything else as text."""
        value = self.read(row)
        if value is None:
            return ""
        if self.kind is Kind.MARKS:
            return "、".join(str(mark) for mark in value)
        if isinstance(value, datetime):
            return clock.local(value).replace(tzinfo=None)
        if isinstance(value, date) or (self.kind in NUMERIC and isinstance(value, (int, float, Decimal))):
            return value
        return self.words(value) if self.kind is Kind.YES_NO else str(value)


BESIDE = 5  # columns that a card on a phone shows beside its lead


def roles(columns: Sequence[Column]) -> list[str]:
    """What each column is on a phone, where a row is a card of about three lines, as a CSS class.

    The first long text leads (else what links, else the first column), the link is the card's key, states and marks
    always stand there; of the rest those that come first, or say so, and what is left over is put aside.
    """
    lead = next((column for column in columns if column.kind is Kind.LONG), None)
    lead = lead or next((column for column in columns if column.link), columns[0] if columns else None)
    always = [column for column in columns if column.narrow or column.link or column.kind in (Kind.STATE, Kind.MARKS)]
    rest = [column for column in columns if column.narrow is None and column not in always and column is not lead]
    counted = sum(column is not lead and column.kind is not Kind.MARKS for column in always)
    kept = [*always, *rest[: max(BESIDE - counted, 0)]]

    def role(column: Column) -> str:
        if column is lead:
            return "c-lead"
        if column not in kept:
            return "c-aside"
        return "c-key" if column.link or column.kind in (Kind.STATE, Kind.MARKS) else ""

    return [role(column) for column in columns]


def walk(row: Any, path: str) -> Any:
    """Follow `path` through attributes, keys or methods without arguments (`get_kind_display`); None where it ends."""
    value = row
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else getattr(value, name, None)
        if value is None:
            return None
        value = value() if callable(value) else value
    return value


def _toned(mark: Any) -> Toned:
    return mark if isinstance(mark, Toned) else Toned(str(mark))
