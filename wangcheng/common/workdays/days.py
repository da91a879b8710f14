"""Which days are worked: Monday to Friday, corrected by the special days of the State Council's papers.

Pure: no Django, no database, no system time.  `holidays.py` reads the special days, `calendar.py` counts on the line.
Days are counted by their ordinal (`date.toordinal`); ordinal 1 is a Monday, so the weekdays before a day are a formula
and only the special days need to be looked up (bisect).  The line therefore has no horizon at either end.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import date
from itertools import accumulate
from typing import NamedTuple

WEEK, WORKWEEK = 7, 5
LAST_SURE_DAY = 12, 24  # of a year whose next paper is not loaded: see SettledSpans


class SpecialDay(NamedTuple):
    """A day named in a paper: a holiday, or a make-up day (调休上班日) when `is_working`."""

    day: date
    name: str
    is_working: bool


class WorkdayLine:
    """The working days of all time in order; immutable.  Rank = how many working days lie before a day."""

    __slots__ = ("_deviations", "_names", "_ranks", "_shifts", "_working")

    def __init__(self, special_days: Iterable[SpecialDay]) -> None:
        named = _by_ordinal(special_days)
        self._names = {ordinal: special.name for ordinal, special in named.items()}
        self._working = {ordinal: special.is_working for ordinal, special in named.items()}
        self._deviations = sorted(o for o, works in self._working.items() if works != _is_weekday(o))
        changes = (1 if self._working[o] else -1 for o in self._deviations)
        self._shifts = list(accumulate(changes, initial=0))
        self._ranks = [self.rank(o) for o in self._deviations]

    def is_working(self, ordinal: int) -> bool:
        works = self._working.get(ordinal)
        return _is_weekday(ordinal) if works is None else works

    def name(self, ordinal: int) -> str | None:
        """The holiday's name if a paper names this day, make-up days included."""
        return self._names.get(ordinal)

    def rank(self, ordinal: int) -> int:
        weeks, weekday = divmod(ordinal - 1, WEEK)
        weekdays_before = weeks * WORKWEEK + (weekday if weekday < WORKWEEK else WORKWEEK)
        return weekdays_before + self._shifts[bisect_left(self._deviations, ordinal)]

    def at(self, rank: int) -> int:
        """The working day with this rank; the inverse of `rank` on working days."""
        passed = bisect_right(self._ranks, rank)  # deviations on or before the day we look for
        if passed and self._ranks[passed - 1] == rank and self._working[self._deviations[passed - 1]]:
            return self._deviations[passed - 1]
        weeks, weekday = divmod(rank - self._shifts[passed], WORKWEEK)
        return weeks * WEEK + weekday + 1


def _is_weekday(ordinal: int) -> bool:
    return (ordinal - 1) % WEEK < WORKWEEK


def _by_ordinal(special_days: Iterable[SpecialDay]) -> dict[int, SpecialDay]:
    named: dict[int, SpecialDay] = {}
    for special in special_days:
        known = named.setdefault(special.day.toordinal(), special)
        if known.is_working != special.is_working:
            raise ValueError(f"{special.day:%Y-%m-%d}既列为放假日又列为上班日，请核对放假安排。")
    return named


class SettledSpans:
    """The stretches of days about which the loaded papers leave no doubt; immutable.

    The paper of a year may still change the last days of the year before it (31 December 2022 stands in the paper for
    2023), so a year is settled to its end only when the next paper is loaded too, otherwise up to 24 December: no paper
    of 2021–2026 touches a day before 31 December of the year before, the week is margin.
    """

    __slots__ = ("_ends", "_starts", "years")

    def __init__(self, years: Iterable[int]) -> None:
        self.years = frozenset(years)
        firsts = sorted(year for year in self.years if year - 1 not in self.years)
        lasts = sorted(year for year in self.years if year + 1 not in self.years)
        self._starts = [date(year, 1, 1).toordinal() for year in firsts]
        self._ends = [date(year, *LAST_SURE_DAY).toordinal() for year in lasts]

    def cover(self, first: int, last: int) -> bool:
        """Whether every day from ordinal `first` to `last` is settled."""
        index = bisect_right(self._starts, first) - 1
        return index >= 0 and last <= self._ends[index]

    def missing_years(self, first: int, last: int) -> list[int]:
        """The years whose paper would be needed to settle the days from ordinal `first` to `last`."""
        opening, closing = date.fromordinal(first), date.fromordinal(last)
        reaches_next_paper = (closing.month, closing.day) > LAST_SURE_DAY
        needed = range(opening.year, closing.year + reaches_next_paper + 1)
        return [year for year in needed if year not in self.years]
