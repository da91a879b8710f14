"""What every action on a ticket begins and ends with: lock it, gather the facts, take the step.  For this package only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hotline import lookups
from hotline.models import Ticket
from wangcheng.common import clock
from wangcheng.common.workdays.in_force import current_calendar
from wangcheng.common.workflow import Facts, Step, actor_of, move

if TYPE_CHECKING:
    from wangcheng.common.models import User


def locked(ticket_id: int, version: int | None) -> Ticket:
    """The ticket, ours until the transaction ends.  NotAllowed where `version` is not its own any more."""
    ticket: Ticket = Ticket.objects.locked(ticket_id, version)
    return ticket


def take(ticket: Ticket, step: Step, by: User | None, note: str = "", **inputs: Any) -> Ticket:
    """The step taken now on a locked ticket."""
    facts = Facts(clock.now(), actor_of(by), current_calendar(), lookups.rules_for(ticket), inputs, note)
    move(ticket, step, facts)
    return ticket
