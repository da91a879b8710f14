"""Text messages about tickets: what is said to whom.  Called inside the transaction; the outbox sends after commit.

Never the caller's name, phone or address: only number, title and deadline.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hotline import lookups
from wangcheng.common import clock
from wangcheng.common.models import Message, Organisation, User
from wangcheng.common.sms.actions import Text, queue_all

if TYPE_CHECKING:
    from datetime import datetime

    from hotline.models import Ticket


def dispatched(ticket: Ticket, unit_people: list[User], grid_people: list[User]) -> None:
    """派单: the unit and its co-units are told; whom this very dispatch pushed it to in the grid, gets the push."""
    texts = [_text(ticket, notice_text(ticket), unit_people, Message.Purpose.NOTICE)]
    if pushed := lookups.pushed_to(ticket, grid_people):
        texts.append(_text(ticket, push_text(ticket), pushed, Message.Purpose.PUSH, ticket.unit))
    queue_all(texts)


def notice_text(ticket: Ticket) -> str:
    """派单 as the units are told."""
    return f"您单位收到{named(ticket)}，请{_by(ticket.due_at)}办结。"


def push_text(ticket: Ticket) -> str:
    """双推送 as the grid is told."""
    return f"{named(ticket)}已推送至您的网格，请{_by(ticket.contact_due_at)}联系来电人。"


def sent_back(ticket: Ticket) -> None:
    """重办: the unit is told of the new round."""
    people = [post.user for post in lookups.unit_people([ticket.unit_id], clock.today())]
    again = f"退回重办（第{ticket.round}轮），请您单位{_by(ticket.due_at)}办结。"
    words = named(ticket) + again
    queue_all([_text(ticket, words, people, Message.Purpose.NOTICE)])


def _text(
    ticket: Ticket, words: str, people: list[User], purpose: Message.Purpose, unit: Organisation | None = None
) -> Text:
    urgent = ticket.urgency != ticket.Urgency.NORMAL
    return Text(words, people, purpose, ticket.number, urgent, unit, quoted(ticket))


def named(ticket: Ticket) -> str:
    """How a message names its ticket."""
    return f"12345工单{ticket.number}“{quoted(ticket)}”"


def quoted(ticket: Ticket) -> str:
    """Its title as it stands in a message, before it is cut to one segment."""
    return ticket.told(" ".join(ticket.title.split()))


def reminder_text(ticket: Ticket, due: datetime, *, expired: bool) -> str:
    """到期提醒, with the whole title."""
    when = f"{clock.local(due):%-m月%-d日%H:%M}"
    words = f"已于{when}到期，请立即办理" if expired else f"将于{when}到期，请按时办结"
    return f"您单位{named(ticket)}{words}。"


def remind(ticket: Ticket, *, expired: bool) -> int:
    """到期提醒 to everybody of the unit; how many messages were queued.  One per recipient counts as a reminder."""
    due = ticket.internal_due_at
    posts = lookups.unit_people([ticket.unit_id], clock.today())
    if due is None or not posts:
        return 0
    text = reminder_text(ticket, due, expired=expired)
    people = [post.user for post in posts]
    return len(queue_all([_text(ticket, text, people, Message.Purpose.REMINDER)]))


def _by(moment: datetime | None) -> str:
    return f"于{clock.local(moment):%-m月%-d日%H:%M}前" if moment else "按规定时限"
