"""热点 敏感 涉企 领导批示 are set when a ticket is sent out or corrected, not at intake alone; the event says so."""

from __future__ import annotations

from hotline import actions
from hotline.models import Ticket
from tests.common.api import bearer, post
from tests.hotline import desk
from tests.hotline.test_pages import page
from tests.world import World


def dispatch(world: World, ticket: Ticket, *marks: str) -> Ticket:
    client, address = world.client("dispatcher"), f"/tickets/{ticket.number}/dispatch/"
    said = {"unit": world.units["高塘岭街道"].code, "marks": ["", *marks]}
    assert client.post(address, said).status_code == 302
    ticket.refresh_from_db()
    return ticket


def test_marks_are_set_and_taken_off_when_a_ticket_is_sent_out(world: World) -> None:
    ticket = dispatch(world, desk.received(world, marks=("hot",)), "sensitive", "enterprise")
    assert ticket.marks == ["sensitive", "enterprise"]
    assert "标记：敏感、涉企" in page(world.client("dispatcher"), f"/tickets/{ticket.number}/")
    assert dispatch(world, desk.received(world, marks=("hot",))).marks == []


def test_the_page_shows_the_marks_that_are_there(world: World) -> None:
    ticket = desk.received(world, marks=("hot",))
    form = world.client("dispatcher").get(f"/tickets/{ticket.number}/dispatch/").context["form"]
    assert form["marks"].value() == ["hot"]
    assert "无" not in str(form["marks"])


def test_a_program_that_says_nothing_of_marks_leaves_them(world: World) -> None:
    ticket, program = desk.received(world, marks=("hot",)), bearer(world, "dispatcher")
    body = {"unit": world.units["高塘岭街道"].code}
    assert post(program, f"tickets/{ticket.number}/dispatch/", body).json()["marks"] == ["hot"]
    assert "marks" not in ticket.events.get(step="dispatch").data


def test_a_program_takes_them_off_by_an_empty_one(world: World) -> None:
    ticket, program = desk.received(world, marks=("hot",)), bearer(world, "dispatcher")
    body = {"unit": world.units["高塘岭街道"].code, "marks": [""]}
    assert post(program, f"tickets/{ticket.number}/dispatch/", body).json()["marks"] == []


def test_marks_are_corrected_after_the_end(world: World) -> None:
    ticket = desk.closed(world)
    actions.correct(ticket.pk, by=world.dispatcher, note="区领导已批示", marks=["leader_instruction"])
    ticket.refresh_from_db()
    assert ticket.marks == ["leader_instruction"]
    assert ticket.events.get(step="correct").data["marks"] == ["leader_instruction"]
