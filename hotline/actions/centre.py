"""区中心: 挂起, 合并, 剔除, 归档, 更正."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from hotline import lookups, workflow
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
def merge(ticket_id: int, *, by: User | None, parent: Ticket, version: int | None = None, note: str = "") -> Ticket:
    """合并: into an open ticket, which is locked as well so that it cannot close meanwhile.

    Both are locked in the order of their keys: two that are merged into each other at once wait instead of deadlocking.
    """
    versions = {parent.pk: None, ticket_id: version}
    found = {pk: locked(pk, versions[pk]) for pk in sorted(versions)}
    parent, ticket = found[parent.pk], found[ticket_id]
    return take(
        ticket, workflow.MERGE, by, note,
        parent_id=parent.pk, parent_number=parent.number, parent_open=parent.state in Ticket.OPEN,
        has_children=ticket.merged.exists(),
    )  # fmt: skip


@transaction.atomic
def unmerge(ticket_id: int, *, by: User | None, version: int | None = None, note: str = "") -> Ticket:
    """撤销合并."""
    return take(locked(ticket_id, version), workflow.UNMERGE, by, note)


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
    return take(ticket, workflow.CORRECT, by, note, **given)
