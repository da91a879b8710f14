"""Every step × role × situation through the API: what the table allows works, the rest is refused and changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from hotline import actions
from hotline.doors import DOORS
from hotline.models import Ticket
from tests.common.walk import ROLES, WAYS, Allowed, Walk
from tests.hotline import desk
from tests.hotline.desk import at
from tests.world import World
from wangcheng.common import clock

LATER = at("2023-02-06 09:30")  # more than thirty days after closing
PEOPLE = (*ROLES, "other_town", "other_department", "other_village", "other_gridofficer")


def with_unit(world: World) -> Ticket:
    """Sent to 高塘岭街道 with 城管局 at its side, pushed to a grid."""
    return desk.dispatched(world, co_units=("城管局",), area=world.grids["斑马湖社区1"])


def handled(world: World) -> Ticket:
    ticket = with_unit(world)
    actions.sign(ticket.pk, by=world.town)
    actions.assist(ticket.pk, by=world.department, answer="已执法")
    return actions.contact(ticket.pk, by=world.town, way="phone", outcome="connected")


def asked(world: World) -> Ticket:
    ticket = handled(world)
    actions.ask_extension(ticket.pk, by=world.town, days=1, note="需检测")
    actions.ask_exclusion(ticket.pk, by=world.town, note="恶意投诉")
    return actions.ask_return(ticket.pk, by=world.town, return_unit=world.units["住建局"], return_basis="职责清单")


def reviewed(world: World) -> Ticket:
    return actions.finish(handled(world).pk, by=world.town, **desk.FINISHED)


def called(world: World) -> Ticket:
    return actions.review(reviewed(world).pk, by=world.reviewer, passed=True)


def closed(world: World) -> Ticket:
    return actions.callback(called(world).pk, by=world.caller, **desk.HAPPY)


def unhappy(world: World) -> Ticket:
    """Closed, and the city's callback says otherwise."""
    answers = {"resolved": "no", "satisfaction": "dissatisfied"}
    return actions.update_from_city(closed(world).pk, desk.intake(**answers), by=None)[0]


def archived(world: World) -> Ticket:
    ticket = closed(world)
    with clock.frozen(LATER):
        return actions.archive(ticket.pk, by=None)


def rejected(world: World) -> Ticket:
    return actions.reject(desk.received(world).pk, by=world.dispatcher, reason="litigation", right_channel="法院")


def merged(world: World) -> Ticket:
    return actions.merge(with_unit(world).pk, by=world.dispatcher, parent=desk.received(world))


def suspended(world: World) -> Ticket:
    return actions.suspend(handled(world).pk, by=world.dispatcher, note="等待鉴定")


SITUATIONS: dict[str, Callable[[World], Ticket]] = {
    "received": desk.received, "consult": lambda world: desk.received(world, type="consult"), "dispatched": with_unit,
    "handling": handled, "asked": asked, "suspended": suspended, "review": reviewed, "callback": called, "closed": closed,
    "unhappy": unhappy,
    "archived": archived, "rejected": rejected, "merged": merged,
}  # fmt: skip
AT = dict.fromkeys(("closed", "unhappy", "archived"), LATER)  # when the case is looked at, where not at once
NEW, SENT, WORK = {"received", "consult"}, {"dispatched"}, {"handling", "asked", "suspended"}
OPEN = NEW | SENT | WORK | {"review", "callback"}
RULES = {"dispatcher", "supervisor"}
ALLOWED: Allowed = {
    "dispatch": [({"dispatcher"}, NEW)],
    "answer": [({"dispatcher"}, {"consult"})],
    "reject": [({"dispatcher"}, NEW)],
    "sign": [({"town"}, SENT)],
    "contact": [({"town", "department", "gridofficer", "caller"}, (OPEN - NEW) | {"merged"})],
    "progress": [({"town"}, WORK)],
    "assist": [({"department"}, SENT)],
    "finish": [({"town"}, {"handling"})],
    "review": [({"reviewer"}, {"review"})],
    "callback": [({"caller", "apiclient"}, {"callback"})],
    "redo": [({"dispatcher", "supervisor", "caller"}, {"callback", "closed", "unhappy", "archived"})],
    "acknowledge": [({"dispatcher", "supervisor", "caller"}, {"unhappy"})],
    "return": [({"town"}, {"dispatched", "handling"})],
    "rule_return": [({"dispatcher"}, {"asked"})],
    "extend": [({"town"}, {"handling"})],
    "rule_extend": [(RULES, {"asked"})],
    "suspend": [(RULES, NEW | SENT | {"handling", "asked"})],
    "resume": [(RULES, {"suspended"})],
    "merge": [({"dispatcher"}, OPEN)],
    "unmerge": [({"dispatcher"}, {"merged"})],
    "exclude": [({"town"}, {"handling", "suspended", "review", "callback", "closed", "unhappy"})],
    "rule_exclude": [(RULES, {"asked"})],
    "archive": [({"dispatcher"}, {"closed", "unhappy"})],
    "correct": [({"dispatcher"}, {"closed", "unhappy", "archived"})],
}
REASON = {"note": "经研究"}
BODIES: dict[str, dict[str, Any]] = {
    "dispatch": {  # the dearest: place and category are corrected, others help, and the grid is told
        "unit": "430112001000",
        "co_units": ["D01", "D02"],
        "category": "010101",
        "area": "430112001010001",
    },
    "answer": {"reply": "周一至周五办理"},
    "reject": {"reason": "petition", "right_channel": "信访局"},
    "contact": {"way": "phone", "outcome": "connected"},
    "assist": {"answer": "已执法"},
    "finish": desk.FINISHED,
    "review": {"passed": True},
    "callback": desk.HAPPY,
    "return": {"return_unit": "D02", "return_basis": "职责清单"},
    "rule_return": {"granted": True},
    "extend": {"days": 1, **REASON},
    "rule_extend": {"granted": True},
    "rule_exclude": {"granted": True},
    "correct": {"confirmed": "no", **REASON},
    **{step: {} for step in ("sign", "resume", "unmerge", "archive")},
    **{step: REASON for step in ("progress", "redo", "acknowledge", "suspend", "exclude")},
}


def test_the_expectations_name_every_step_with_a_door() -> None:
    assert {door.step.name for door in DOORS} == set(ALLOWED) == set(BODIES) | {"merge"}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("situation", SITUATIONS)
def test_what_is_allowed_works_and_the_rest_changes_nothing(world: World, situation: str, way: str) -> None:
    ticket, parent = SITUATIONS[situation](world), desk.received(world, title="另一件事", caller_phone="")
    bodies = BODIES | {"merge": {"parent": parent.number}}
    with clock.frozen(AT.get(situation, clock.now())):
        walk = Walk(world, ticket, situation, f"tickets/{ticket.number}/", ALLOWED, bodies)
        assert walk.problems(PEOPLE, way) == []
