"""市级更新 and the clocks: what a new deadline, type, urgency or category of the city does to the deadlines of a ticket.

The unit's clocks run from the dispatch, the city's from receipt, under the limits of the ticket's own version.  A deadline
that was given by the city, ruled on (延期), paused or begun anew (重办) is no longer what the limits gave, and stays.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from hotline import clocks
from hotline.clocks import Matter
from hotline.models.choices import WITH_UNIT, State
from wangcheng.common.workflow import Facts

if TYPE_CHECKING:
    from hotline.models import Ticket

Dues = dict[str, datetime | None]
_DEPENDS = (("type", "type"), ("urgency", "urgency"), ("days", "category_days"))  # of Matter, and the ticket's column
# a deadline and the column of what met it
_MET = {"sign_due_at": "signed_at", "contact_due_at": "first_contact_at", "report_due_at": "reported_at"}


def reclocked(case: Ticket, facts: Facts, changes: dict[str, Any]) -> dict[str, Any]:
    """The columns of deadlines that follow from `changes`; after 办结 nothing moves but what the city says itself."""
    given = changes.get("city_due_at")
    was = Matter(case.type, case.urgency, case.city_due_at, case.round, case.category_days)
    now = replace(was, city_due_at=None, **{name: changes[column] for name, column in _DEPENDS if column in changes})
    now = replace(now, city_due_at=given or _of_city(case, facts, was, now))
    if now == was:
        return {}
    city_due = now.city_due_at
    moved: Dues = {} if city_due == case.city_due_at else {"city_due_at": city_due, "due_at": city_due}
    if case.state not in WITH_UNIT or case.round_started_at is None:
        return moved
    return moved | _of_unit(case, facts, was, now)


def _of_city(case: Ticket, facts: Facts, was: Matter, now: Matter) -> datetime | None:
    """The city's deadline by the new type and urgency, where the old one was what the limits gave from receipt."""
    limits, due = facts.rules.limits, facts.calendar.due
    running = case.state in WITH_UNIT | {State.RECEIVED}
    if not running or was.city_due_at is None or "city_due_at" in case.delivered:
        return was.city_due_at
    if due(case.received_at, clocks.handling(limits, was.type, was.urgency, was.days)).at != was.city_due_at:
        return was.city_due_at
    return due(case.received_at, clocks.handling(limits, now.type, now.urgency, now.days)).at


def _of_unit(case: Ticket, facts: Facts, was: Matter, now: Matter) -> Dues:
    """The unit's deadlines; one that would have been over before the unit could know of it runs from this moment."""
    assert case.round_started_at is not None
    limits, calendar, start = facts.rules.limits, facts.calendar, case.round_started_at
    before, after = (clocks.of_unit(limits, calendar, start, matter) for matter in (was, now))
    told = clocks.of_unit(limits, calendar, facts.at, now)
    same = {name for name, due in before.items() if _runs(case, name) and getattr(case, name) == due}
    if case.round > 1:
        same.discard("internal_due_at")  # of a redo, whatever the type and urgency
    if now.city_due_at != was.city_due_at:
        same.add("internal_due_at")  # it hangs on the city's, wherever that came from
    moved = {name: _fair(after[name], told[name], facts.at) for name in same if after[name] != before[name]}
    if now.city_due_at is None and "internal_due_at" in moved:
        moved["due_at"] = moved["internal_due_at"]
    return moved


def _runs(case: Ticket, name: str) -> bool:
    return not (name in _MET and getattr(case, _MET[name])) and not (name == "contact_due_at" and case.anonymous)


def _fair(due: datetime | None, from_now: datetime | None, at: datetime) -> datetime | None:
    return from_now if due is not None and due <= at else due
