"""双推送: which tickets go to the level-3 grid, to whom, and what a contact from the grid leaves behind."""

from __future__ import annotations

from datetime import date

import pytest

from hotline import actions
from hotline.models import Ticket, TicketPush
from tests.hotline import desk
from tests.hotline.desk import at
from tests.world import World
from wangcheng.common import clock
from wangcheng.common.models import Message, Policy, Post


def pushed(world: World, **values: object) -> Ticket:
    return desk.dispatched(world, **{"area": world.grids["斑马湖社区1"], **values})  # type: ignore[arg-type]


def test_a_ticket_of_a_town_goes_to_the_leader_and_the_officer_of_its_grid(world: World) -> None:
    ticket = pushed(world)
    assert ticket.pushed_at == ticket.dispatched_at == clock.now()
    assert set(ticket.pushes.values_list("user__username", "kind")) == {
        ("gridleader", "leader"),
        ("gridofficer", "officer"),
    }
    texts = Message.objects.filter(purpose="push", about=ticket.number)
    assert {message.phone for message in texts} == {world.gridleader.phone, world.gridofficer.phone}
    number = ticket.number
    assert {message.text for message in texts} == {
        f"12345工单{number}“{ticket.title}”已推送至您的网格，请于1月6日14:00前联系来电人。"
    }
    assert not any("张三丰" in message.text or desk.PHONE in message.text for message in texts)


def test_before_december_2022_nothing_is_pushed(world: World) -> None:
    with clock.frozen(at("2022-11-30 10:00")):
        assert pushed(world).pushed_at is None
    with clock.frozen(at("2022-12-01 10:00")):
        assert pushed(world).pushed_at is not None


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"type": "consult"}, "a consultation"),
        ({"unit": "城管局"}, "of a department"),
        ({"area": None}, "without a grid"),
    ],
)
def test_what_is_not_pushed(world: World, values: dict[str, object], why: str) -> None:
    assert pushed(world, **values).pushed_at is None, why
    assert not TicketPush.objects.exists()


@pytest.mark.parametrize("values", [{"confidential": True}, {"type": "report"}])
def test_whether_secret_tickets_are_pushed_is_a_policy(world: World, values: dict[str, object]) -> None:
    assert pushed(world, **values).pushed_at is not None
    in_force = Policy.objects.version_on("hotline.push", clock.today())
    Policy.objects.create(
        key="hotline.push", version=9, state="approved", valid_from=clock.today(),
        values={**in_force.values, "secret_too": False},
    )  # fmt: skip
    assert pushed(world, **values).pushed_at is None


def test_a_ticket_of_a_village_is_pushed_too(world: World) -> None:
    assert pushed(world, unit="斑马湖社区").pushed_at is not None


def test_a_grid_without_officers_gets_no_push(world: World) -> None:
    assert pushed(world, area=world.grids["斑马湖社区2"]).pushed_at is None


def test_who_is_on_leave_is_stood_in_for(world: World) -> None:
    Post.objects.filter(user=world.gridofficer).update(deputy=world.other_gridofficer, on_leave_until=date(2023, 1, 3))
    assert pushed(world).pushes.filter(user=world.other_gridofficer, kind="officer").exists()


def test_a_contact_from_the_grid_answers_the_push_and_counts_as_first_contact(world: World) -> None:
    ticket = pushed(world)
    actions.contact(ticket.pk, by=world.gridofficer, way="phone", outcome="no_answer")
    with clock.frozen(at("2023-01-03 10:00")):
        ticket = actions.contact(ticket.pk, by=world.gridofficer, way="visit", outcome="connected")
    assert ticket.push_contacted_at == ticket.first_contact_at == at("2023-01-03 10:00")
    assert dict(ticket.pushes.values_list("user__username", "contacted_at")) == {
        "gridofficer": at("2023-01-03 10:00"),
        "gridleader": None,
    }


def test_a_contact_of_the_unit_does_not_answer_the_push(world: World) -> None:
    ticket = actions.contact(pushed(world).pk, by=world.town, way="phone", outcome="connected")
    assert (ticket.first_contact_at, ticket.push_contacted_at) == (clock.now(), None)


def test_an_officer_sees_what_was_pushed_to_the_own_grid_alone(world: World) -> None:
    ticket = pushed(world)
    assert Ticket.objects.visible_to(world.gridofficer).get() == ticket
    assert not Ticket.objects.visible_to(world.other_gridofficer).exists()


def test_a_ticket_is_pushed_once(world: World) -> None:
    ticket = pushed(world)
    actions.ask_return(ticket.pk, by=world.town, return_unit=world.units["斑马湖社区"], return_basis="职责清单")
    actions.rule_return(ticket.pk, by=world.dispatcher, granted=True)
    with clock.frozen(at("2023-01-04 10:00")):
        ticket = actions.dispatch(ticket.pk, by=world.dispatcher, unit=world.units["斑马湖社区"])
    assert ticket.pushed_at == at("2023-01-03 09:30")
    assert Message.objects.filter(purpose="push").count() == 2
