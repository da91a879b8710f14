"""地点识别 at intake: a ticket that names no village is placed by its own words, where they are sure enough.

For actions.receive (one ticket) and the import (a chunk of them): `Placer` asks the database once, whatever the number of
tickets.  The reason goes into the event of 受理; what is not sure enough is offered on the page of 派单.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from grid.places import Gazetteers, resolve_place
from hotline.rules import Placing
from wangcheng.common import clock
from wangcheng.common.policy.registry import in_force

if TYPE_CHECKING:
    from grid.gazetteer import Candidate
    from grid.places import Resolved
    from hotline.intake import Intake
    from hotline.models import Ticket


class Placer:
    """Places new tickets by the names of the day they were received on."""

    def __init__(self) -> None:
        self._names = Gazetteers()
        self._least = float(in_force(Placing, clock.today()).least_confidence)

    def place(self, intake: Intake) -> tuple[Intake, str]:
        """The intake with its place, and the reason; as it was, with no reason, where it says itself or nobody can be sure."""
        if intake.area is not None:
            return intake, ""
        names = self._names.on(clock.local(intake.received_at).date())
        best = next(iter(names.resolve(_words(intake.title, intake.place, intake.content))), None)
        if best is None or best.confidence < self._least:
            return intake, ""
        columns = {"town_id": best.spot.town, "village_id": best.spot.village, "grid_id": best.spot.grid}
        return replace(intake, places=columns), f"地点识别：{best.reason}，置信度{_percent(best)}。"


def candidates(ticket: Ticket) -> list[Resolved]:
    """候选地点 of a ticket whose village is not known, the likeliest first."""
    day = clock.local(ticket.received_at).date()
    found = resolve_place(_words(ticket.title, ticket.place, ticket.content), day)
    return [one for one in found if one.village is not None]


def _words(*parts: str) -> str:
    return "\n".join(part for part in parts if part)


def _percent(one: Candidate) -> str:
    return f"{one.confidence:.0%}"
