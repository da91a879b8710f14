"""市级回访结果 comes when it comes: appended in every state, applied to what is closed, brought again it changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from hotline import actions
from hotline.intake import Outcome
from hotline.models import Ticket, TicketEvent
from tests.common import api
from tests.hotline import desk
from tests.hotline.desk import FINISHED, HAPPY, at
from tests.hotline.test_figures import figures, in_december
from tests.hotline.test_import_tickets import counts, run, write_csv
from tests.hotline.test_pages import page
from tests.world import World
from wangcheng.common import clock
from wangcheng.common.audit.verifying import faults_of

UNHAPPY = {"resolved": "no", "satisfaction": "dissatisfied"}
SAID = "市级回访结果：是否解决“未解决”，是否满意“不满意”。"
WAITS = "本级尚未办结，结果留待回访时核对。"
HEADER = ["工单编号", "标题", "主要内容", "工单类型", "是否解决", "是否满意"]


def archived(world: World) -> Ticket:
    ticket = desk.closed(world, city_number="CS1")
    with clock.frozen(at("2023-02-06 09:30")):
        return actions.archive(ticket.pk, by=None)


def rejected(world: World) -> Ticket:
    ticket = desk.received(world, city_number="CS1")
    return actions.reject(ticket.pk, by=world.dispatcher, reason="litigation", right_channel="法院")


def merged(world: World) -> Ticket:
    parent = desk.received(world, title="另一件事", caller_phone="")
    return actions.merge(desk.received(world, city_number="CS1").pk, by=world.dispatcher, parent=parent)


def of_city(make: Callable[..., Ticket]) -> Callable[[World], Ticket]:
    return lambda world: make(world, city_number="CS1")


# state → (how the ticket got there, what the event says, whether the answers are the ticket's now)
STATES: dict[str, tuple[Callable[[World], Ticket], str, bool]] = {
    "received": (of_city(desk.received), SAID + WAITS, False),
    "dispatched": (of_city(desk.dispatched), SAID + WAITS, False),
    "handling": (of_city(desk.handling), SAID + WAITS, False),
    "review": (of_city(desk.in_review), SAID + WAITS, False),
    "callback": (of_city(desk.in_callback), "市级回访结果。", True),
    "closed": (of_city(desk.closed), SAID, True),
    "archived": (archived, SAID, True),
    "rejected": (rejected, SAID, False),
    "merged": (merged, SAID, False),
}


def sheet(folder: Path, ticket: Ticket) -> Path:
    row = [ticket.city_number, ticket.title, ticket.content, "求助", "未解决", "不满意"]
    return write_csv(folder / "回访.csv", HEADER, dict(zip(HEADER, row, strict=True)))


def test_every_state_is_tried() -> None:
    assert STATES.keys() == set(Ticket.State.values)


@pytest.mark.parametrize("state", STATES)
def test_a_result_is_appended_once_in_every_state(world: World, tmp_path: Path, state: str) -> None:
    make, said, applied = STATES[state]
    ticket = make(world)
    path = sheet(tmp_path, ticket)
    assert counts(run(path, "--dry-run")) == (1, 0, 1, 0, 0)
    assert counts(run(path)) == (1, 0, 1, 0, 0)
    ticket.refresh_from_db()
    assert ticket.state == ("closed" if state == "callback" else state)
    assert ((ticket.resolved, ticket.satisfaction) == ("no", "dissatisfied")) is applied
    last = ticket.events.last()
    assert last is not None
    assert (last.note, last.actor) == (said, None)
    kept = ticket.callbacks.get(from_city=True)
    assert (kept.resolved, kept.satisfaction, kept.round) == ("no", "dissatisfied", 1)
    assert counts(run(path)) == (1, 0, 0, 1, 0)
    assert list(faults_of(TicketEvent)) == []


def test_a_result_that_comes_with_a_new_ticket_is_kept_and_brought_again_no_news(world: World, tmp_path: Path) -> None:
    path = sheet(tmp_path, Ticket(city_number="CS9", title="路灯不亮", content="坏了三天"))
    assert counts(run(path)) == (1, 1, 0, 0, 0)
    ticket = Ticket.objects.get()
    assert list(ticket.events.values_list("step", flat=True)) == ["receive", "city_result"]
    assert (ticket.state, ticket.satisfaction, ticket.callbacks.get().satisfaction) == ("received", "", "dissatisfied")
    assert counts(run(path)) == (1, 0, 0, 1, 0)


def test_by_rest_the_same_is_kept_and_no_news(world: World) -> None:
    client = api.bearer(world, "apiclient")
    body = {"title": "路灯不亮", "content": "坏了三天", "type": "help", "source": "phone", "city_number": "CS9",
            "received_at": "2023-01-03T09:00:00+08:00", **UNHAPPY}  # fmt: skip
    assert [api.post(client, "tickets/", body).status_code for _ in range(2)] == [201, 200]
    ticket = Ticket.objects.get()
    assert (ticket.version, ticket.callbacks.count()) == (2, 1)
    assert ticket.events.get(step="city_result").note == f"{SAID}{WAITS}（{world.apiclient.name}导入）"


def test_an_old_result_does_not_close_the_round_that_it_caused(world: World, tmp_path: Path) -> None:
    ticket = desk.closed(world, city_number="CS1")
    path = sheet(tmp_path, ticket)
    run(path)
    actions.redo(ticket.pk, by=world.dispatcher, note="市级回访不满意")
    actions.finish(ticket.pk, by=world.town, **FINISHED)
    actions.review(ticket.pk, by=world.reviewer, passed=True)
    assert counts(run(path)) == (1, 0, 0, 1, 0)
    ticket.refresh_from_db()
    assert (ticket.state, ticket.round, ticket.satisfaction) == ("callback", 2, "")
    happy = desk.intake(city_number="CS1", title=ticket.title, content=ticket.content, **HAPPY)
    assert actions.take_in(happy, by=None)[1] == Outcome.UPDATED
    ticket.refresh_from_db()
    assert (ticket.state, ticket.satisfaction) == ("closed", "satisfied")


def test_an_archived_ticket_goes_into_a_new_round_and_keeps_its_record(world: World) -> None:
    ticket = archived(world)
    with clock.frozen(at("2023-02-07 09:30")):
        actions.take_in(desk.intake(city_number="CS1", **UNHAPPY), by=world.dispatcher, imported=True)
        form = {"note": "市级回访不满意", "version": Ticket.objects.get(pk=ticket.pk).version}
        assert world.client("dispatcher").post(f"/tickets/{ticket.number}/redo/", form).status_code == 302
        shown = page(world.client("town"), f"/tickets/{ticket.number}/")
    ticket.refresh_from_db()
    assert (ticket.state, ticket.round, ticket.due_at) == ("handling", 2, at("2023-02-10 09:30"))
    assert "归档" in shown
    assert f"{SAID}（{world.dispatcher.name}导入）" in shown
    assert list(ticket.callbacks.values_list("round", "satisfaction")) == [(1, "satisfied"), (1, "dissatisfied")]


def test_a_late_result_counts_from_when_it_came_and_not_before(world: World) -> None:
    ticket = in_december(lambda: desk.closed(world, city_number="CS1"))
    before = figures()
    actions.take_in(desk.intake(city_number="CS1", title=ticket.title, content=ticket.content, **UNHAPPY), by=None)
    ticket.refresh_from_db()
    assert ticket.satisfaction == "dissatisfied"
    assert figures() == before
