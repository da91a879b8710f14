"""业务流程: what the manual says of a step with several outcomes is what the plans do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from hotline import actions
from hotline import workflow as hotline
from hotline.models import Ticket
from tests.hotline import desk
from tests.whistle.steps import DISSATISFIED, SATISFIED, blown, closed, dispatched, handling, photo, reported, take
from tests.world import World
from wangcheng.common import clock
from wangcheng.common.workflow import Clock, Holder, Step, moved
from whistle import workflow as whistle
from whistle.models import Whistle

MOVES = {Clock.START, Clock.RESUME, Clock.RESTART}  # the deadline of the unit
OF_TICKETS = {
    **dict.fromkeys((Ticket.State.DISPATCHED, Ticket.State.HANDLING), Holder.UNIT),
    **dict.fromkeys((Ticket.State.RECEIVED, Ticket.State.REVIEW, Ticket.State.CALLBACK), Holder.CENTRE),
    **dict.fromkeys((Ticket.State.CLOSED, Ticket.State.ARCHIVED, Ticket.State.REJECTED), Holder.NOBODY),
}
OF_WHISTLES = {
    Whistle.State.REPORTED: Holder.VILLAGE,
    Whistle.State.TOWN: Holder.TOWN,
    Whistle.State.FILING: Holder.CENTRE,
    **dict.fromkeys((Whistle.State.DISPATCHED, Whistle.State.SIGNED, Whistle.State.HANDLING), Holder.UNIT),
    **dict.fromkeys((Whistle.State.VERIFYING, Whistle.State.DECLINED), Holder.REPORTER),
    Whistle.State.CLOSED: Holder.NOBODY,
}


@pytest.mark.parametrize(("table", "holders"), [(hotline.TABLE, OF_TICKETS), (whistle.TABLE, OF_WHISTLES)])
def test_each_outcome_names_who_holds_a_case_in_its_state(table: tuple[Step, ...], holders: dict[str, Holder]) -> None:
    wrong = [
        (step.label, state, step.leaves(state)[0].value)
        for step in table
        if step.target or step.targets
        for state in step.lands_in()
        if step.leaves(state)[0] not in {Holder.SAME, holders.get(state)}
    ]
    assert wrong == []
    assert [step.name for step in table if not step.lands.keys() <= step.lands_in()] == []


@contextmanager
def watched() -> Iterator[set[tuple[str, str]]]:
    """Outcomes (step, state) that were seen; of every step with several, its clock is compared with the deadline."""
    seen: set[tuple[str, str]] = set()

    def compare(case: Any, step: Step, event: Any, change: Any, **sent: Any) -> None:
        if not step.lands:
            return
        does = step.leaves(event.after)[1]
        assert (bool(change.fields.get("due_at"))) == (does in MOVES), (step.label, event.after, does)
        seen.add((step.name, event.after))

    moved.connect(compare)
    try:
        yield seen
    finally:
        moved.disconnect(compare)


def every(table: tuple[Step, ...], *but: tuple[str, str]) -> set[tuple[str, str]]:
    return {(step.name, str(state)) for step in table if step.lands for state in step.lands_in()} - set(but)


def test_the_clocks_of_a_ticket_do_what_the_manual_says(world: World) -> None:
    with watched() as seen:
        for signed, granted in ((False, False), (True, False), (False, True)):
            ticket = (desk.handling if signed else desk.dispatched)(world)
            actions.ask_return(ticket.pk, by=world.town, return_unit=world.units["城管局"], return_basis="职责清单")
            actions.rule_return(ticket.pk, by=world.dispatcher, granted=granted, note="已核实")
        ticket = desk.in_review(world)
        with clock.frozen(clock.now() + timedelta(hours=2)):
            actions.review(ticket.pk, by=world.reviewer, passed=False, note="请补充")
            desk.closed(world)
            ticket = desk.in_callback(world)
            actions.callback(ticket.pk, by=world.caller, at_fault=True, resolved="no", satisfaction="dissatisfied")
    assert seen == every(hotline.TABLE)


def _returned(world: World, case: Whistle, granted: str) -> None:
    take(world, case, "return", "department", return_unit="D02", note="非本单位职责")
    take(world, case, "rule_return", "dispatcher", granted=granted, note="已核实")


def _appealed(world: World, upheld: str) -> None:
    case = take(world, closed(world), "rate", "gridofficer", **DISSATISFIED)
    take(world, case, "appeal", "department", note="已经清理")
    take(world, case, "rule_appeal", "dispatcher", upheld=upheld, note="已核实")


def _declined_and_back(world: World, decline: Callable[[], Whistle]) -> None:
    take(world, decline(), "resubmit", "gridofficer", note="补充说明")


def test_the_clocks_of_a_whistle_do_what_the_manual_says(world: World) -> None:
    with watched() as seen:
        _declined_and_back(
            world, lambda: take(world, reported(world), "filter", "village", passed="false", note="不属实")
        )
        _declined_and_back(world, lambda: take(world, blown(world), "decline", "reviewer", note="不属实"))
        _returned(world, dispatched(world), "true")
        _returned(world, dispatched(world), "false")
        _returned(world, take(world, dispatched(world), "sign", "department"), "false")
        case = take(world, handling(world), "dispose", "department", note="已清理完毕。")
        take(world, case, "verify", "gridofficer", photos=[photo()], passed="false", note="没有清理")
        take(world, closed(world), "rate", "gridofficer", **SATISFIED)
        _appealed(world, "false")
    assert seen == every(whistle.TABLE, ("rule_appeal", "closed"), ("rule_appeal", "verifying"))
