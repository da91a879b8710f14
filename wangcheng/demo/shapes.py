"""When things happen in the invented year: season, weekday and hour."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta

from wangcheng.common import clock
from wangcheng.common.workdays.calendar import Calendar
from wangcheng.demo.chance import Urn, apportion

# Calls to a district hotline peak in the hot months; February holds the Spring Festival.
SEASON = (0.86, 0.72, 0.97, 0.98, 1.0, 1.08, 1.16, 1.18, 1.06, 1.0, 0.98, 1.02)
HOURS = (4, 2, 1, 1, 1, 3, 10, 32, 78, 104, 98, 72, 40, 48, 80, 86, 82, 66, 44, 36, 32, 26, 16, 8)
_HOUR = Urn(range(24), HOURS)


def days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]


def per_day(total: int, year: int, calendar: Calendar) -> list[tuple[date, int]]:
    """`total` events spread over the year's days: fewer at weekends, fewest on holidays."""
    days = days_of(year)
    weights = [SEASON[day.month - 1] * (1.0 if calendar.is_working(day) else 0.62) for day in days]
    return list(zip(days, apportion(total, weights), strict=True))


def moments(day: date, count: int, chance: random.Random) -> list[datetime]:
    """`count` moments of a day, in order."""
    found = [
        clock.at(day, _HOUR.draw(chance), chance.randrange(60)) + timedelta(seconds=chance.randrange(60))
        for _ in range(count)
    ]
    return sorted(found)
