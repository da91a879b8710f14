"""审核, 回访, 重办: whether a ticket is closed, or goes back to its unit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from hotline import notify, workflow
from hotline.actions.taking import locked, take
from hotline.models import Ticket
from wangcheng.common.casework.handing import settle

if TYPE_CHECKING:
    from wangcheng.common.models import User


@transaction.atomic
def review(ticket_id: int, *, by: User | None, passed: bool, version: int | None = None, note: str = "") -> Ticket:
    """审核: on to the callback, or back to the unit."""
    return take(locked(ticket_id, version), workflow.REVIEW, by, note, passed=passed)


@transaction.atomic
def callback(
    ticket_id: int,
    *,
    by: User | None,
    resolved: str,
    satisfaction: str,
    at_fault: bool = False,
    version: int | None = None,
    note: str = "",
) -> Ticket:
    """回访: closes the ticket, or at the unit's fault begins a new round."""
    ticket = locked(ticket_id, version)
    take(ticket, workflow.CALLBACK, by, note, resolved=resolved, satisfaction=satisfaction, at_fault=at_fault)
    if at_fault:
        notify.sent_back(ticket)
    close_merged(ticket)
    return ticket


def close_merged(parent: Ticket) -> None:
    """What was merged into a ticket is closed with it, however it ended: each caller is answered."""
    if parent.state not in {Ticket.State.CLOSED, Ticket.State.REJECTED}:
        return
    ended: dict[str, Any] = {
        "parent_number": parent.number,
        "ended": parent.state_label,
        "finished_at": parent.finished_at,
    }
    for child in Ticket.objects.select_for_update(of=("self",)).filter(merged_into=parent, state=Ticket.State.MERGED):
        take(child, workflow.FOLLOW, None, **ended)


@transaction.atomic
def acknowledge(ticket_id: int, *, by: User | None, note: str, version: int | None = None) -> Ticket:
    """知悉: no new round for what the city's callback found."""
    return take(locked(ticket_id, version), workflow.ACKNOWLEDGE, by, note)


@transaction.atomic
def redo(ticket_id: int, *, by: User | None, note: str, version: int | None = None) -> Ticket:
    """重办: a new round for the same unit, or for the one that has taken over from it since."""
    ticket = take(locked(ticket_id, version), workflow.REDO, by, note)
    settle(ticket)
    notify.sent_back(ticket)
    return ticket
