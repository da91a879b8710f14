"""Text messages about tickets: what is said to whom.  Called inside the transaction; the outbox sends after commit.

Never the caller's name, phone or address: only number, title and deadline.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hotline import lookups
from wangcheng.common import clock
from wangcheng.common.models import Message, Organisation, User
from wangcheng.common.people.masking import mask_text
from wangcheng.common.sms.actions import Text, queue_all

if TYPE_CHECKING:
    from datetime import datetime

    from hotline.models import Ticket

_TITLE = 14  # so much of a title fits beside number, deadline and signature into one segment


def dispatched(ticket: Ticket, unit_people: list[User], grid_people: list[User]) -> None:
    """派单: the unit and its co-units are told; the leader and officer of the grid get the push."""
    texts = [_text(ticket, notice_text(ticket), unit_people, Message.Purpose.NOTICE)]
    if ticket.pushed_at is not None and ticket.pushed_at == ticket.dispatched_at:
        texts.append(_text(ticket, push_text(ticket), grid_people, Message.Purpose.PUSH, ticket.unit))
    queue_all(texts)


def notice_text(ticket: Ticket) -> str:
    """派单 as the units are told."""
    return _said(ticket, f"收到新工单，{_by(ticket.due_at)}前办结。")


def push_text(ticket: Ticket) -> str:
    """双推送 as the grid is told."""
    return _said(ticket, f"已推送至您的网格，请{_by(ticket.contact_due_at)}前联系来电人。")


def sent_back(ticket: Ticket) -> None:
    """重办: the unit is told of the new round."""
    people = [post.user for post in lookups.unit_people([ticket.unit_id], clock.today())]
    words = f"退回重办（第{ticket.round}轮），{_by(ticket.due_at)}前办结。"
    queue_all([_text(ticket, _said(ticket, words), people, Message.Purpose.NOTICE)])


def _said(ticket: Ticket, words: str) -> str:
    return f"12345工单{ticket.number}“{mask_text(ticket.title)[:_TITLE]}”{words}"


def _text(
    ticket: Ticket, said: str, people: list[User], purpose: Message.Purpose, unit: Organisation | None = None
) -> Text:
    urgent = ticket.urgency != ticket.Urgency.NORMAL
    return Text(said, people, purpose, ticket.number, urgent, unit)


def reminder_text(number: str, title: str, due: datetime, *, expired: bool) -> str:
    """到期提醒 as it is sent; one segment."""
    when = f"{clock.local(due):%m月%d日%H:%M}"
    words = f"已于{when}到期，请立即办理" if expired else f"将于{when}到期，请按时办结"
    return f"12345工单{number}“{mask_text(title)[:_TITLE]}”{words}。"


def remind(ticket: Ticket, *, expired: bool) -> int:
    """到期提醒 to everybody of the unit; how many messages were queued.  One per recipient counts as a reminder."""
    due = ticket.internal_due_at
    posts = lookups.unit_people([ticket.unit_id], clock.today())
    if due is None or not posts:
        return 0
    text = reminder_text(ticket.number, ticket.title, due, expired=expired)
    urgent = ticket.urgency != ticket.Urgency.NORMAL
    people = [post.user for post in posts]
    return len(queue_all([Text(text, people, Message.Purpose.REMINDER, ticket.number, urgent)]))


def _by(moment: datetime | None) -> str:
    return f"{clock.local(moment):%m月%d日%H:%M}" if moment else "规定时间"
