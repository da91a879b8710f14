"""合并: the page offers what may be the same matter, asks once more where the two differ, and both records say so."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from hotline import actions, twins
from hotline.actions import centre, taking
from hotline.models import Ticket
from tests.common.api import bearer, post
from tests.hotline import desk
from tests.hotline.test_pages import page
from tests.world import World
from wangcheng.common import clock


def placed(world: World, **values: Any) -> Ticket:
    usual = {"area": world.villages["静慎村"], "category": world.categories["占道经营"], "caller_phone": ""}
    return desk.received(world, **{**usual, **values})


def days_ago(days: int) -> Any:
    return clock.now() - timedelta(days=days)


def test_tickets_of_the_caller_and_of_the_place_are_offered_and_no_others(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    case = placed(world, caller_phone=desk.PHONE)
    same_caller = desk.received(world, title="别的事", caller_phone=desk.PHONE, received_at=days_ago(80))
    same_place = placed(world, title="沿街占道", received_at=days_ago(20))
    desk.received(world, title="太早", caller_phone=desk.PHONE, received_at=days_ago(100))
    placed(world, title="太早", received_at=days_ago(40))
    placed(world, category=world.categories["物业服务"])
    actions.reject(placed(world).pk, by=world.dispatcher, reason="litigation", right_channel="法院")
    with django_assert_num_queries(2):  # the rule, which a request asks for once, and the tickets
        found = twins.to_merge_into(case, world.dispatcher)
    assert [(one.ticket, one.reason) for one in found] == [
        (same_place, "同村（社区）同类"),
        (same_caller, "同一来电人"),
    ]
    shown = page(world.client("dispatcher"), f"/tickets/{case.number}/merge/")
    assert all(f'value="{one.number}"' in shown for one in (same_caller, same_place))


def test_one_that_is_offered_can_be_chosen_instead_of_typed(world: World) -> None:
    case, parent = placed(world), placed(world)
    answer = world.client("dispatcher").post(f"/tickets/{case.number}/merge/", {"parent_chosen": parent.number})
    assert answer.status_code == 302
    case.refresh_from_db()
    assert case.merged_into == parent


def test_a_number_typed_beside_another_one_chosen_is_asked_about(world: World) -> None:
    case, chosen, typed = (placed(world) for _ in range(3))
    client, address = world.client("dispatcher"), f"/tickets/{case.number}/merge/"
    answer = client.post(address, {"parent": typed.number, "parent_chosen": chosen.number})
    assert (answer.status_code, "请只保留一个" in answer.content.decode()) == (400, True)
    drawn = page(client, address)
    assert " required" not in drawn[drawn.index('name="parent"') :].partition(">")[0], "the dialog lets one choose"


def test_the_page_asks_once_more_where_village_or_type_differ(world: World) -> None:
    case = placed(world)
    parent = placed(world, area=world.villages["斑马湖社区"], type="complaint")
    client, address = world.client("dispatcher"), f"/tickets/{case.number}/merge/"
    said = {"parent": parent.number, "minds_difference": "True"}
    refused = client.post(address, said)
    assert (refused.status_code, "两件工单的村（社区）和诉求类型不同，请核对" in refused.content.decode()) == (
        400,
        True,
    )
    assert client.post(address, {**said, "different": "on"}).status_code == 302
    assert "（两件工单的村（社区）和诉求类型不同，合并时已确认。）" in case.events.get(step="merge").note


def test_a_program_is_not_asked_and_the_event_says_so_all_the_same(world: World) -> None:
    case, parent = placed(world), placed(world, type="complaint")
    answer = post(bearer(world, "dispatcher"), f"tickets/{case.number}/merge/", {"parent": parent.number})
    assert answer.status_code == 200
    assert case.events.get(step="merge").note.endswith("（两件工单的诉求类型不同。）")


def test_both_are_locked_in_one_order_whichever_is_merged(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Or two that are merged into each other at the same moment would wait for each other."""
    asked: list[int] = []

    def locked(pk: int, version: int | None) -> Ticket:
        asked.append(pk)
        return taking.locked(pk, version)

    older, newer = placed(world), placed(world)
    monkeypatch.setattr(centre, "locked", locked)
    actions.merge(older.pk, by=world.dispatcher, parent=newer)
    actions.unmerge(older.pk, by=world.dispatcher)
    actions.merge(newer.pk, by=world.dispatcher, parent=older)
    assert (asked[:2], asked[-2:]) == ([older.pk, newer.pk], [older.pk, newer.pk])


def test_nobody_is_offered_a_ticket_out_of_sight(world: World) -> None:
    case, own = desk.dispatched(world), desk.dispatched(world, title="别的事")
    desk.dispatched(world, unit="城管局", title="别处办理")
    assert [one.ticket for one in twins.to_merge_into(case, world.town)] == [own]


def test_the_parent_shows_what_was_merged_into_it_and_its_record_says_so(world: World) -> None:
    case, parent = placed(world), placed(world)
    before = parent.state
    actions.merge(case.pk, by=world.dispatcher, parent=parent)
    client = world.client("dispatcher")
    shown = page(client, f"/tickets/{parent.number}/")
    assert ("并入的工单" in shown, f'href="/tickets/{case.number}/"' in shown) == (True, True)
    event = parent.events.get(step="absorb")
    assert (event.note, event.before, event.after, event.actor) == (f"{case.number}并入本单。", before, before, None)
    assert "随主单" in page(client, f"/tickets/{case.number}/")
    actions.unmerge(case.pk, by=world.dispatcher)
    last = parent.events.last()
    assert last is not None
    assert last.note == f"{case.number}撤销并入。"
    assert "并入的工单" not in page(client, f"/tickets/{parent.number}/")


def test_the_dispatcher_sees_what_other_callers_say_of_the_same_place(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    case = placed(world, caller_phone=desk.PHONE)
    other = placed(world, title="沿街占道", received_at=days_ago(6), caller_phone="13900000001")
    placed(world, title="同一人", caller_phone=desk.PHONE)
    placed(world, title="太早", received_at=days_ago(8))
    with django_assert_num_queries(2):  # the rule, which a request asks for once, and the tickets
        assert [one.ticket for one in twins.of_others(case, world.dispatcher)] == [other]
    shown = page(world.client("dispatcher"), f"/tickets/{case.number}/dispatch/")
    assert ("可能重复" in shown, f'href="/tickets/{other.number}/"' in shown) == (True, True)
    assert "可能重复" not in page(world.client("dispatcher"), f"/tickets/{desk.received(world).number}/dispatch/")
