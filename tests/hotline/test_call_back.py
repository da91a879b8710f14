"""回访: what the caller answered stays in the record of its round, whatever comes after, and only the last round counts."""

from __future__ import annotations

from hotline import actions
from hotline.models import Ticket
from tests.common import api
from tests.hotline import desk
from tests.hotline.desk import FINISHED, HAPPY
from tests.hotline.test_figures import figures, in_december
from tests.hotline.test_pages import page
from tests.world import World
from wangcheng.common.audit.verifying import faults_of
from wangcheng.common.models import Message

UNHAPPY = {"resolved": "no", "satisfaction": "dissatisfied"}
ANSWERED = "第1轮回访：是否解决“未解决”，是否满意“不满意”。承办单位责任，退回重办。"


def sent_back(world: World, note: str = "来电人称三天无人上门") -> Ticket:
    """Called back by the page, at the unit's fault."""
    ticket = desk.in_callback(world)
    form = {**UNHAPPY, "at_fault": "on", "note": note, "version": ticket.version}
    assert world.client("caller").post(f"/tickets/{ticket.number}/callback/", form).status_code == 302
    ticket.refresh_from_db()
    return ticket


def second_round(world: World, ticket: Ticket) -> None:
    actions.finish(ticket.pk, by=world.town, **FINISHED)
    actions.review(ticket.pk, by=world.reviewer, passed=True)
    actions.callback(ticket.pk, by=world.caller, **HAPPY)


def test_answers_that_send_a_ticket_back_stand_in_the_record_of_their_round(world: World) -> None:
    note = "来电人称三天无人上门"
    ticket = sent_back(world, note)
    second_round(world, ticket)
    assert ticket.events.get(step="callback", after="handling").note == ANSWERED + note
    shown = page(world.client("town"), f"/tickets/{ticket.number}/")
    assert ANSWERED + note in shown
    assert "是否满意：满意" in shown
    listed = api.get(api.bearer(world, "town"), f"tickets/{ticket.number}/events/").json()["results"]
    assert ANSWERED + note in {event["note"] for event in listed}
    assert list(faults_of(type(ticket.events.get(step="sign")))) == []


def test_the_unit_is_told_that_a_callback_sent_its_ticket_back(world: World) -> None:
    ticket = sent_back(world)
    told = Message.objects.filter(about=ticket.number, text__contains="退回重办（第2轮）")
    assert [message.phone for message in told] == [world.town.phone]


def test_only_the_last_round_counts_for_satisfaction_and_resolution(world: World) -> None:
    rates = ("satisfaction_rate", "resolution_rate")
    ticket = in_december(lambda: sent_back(world))
    assert [figures().get(name) for name in rates] == [None, None], "a round sent back is not the last"
    in_december(lambda: second_round(world, ticket))
    assert [figures()[name] for name in rates] == [(1, 1), (1, 1)]
    assert figures()["rework_rate"] == (1, 1)
    assert list(ticket.callbacks.values_list("round", "satisfaction")) == [(1, "dissatisfied"), (2, "satisfied")]


def test_a_correction_says_what_was_corrected(world: World) -> None:
    ticket = desk.closed(world)
    actions.correct(ticket.pk, by=world.dispatcher, note="市级复核", satisfaction="dissatisfied")
    shown = page(world.client("town"), f"/tickets/{ticket.number}/")
    assert shown.index("市级复核") < shown.index("是否满意：不满意") < shown.index("是否满意：满意")
