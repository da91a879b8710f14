"""区中心: 挂起, 合并, 剔除, 归档, 更正."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from hotline import lookups, twins, workflow
from hotline.actions.taking import locked, take
from hotline.models import Ticket

if TYPE_CHECKING:
    from wangcheng.common.models import Area, Category, User


@transaction.atomic
def suspend(ticket_id: int, *, by: User | None, note: str, version: int | None = None) -> Ticket:
    """挂起."""
    return take(locked(ticket_id, version), workflow.SUSPEND, by, note)


@transaction.atomic
def resume(ticket_id: int, *, by: User | None, version: int | None = None, note: str = "") -> Ticket:
    """恢复."""
    return take(locked(ticket_id, version), workflow.RESUME, by, note)


@transaction.atomic
def merge(
    ticket_id: int,
    *,
    by: User | None,
    parent: Ticket,
    version: int | None = None,
    note: str = "",
    different: bool = False,
) -> Ticket:
    """合并: into an open ticket, which is locked as well so that it cannot close meanwhile; its own record says so too.

    Two that differ in village or type are not refused; the event says so, and whether the dispatcher knew (`different`).
    Both are locked in the order of their keys: two that are merged into each other at once wait instead of deadlocking.
    """
    versions = {parent.pk: None, ticket_id: version}
    found = {pk: locked(pk, versions[pk]) for pk in sorted(versions)}
    parent, ticket = found[parent.pk], found[ticket_id]
    take(
        ticket, workflow.MERGE, by, f"{note}{_difference(ticket, parent, different)}",
        parent_id=parent.pk, parent_number=parent.number, parent_open=parent.state in Ticket.OPEN,
        has_children=ticket.merged.exists(),
    )  # fmt: skip
    take(parent, workflow.ABSORB, None, child_number=ticket.number, gone=False)
    return ticket


def _difference(ticket: Ticket, parent: Ticket, knowingly: bool) -> str:
    """A sentence for the event where the two are not of one village or type."""
    differs = twins.difference(ticket, parent)
    return f"（两件工单的{differs}不同{'，合并时已确认' if knowingly else ''}。）" if differs else ""


@transaction.atomic
def unmerge(ticket_id: int, *, by: User | None, version: int | None = None, note: str = "") -> Ticket:
    """撤销合并; the parent is locked first, as by whoever closes it with all that follow it."""
    parent_id = Ticket.objects.values_list("merged_into_id", flat=True).get(pk=ticket_id)
    parent = locked(parent_id, None) if parent_id else None
    ticket = take(locked(ticket_id, version), workflow.UNMERGE, by, note)
    if parent is not None and parent.state in workflow.ABSORB.sources:
        take(parent, workflow.ABSORB, None, child_number=ticket.number, gone=True)
    return ticket


@transaction.atomic
def ask_exclusion(ticket_id: int, *, by: User | None, note: str, version: int | None = None) -> Ticket:
    """申请剔除."""
    return take(locked(ticket_id, version), workflow.EXCLUDE, by, note)


@transaction.atomic
def rule_exclusion(
    ticket_id: int, *, by: User | None, granted: bool, version: int | None = None, note: str = ""
) -> Ticket:
    """剔除裁定."""
    return take(locked(ticket_id, version), workflow.RULE_EXCLUDE, by, note, granted=granted)


@transaction.atomic
def archive(ticket_id: int, *, by: User | None, version: int | None = None, note: str = "") -> Ticket:
    """归档."""
    return take(locked(ticket_id, version), workflow.ARCHIVE, by, note)


@transaction.atomic
def correct(
    ticket_id: int,
    *,
    by: User | None,
    note: str,
    resolved: str = "",
    satisfaction: str = "",
    confirmed: str = "",
    category: Category | None = None,
    area: Area | None = None,
    marks: list[str] | None = None,
    version: int | None = None,
) -> Ticket:
    """更正: appended to the record; what was printed before stays as it was."""
    ticket = locked(ticket_id, version)
    given: dict[str, Any] = {
        name: value
        for name, value in (("resolved", resolved), ("satisfaction", satisfaction), ("confirmed", confirmed))
        if value
    }
    if category:
        given |= lookups.category_columns(category, ticket.created_day)
    if area:
        given |= lookups.place_columns(area)
    if marks is not None:
        given["marks"] = marks
    return take(ticket, workflow.CORRECT, by, note, **given)
