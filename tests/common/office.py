"""The office whose working time the tests count: the shipped holidays of 2021–2026 and the ordinary hours."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import wangcheng.common.workdays as workdays
from wangcheng.common.workdays.calendar import SHANGHAI, Calendar, Slots
from wangcheng.common.workdays.holidays import HolidayYear, load_holidays

FILES = sorted((Path(workdays.__path__[0]) / "data").glob("holidays_*.json"))
HOURS = Slots.of("09:00-12:00", "13:30-17:30")


def calendar_of(years: Iterable[HolidayYear]) -> Calendar:
    loaded = list(years)
    return Calendar([day for year in loaded for day in year.days], HOURS, [year.year for year in loaded])


OFFICE = calendar_of(load_holidays(file.read_bytes()) for file in FILES)


def at(text: str) -> datetime:
    """A moment on the office's clock: at("2022-12-30 16:30")."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)
