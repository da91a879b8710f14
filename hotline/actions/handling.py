"""承办单位: from 签收 to 办结申请, with the double push's receipt and the files kept on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from hotline import workflow
from hotline.actions.taking import locked, take
from hotline.models import Ticket, TicketAttachment
from wangcheng.common import clock
from wangcheng.common.casework import attachments
from wangcheng.common.workflow import Code, NotAllowed, actor_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.core.files.uploadedfile import UploadedFile

    from wangcheng.common.casework.contents import Content
    from wangcheng.common.models import User


@transaction.atomic
def sign(ticket_id: int, *, by: User | None, version: int | None = None, note: str = "") -> Ticket:
    """签收."""
    return take(locked(ticket_id, version), workflow.SIGN, by, note)


@transaction.atomic
def contact(
    ticket_id: int, *, by: User | None, way: str, outcome: str, version: int | None = None, note: str = ""
) -> Ticket:
    """联系: an attempt to reach the caller, now."""
    return take(locked(ticket_id, version), workflow.CONTACT, by, note, way=way, outcome=outcome)


@transaction.atomic
def confirm_push(ticket_id: int, *, by: User) -> None:
    """双推送回执: a grid leader or officer has seen the ticket; the first time counts."""
    ticket = locked(ticket_id, None)
    ticket.pushes.filter(user=by, read_at=None).update(read_at=clock.now())


@transaction.atomic
def progress(
    ticket_id: int,
    *,
    by: User | None,
    note: str,
    photos: Sequence[UploadedFile | Content] = (),
    version: int | None = None,
) -> Ticket:
    """阶段反馈: words and photos."""
    ticket = take(locked(ticket_id, version), workflow.PROGRESS, by, note)
    _keep(ticket, photos, "progress", by)
    return ticket


@transaction.atomic
def ask_extension(ticket_id: int, *, by: User | None, days: int, note: str, version: int | None = None) -> Ticket:
    """申请延期: so many working days."""
    return take(locked(ticket_id, version), workflow.EXTEND, by, note, days=days)


@transaction.atomic
def rule_extension(
    ticket_id: int, *, by: User | None, granted: bool, version: int | None = None, note: str = ""
) -> Ticket:
    """延期裁定."""
    return take(locked(ticket_id, version), workflow.RULE_EXTEND, by, note, granted=granted)


@transaction.atomic
def assist(ticket_id: int, *, by: User | None, answer: str, version: int | None = None, note: str = "") -> Ticket:
    """会办: the co-unit's answer."""
    return take(locked(ticket_id, version), workflow.ASSIST, by, note, answer=answer)


@transaction.atomic
def finish(
    ticket_id: int,
    *,
    by: User | None,
    confirmed: str,
    facts: str,
    measures: str,
    resolved: str,
    reply: str,
    legal_basis: str = "",
    photos: Sequence[UploadedFile | Content] = (),
    version: int | None = None,
    note: str = "",
) -> Ticket:
    """办结申请: what was found and done, and what the caller was told."""
    ticket = take(
        locked(ticket_id, version), workflow.FINISH, by, note,
        confirmed=confirmed, facts=facts, measures=measures, legal_basis=legal_basis, resolved=resolved, reply=reply,
    )  # fmt: skip
    _keep(ticket, photos, "finish", by)
    return ticket


@transaction.atomic
def attach(
    ticket_id: int, files: Sequence[UploadedFile | Content], *, by: User, purpose: str = ""
) -> list[TicketAttachment]:
    """上传附件 beside the steps, told to the audit.  ValidationError where a file may not be kept."""
    if not by.has_perm("hotline.attach_ticket"):
        raise NotAllowed("您的岗位不能上传工单附件。", Code.RIGHT)
    ticket = locked(ticket_id, None)
    if ticket.state == Ticket.State.ARCHIVED:
        raise NotAllowed("工单已归档，不能再上传附件。", Code.STATE)
    if not ticket.concerns(actor_of(by)):
        raise NotAllowed("该工单现不由您的单位办理，不能上传附件。", Code.RIGHT)
    kept = _keep(ticket, files, purpose, by)
    attachments.record_kept(ticket, kept, by=by)
    return kept


def _keep(
    ticket: Ticket, files: Sequence[UploadedFile | Content], purpose: str, by: User | None
) -> list[TicketAttachment]:
    return [attachments.attach(TicketAttachment, ticket, file, by=by, purpose=purpose) for file in files]
