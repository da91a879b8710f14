"""派单 and what may become of it instead: 退单, 不予受理, 当场答复."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from hotline import lookups, notify, workflow
from hotline.actions.closing import close_merged
from hotline.actions.taking import locked, take
from hotline.models import Ticket
from wangcheng.common import clock

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hotline.models import Knowledge
    from hotline.suggesting import Suggestion
    from wangcheng.common.models import Area, Category, Organisation, User


@transaction.atomic
def dispatch(
    ticket_id: int,
    *,
    by: User | None,
    unit: Organisation,
    version: int | None = None,
    note: str = "",
    co_units: Iterable[Organisation] = (),
    category: Category | None = None,
    area: Area | None = None,
    suggested: Suggestion | None = None,
    elsewhere: bool = False,
    marks: list[str] | None = None,
) -> Ticket:
    """派单: one 主办, any number of 协办; at the same moment the double push.

    `category` and `area` (a village or a level-3 grid) correct what intake left open, `marks` what it marked; None leaves
    them.  `suggested` is what the form offered.  A town or village in which the matter does not lie is not refused; the
    event says so, and whether the dispatcher knew (`elsewhere`).
    """
    ticket = locked(ticket_id, version)
    units = [lookups.unit_to_send_to(each) for each in (unit, *co_units)]
    unit_ids = [each.pk for each in units]
    placed = _placed(ticket, category, area)
    note = f"{note}{_contradiction(ticket, unit, placed, elsewhere)}"
    people, targets = lookups.people_told(unit_ids, placed.get("grid_id", ticket.grid_id), clock.today())
    take(
        ticket, workflow.DISPATCH, by, note,
        unit_id=unit.pk, unit_kind=unit.kind, co_unit_ids=unit_ids[1:], sight_ids=lookups.sight_ids(units),
        suggested_unit_id=suggested.unit.pk if suggested else None,
        suggested=str(suggested or ""),
        marks=marks,
        push=[(target.user.pk, target.kind, target.area_id) for target in targets],
        **placed,
    )  # fmt: skip
    ticket.unit = unit  # known: what follows need not ask for it
    notify.dispatched(ticket, people, [target.user for target in targets])
    return ticket


def _placed(ticket: Ticket, category: Category | None, area: Area | None) -> dict[str, Any]:
    """The columns that the dispatcher's corrections set."""
    return {
        **(lookups.place_columns(area) if area else {}),
        **(lookups.category_columns(category, ticket.created_day) if category else {}),
    }


def _contradiction(ticket: Ticket, unit: Organisation, placed: dict[str, Any], knowingly: bool) -> str:
    """A sentence for the event where the unit is not the place's."""
    town_id, village_id = (placed.get(name, getattr(ticket, name)) for name in ("town_id", "village_id"))
    place = lookups.beyond(unit, town_id, village_id)
    if place is None:
        return ""
    return f"（主办单位{unit}不在事项所在的{lookups.place_words(place)}{'，派单时已确认' if knowingly else ''}。）"


@transaction.atomic
def ask_return(
    ticket_id: int,
    *,
    by: User | None,
    return_unit: Organisation,
    return_basis: str,
    version: int | None = None,
    note: str = "",
) -> Ticket:
    """申请退单: to the right unit, on a legal ground."""
    ticket = locked(ticket_id, version)
    return take(ticket, workflow.RETURN, by, note, return_unit_id=return_unit.pk, return_basis=return_basis)


@transaction.atomic
def rule_return(
    ticket_id: int, *, by: User | None, granted: bool, version: int | None = None, note: str = ""
) -> Ticket:
    """退单裁定: back to 待派单, or it stays with the unit."""
    return take(locked(ticket_id, version), workflow.RULE_RETURN, by, note, granted=granted)


@transaction.atomic
def reject(
    ticket_id: int, *, by: User | None, reason: str, right_channel: str, version: int | None = None, note: str = ""
) -> Ticket:
    """不予受理: one of nine reasons, and where the caller should go."""
    ticket = locked(ticket_id, version)
    take(ticket, workflow.REJECT, by, note, reason=reason, right_channel=right_channel)
    close_merged(ticket)
    return ticket


@transaction.atomic
def answer(
    ticket_id: int,
    *,
    by: User | None,
    reply: str,
    knowledge: Knowledge | None = None,
    version: int | None = None,
    note: str = "",
) -> Ticket:
    """当场答复: closed on the spot, from the knowledge base."""
    ticket = locked(ticket_id, version)
    take(ticket, workflow.ANSWER, by, note, reply=reply, knowledge_id=knowledge.pk if knowledge else None)
    close_merged(ticket)
    return ticket
