"""办结申请 and 回访 as forms: what was said before stands there again, what went wrong needs words."""

from __future__ import annotations

import pytest

from hotline import actions
from hotline.models import Ticket
from tests.common.api import bearer, post
from tests.hotline import desk
from tests.world import World
from wangcheng.common import clock

UNHAPPY = {"resolved": "yes", "satisfaction": "dissatisfied"}
UNSOLVED = {"resolved": "no", "satisfaction": "satisfied"}


@pytest.mark.parametrize(("answers", "named"), [(UNHAPPY, "不满意"), (UNSOLVED, "未解决")])
def test_an_unhappy_answer_needs_its_reason_on_the_page_and_by_rest(
    world: World, answers: dict[str, str], named: str
) -> None:
    ticket, caller = desk.in_callback(world), world.client("caller")
    address = f"/tickets/{ticket.number}/callback/"
    refused = caller.post(address, {**answers, "version": ticket.version})
    assert (refused.status_code, f"来电人答复{named}的，请在说明中写明原因" in refused.content.decode()) == (400, True)
    answer = post(bearer(world, "caller"), address.strip("/") + "/", answers)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["note"])
    assert caller.post(address, {**answers, "note": "反映仍有异味", "version": ticket.version}).status_code == 302
    ticket.refresh_from_db()
    assert (ticket.state, ticket.callbacks.get().note) == ("closed", "反映仍有异味")


def test_the_form_says_what_sends_a_ticket_back(world: World) -> None:
    page = world.client("caller").get(f"/tickets/{desk.in_callback(world).number}/callback/").content.decode()
    assert "属承办单位责任、须重办的，请勾选" in page


def drawn(world: World, ticket: Ticket, who: str = "town") -> dict[str, str | None]:
    form = world.client(who).get(f"/tickets/{ticket.number}/finish/").context["form"]
    return {name: form[name].value() for name in ("confirmed", "facts", "measures", "reply", "resolved")}


def test_an_answer_that_was_sent_back_stands_in_the_form_again(world: World) -> None:
    ticket = actions.review(desk.in_review(world).pk, by=world.reviewer, passed=False, note="请补充")
    assert drawn(world, ticket) == {name: desk.FINISHED[name] for name in drawn(world, ticket)}


def test_a_new_round_keeps_the_words_and_asks_anew_whether_it_is_solved(world: World) -> None:
    ticket = actions.redo(desk.closed(world).pk, by=world.supervisor, note="仍未清运")
    again = drawn(world, ticket)
    assert (again["facts"], again["reply"], again["resolved"]) == ("属实", "已告知处理结果", None)


def test_another_unit_does_not_get_the_words_of_the_first(world: World) -> None:
    ticket = actions.redo(desk.closed(world).pk, by=world.supervisor, note="仍未清运")
    Ticket.objects.filter(pk=ticket.pk).update(unit=world.units["茶亭镇"])
    ticket.sights.create(organisation=world.units["茶亭镇"], received_at=clock.now())
    assert drawn(world, ticket, "other_town")["facts"] is None


def test_what_was_answered_on_the_spot_took_no_time_to_handle(world: World) -> None:
    ticket = desk.received(world, type="consult")
    actions.answer(ticket.pk, by=world.dispatcher, reply="到窗口办理")
    page = world.client("dispatcher").get(f"/tickets/{ticket.number}/").content.decode()
    assert "当场答复</dd>" in page
    assert "0 分" not in page
