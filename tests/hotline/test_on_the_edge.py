"""Limits at their very edge, and what must not move: the last moment, the last time, the one clock beside the others."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from hotline import actions, privacy
from hotline.models import Ticket
from hotline.rules import Privacy
from tests.hotline import desk
from tests.hotline.desk import at
from tests.world import World
from wangcheng.common import clock
from wangcheng.common.policy.registry import in_force
from wangcheng.common.workflow import NotAllowed, digest

GRID = "斑马湖社区1"


def asks_for_return(world: World, ticket: Ticket) -> Ticket:
    return actions.ask_return(ticket.pk, by=world.town, return_unit=world.units["住建局"], return_basis="职责清单")


def test_a_return_is_in_time_up_to_the_last_moment_of_its_limit(world: World) -> None:
    ticket = desk.dispatched(world)
    assert ticket.return_due_at is not None
    with clock.frozen(ticket.return_due_at):
        assert asks_for_return(world, ticket).return_asked_at == ticket.return_due_at


def test_a_redone_ticket_of_the_city_has_a_new_city_deadline(world: World) -> None:
    ticket = desk.in_callback(world, city_number="CS1")
    before = ticket.city_due_at
    with clock.frozen(at("2023-01-20 09:30")):
        ticket = actions.callback(ticket.pk, by=world.caller, resolved="no", satisfaction="dissatisfied", at_fault=True)
    assert before is not None
    assert ticket.city_due_at == ticket.due_at == at("2023-01-25 09:30")
    assert ticket.city_due_at > before


def test_a_pause_moves_the_deadline_of_the_city_too(world: World) -> None:
    ticket = desk.handling(world, city_number="CS1")
    before = ticket.city_due_at
    actions.suspend(ticket.pk, by=world.dispatcher, note="等待鉴定")
    with clock.frozen(at("2023-01-04 09:30")):
        ticket = actions.resume(ticket.pk, by=world.dispatcher)
    assert (before, ticket.city_due_at) == (at("2023-01-10 09:30"), at("2023-01-11 09:30"))


def test_a_paused_ticket_is_not_overdue(world: World) -> None:
    paused, late = desk.handling(world), desk.handling(world, title="另一件")
    actions.suspend(paused.pk, by=world.dispatcher, note="等待鉴定")
    assert list(Ticket.objects.overdue(at("2023-03-01 09:30"))) == [late]


def test_an_officer_sees_nothing_of_the_own_grid_that_was_not_pushed(world: World) -> None:
    desk.dispatched(world, type="consult", area=world.grids[GRID])
    assert not Ticket.objects.visible_to(world.gridofficer).exists()


def test_a_contact_of_the_grid_answers_no_push_where_there_was_none(world: World) -> None:
    ticket = desk.dispatched(world, type="consult", area=world.grids[GRID])
    ticket = actions.contact(ticket.pk, by=world.gridofficer, way="phone", outcome="connected")
    assert (ticket.pushed_at, ticket.push_contacted_at) == (None, None)
    assert not ticket.contacts.get().from_grid


def test_nothing_is_added_to_an_archived_ticket(world: World) -> None:
    ticket = desk.closed(world)
    with clock.frozen(at("2023-03-01 09:30")):
        actions.archive(ticket.pk, by=None)
        with pytest.raises(NotAllowed, match="已归档"):
            actions.attach(ticket.pk, [SimpleUploadedFile("说明.txt", b"1")], by=world.dispatcher)
    assert not ticket.attachments.exists()


def test_a_person_opens_the_callers_data_so_many_times_an_hour_and_no_more(world: World) -> None:
    ticket, most = desk.received(world), in_force(Privacy, clock.today()).reveals_per_hour
    for _ in range(most):
        privacy.reveal(ticket, by=world.dispatcher, reason="核对地址")
    with pytest.raises(NotAllowed, match=f"已达{most}次"):
        privacy.reveal(ticket, by=world.dispatcher, reason="核对地址")
    assert privacy.reveal(ticket, by=world.other_dispatcher, reason="核对地址").caller_phone == desk.PHONE


def test_an_event_seals_the_one_before_it(world: World) -> None:
    event: dict[str, Any] = {
        "seq": 2, "step": "sign", "before": "dispatched", "after": "handling", "at": clock.now(), "actor_id": 1,
        "actor_name": "张三", "organisation_id": 1, "note": "", "data": {},
    }  # fmt: skip
    assert digest("WC1", "a" * 64, event) != digest("WC1", "b" * 64, event)
    assert digest("WC1", "a" * 64, event) != digest("WC2", "a" * 64, event)
