"""待办: a ticket waits for whoever has something to do with it next, and for nobody else."""

from __future__ import annotations

from hotline import actions
from hotline.models import Ticket
from tests.hotline import desk
from tests.hotline.test_pages import page
from tests.world import World


def waits(world: World, ticket: Ticket, who: str) -> bool:
    return ticket.number in page(world.client(who), "/tickets/?tab=todo")


def test_a_ticket_waits_for_a_co_unit_until_it_has_answered(world: World) -> None:
    ticket = desk.dispatched(world, co_units=("城管局", "住建局"))
    assert [waits(world, ticket, who) for who in ("town", "department", "other_department")] == [True, True, True]
    actions.assist(ticket.pk, by=world.department, answer="已执法")
    assert [waits(world, ticket, who) for who in ("town", "department", "other_department")] == [True, False, True]


def test_a_ticket_sent_elsewhere_waits_no_longer_for_who_gave_it_back(world: World) -> None:
    ticket = desk.dispatched(world, co_units=("住建局",))
    actions.ask_return(ticket.pk, by=world.town, return_unit=world.units["城管局"], return_basis="职责清单")
    actions.rule_return(ticket.pk, by=world.dispatcher, granted=True)
    actions.dispatch(ticket.pk, by=world.dispatcher, unit=world.units["城管局"])
    assert [waits(world, ticket, who) for who in ("town", "department", "other_department")] == [False, True, False]
    assert ticket.number in page(world.client("town"), "/tickets/?tab=all"), "it is still seen"


def test_what_waits_for_a_village_waits_for_the_town_above_it(world: World) -> None:
    ticket = desk.dispatched(world, "斑马湖社区")
    assert [waits(world, ticket, who) for who in ("village", "town", "other_town")] == [True, True, False]


def test_an_exclusion_waits_for_its_ruling_whatever_the_state_of_the_ticket(world: World) -> None:
    reviewed, closed = desk.in_review(world), desk.closed(world, title="另一件事", caller_phone="")
    for ticket in (reviewed, closed):
        assert not waits(world, ticket, "dispatcher")
        actions.ask_exclusion(ticket.pk, by=world.town, note="恶意投诉，附通话记录")
        assert waits(world, ticket, "dispatcher")
        actions.rule_exclusion(ticket.pk, by=world.dispatcher, granted=True)
        assert not waits(world, ticket, "dispatcher")


def test_an_unhappy_answer_of_the_city_waits_until_the_centre_has_ruled(world: World) -> None:
    unhappy = desk.intake(resolved="no", satisfaction="dissatisfied")
    tickets = [desk.closed(world, title=title, caller_phone="") for title in ("路灯不亮", "井盖破损", "噪音扰民")]
    for ticket in tickets:
        actions.update_from_city(ticket.pk, unhappy, by=None)
        assert [waits(world, ticket, who) for who in ("dispatcher", "supervisor", "reviewer")] == [True, True, False]
    redone, noted, turned = tickets
    actions.redo(redone.pk, by=world.supervisor, note="承办单位责任")
    actions.acknowledge(noted.pk, by=world.dispatcher, note="诉求超出职责，已解释")
    actions.update_from_city(turned.pk, desk.intake(resolved="yes", satisfaction="satisfied"), by=None)
    assert [waits(world, ticket, "dispatcher") for ticket in tickets] == [False, False, False]


def test_an_unhappy_answer_of_the_city_that_closes_a_ticket_waits_as_well(world: World) -> None:
    ticket = desk.in_callback(world)
    actions.update_from_city(ticket.pk, desk.intake(resolved="no", satisfaction="unrated"), by=None)
    assert waits(world, ticket, "supervisor")
