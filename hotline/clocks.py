"""The clocks of a ticket (DOMAIN: 时限): which limit applies and when it runs out.  Pure; called by plans and pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from hotline.rules import Limits
from wangcheng.common.workdays.calendar import Calendar, Limit
from wangcheng.common.workdays.calendar import Clock as Kind

NORMAL = "normal"
CRITICAL = "critical"


def is_fast(urgency: str) -> bool:
    """紧急 and 特急: limits of 24 hours and less run in natural time."""
    return urgency != NORMAL


def kind(urgency: str) -> Kind:
    """The clock of what runs from the dispatch (签收, 联系, 退单): limits within 24 hours are natural time."""
    return "natural" if is_fast(urgency) else "working"


def sign(limits: Limits, urgency: str) -> Limit:
    if is_fast(urgency):
        return Limit(limits.sign_urgent_minutes, "minutes", "natural")
    return Limit(limits.sign_hours, "hours")


def contact(limits: Limits, urgency: str) -> Limit:
    if is_fast(urgency):
        return Limit(limits.contact_urgent_hours, "hours", "natural")
    return Limit(limits.contact_hours, "hours")


def contact_due(limits: Limits, calendar: Calendar, start: datetime, urgency: str, handled_by: datetime) -> datetime:
    """联系时限 of a unit that has the ticket since `start`: never later than when it is to be done with it."""
    return min(calendar.due(start, contact(limits, urgency)).at, handled_by)


def giving_back(limits: Limits, urgency: str) -> Limit:
    """退单时限."""
    return Limit(limits.return_hours, "hours", kind(urgency))


def first_report(limits: Limits) -> Limit:
    """首次反馈: only 紧急 and 特急 have it."""
    return Limit(limits.urgent_report_hours, "hours", "natural")


def handling(limits: Limits, type_: str, urgency: str, days: int | None = None) -> Limit:
    """办理时限 of a new ticket: the `days` of its category where it has a limit of its own, else those of its type."""
    if is_fast(urgency):
        return Limit(limits.urgent_result_hours, "hours", "natural")
    return Limit(days or getattr(limits, f"{type_}_days"), "days")


def redo(limits: Limits, urgency: str) -> Limit:
    """重办时限; 特急 runs on the natural clock."""
    return Limit(limits.redo_days, "days", "natural" if urgency == CRITICAL else "working")


def of_round(limits: Limits, type_: str, urgency: str, round_: int, days: int | None = None) -> Limit:
    """办理时限 of the current round, with the clock it runs and pauses on: the first is 办理, every other one 重办."""
    return redo(limits, urgency) if round_ > 1 else handling(limits, type_, urgency, days)


def assist(limits: Limits, urgency: str) -> Limit:
    """会办时限 of a co-unit: never longer than the ticket's own for 紧急 and 特急."""
    if is_fast(urgency):
        return Limit(limits.urgent_result_hours, "hours", "natural")
    return Limit(limits.assist_days, "days")


def share(calendar: Calendar, start: datetime, limit: Limit, percent: int) -> datetime:
    """`start` and so much of the limit, on the limit's own clock."""
    amount = max(1, calendar.seconds(limit) * percent // 6000)
    return calendar.due(start, Limit(amount, "minutes", limit.clock)).at


def internal(limits: Limits, calendar: Calendar, start: datetime, limit: Limit, city_due: datetime | None) -> datetime:
    """内部时限: the later of some working days before the city's deadline and `start` plus a share of the limit.

    Without a city deadline the unit has the whole limit from `start`.
    """
    if city_due is None:
        return calendar.due(start, limit).at
    before = calendar.back(city_due, limits.internal_days_before).at
    return max(before, share(calendar, start, limit, limits.internal_percent))


@dataclass(frozen=True, slots=True)
class Matter:
    """What the limits of a ticket depend on."""

    type: str
    urgency: str
    city_due_at: datetime | None
    round: int = 1
    days: int | None = None  # 办理时限 of its category, in working days


def of_unit(limits: Limits, calendar: Calendar, start: datetime, matter: Matter) -> dict[str, datetime | None]:
    """Every deadline of a unit that has the ticket since `start`, by its column; None: it has no such deadline."""
    urgency, due = matter.urgency, calendar.due
    limit = of_round(limits, matter.type, urgency, matter.round, matter.days)
    inner = internal(limits, calendar, start, limit, matter.city_due_at)
    return {
        "sign_due_at": due(start, sign(limits, urgency)).at,
        "return_due_at": due(start, giving_back(limits, urgency)).at,
        "internal_due_at": inner,
        "contact_due_at": contact_due(limits, calendar, start, urgency, inner),
        "report_due_at": due(start, first_report(limits)).at if is_fast(urgency) else None,
    }
