"""Many hands on one ticket: one wins, the others read why; nothing is done twice and nothing breaks."""

from __future__ import annotations

from collections import Counter

import pytest

from hotline import actions
from hotline.models import Ticket, TicketEvent
from tests.common.api import bearer, post
from tests.common.hands import HANDS, at_once, grab
from tests.hotline import desk
from tests.hotline.test_steps_by_role_and_state import BODIES, REASON
from tests.world import World
from wangcheng.common.casework.models import replay
from wangcheng.common.workflow import plain

pytestmark = pytest.mark.django_db(transaction=True)


def is_sound(ticket: Ticket) -> bool:
    """The chain of events is whole and leaves the row behind."""
    events = list(TicketEvent.objects.filter(case=ticket).order_by("seq").values("seq", "data"))
    row = Ticket.objects.filter(pk=ticket.pk).values().get()
    columns = replay(events)
    return [event["seq"] for event in events] == list(range(1, row["version"] + 1)) and columns == {
        name: plain(row[name]) for name in columns
    }


def test_six_dispatchers_on_one_ticket_one_wins_and_the_others_are_told(world: World) -> None:
    ticket = desk.received(world)
    clients = [bearer(world, "dispatcher") for _ in range(HANDS)]
    units = ["430112001000", "430112101000", "D01", "D02", "430112001010", "430112101201"]
    body = {"version": ticket.version}
    answers = at_once(
        lambda hand: post(clients[hand], f"tickets/{ticket.number}/dispatch/", {**body, "unit": units[hand]})
    )
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: HANDS - 1}
    assert all(answer.json()["detail"] for answer in answers if answer.status_code == 409)
    won = next(answer.json() for answer in answers if answer.status_code == 200)
    ticket.refresh_from_db()
    assert ticket.unit is not None
    assert (ticket.unit.code, ticket.version) == (won["unit"], 2)
    assert is_sound(ticket)


ROAD = (
    ("dispatcher", "dispatch", {"unit": "430112001000", "area": "430112001010001"}),
    ("town", "sign", {}),
    ("town", "return", BODIES["return"]),
    ("dispatcher", "rule_return", {"granted": False, **REASON}),
    ("town", "extend", BODIES["extend"]),
    ("supervisor", "rule_extend", BODIES["rule_extend"]),
    ("town", "finish", BODIES["finish"]),
    ("reviewer", "review", BODIES["review"]),
    ("caller", "callback", BODIES["callback"]),
    ("supervisor", "redo", BODIES["redo"]),
)


def test_on_the_whole_road_of_a_ticket_every_step_is_taken_by_one_of_six(world: World) -> None:
    ticket = desk.received(world)
    wrong = []
    for who, step, body in ROAD:
        wrong.append(grab(world, ticket, f"tickets/{ticket.number}/", step, who, body))
        if step == "sign":
            actions.contact(ticket.pk, by=world.town, way="phone", outcome="connected")
    assert list(filter(None, wrong)) == []
    assert is_sound(ticket)


def test_steps_that_do_not_exclude_each_other_all_happen_one_after_the_other(world: World) -> None:
    ticket = desk.handling(world)
    clients = [bearer(world, "town") for _ in range(HANDS)]
    answers = at_once(lambda hand: post(clients[hand], f"tickets/{ticket.number}/progress/", {"note": f"进展{hand}"}))
    assert {answer.status_code for answer in answers} == {200}
    assert TicketEvent.objects.filter(case=ticket, step="progress").count() == HANDS
    assert is_sound(ticket)


def test_one_city_number_delivered_six_times_at_once_is_one_ticket(world: World) -> None:
    clients = [bearer(world, "apiclient") for _ in range(HANDS)]
    body = {
        "title": "占道经营", "content": "门口占道", "type": "complaint", "source": "phone",
        "received_at": "2023-01-03T09:00:00+08:00", "city_number": "CS1",
    }  # fmt: skip
    answers = at_once(lambda hand: post(clients[hand], "tickets/", body))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 200: HANDS - 1}
    assert Ticket.objects.get().version == 1


def test_numbers_given_out_at_once_are_all_different(world: World) -> None:
    clients = [bearer(world, "dispatcher") for _ in range(HANDS)]
    body = {
        "title": "占道经营", "content": "门口占道", "type": "complaint", "source": "phone",
        "received_at": "2023-01-03T09:00:00+08:00",
    }  # fmt: skip
    answers = at_once(lambda hand: post(clients[hand], "tickets/", body))
    assert {answer.status_code for answer in answers} == {201}
    assert sorted(Ticket.objects.values_list("number", flat=True)) == [
        f"WC20230103-{n:05}" for n in range(1, HANDS + 1)
    ]
