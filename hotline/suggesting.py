"""派单建议: whom a ticket should go to and why, in words.  Reads only; for the form of 派单, which records what it offered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hotline import lookups
from wangcheng.common import clock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grid.places import Resolved
    from hotline.models import Ticket
    from wangcheng.common.models import Organisation


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A unit and the reason, as it is shown and recorded."""

    unit: Organisation
    reason: str

    def __str__(self) -> str:
        return f"系统建议：{self.unit}（{self.reason}）"


def suggest(case: Ticket, candidates: Sequence[Resolved]) -> Suggestion | None:
    """The unit named when the ticket was given back, the category's default, or the town of the place; None if unknown.

    `candidates` are the places that the words of a ticket without a village may mean, the likeliest first.
    """
    if case.returns and case.return_unit is not None and _takes(case.return_unit):
        return Suggestion(case.return_unit, "原承办单位退单时建议改派")
    category = case.category
    if category is not None and category.unit is not None and _takes(category.unit):
        return Suggestion(category.unit, f"分类“{category.name}”的默认承办单位")
    return _of_town(case, candidates)


def _of_town(case: Ticket, candidates: Sequence[Resolved]) -> Suggestion | None:
    named = candidates[0] if case.town is None and candidates else None
    town = named.town if named else case.town
    unit = lookups.town_unit(town)
    if town is None or unit is None:
        return None
    if named is not None:
        return Suggestion(unit, f"文中地名指向{town.name}，{named.reason}，置信度{named.confidence:.0%}")
    return Suggestion(unit, f"事项地点在{town.name}，由属地承办")


def _takes(unit: Organisation) -> bool:
    return unit.valid_to is None or unit.valid_to > clock.today()
