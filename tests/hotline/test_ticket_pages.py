"""Two hands on one ticket, units that do not see it, and the ticket's process in the manual."""

from __future__ import annotations

import pytest

from hotline import workflow
from hotline.models import Ticket
from tests.hotline import desk
from tests.world import World


def test_a_form_sent_twice_is_taken_once(world: World) -> None:
    ticket = desk.dispatched(world)
    town, said = world.client("town"), {"version": ticket.version}
    answers = [town.post(f"/tickets/{ticket.number}/sign/", said).status_code for _ in range(2)]
    assert answers == [302, 409]
    assert ticket.events.filter(step="sign").count() == 1


@pytest.mark.parametrize("address", ["", "sign/"])
def test_a_ticket_of_another_town_is_not_there(world: World, address: str) -> None:
    ticket = desk.dispatched(world)
    assert world.client("town").get(f"/tickets/{ticket.number}/").status_code == 200
    assert world.client("other_town").get(f"/tickets/{ticket.number}/{address}").status_code == 404


def test_a_step_sent_by_another_town_changes_nothing(world: World) -> None:
    ticket = desk.dispatched(world)
    answer = world.client("other_town").post(f"/tickets/{ticket.number}/sign/", {"version": ticket.version})
    assert answer.status_code == 404
    assert Ticket.objects.get(pk=ticket.pk).state == "dispatched"


def test_the_manual_shows_every_step_of_a_ticket(world: World) -> None:
    shown = world.client("dispatcher").get("/help/process/").content.decode()
    assert "工单" in shown
    assert [step.label for step in workflow.TABLE if step.label not in shown] == []
