"""What a new ticket brings with it, whichever way it came: form, REST, import.  Pure data; actions.take_in reads it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from hotline.lookups import category_columns, place_columns
from hotline.models import Ticket
from wangcheng.common import clock
from wangcheng.common.models import Area, Category
from wangcheng.common.workflow import plain

# Moments before the first hotline and after any deadline are slips of the pen, and calendars end somewhere.
EARLIEST = datetime(1990, 1, 1, tzinfo=clock.CHINA)
LATEST = datetime(2100, 1, 1, tzinfo=clock.CHINA)


class Outcome(StrEnum):
    """What became of something taken in."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Intake:
    """受理内容.  None or "" means: not said; an existing ticket keeps what it has."""

    title: str
    content: str
    type: str
    source: str
    received_at: datetime
    city_number: str = ""
    city_due_at: datetime | None = None
    category: Category | None = None
    area: Area | None = None  # the village, or a grid below one
    place: str = ""
    longitude: Decimal | None = None
    latitude: Decimal | None = None
    caller_name: str = ""
    caller_phone: str = ""
    anonymous: bool = False
    urgency: str = ""
    confidential: bool = False
    marks: tuple[str, ...] = ()
    resolved: str = ""  # the city's callback, which may come with any later delivery
    satisfaction: str = ""
    places: dict[str, int | None] | None = field(
        default=None, compare=False
    )  # place_columns(area), where a batch has them

    @property
    def result(self) -> tuple[str, str] | None:
        """The city's callback, where both questions were answered."""
        return (self.resolved, self.satisfaction) if self.resolved and self.satisfaction else None

    def ticket(self) -> Ticket:
        """A ticket in memory, as the step 受理 finds it."""
        return Ticket(
            title=self.title, content=self.content, type=self.type, source=self.source, received_at=self.received_at,
            city_number=self.city_number, place=self.place, longitude=self.longitude, latitude=self.latitude,
            caller_name=self.caller_name, caller_phone=self.caller_phone, anonymous=self.anonymous,
            urgency=self.urgency or (self.category.urgency if self.category else Ticket.Urgency.NORMAL),
            confidential=self.confidential, marks=list(self.marks),
            **self._category(), **self._places(),
        )  # fmt: skip

    def _category(self) -> dict[str, int | None]:
        return category_columns(self.category, clock.local(self.received_at).date())

    def _places(self) -> dict[str, int | None]:
        return self.places if self.places is not None else place_columns(self.area)

    def delivered(self) -> dict[str, Any]:
        """What the city said of the columns that are corrected and moved here too: its next delivery is held against it."""
        said: dict[str, Any] = {}
        if self.city_number and self.city_due_at is not None:
            said["city_due_at"] = plain(self.city_due_at)
        if self.city_number and self.category is not None:
            said |= self._category()
        if self.city_number and self.area is not None:
            said |= self._places()
        return said

    def changes(self, ticket: Ticket) -> dict[str, Any]:
        """The columns in which this delivery differs from the one before, or from the ticket where nothing was said then.

        So a sheet that comes again every day undoes neither the dispatcher's category and place nor a deadline that was
        extended, paused or set anew.
        """
        said: dict[str, Any] = {
            name: value
            for name in ("title", "content", "type", "place", "caller_name", "caller_phone", "urgency", "city_due_at")
            if (value := getattr(self, name))
        }
        if self.longitude is not None and self.latitude is not None:
            said |= {"longitude": self.longitude, "latitude": self.latitude}
        if self.caller_phone:
            said["anonymous"] = False
        if self.confidential or (ticket.type == Ticket.Type.REPORT != self.type):
            said["confidential"] = True  # no delivery lifts what was promised to a caller
        if self.category is not None:
            said |= self._category()
        if self.area is not None:
            said |= self._places()
        before = ticket.delivered
        return {
            name: value
            for name, value in said.items()
            if plain(value) != (before[name] if name in before else plain(getattr(ticket, name)))
        }
