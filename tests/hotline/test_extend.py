"""延期: a request that nobody can rule on any more lapses, says so in the record and waits for nobody."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hotline import actions
from hotline.doors import DOORS
from hotline.models import Ticket
from tests.hotline import desk
from tests.hotline.test_pages import page
from tests.world import World
from wangcheng.common.models import Policy
from wangcheng.common.workflow import NotAllowed


def asked(world: World) -> Ticket:
    ticket = desk.handling(world)
    return actions.ask_extension(ticket.pk, by=world.town, days=1, note="需检测")


def suspended(world: World, ticket: Ticket) -> Ticket:
    return actions.suspend(ticket.pk, by=world.dispatcher, note="等待鉴定")


def merged(world: World, ticket: Ticket) -> Ticket:
    parent = desk.dispatched(world, title="另一件事", caller_phone="")
    return actions.merge(ticket.pk, by=world.dispatcher, parent=parent, note="同一事项")


def returned(world: World, ticket: Ticket) -> Ticket:
    actions.ask_return(ticket.pk, by=world.town, return_unit=world.units["城管局"], return_basis="职责清单")
    return actions.rule_return(ticket.pk, by=world.dispatcher, granted=True, note="属城管局职责")


def finished(world: World, ticket: Ticket) -> Ticket:
    return actions.finish(ticket.pk, by=world.town, note="已办理", **desk.FINISHED)


@pytest.mark.parametrize(
    ("end", "cause"), [(finished, "办结"), (suspended, "挂起"), (merged, "并单"), (returned, "退单")]
)
def test_a_pending_request_lapses_in_words_and_leaves_the_dispatchers_list(
    world: World, end: Callable[[World, Ticket], Ticket], cause: str
) -> None:
    ticket = asked(world)
    assert ticket.number in page(world.client("dispatcher"), "/tickets/?tab=todo")
    ticket = end(world, ticket)
    assert (ticket.extension, ticket.extension_days) == ("", None)
    last = ticket.events.last()
    assert last is not None
    assert f"延期申请因{cause}失效。" in last.note
    assert f"延期申请因{cause}失效。" in page(world.client("dispatcher"), f"/tickets/{ticket.number}/")
    waits = ticket.number in page(world.client("dispatcher"), "/tickets/?tab=todo")
    assert waits is (cause == "退单")  # which waits to be sent out again


@pytest.mark.parametrize("end", [finished, suspended, merged])
def test_a_granted_extension_stays_granted(world: World, end: Callable[[World, Ticket], Ticket]) -> None:
    ticket = asked(world)
    actions.rule_extension(ticket.pk, by=world.dispatcher, granted=True)
    ticket = end(world, ticket)
    last = ticket.events.last()
    assert (ticket.extension, ticket.extension_days) == ("granted", 1)
    assert last is not None
    assert "失效" not in last.note


def test_a_request_that_lapsed_can_be_made_again(world: World) -> None:
    ticket = suspended(world, asked(world))
    actions.resume(ticket.pk, by=world.dispatcher)
    ticket = actions.ask_extension(ticket.pk, by=world.town, days=2, note="鉴定未出")
    assert (ticket.extension, ticket.extension_days) == ("asked", 2)


def test_a_ruling_is_said_beside_its_reason(world: World) -> None:
    ticket = asked(world)
    actions.rule_extension(ticket.pk, by=world.dispatcher, granted=False, note="可现场处置")
    assert "不同意延期。可现场处置" in page(world.client("town"), f"/tickets/{ticket.number}/")


def test_how_often_a_round_is_extended_is_a_rule(world: World) -> None:
    rules = Policy.objects.get(key="hotline.limits")
    Policy.objects.filter(pk=rules.pk).update(values={**rules.values, "extensions_most": 2})
    ticket = desk.handling(world)
    for _ in range(2):
        assert "extend" in {door.step.name for door in DOORS.open_to(world.town, ticket)}
        actions.ask_extension(ticket.pk, by=world.town, days=1, note="需检测")
        with pytest.raises(NotAllowed, match="正在等待裁定"):
            actions.ask_extension(ticket.pk, by=world.town, days=1, note="需检测")
        ticket = actions.rule_extension(ticket.pk, by=world.dispatcher, granted=True)
    assert "extend" not in {door.step.name for door in DOORS.open_to(world.town, ticket)}
    with pytest.raises(NotAllowed, match="已延期2次"):
        actions.ask_extension(ticket.pk, by=world.town, days=1, note="需检测")


def test_the_refusal_of_another_return_names_how_many_there_were(world: World) -> None:
    rules = Policy.objects.get(key="hotline.limits")
    Policy.objects.filter(pk=rules.pk).update(values={**rules.values, "returns_most": 1})
    ticket = desk.dispatched(world)
    ask = {"by": world.town, "return_unit": world.units["城管局"], "return_basis": "职责清单"}
    actions.ask_return(ticket.pk, **ask)
    actions.rule_return(ticket.pk, by=world.dispatcher, granted=False)
    with pytest.raises(NotAllowed, match="已申请退单1次"):
        actions.ask_return(ticket.pk, **ask)
