"""Periods of counting: a year, a quarter, a month, a day or a span, each with its cut-off (统计截止)."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from wangcheng.common import clock

_LAST = timedelta(microseconds=1)
_SHAPES = re.compile(
    r"^(?P<year>\d{4})(?:Q(?P<quarter>[1-4])|-(?P<month>\d{2})(?:-(?P<day>\d{2}))?)?$|"
    r"^(?P<first>\d{4}-\d{2}-\d{2})\.\.(?P<last>\d{4}-\d{2}-\d{2})$"
)
_YEARS = range(1900, 2100)  # that may be asked for; what is compared with may lie before them
CHINESE_QUARTERS = "一二三四"


def quarter_words(quarter: str) -> str:
    """2022Q4 as 2022年第四季度."""
    return f"{quarter[:4]}年第{CHINESE_QUARTERS[int(quarter[-1]) - 1]}季度"


@dataclass(frozen=True, slots=True)
class Period:
    """Days `first`…`last`, both included, looked at from the moment `as_of`.

    What people enter about these days counts when it was entered by `as_of`; an assessment, which takes sheets that come
    in after its cut-off, says with `known_at` until when.  Figures whose rules are a policy are counted by the version in
    force on the last day; an assessment says with `versions` by which it was counted (see figures.ruled).
    """

    first: date
    last: date
    as_of: datetime
    name: str
    known_at: datetime | None = None
    versions: tuple[int, ...] = ()  # keys of Policy rows

    @property
    def entered_by(self) -> datetime:
        """The last moment at which an entry about these days was in time."""
        return self.known_at or self.as_of

    def known(self, moment: datetime) -> Period:
        """The same days and cut-off with what was entered by `moment`."""
        return replace(self, known_at=moment)

    def counted_by(self, versions: tuple[int, ...]) -> Period:
        """The same days, counted by these policy versions whatever is in force."""
        return replace(self, versions=versions)

    @classmethod
    def parse(cls, text: str, as_of: datetime | None = None) -> Period:
        """ "2022", "2022Q4", "2022-12", "2022-12-31" or "2022-10-01..2022-10-07"; ValueError in Chinese for anything else.

        The cut-off is the end of the last day, or now where that is still to come.
        """
        return cls._read(text, as_of, _YEARS)

    @classmethod
    def _read(cls, text: str, as_of: datetime | None = None, years: range = range(1000, 2100)) -> Period:
        found = _SHAPES.match(text.strip())
        if found is None or not all(
            int(part[:4]) in years for part in (found["year"], found["first"], found["last"]) if part
        ):
            raise ValueError(f"统计期“{text}”无法识别，应为2022、2022Q4、2022-12、2022-12-31或2022-10-01..2022-10-07。")
        try:
            first, last = _span(found)
        except ValueError as problem:
            raise ValueError(f"统计期“{text}”不是有效的日期。") from problem
        if last < first:
            raise ValueError(f"统计期“{text}”的止日早于起日。")
        end = clock.at(last + timedelta(days=1)) - _LAST
        return cls(first, last, min(as_of or clock.now(), end), text.strip())

    @property
    def start(self) -> datetime:
        """First moment of the period."""
        return clock.at(self.first)

    @property
    def end(self) -> datetime:
        """Last moment of the period."""
        return clock.at(self.last + timedelta(days=1)) - _LAST

    @property
    def label(self) -> str:
        """The period in Chinese: 2022年第四季度."""
        if len(self.name) == 4:
            return f"{self.name}年"
        if "Q" in self.name:
            return quarter_words(self.name)
        if len(self.name) == 7:
            return f"{self.first:%Y年%-m月}"
        first = f"{self.first:%Y年%-m月%-d日}"
        return first if self.first == self.last else f"{first}至{self.last:%Y年%-m月%-d日}"

    def previous(self) -> Period:
        """环比: the period just before, of the same kind."""
        if len(self.name) == 4:
            return Period._read(str(int(self.name) - 1))
        if "Q" in self.name or len(self.name) == 7:
            before = self.first - timedelta(days=1)
            return Period._read(f"{before.year}Q{(before.month + 2) // 3}" if "Q" in self.name else f"{before:%Y-%m}")
        days = (self.last - self.first).days + 1
        return Period._read(f"{self.first - timedelta(days=days)}..{self.first - timedelta(days=1)}")

    def year_before(self) -> Period:
        """同比: the same period of the year before."""
        shift = lambda day: day.replace(year=day.year - 1, day=min(day.day, 28) if day.month == 2 else day.day)  # noqa: E731
        if ".." in self.name:
            return Period._read(f"{shift(self.first)}..{shift(self.last)}")
        if self.first == self.last:
            return Period._read(f"{shift(self.first)}")
        return Period._read(str(int(self.name[:4]) - 1) + self.name[4:])


def _span(found: re.Match[str]) -> tuple[date, date]:
    if found["first"]:
        return date.fromisoformat(found["first"]), date.fromisoformat(found["last"])
    year = int(found["year"])
    if found["day"]:
        day = date(year, int(found["month"]), int(found["day"]))
        return day, day
    if found["month"]:
        return _months(year, int(found["month"]), 1)
    if found["quarter"]:
        return _months(year, 3 * int(found["quarter"]) - 2, 3)
    return _months(year, 1, 12)


def _months(year: int, month: int, count: int) -> tuple[date, date]:
    after = year * 12 + month - 1 + count
    return date(year, month, 1), date(after // 12, after % 12 + 1, 1) - timedelta(days=1)
