"""The text messages of the invented year: reminders, pushes and notices as the single form words them, sent long ago."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from hotline import notify
from hotline.models import Ticket
from wangcheng.common import clock
from wangcheng.common.models import Message, User
from wangcheng.common.policy.registry import in_force
from wangcheng.common.sms.rules import MessageRules
from wangcheng.demo.cast import Cast
from wangcheng.demo.tickets.winners import WINDOWS

DELIVERED_SHARE = 97  # of a hundred; the others stay accepted, their receipt never came
NOTICES_FROM = datetime(
    2022, 12, 1, tzinfo=clock.CHINA
)  # the outbox of a year would hold more notices than all the rest


class Outbox:
    """One row a recipient, in its final state.  Phones and rules are read once."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.phones = dict(User.objects.values_list("pk", "phone"))
        self.rules = in_force(MessageRules, WINDOWS[0][0])

    def dispatched(self, ticket: Ticket, inputs: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """The push to the grid, and from December on the notice to the units, as of the dispatch just carried."""
        at, unit_id = ticket.dispatched_at, ticket.unit_id
        if at is None or unit_id is None:
            return
        if at >= NOTICES_FROM:
            units = (unit_id, *ticket.co_unit_ids)
            told = [(actor.user_id or 0, unit) for unit in units for actor in self.cast.officers[unit]]
            yield from self.rows(ticket, notify.notice_text(ticket), told, at, Message.Purpose.NOTICE)
        if ticket.pushed_at == at:
            pushed = [(user, unit_id) for user, _, _ in inputs["push"]]
            yield from self.rows(ticket, notify.push_text(ticket), pushed, at, Message.Purpose.PUSH)

    def rows(
        self, ticket: Ticket, text: str, to: Iterable[tuple[int, int]], at: datetime, purpose: Message.Purpose
    ) -> Iterator[dict[str, Any]]:
        """`to`: (user, organisation)."""
        urgent = ticket.urgency != ticket.Urgency.NORMAL
        # Reminders were given their moments by the quota of their year; the others wait for the morning.
        wait = purpose != Message.Purpose.REMINDER and not urgent
        from_ = self.rules.earliest(at) if wait else at
        text = self.rules.fitted(text, notify.quoted(ticket))
        segments = self.rules.segments(text)
        for place, (user_id, unit_id) in enumerate(to):
            accepted = from_ + timedelta(seconds=4 + place)
            delivered = (ticket.pk * 7 + place) % 100 < DELIVERED_SHARE
            yield {
                "state": Message.State.DELIVERED.value if delivered else Message.State.ACCEPTED.value,
                "purpose": purpose.value,
                "phone": self.phones[user_id],
                "recipient_id": user_id,
                "organisation_id": unit_id,
                "text": text,
                "segments": segments,
                "about": ticket.number,
                "urgent": urgent,
                "created_at": at,
                "not_before": from_,
                "batch": f"D{ticket.pk}",
                "carrier_id": f"DEMO{ticket.pk}",
                "accepted_at": accepted,
                "delivered_at": accepted + timedelta(seconds=6) if delivered else None,
                "attempts": 1,
            }
