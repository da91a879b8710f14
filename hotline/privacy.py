"""来电人信息: what of a caller is shown to whom, and the one way to see more: click, reason, audit, rate limit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from django.db import transaction

from hotline.rules import Privacy
from wangcheng.common import clock
from wangcheng.common.audit.actions import record
from wangcheng.common.casework.doors import visible
from wangcheng.common.models import AuditEntry, User
from wangcheng.common.people.masking import mask_name, mask_phone, mask_text
from wangcheng.common.policy.registry import in_force
from wangcheng.common.workflow import Code, NotAllowed, actor_of

if TYPE_CHECKING:
    from django.http import HttpRequest

    from hotline.models import Ticket, TicketAttachment

HIDDEN = "保密"


@dataclass(frozen=True, slots=True)
class Revealed:
    """The caller and the matter in full."""

    caller_name: str
    caller_phone: str
    title: str
    content: str
    place: str


def caller(name: str, phone: str, *, secret: bool, anonymous: bool, centre: bool) -> dict[str, str]:
    """The caller as lists and details show it: masked; of 举报 and 保密 a unit sees nothing."""
    if secret and not centre:
        return {"name": HIDDEN, "phone": HIDDEN}
    if anonymous and not name:
        return {"name": "匿名", "phone": mask_phone(phone)}
    return {"name": mask_name(name), "phone": mask_phone(phone)}


def earlier(ticket: Ticket, user: User) -> Ticket | None:
    """The ticket of the same caller that this one repeats; no unit is led from a secret caller to an open one or back."""
    first: Ticket | None = ticket.repeat_of
    if first is None or user.at_centre:
        return first
    return None if ticket.is_secret or first.is_secret else first


def named_for(user: User, ticket: Ticket, file: TicketAttachment) -> TicketAttachment:
    """The file under the name that `user` may read: people write into it who complains."""
    if user.at_centre:
        file.name = mask_text(file.name)
    elif ticket.is_secret:
        file.name = f"附件{file.pk}{PurePosixPath(file.name).suffix}"
    else:
        file.name = ticket.told(file.name)
    return file


@transaction.atomic
def reveal(ticket: Ticket, *, by: User, reason: str, request: HttpRequest | None = None) -> Revealed:
    """查看来电人信息: with a reason, written into the audit; so many an hour.  NotAllowed says why not."""
    if not by.has_perm("hotline.reveal_ticket"):
        raise NotAllowed("您的岗位不能查看来电人信息。", Code.RIGHT)
    if ticket.is_secret and not by.at_centre:
        raise NotAllowed("举报和保密工单的来电人信息不向承办单位提供，请通过区中心转达。", Code.RIGHT)
    if not ticket.concerns(actor_of(by)):
        raise NotAllowed("该工单现不由您的单位办理，不能查看来电人信息。", Code.RIGHT)
    if len(visible(reason)) < 2:
        raise NotAllowed("请写明查看理由。", Code.RULE, "reason")
    _check_rate(by)
    record(
        AuditEntry.Kind.REVEAL, f"查看工单{ticket.number}的来电人信息：{reason}", by=by,
        object=f"ticket {ticket.number}", data={"reason": reason}, request=request,
    )  # fmt: skip
    return Revealed(ticket.caller_name, ticket.caller_phone, ticket.title, ticket.content, ticket.place)


def _check_rate(by: User) -> None:
    User.objects.select_for_update(no_key=True).get(pk=by.pk)  # of two at once the second counts the first
    most = in_force(Privacy, clock.today()).reveals_per_hour
    since = clock.now() - timedelta(hours=1)
    if AuditEntry.objects.filter(kind=AuditEntry.Kind.REVEAL, actor=by, at__gt=since).count() >= most:
        raise NotAllowed(f"一小时内查看来电人信息已达{most}次，请稍后再试。", Code.STATE)
