"""Reads a year's holidays and make-up days from a file in the holiday-cn layout.

Pure: text in, facts out.  Called by the command and the page that load a new year, and by tests.
"""

import json
from datetime import date
from typing import Any, NamedTuple

from wangcheng.common.workdays.days import SpecialDay


class BrokenHolidayFile(ValueError):
    """The file cannot be used; the message is one Chinese sentence for the clerk."""


class HolidayYear(NamedTuple):
    """One year's arrangement: `papers` are the addresses of the State Council's notices it was taken from."""

    year: int
    papers: tuple[str, ...]
    days: tuple[SpecialDay, ...]


def load_holidays(text: str | bytes) -> HolidayYear:
    """放假安排: {"year", "papers", "days": [{"name", "date", "isOffDay"}, …]}; BrokenHolidayFile if unusable.

    A file without a single day is refused too: holiday-cn publishes such files before the notice is out, and taking it
    for an answer would turn "not known yet" into "no holidays".
    """
    content = _parse(text)
    year = content.get("year")
    if type(year) is not int or not 1000 <= year < 9999:
        raise BrokenHolidayFile("放假安排文件缺少年份（year），或年份不是四位整数。")
    rows = content.get("days")
    if not isinstance(rows, list):
        raise BrokenHolidayFile(f"{year}年的放假安排文件缺少日期列表（days）。")
    if not rows:
        raise BrokenHolidayFile(f"{year}年的放假安排文件里没有任何日期，可能尚未公布，不能载入。")
    days = tuple(_special_day(row, number, year) for number, row in enumerate(rows, start=1))
    _refuse_repeats(days, year)
    return HolidayYear(year, _papers(content, year), tuple(sorted(days)))


def _parse(text: str | bytes) -> dict[str, Any]:
    try:
        content = json.loads(text.decode("utf-8-sig") if isinstance(text, bytes) else text.removeprefix("\ufeff"))
    except UnicodeDecodeError as error:
        raise BrokenHolidayFile("放假安排文件不是UTF-8编码。") from error
    except json.JSONDecodeError as error:
        raise BrokenHolidayFile(f"放假安排文件不是有效的JSON：第{error.lineno}行第{error.colno}列有误。") from error
    if not isinstance(content, dict):
        raise BrokenHolidayFile("放假安排文件的最外层应为对象，含年份（year）和日期列表（days）。")
    return content


def _special_day(row: object, number: int, year: int) -> SpecialDay:
    where = f"{year}年放假安排第{number}条"
    if not isinstance(row, dict):
        raise BrokenHolidayFile(f"{where}不是对象。")
    name, off = row.get("name"), row.get("isOffDay")
    if not isinstance(name, str) or not name.strip():
        raise BrokenHolidayFile(f"{where}缺少节日名称（name）。")
    if not isinstance(off, bool):
        raise BrokenHolidayFile(f"{where}的是否放假（isOffDay）应为true或false。")
    return SpecialDay(_day(row.get("date"), where, year), name.strip(), not off)


def _day(value: object, where: str, year: int) -> date:
    try:
        day = date.fromisoformat(str(value))
    except ValueError as error:
        raise BrokenHolidayFile(f"{where}的日期“{value}”无效，应为2023-01-01的形式。") from error
    # New Year's days off may begin in the old year; a notice reaches no further.
    if not date(year - 1, 12, 1) <= day < date(year + 1, 2, 1):
        raise BrokenHolidayFile(f"{where}的日期“{value}”不在{year}年放假安排的范围内。")
    return day


def _refuse_repeats(days: tuple[SpecialDay, ...], year: int) -> None:
    seen: set[date] = set()
    for special in days:
        if special.day in seen:
            raise BrokenHolidayFile(f"{year}年放假安排中{special.day:%Y-%m-%d}重复出现。")
        seen.add(special.day)


def _papers(content: dict[str, Any], year: int) -> tuple[str, ...]:
    papers = content.get("papers", [])
    if not isinstance(papers, list) or not all(isinstance(paper, str) for paper in papers):
        raise BrokenHolidayFile(f"{year}年放假安排的文件来源（papers）应为网址列表。")
    return tuple(papers)
