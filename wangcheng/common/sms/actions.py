"""Text messages: queue one, and what a person does about those that failed or hang in the air.

Writing to the outbox happens in the transaction that causes the message; the worker sends afterwards (sms.sending).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from wangcheng.common import clock
from wangcheng.common.audit.actions import record
from wangcheng.common.jobs.wake import after_commit
from wangcheng.common.models import AuditEntry, Message, User
from wangcheng.common.people.masking import mask_numbers, mask_phone
from wangcheng.common.policy.registry import in_force
from wangcheng.common.sms.rules import MessageRules
from wangcheng.common.sms.tasks import send_messages
from wangcheng.common.workflow import Code, NotAllowed

if TYPE_CHECKING:
    from wangcheng.common.people.models import Organisation

MOBILE = re.compile(r"1[3-9]\d{9}")


@dataclass(frozen=True, slots=True)
class Text:
    """One text to several people.  A title `quoted` in it is cut where the text would need a second segment."""

    text: str
    to: Iterable[User | str]
    purpose: Message.Purpose
    about: str = ""
    urgent: bool = False
    organisation: Organisation | None = None
    quoted: str = ""


def queue(
    text: str,
    to: Iterable[User | str],
    *,
    purpose: Message.Purpose,
    about: str = "",
    urgent: bool = False,
    organisation: Organisation | None = None,
) -> list[Message]:
    """发短信: one row per phone, sent when the transaction has committed and the quiet hours are over.

    `text` goes without the signature; citizens' numbers in it are masked.  A person without a valid mobile number gets a
    row that has failed already, so that somebody sees it.  A phone named twice gets one message.
    """
    return queue_all([Text(text, to, purpose, about, urgent, organisation)])


@transaction.atomic(savepoint=False)
def queue_all(texts: Iterable[Text]) -> list[Message]:
    """发短信: several texts of one occasion, in one go."""
    rules = in_force(MessageRules, clock.today())
    messages = Message.objects.bulk_create([row for text in texts for row in _rows(text, rules)])
    after_commit(send_messages)
    return messages


def _rows(said: Text, rules: MessageRules) -> Iterable[Message]:
    text = mask_numbers(rules.fitted(" ".join(said.text.split()), said.quoted))
    now = clock.now()
    made: dict[str, Message] = {}
    for place, (person, phone) in enumerate(map(_addressee, said.to)):
        made.setdefault(
            phone or f"nobody-{person.pk if person else place}",
            Message(
                state=Message.State.WAITING if phone else Message.State.FAILED,
                error="" if phone else "收件人没有有效的手机号码",
                purpose=said.purpose,
                phone=phone,
                recipient=person,
                organisation=said.organisation or (person.organisation if person else None),
                text=text,
                segments=rules.segments(text),
                about=said.about,
                urgent=said.urgent,
                created_at=now,
                not_before=now if said.urgent else rules.earliest(now),
            ),
        )
    return made.values()


def _addressee(to: User | str) -> tuple[User | None, str]:
    """The person, if one is named, and the mobile number, if it can be one."""
    person, phone = (to, to.phone) if isinstance(to, User) else (None, to)
    digits = re.sub(r"[^\d]", "", phone).removeprefix("86")
    return person, digits if MOBILE.fullmatch(digits) else ""


@transaction.atomic
def settle_by_hand(message_id: int, *, arrived: bool, by: User) -> Message:
    """人工核实: a person has asked whether a message in doubt arrived."""
    message = _locked(message_id, by)
    if message.state != Message.State.UNSURE:
        raise NotAllowed(f"短信当前为“{message.get_state_display()}”，只有待核实的短信需要人工核实。", Code.STATE)
    if arrived:
        message.state, message.error = Message.State.MANUAL, "经人工核实，已收到"
        message.accepted_at = message.accepted_at or clock.now()
    else:
        message.state, message.error = Message.State.FAILED, "经人工核实，未收到"
    message.save(update_fields=["state", "error", "accepted_at"])
    _record(message, f"人工核实短信：{message.error}", by)
    return message


@transaction.atomic
def resend(message_id: int, *, by: User) -> Message:
    """重发: a new message in place of one that failed; the failed one counts as settled by hand."""
    failed = _locked(message_id, by)
    if failed.state != Message.State.FAILED:
        raise NotAllowed(f"短信当前为“{failed.get_state_display()}”，只有失败的短信可以重发。", Code.STATE)
    to = failed.recipient or failed.phone
    new = queue(
        failed.text,
        [to],
        purpose=Message.Purpose(failed.purpose),
        about=failed.about,
        urgent=failed.urgent,
        organisation=failed.organisation,
    )[0]
    failed.state, failed.error = Message.State.MANUAL, f"{failed.error}；已由{by.name}重发"[:200]
    failed.save(update_fields=["state", "error"])
    _record(new, "重发短信", by)
    return new


def _locked(message_id: int, by: User) -> Message:
    if not by.has_perm("common.manage_message"):
        raise NotAllowed("您的岗位没有管理短信的权限。", Code.RIGHT)
    return Message.objects.select_for_update().get(pk=message_id)


def _record(message: Message, summary: str, by: User) -> None:
    about = f"（{message.about}）" if message.about else ""
    record(
        AuditEntry.Kind.DATA, f"{summary}{about}，{mask_phone(message.phone)}", by=by, object=f"message {message.pk}"
    )
