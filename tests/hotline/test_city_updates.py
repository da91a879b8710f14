"""市级更新 after the dispatch: the words it overwrites are kept for the centre, and the clocks follow type and urgency."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from hotline import actions
from hotline.models import Ticket, TicketEvent
from tests.hotline import desk
from tests.hotline.desk import at
from tests.hotline.test_pages import page
from tests.world import World
from wangcheng.common import clock
from wangcheng.common.audit.verifying import faults_of

RECEIVED = at("2023-01-03 09:00")  # a Tuesday


def amended(ticket: Ticket, when: datetime, **values: Any) -> Ticket:
    brought = desk.intake(received_at=RECEIVED, city_number="CS1", **values)
    with clock.frozen(when):
        return actions.update_from_city(ticket.pk, brought, by=None)[0]


def sent(world: World, **values: Any) -> Ticket:
    with clock.frozen(at("2023-01-04 09:00")):
        return desk.dispatched(world, received_at=RECEIVED, city_number="CS1", **values)


def test_the_words_overwritten_are_kept_beside_the_ticket_for_the_centre_alone(world: World) -> None:
    ticket = sent(world, title="楼下垃圾没有人清运", caller_phone="13812345678")
    amended(ticket, at("2023-01-04 10:00"), title="另一件事", caller_phone="13900000001")
    kept = ticket.wordings.get()
    assert (kept.title, kept.caller_phone, kept.content) == ("楼下垃圾没有人清运", "13812345678", "")
    event = ticket.events.get(step="amend")
    assert not {"title", "caller_phone"} & event.data.keys()
    seen = page(world.client("dispatcher"), f"/tickets/{ticket.number}/")
    assert ("楼下垃圾没有人清运" in seen, "138****5678" in seen, "13812345678" in seen) == (True, True, False)
    assert "楼下垃圾没有人清运" not in page(world.client("town"), f"/tickets/{ticket.number}/")
    revealed = world.client("dispatcher").post(f"/tickets/{ticket.number}/reveal/", {"reason": "核对来电人"})
    assert "13812345678" in revealed.content.decode()
    of_town = world.client("town").post(f"/tickets/{ticket.number}/reveal/", {"reason": "核对来电人"})
    assert ("13900000001" in of_town.content.decode(), "13812345678" in of_town.content.decode()) == (True, False)
    assert list(faults_of(TicketEvent)) == []


def test_a_longer_type_moves_the_citys_clock_from_receipt_and_the_units_from_dispatch(world: World) -> None:
    ticket = sent(world)
    assert (ticket.city_due_at, ticket.internal_due_at) == (at("2023-01-09 17:30"), at("2023-01-06 17:30"))
    ticket = amended(ticket, at("2023-01-05 09:00"), type="suggestion")
    assert (ticket.city_due_at, ticket.due_at) == (at("2023-01-16 17:30"), at("2023-01-16 17:30"))
    assert ticket.internal_due_at == at("2023-01-13 17:30")


def test_a_ticket_of_the_district_alone_follows_as_well(world: World) -> None:
    with clock.frozen(at("2023-01-04 09:00")):
        ticket = desk.dispatched(world, received_at=RECEIVED)
    Ticket.objects.filter(pk=ticket.pk).update(city_number="CS1")
    was = ticket.due_at
    ticket = amended(ticket, at("2023-01-05 09:00"), type="suggestion")
    assert was is not None
    assert (ticket.city_due_at, ticket.due_at == ticket.internal_due_at, ticket.due_at > was) == (None, True, True)


def test_an_urgency_begins_its_short_clocks_when_the_unit_can_know_of_it(world: World) -> None:
    ticket = sent(world)
    when = at("2023-01-05 10:00")
    ticket = amended(ticket, when, urgency="urgent")
    assert (ticket.sign_due_at, ticket.report_due_at) == (at("2023-01-05 10:30"), at("2023-01-05 12:00"))
    assert ticket.city_due_at == at("2023-01-04 09:00"), "the city counts from receipt"


def test_what_was_met_is_left_as_it_was_met(world: World) -> None:
    ticket = sent(world)
    with clock.frozen(at("2023-01-04 09:30")):
        actions.sign(ticket.pk, by=world.town)
    ticket = amended(ticket, at("2023-01-05 10:00"), urgency="urgent")
    assert ticket.sign_due_at == at("2023-01-04 14:30")


# the second is what the limits would give as well
@pytest.mark.parametrize("given", [at("2023-01-12 09:00"), at("2023-01-09 17:30"), None])
def test_a_deadline_the_city_gave_or_the_centre_ruled_on_stays(world: World, given: datetime | None) -> None:
    ticket = sent(world, city_due_at=given)
    if given is None:
        with clock.frozen(at("2023-01-04 09:30")):
            actions.sign(ticket.pk, by=world.town)
            actions.ask_extension(ticket.pk, by=world.town, days=2, note="需检测")
            ticket = actions.rule_extension(ticket.pk, by=world.dispatcher, granted=True)
    was = (ticket.city_due_at, ticket.due_at)
    ticket = amended(ticket, at("2023-01-05 09:00"), type="suggestion", city_due_at=given)
    assert (ticket.city_due_at, ticket.due_at) == was


def test_after_the_unit_is_done_nothing_moves(world: World) -> None:
    with clock.frozen(at("2023-01-04 09:00")):
        ticket = desk.in_review(world, received_at=RECEIVED, city_number="CS1")
    was = (ticket.city_due_at, ticket.internal_due_at)
    ticket = amended(ticket, at("2023-01-05 09:00"), type="suggestion")
    assert (ticket.city_due_at, ticket.internal_due_at) == was
