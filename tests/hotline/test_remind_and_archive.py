"""What the clock does: reminders by the internal deadline, archiving; each safe to run twice."""

from __future__ import annotations

from typing import Any

import pytest

from hotline import actions, tasks
from hotline.models import Ticket, TicketReminder
from tests.hotline import desk
from tests.hotline.desk import at
from tests.world import World
from wangcheng.common import clock
from wangcheng.common.models import Message


def reminders() -> list[str]:
    return list(Message.objects.filter(purpose="reminder").order_by("pk").values_list("text", flat=True))


def test_a_unit_is_reminded_before_the_internal_deadline_and_at_it(world: World) -> None:
    ticket = desk.dispatched(world, city_number="CS1")
    assert ticket.internal_due_at == at("2023-01-09 09:30")
    with clock.frozen(at("2023-01-06 13:59")):
        assert tasks.remind_units() == 0
    with clock.frozen(at("2023-01-06 14:00")):
        assert tasks.remind_units() == 1
        assert tasks.remind_units() == 0
    with clock.frozen(at("2023-01-09 09:30")):
        assert tasks.remind_units() == 1
        assert tasks.remind_units() == 0
    before, expired = reminders()
    assert "将于1月9日09:30到期，请按时办结。" in before
    assert "已于1月9日09:30到期，请立即办理。" in expired
    assert ticket.number in before
    assert desk.PHONE not in before


def test_a_reminder_fits_into_one_message(world: World) -> None:
    desk.dispatched(world, title="反映小区物业长期不作为导致楼道灯具损坏电梯停运垃圾无人清理等诸多问题")
    with clock.frozen(at("2023-01-10 09:30")):
        tasks.remind_units()
    assert list(Message.objects.filter(purpose="reminder").values_list("segments", flat=True)) == [1]
    assert "“反映小区物业长期不作为导致楼…”已于" in reminders()[0]


def test_a_unit_is_told_of_a_new_ticket_in_a_whole_sentence(world: World) -> None:
    ticket = desk.dispatched(world, title="铜官街道中山村第2片区路灯不亮")
    told = Message.objects.get(purpose="notice")
    assert told.text == f"您单位收到12345工单{ticket.number}“铜官街道中山村第2片区路灯不亮”，请于1月10日09:30前办结。"
    assert told.segments == 1


def test_an_urgent_ticket_is_reminded_two_hours_before_by_day_and_night(world: World) -> None:
    with clock.frozen(at("2023-01-03 06:00")):
        desk.dispatched(world, urgency="critical")
    with clock.frozen(at("2023-01-04 03:59")):
        assert tasks.remind_units() == 0
    with clock.frozen(at("2023-01-04 04:00")):
        assert tasks.remind_units() == 1


def test_a_suspended_or_finished_ticket_is_left_alone(world: World) -> None:
    ticket = desk.handling(world)
    actions.suspend(ticket.pk, by=world.dispatcher, note="等待鉴定")
    desk.in_review(world, title="另一件")
    with clock.frozen(at("2023-01-30 09:30")):
        assert tasks.remind_units() == 0


def test_a_ticket_finished_while_the_others_are_reminded_is_left_alone(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket, remind = desk.handling(world), tasks._remind

    def finish_first(*asked: Any) -> int:
        Ticket.objects.filter(pk=ticket.pk).update(state="review")
        return remind(*asked)

    monkeypatch.setattr(tasks, "_remind", finish_first)
    with clock.frozen(at("2023-01-30 09:30")):
        assert tasks.remind_units() == 0
    assert not TicketReminder.objects.exists()


def test_a_new_deadline_is_reminded_anew(world: World) -> None:
    ticket = desk.handling(world)
    with clock.frozen(at("2023-01-10 09:00")):
        assert tasks.remind_units() == 1
        actions.ask_extension(ticket.pk, by=world.town, days=1, note="需检测")
        actions.rule_extension(ticket.pk, by=world.dispatcher, granted=True)
    with clock.frozen(at("2023-01-11 09:00")):
        assert tasks.remind_units() == 1
    assert TicketReminder.objects.filter(case=ticket, kind="before").count() == 2


def test_closed_tickets_are_archived_when_their_days_are_over(world: World) -> None:
    ticket = desk.closed(world)
    with clock.frozen(at("2023-02-02 09:29")):
        assert tasks.archive_tickets() == 0
    with clock.frozen(at("2023-02-02 09:30")):
        assert tasks.archive_tickets() == 1
        assert tasks.archive_tickets() == 0
    ticket.refresh_from_db()
    assert ticket.state == "archived"
    assert ticket.events.last().actor_name == "系统"  # type: ignore[union-attr]
