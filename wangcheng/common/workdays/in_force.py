"""The working calendar as entered by the office, ready to count with.  Kept per process until the rows change."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from django.db.models import Count, Max

from wangcheng.common import clock
from wangcheng.common.models import CalendarYear, SpecialDay
from wangcheng.common.policy.registry import in_force, rule, rules
from wangcheng.common.workdays.calendar import Calendar, Slots
from wangcheng.common.workdays.days import SpecialDay as PureDay


@rules("common.working_hours", "作息时间")
@dataclass(frozen=True)
class WorkingHours:
    """作息时间: the slots of a working day."""

    slots: tuple[str, ...] = rule(("09:00-12:00", "13:30-17:30"), "工作时段", help="按“09:00-12:00”的形式，每段一行")


def current_calendar() -> Calendar:
    """The calendar with every loaded year and today's working hours."""
    seen = CalendarYear.objects.aggregate(last=Max("loaded_at"), years=Count("pk"))
    slots = in_force(WorkingHours, clock.today()).slots
    return _build(str(seen["last"]), seen["years"], tuple(slots))


@lru_cache(maxsize=4)
def _build(loaded: str, years: int, slots: tuple[str, ...]) -> Calendar:
    days = [PureDay(row.day, row.name, row.is_working) for row in SpecialDay.objects.all()]
    return Calendar(days, Slots.of(*slots), CalendarYear.objects.values_list("year", flat=True))
