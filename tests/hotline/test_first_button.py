"""The button that a ticket's page offers first is what the person is waited for; who is waited for by nobody has none."""

from __future__ import annotations

import pytest

from hotline import actions
from hotline.doors import DOORS
from hotline.models import Ticket
from tests.common.walk import ROLES
from tests.hotline import desk
from tests.hotline.test_pages import page
from tests.hotline.test_steps_by_role_and_state import SITUATIONS, with_unit
from tests.world import World
from wangcheng.common.ways.steps import step_bar

FIRST = {
    "received": {"dispatcher": "dispatch"},
    "consult": {"dispatcher": "dispatch"},
    "dispatched": {"town": "sign", "department": "assist", "gridofficer": "contact"},
    "handling": {"town": "finish", "gridofficer": "contact"},
    "asked": {"dispatcher": "rule_return", "supervisor": "rule_extend", "town": "progress", "gridofficer": "contact"},
    "suspended": {"dispatcher": "resume", "supervisor": "resume", "town": "progress", "gridofficer": "contact"},
    "review": {"reviewer": "review", "gridofficer": "contact"},
    "callback": {"caller": "callback", "apiclient": "callback", "gridofficer": "contact"},
    "closed": {}, "archived": {}, "rejected": {},
    "unhappy": dict.fromkeys(("dispatcher", "supervisor", "caller"), "acknowledge"),
    "merged": {"town": "contact", "gridofficer": "contact"},
}  # fmt: skip


def first(world: World, ticket: Ticket, who: str) -> str | None:
    user = world.people[who]
    seen = Ticket.objects.visible_to(user).filter(pk=ticket.pk).first()
    bar = step_bar(DOORS, user, seen, str) if seen else []
    return next((button.name for button in bar if button.main), None)


@pytest.mark.parametrize("situation", FIRST)
def test_everybody_is_offered_first_what_they_are_waited_for(world: World, situation: str) -> None:
    ticket = SITUATIONS[situation](world)
    found = {who: name for who in ROLES if (name := first(world, ticket, who))}
    assert found == FIRST[situation]


def test_the_expectations_name_every_situation() -> None:
    assert FIRST.keys() == SITUATIONS.keys()


def test_the_lead_unit_first_reaches_the_caller_and_then_finishes(world: World) -> None:
    ticket = desk.dispatched(world)
    actions.sign(ticket.pk, by=world.town)
    ticket.refresh_from_db()
    assert first(world, ticket, "town") == "contact"
    actions.contact(ticket.pk, by=world.town, way="phone", outcome="connected")
    assert first(world, ticket, "town") == "finish"


def test_a_co_unit_finds_its_answer_in_the_main_button_and_afterwards_none(world: World) -> None:
    ticket = with_unit(world)
    address, department = f"/tickets/{ticket.number}/", world.client("department")
    assert f'<a class="btn btn-primary" href="{address}assist/" data-dialog>会办</a>' in page(department, address)
    actions.assist(ticket.pk, by=world.department, answer="已执法")
    assert 'btn-primary" href' not in page(department, address).partition('class="stepbar"')[2]


def test_an_exclusion_on_a_closed_ticket_is_ruled_on_first(world: World) -> None:
    ticket = desk.closed(world)
    actions.ask_exclusion(ticket.pk, by=world.town, note="恶意投诉")
    assert first(world, ticket, "dispatcher") == "rule_exclude"
