"""Where two features meet: a pause and a dispatch, a merge and an answer, a delivery and a correction, a return and a list."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from hotline import actions
from hotline.intake import Outcome
from hotline.models import Ticket, TicketPush
from tests.hotline import desk
from tests.hotline.desk import at
from tests.world import World
from wangcheng.common import clock
from wangcheng.common.figures.compute import one
from wangcheng.common.figures.periods import Period
from wangcheng.common.models import Message, Policy
from wangcheng.common.workflow import NotAllowed

YEAR = Period.parse("2023", at("2023-12-31 23:59"))


# 待办 and 超期 of a unit


def test_what_a_unit_gave_back_is_seen_but_no_longer_waited_for(world: World) -> None:
    ticket = desk.dispatched(world)
    actions.ask_return(ticket.pk, by=world.town, return_unit=world.units["城管局"], return_basis="职责清单")
    actions.rule_return(ticket.pk, by=world.dispatcher, granted=True)
    actions.dispatch(ticket.pk, by=world.dispatcher, unit=world.units["城管局"])
    seen = Ticket.objects.visible_to(world.town)
    assert list(seen) == [ticket]
    assert not seen.waiting_for(world.town).exists()
    assert not seen.held_by(world.town).overdue(at("2023-06-01 09:00")).exists()
    assert Ticket.objects.visible_to(world.department).waiting_for(world.department).get() == ticket


def test_a_co_unit_is_waited_for_until_it_has_answered(world: World) -> None:
    ticket = desk.dispatched(world, co_units=("城管局",))
    mine = Ticket.objects.visible_to(world.department)
    assert mine.waiting_for(world.department).get() == ticket
    actions.assist(ticket.pk, by=world.department, answer="已执法")
    assert mine.get() == ticket
    assert not mine.waiting_for(world.department).exists()


# 挂起 and 派单


def test_a_pause_before_the_dispatch_shortens_nobodys_handling_time(world: World) -> None:
    ticket = desk.received(world)
    actions.suspend(ticket.pk, by=world.dispatcher, note="等待来电人补充")
    with clock.frozen(at("2023-01-05 09:00")):
        actions.resume(ticket.pk, by=world.dispatcher)
        actions.dispatch(ticket.pk, by=world.dispatcher, unit=world.units["高塘岭街道"])
        actions.sign(ticket.pk, by=world.town)
        actions.contact(ticket.pk, by=world.town, way="phone", outcome="connected")
    with clock.frozen(at("2023-01-05 11:00")):
        done = actions.finish(ticket.pk, by=world.town, **desk.FINISHED)
    assert done.handle_seconds == 2 * 3600


# 合并


@pytest.mark.parametrize("ending", ["answer", "reject"])
def test_a_merged_ticket_is_closed_with_a_parent_that_was_never_sent_out(world: World, ending: str) -> None:
    parent = desk.received(world, type="consult")
    child = desk.received(world, title="另一件事")
    actions.merge(child.pk, by=world.dispatcher, parent=parent)
    if ending == "answer":
        actions.answer(parent.pk, by=world.dispatcher, reply="周一至周五办理")
    else:
        actions.reject(parent.pk, by=world.dispatcher, reason="petition", right_channel="信访局")
    child.refresh_from_db()
    assert (child.state, child.events.last().step) == ("closed", "follow")  # type: ignore[union-attr]


def test_a_merged_ticket_was_done_when_its_parent_was_done_and_not_when_that_was_called_back(world: World) -> None:
    parent, child = desk.handling(world), desk.dispatched(world, title="另一件事", caller_phone="")
    actions.merge(child.pk, by=world.dispatcher, parent=parent)
    with clock.frozen(at("2023-01-04 10:00")):
        actions.finish(parent.pk, by=world.town, **desk.FINISHED)
    with clock.frozen(at("2023-02-20 10:00")):
        actions.review(parent.pk, by=world.reviewer, passed=True)
        actions.callback(parent.pk, by=world.caller, **desk.HAPPY)
    child.refresh_from_db()
    assert child.finished_at == at("2023-01-04 10:00")
    assert one("on_time_rate", YEAR).numerator == one("on_time_rate", YEAR).denominator == 2


def test_who_called_about_a_merged_ticket_is_contacted_as_well(world: World) -> None:
    parent, child = desk.dispatched(world), desk.dispatched(world, title="另一件事", caller_phone="13912345678")
    actions.merge(child.pk, by=world.dispatcher, parent=parent)
    actions.contact(child.pk, by=world.town, way="phone", outcome="connected")
    child.refresh_from_db()
    assert child.first_contact_at == clock.now()


# 市级来件


def test_a_delivery_that_comes_again_undoes_nothing_that_was_done_here(world: World) -> None:
    sheet = desk.intake(
        city_number="CS1", city_due_at=at("2023-01-10 17:30"), category=world.categories["占道经营"],
        area=world.villages["斑马湖社区"],
    )  # fmt: skip
    ticket, _ = actions.take_in(sheet, by=None)
    actions.dispatch(
        ticket.pk, by=world.dispatcher, unit=world.units["高塘岭街道"], category=world.categories["垃圾清运"],
        area=world.villages["西塘街社区"],
    )  # fmt: skip
    actions.sign(ticket.pk, by=world.town)
    actions.ask_extension(ticket.pk, by=world.town, days=2, note="需检测")
    actions.rule_extension(ticket.pk, by=world.dispatcher, granted=True)
    before = Ticket.objects.values().get()
    assert before["city_due_at"] == at("2023-01-12 17:30")
    assert actions.take_in(sheet, by=None)[1] == Outcome.UNCHANGED
    assert Ticket.objects.values().get() == before


def test_what_the_city_says_anew_is_taken_over_even_where_it_was_corrected_here(world: World) -> None:
    sheet = desk.intake(city_number="CS1", category=world.categories["占道经营"])
    ticket, _ = actions.take_in(sheet, by=None)
    actions.dispatch(
        ticket.pk, by=world.dispatcher, unit=world.units["高塘岭街道"], category=world.categories["垃圾清运"]
    )
    again, outcome = actions.take_in(replace(sheet, category=world.categories["物业服务"]), by=None)
    assert (outcome, again.category) == (Outcome.UPDATED, world.categories["物业服务"])
    assert actions.take_in(replace(sheet, category=world.categories["物业服务"]), by=None)[1] == Outcome.UNCHANGED


# 联系不上


def test_a_caller_beyond_reach_holds_a_ticket_up_no_longer_than_three_half_days(world: World) -> None:
    ticket = desk.dispatched(world)
    actions.sign(ticket.pk, by=world.town)
    for moment, may in (
        ("2023-01-03 10:00", False), ("2023-01-03 11:00", False), ("2023-01-03 14:00", False), ("2023-01-04 09:30", True),
    ):  # fmt: skip
        with clock.frozen(at(moment)):
            actions.contact(ticket.pk, by=world.town, way="phone", outcome="no_answer")
            if not may:
                with pytest.raises(NotAllowed, match="联系不上"):
                    actions.finish(ticket.pk, by=world.town, **desk.FINISHED)
    with clock.frozen(at("2023-01-04 10:00")):
        assert actions.finish(ticket.pk, by=world.town, **desk.FINISHED).state == "review"
    rate = one("timely_contact_rate", YEAR)
    assert (rate.numerator, rate.denominator) == (0, 0)


def test_a_caller_who_was_given_up_and_reached_after_all_is_owed_a_contact_again(world: World) -> None:
    ticket = desk.dispatched(world)
    actions.sign(ticket.pk, by=world.town)
    for moment, outcome in (
        ("2023-01-03 10:00", "no_answer"), ("2023-01-03 14:00", "no_answer"), ("2023-01-04 09:30", "no_answer"),
        ("2023-01-04 14:00", "connected"),
    ):  # fmt: skip
        with clock.frozen(at(moment)):
            actions.contact(ticket.pk, by=world.town, way="phone", outcome=outcome)
    rate = one("timely_contact_rate", YEAR)
    assert (rate.numerator, rate.denominator) == (1, 1)


# 归档, 退单后的双推送, 平均办理时长


def test_what_waits_for_a_ruling_is_not_archived(world: World) -> None:
    ticket = desk.closed(world)
    actions.ask_exclusion(ticket.pk, by=world.town, note="恶意投诉")
    with clock.frozen(at("2023-03-01 02:00")), pytest.raises(NotAllowed, match="裁定"):
        actions.archive(ticket.pk, by=None)


def test_a_ticket_that_was_placed_anew_is_pushed_to_the_new_grid(world: World) -> None:
    ticket = desk.received(world, area=world.grids["斑马湖社区1"])
    actions.dispatch(ticket.pk, by=world.dispatcher, unit=world.units["高塘岭街道"])
    actions.contact(ticket.pk, by=world.gridofficer, way="visit", outcome="connected")
    first = actions.ask_return(ticket.pk, by=world.town, return_unit=world.units["城管局"], return_basis="地点有误")
    actions.rule_return(ticket.pk, by=world.dispatcher, granted=True)
    pushed_at = first.pushed_at
    told = set(Message.objects.filter(purpose="push").values_list("pk", flat=True))
    with clock.frozen(at("2023-01-03 11:00")):
        again = actions.dispatch(
            ticket.pk, by=world.dispatcher, unit=world.units["高塘岭街道"], area=world.grids["静慎村1"]
        )
    assert set(TicketPush.objects.values_list("area_id", flat=True)) == {
        world.grids["斑马湖社区1"].pk, world.grids["静慎村1"].pk,
    }  # fmt: skip
    assert (again.pushed_at, again.push_contacted_at) == (pushed_at, None)
    news = Message.objects.filter(purpose="push", about=ticket.number).exclude(pk__in=told)
    assert {message.phone for message in news} == {
        push.user.phone for push in TicketPush.objects.filter(area=world.grids["静慎村1"])
    }


def test_the_average_is_of_the_working_hours_of_what_was_closed(world: World) -> None:
    desk.closed(world)  # in no time
    ticket = desk.handling(world, title="另一件事")
    with clock.frozen(at("2023-01-04 12:00")):
        actions.finish(ticket.pk, by=world.town, **desk.FINISHED)
        actions.review(ticket.pk, by=world.reviewer, passed=True)
        actions.callback(ticket.pk, by=world.caller, **desk.HAPPY)
    value = one("average_handling_hours", YEAR)
    hours = 6.5 + 3  # from half past nine on the third, and the next morning
    assert (value.numerator, value.denominator, value.printed) == (hours * 3600, 2, "4.75")
    with clock.frozen(at("2023-01-05 10:00")):
        client = world.client("leader")
        page = client.get("/figures/?period=2023&q=平均办理时长").content.decode()
        listed = client.get("/figures/average_handling_hours/rows/?period=2023").content.decode()
    assert re.search(r'data-label="分子" class="num"><a[^>]*>9.50小时</a>', page)
    assert "合计：9.50小时。" in listed
    assert "办理工作秒" in listed


# 时限 are rules, not numbers


def test_the_share_of_the_limit_and_the_days_before_the_city_are_rules(world: World) -> None:
    rules = Policy.objects.get(key="hotline.limits")
    Policy.objects.filter(pk=rules.pk).update(
        values={**rules.values, "internal_days_before": 2, "internal_percent": 10, "extension_percent": 40}
    )
    ticket = desk.handling(world, city_number="CS1", received_at=at("2023-01-03 09:00"))
    assert ticket.city_due_at == at("2023-01-09 17:30")
    assert ticket.internal_due_at == at("2023-01-05 17:30")
    with pytest.raises(NotAllowed, match="1至2个工作日"):
        actions.ask_extension(ticket.pk, by=world.town, days=3, note="需检测")
