"""What the clock does with tickets: reminders and archiving.  Each is safe to run twice and at once."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from celery import shared_task
from django.db import IntegrityError, transaction

from hotline import actions, notify
from hotline.models import Ticket, TicketReminder
from hotline.rules import Limits, Reminders
from wangcheng.common import clock
from wangcheng.common.policy.registry import in_force
from wangcheng.common.workdays.calendar import Limit
from wangcheng.common.workdays.in_force import current_calendar
from wangcheng.common.workflow import NotAllowed

if TYPE_CHECKING:
    from datetime import datetime

    from hotline.querysets import TicketQuerySet

log = logging.getLogger(__name__)
_AT_ONCE = 500  # tickets of one run; the next run takes the rest


@shared_task(name="hotline.remind_units")
def remind_units() -> int:
    """到期提醒 by the internal deadline: once before it, once at it.  Returns how many messages were queued."""
    now = clock.now()
    soon, soon_urgent = _horizon(now)
    queued = 0
    for kind in TicketReminder.Kind:
        ripe = Ticket.objects.to_remind(kind, now, soon, soon_urgent)
        for pk in ripe.values_list("pk", flat=True)[:_AT_ONCE]:
            queued += _remind(pk, kind, ripe)
    return queued


def _horizon(now: datetime) -> tuple[datetime, datetime]:
    """Until when deadlines are near: in working time, and for 紧急 and 特急 in natural time."""
    rules, due = in_force(Reminders, clock.local(now).date()), current_calendar().due
    return (
        due(now, Limit(rules.hours_before, "hours")).at,
        due(now, Limit(rules.minutes_before_urgent, "minutes", "natural")).at,
    )


@transaction.atomic
def _remind(ticket_id: int, kind: TicketReminder.Kind, ripe: TicketQuerySet) -> int:
    """One reminder of one deadline; the row is the claim, so that no second run repeats it.

    Asked again under the lock: the ticket may have been finished, suspended or given more time meanwhile.
    """
    ticket = ripe.select_for_update(of=("self",)).select_related("unit").filter(pk=ticket_id).first()
    if ticket is None:
        return 0
    try:
        with transaction.atomic():
            row = TicketReminder.objects.create(case=ticket, kind=kind, due_at=ticket.internal_due_at, at=clock.now())
    except IntegrityError:  # another run was faster
        return 0
    row.messages = notify.remind(ticket, expired=kind == TicketReminder.Kind.EXPIRED)
    row.save(update_fields=["messages"])
    return row.messages


@shared_task(name="hotline.archive_tickets")
def archive_tickets() -> int:
    """归档 what was closed long enough ago.  Returns how many."""
    days = in_force(Limits, clock.today()).archive_days
    closed_before = clock.now() - timedelta(days=days)
    ripe = Ticket.objects.filter(state=Ticket.State.CLOSED, closed_at__lte=closed_before).order_by("closed_at")
    return sum(_archive(pk) for pk in ripe.values_list("pk", flat=True)[:_AT_ONCE])


def _archive(ticket_id: int) -> int:
    try:
        actions.archive(ticket_id, by=None)
    except NotAllowed as refused:  # opened again meanwhile, or recorded under a longer limit
        log.info("ticket %s is not archived: %s", ticket_id, refused.message)
        return 0
    return 1
