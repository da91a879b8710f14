"""The reminders of the invented year: who was slow enough to get one, and the messages themselves."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from hotline.models import Ticket
from hotline.notify import reminder_text
from wangcheng.common.models import Message
from wangcheng.common.workdays.calendar import Calendar
from wangcheng.demo.cast import Cast
from wangcheng.demo.quota import Total
from wangcheng.demo.tickets.matters import Matter
from wangcheng.demo.tickets.messages import Outbox
from wangcheng.demo.tickets.story import Pace, Story

LATE_SHARE = 0.12  # of those who are reminded at all


class Reminders:
    """Chooses the slow tickets so that their reminders add up to the year's total, and writes one row a recipient."""

    def __init__(self, cast: Cast, total: Total, calendar: Calendar, outbox: Outbox) -> None:
        self.cast, self.total, self.calendar = cast, total, calendar
        self.outbox = outbox
        self.owed = 0

    def choose(self, able: Sequence[Matter], of: int, chance: random.Random) -> dict[int, Pace]:
        """Which of the matters will be slow or late (by identity): their reminders together are this chunk's part.

        A slow one is reminded once, a late one before its internal deadline and at it; everybody of the unit is told.
        """
        self.owed += self.total.next(of)
        chosen: dict[int, Pace] = {}
        for matter in chance.sample(able, len(able)):
            pace = Pace.LATE if chance.random() < LATE_SHARE else Pace.SLOW
            messages = len(self.cast.officers[matter.unit_id]) * (2 if pace is Pace.LATE else 1)
            if messages == self.owed or (messages < self.owed and self.owed - messages != 1):
                chosen[id(matter)] = pace
                self.owed -= messages
            if not self.owed:
                break
        return chosen

    def rows(self, ticket: Ticket, story: Story) -> Iterator[dict[str, Any]]:
        """The messages of a ticket that was slow, or late."""
        if story.pace is Pace.FAST or story.remind_at is None or story.internal_due is None or story.dispatched is None:
            return
        due = story.internal_due
        yield from self._reminder(ticket, story, max(story.remind_at, story.dispatched.at), due, expired=False)
        if story.pace is Pace.LATE:
            yield from self._reminder(ticket, story, due, due, expired=True)

    def _reminder(
        self, ticket: Ticket, story: Story, at: datetime, due: datetime, *, expired: bool
    ) -> Iterator[dict[str, Any]]:
        text = reminder_text(ticket, due, expired=expired)
        told = [(actor.user_id or 0, story.unit_id) for actor in self.cast.officers[story.unit_id]]
        yield from self.outbox.rows(ticket, text, told, at, Message.Purpose.REMINDER)

    def settle(self) -> None:
        """The year is over: every reminder of its total must have found a ticket."""
        if self.owed:
            raise AssertionError(f"{self.owed} reminders could not be placed")
