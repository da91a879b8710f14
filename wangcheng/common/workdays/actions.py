"""Entering a year's holidays and make-up days: the one way the calendar changes.  For the command and its page."""

from __future__ import annotations

from django.db import transaction

from wangcheng.common import clock
from wangcheng.common.models import CalendarYear, SpecialDay
from wangcheng.common.workdays.days import SpecialDay as PureDay
from wangcheng.common.workdays.holidays import BrokenHolidayFile, HolidayYear


@transaction.atomic
def load_year(paper: HolidayYear) -> bool:
    """录入放假安排: the year's special days become those of `paper`.  Whether anything changed.

    BrokenHolidayFile when another year's paper already says something else about one of the days.
    """
    year = CalendarYear.objects.select_for_update().filter(year=paper.year).first()
    if year is not None and _days_of(year) == set(paper.days) and year.source == _source(paper):
        return False
    _refuse_contradiction(paper)
    year, _ = CalendarYear.objects.update_or_create(
        year=paper.year, defaults={"source": _source(paper), "loaded_at": clock.now()}
    )
    year.days.all().delete()
    days = [special.day for special in paper.days]
    taken = set(SpecialDay.objects.filter(day__in=days).values_list("day", flat=True))
    SpecialDay.objects.bulk_create(
        SpecialDay(day=special.day, name=special.name, is_working=special.is_working, year=year)
        for special in paper.days
        if special.day not in taken
    )
    return True


def _days_of(year: CalendarYear) -> set[PureDay]:
    return {PureDay(row.day, row.name, row.is_working) for row in year.days.all()}


def _source(paper: HolidayYear) -> str:
    return "、".join(paper.papers)[:200] or "国务院办公厅放假安排"


def _refuse_contradiction(paper: HolidayYear) -> None:
    """New Year's days may stand in two papers; they must then agree."""
    ours = {special.day: special.is_working for special in paper.days}
    others = SpecialDay.objects.exclude(year__year=paper.year).filter(day__in=ours).select_related("year")
    for other in others:
        if other.is_working != ours[other.day]:
            raise BrokenHolidayFile(
                f"{other.day:%Y年%-m月%-d日}在{other.year.year}年和{paper.year}年的放假安排中说法相反，没有载入。"
            )
