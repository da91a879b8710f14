"""The clocks of a ticket: when each runs out, from which moment, and what stops it."""

from __future__ import annotations

import pytest

from hotline import actions
from hotline.pages import reasons
from tests.hotline import desk
from tests.hotline.desk import at
from tests.world import World
from wangcheng.common import clock
from wangcheng.common.models import Category
from wangcheng.common.workflow import NotAllowed

# 2023-01-03 is a Tuesday; hours 09:00-12:00 and 13:30-17:30


def test_signing_is_due_four_working_hours_after_dispatch(world: World) -> None:
    assert desk.dispatched(world).sign_due_at == at("2023-01-03 15:00")


@pytest.mark.parametrize("urgency", ["urgent", "critical"])
def test_an_urgent_ticket_is_signed_in_half_an_hour_contacted_in_two_hours_and_done_in_a_day(
    world: World, urgency: str
) -> None:
    with clock.frozen(at("2023-01-03 19:00")):
        ticket = desk.dispatched(world, urgency=urgency)
    assert ticket.sign_due_at == at("2023-01-03 19:30")
    assert ticket.contact_due_at == at("2023-01-03 21:00")
    assert ticket.report_due_at == at("2023-01-03 21:00")
    assert ticket.due_at == at("2023-01-04 19:00")


def test_the_caller_is_reached_within_24_working_hours(world: World) -> None:
    # 6.5 h are left on Tuesday, 7 on Wednesday, 7 on Thursday, so 3.5 on Friday
    assert desk.dispatched(world).contact_due_at == at("2023-01-06 14:00")


def test_the_caller_is_reached_before_the_matter_is_due(world: World) -> None:
    ticket = desk.dispatched(world, type="consult")
    assert ticket.contact_due_at == ticket.internal_due_at == at("2023-01-04 09:30")


@pytest.mark.parametrize(
    ("kind", "due"),
    [
        ("consult", "2023-01-04 09:30"),
        ("help", "2023-01-10 09:30"),
        ("complaint", "2023-01-10 09:30"),
        ("report", "2023-01-10 09:30"),
        ("suggestion", "2023-01-17 09:30"),
    ],
)
def test_each_type_has_its_own_limit_counted_from_dispatch(world: World, kind: str, due: str) -> None:
    assert desk.dispatched(world, type=kind).due_at == at(due)


def with_limit(world: World, days: int, name: str = "占道经营") -> Category:
    """The category with a 办理时限 of its own."""
    row = world.categories[name]
    Category.objects.filter(pk=row.pk).update(handling_days=days)
    row.refresh_from_db()
    return row


def test_the_limit_of_a_category_goes_before_that_of_the_type(world: World) -> None:
    ticket = desk.dispatched(world, category=with_limit(world, 2))
    assert ticket.due_at == at("2023-01-05 09:30")
    assert "2个工作日" in reasons(ticket)[0]
    with clock.frozen(at("2023-01-03 10:00")):
        assert desk.dispatched(world, category=ticket.category, urgency="urgent").due_at == at("2023-01-04 10:00")


def test_a_category_that_the_dispatcher_corrects_brings_its_limit(world: World) -> None:
    ticket = desk.received(world, category=world.categories["垃圾清运"])
    sent = {"unit": world.units["城管局"], "category": with_limit(world, 2)}
    assert actions.dispatch(ticket.pk, by=world.dispatcher, **sent).due_at == at("2023-01-05 09:30")


def test_a_city_ticket_is_due_by_the_limit_of_its_category_from_receipt(world: World) -> None:
    received = at("2023-01-03 09:00")
    ticket = desk.received(world, received_at=received, city_number="CS1", category=with_limit(world, 2))
    assert ticket.city_due_at == at("2023-01-04 17:30")
    brought = desk.intake(received_at=received, city_number="CS1", category=with_limit(world, 4, "垃圾清运"))
    assert actions.update_from_city(ticket.pk, brought, by=None)[0].city_due_at == at("2023-01-06 17:30")


def test_what_is_sent_after_hours_counts_from_the_next_working_morning(world: World) -> None:
    with clock.frozen(at("2023-01-03 20:00")):
        assert desk.dispatched(world).sign_due_at == at("2023-01-04 14:30")


def test_a_city_ticket_is_due_by_the_city_from_receipt_and_inside_a_working_day_earlier(world: World) -> None:
    ticket = desk.received(world, city_number="CS1", received_at=at("2023-01-03 09:00"))
    assert ticket.city_due_at == ticket.due_at == at("2023-01-09 17:30")
    with clock.frozen(at("2023-01-04 10:00")):
        ticket = actions.dispatch(ticket.pk, by=world.dispatcher, unit=world.units["城管局"])
    assert ticket.due_at == at("2023-01-09 17:30")
    assert ticket.internal_due_at == at("2023-01-06 17:30")


def test_a_unit_that_gets_a_ticket_late_has_half_the_limit(world: World) -> None:
    ticket = desk.received(world, city_number="CS1", received_at=at("2023-01-03 09:00"))
    with clock.frozen(at("2023-01-06 09:00")):
        ticket = actions.dispatch(ticket.pk, by=world.dispatcher, unit=world.units["城管局"])
    assert ticket.internal_due_at == at("2023-01-10 14:00")  # half of 35 working hours
    assert ticket.due_at == at("2023-01-09 17:30")


def test_the_city_may_give_its_own_deadline(world: World) -> None:
    ticket = desk.received(world, city_number="CS1", city_due_at=at("2023-01-05 12:00"))
    assert ticket.due_at == at("2023-01-05 12:00")


def test_returning_a_ticket_wins_no_time_on_the_citys_clock(world: World) -> None:
    ticket = desk.dispatched(world, city_number="CS1")
    due = ticket.city_due_at
    actions.ask_return(ticket.pk, by=world.town, return_unit=world.units["城管局"], return_basis="职责清单")
    ticket = actions.rule_return(ticket.pk, by=world.dispatcher, granted=True)
    assert (ticket.city_due_at, ticket.due_at, ticket.internal_due_at) == (due, due, None)
    with clock.frozen(at("2023-01-04 09:30")):
        ticket = actions.dispatch(ticket.pk, by=world.dispatcher, unit=world.units["城管局"])
    assert (ticket.city_due_at, ticket.sign_due_at) == (due, at("2023-01-04 15:00"))


def test_a_return_after_the_limit_is_refused(world: World) -> None:
    ticket = desk.dispatched(world)
    assert ticket.return_due_at == at("2023-01-06 14:00")
    with clock.frozen(at("2023-01-06 14:01")), pytest.raises(NotAllowed, match="退单时限"):
        actions.ask_return(ticket.pk, by=world.town, return_unit=world.units["城管局"], return_basis="职责清单")


def test_a_suspended_ticket_gets_its_remaining_time_back(world: World) -> None:
    ticket = desk.dispatched(world)  # due 2023-01-10 09:30, signing 15:00
    with clock.frozen(at("2023-01-03 10:30")):
        actions.suspend(ticket.pk, by=world.dispatcher, note="等待司法鉴定")
    with clock.frozen(at("2023-01-05 10:30")):
        ticket = actions.resume(ticket.pk, by=world.dispatcher)
    assert ticket.due_at == at("2023-01-12 09:30")
    assert ticket.sign_due_at == at("2023-01-05 15:00")
    assert ticket.suspended_at is None
    assert ticket.suspended_seconds == 14 * 3600


def test_nothing_is_finished_while_suspended(world: World) -> None:
    ticket = desk.handling(world)
    actions.suspend(ticket.pk, by=world.dispatcher, note="等待司法鉴定")
    with pytest.raises(NotAllowed, match="挂起"):
        actions.finish(ticket.pk, by=world.town, **desk.FINISHED)


def test_a_granted_extension_moves_every_handling_deadline(world: World) -> None:
    ticket = desk.handling(world, city_number="CS1")
    city, inner = ticket.city_due_at, ticket.internal_due_at
    actions.ask_extension(ticket.pk, by=world.town, days=2, note="需现场检测")
    ticket = actions.rule_extension(ticket.pk, by=world.dispatcher, granted=True)
    assert city == at("2023-01-10 09:30")
    assert ticket.city_due_at == ticket.due_at == at("2023-01-12 09:30")
    assert ticket.internal_due_at - inner == ticket.due_at - city


@pytest.mark.parametrize("days", [0, 6])
def test_an_extension_is_at_least_a_day_and_at_most_the_original_limit(world: World, days: int) -> None:
    ticket = desk.handling(world)
    with pytest.raises(NotAllowed, match="1至5个工作日"):
        actions.ask_extension(ticket.pk, by=world.town, days=days, note="需现场检测")


def test_an_extension_is_asked_before_expiry_and_once(world: World) -> None:
    ticket = desk.handling(world)
    actions.ask_extension(ticket.pk, by=world.town, days=5, note="需现场检测")
    ticket = actions.rule_extension(ticket.pk, by=world.dispatcher, granted=False, note="理由不充分")
    assert ticket.due_at == at("2023-01-10 09:30")
    with pytest.raises(NotAllowed, match="未获同意，不能再申请延期"):
        actions.ask_extension(ticket.pk, by=world.town, days=1, note="再次申请")
    other = desk.handling(world, title="另一件事")
    with clock.frozen(at("2023-01-10 09:31")), pytest.raises(NotAllowed, match="已超过办理时限"):
        actions.ask_extension(other.pk, by=world.town, days=1, note="来不及")


def test_handling_time_is_counted_in_working_seconds_without_the_pause(world: World) -> None:
    ticket = desk.handling(world)
    with clock.frozen(at("2023-01-03 10:00")):
        actions.suspend(ticket.pk, by=world.dispatcher, note="等待鉴定")
    with clock.frozen(at("2023-01-03 11:00")):
        actions.resume(ticket.pk, by=world.dispatcher)
    with clock.frozen(at("2023-01-03 14:30")):
        ticket = actions.finish(ticket.pk, by=world.town, **desk.FINISHED)
    assert ticket.handle_seconds == (30 + 60 + 60) * 60


def test_time_in_review_is_not_the_units(world: World) -> None:
    ticket = desk.in_review(world, city_number="CS1")
    inner, city = ticket.internal_due_at, ticket.city_due_at
    with clock.frozen(at("2023-01-04 09:30")):
        ticket = actions.review(ticket.pk, by=world.reviewer, passed=False, note="缺少依据")
    assert (inner, ticket.internal_due_at) == (at("2023-01-09 09:30"), at("2023-01-10 09:30"))
    assert ticket.city_due_at == ticket.due_at == city


def test_a_new_round_has_three_working_days(world: World) -> None:
    ticket = desk.closed(world)
    with clock.frozen(at("2023-01-05 10:00")):
        ticket = actions.redo(ticket.pk, by=world.supervisor, note="来电人反映仍未清运")
    assert (ticket.round, ticket.due_at, ticket.closed_at) == (2, at("2023-01-10 10:00"), None)


def test_a_critical_new_round_runs_on_the_natural_clock(world: World) -> None:
    ticket = desk.closed(world, urgency="critical")
    with clock.frozen(at("2023-01-06 18:00")):
        ticket = actions.redo(ticket.pk, by=world.supervisor, note="仍未解决")
    assert ticket.due_at == at("2023-01-09 18:00")


def test_a_pause_in_a_new_round_of_an_urgent_ticket_is_counted_in_working_time(world: World) -> None:
    ticket = desk.closed(world, urgency="urgent")
    with clock.frozen(at("2023-01-05 17:30")):
        ticket = actions.redo(ticket.pk, by=world.supervisor, note="仍未解决")
    assert ticket.due_at == at("2023-01-10 17:30")
    with clock.frozen(at("2023-01-06 17:00")):
        actions.suspend(ticket.pk, by=world.dispatcher, note="等待鉴定")
    with clock.frozen(at("2023-01-09 22:00")):
        ticket = actions.resume(ticket.pk, by=world.dispatcher)
    assert ticket.due_at == ticket.internal_due_at == at("2023-01-12 09:30")  # half an hour and two days were left


def test_a_new_round_sent_back_in_review_is_counted_in_working_time(world: World) -> None:
    ticket = desk.closed(world, urgency="urgent")
    with clock.frozen(at("2023-01-05 17:30")):
        actions.redo(ticket.pk, by=world.supervisor, note="仍未解决")
    with clock.frozen(at("2023-01-06 17:00")):
        actions.finish(ticket.pk, by=world.town, **desk.FINISHED)
    with clock.frozen(at("2023-01-09 22:00")):
        ticket = actions.review(ticket.pk, by=world.reviewer, passed=False, note="缺少依据")
    assert ticket.due_at == at("2023-01-12 09:30")


def test_a_new_round_that_goes_to_another_unit_keeps_the_limit_of_a_redo(world: World) -> None:
    ticket = desk.closed(world, urgency="urgent")
    again = {"by": world.dispatcher, "unit": world.units["城管局"]}
    actions.redo(ticket.pk, by=world.supervisor, note="仍未解决")
    actions.ask_return(ticket.pk, by=world.town, return_unit=world.units["城管局"], return_basis="职责清单")
    actions.rule_return(ticket.pk, by=world.dispatcher, granted=True)
    with clock.frozen(at("2023-01-04 09:30")):
        ticket = actions.dispatch(ticket.pk, **again)
    assert ticket.due_at == at("2023-01-09 09:30")
