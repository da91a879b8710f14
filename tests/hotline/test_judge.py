"""Who rules, reviews or calls back reads on the same page what it is about, and is told what has to be filled in."""

from __future__ import annotations

import pytest

from hotline import actions
from hotline.models import Ticket
from tests.hotline import desk
from tests.hotline.test_pages import page
from tests.whistle import steps
from tests.world import World
from wangcheng.common.workflow import NotAllowed

MARK = 'class="required-mark"'


def shown(world: World, person: str, ticket: Ticket, step: str) -> str:
    return page(world.client(person), f"/tickets/{ticket.number}/{step}/")


def test_a_ruling_shows_the_application(world: World) -> None:
    ticket = desk.handling(world)
    actions.ask_extension(ticket.pk, by=world.town, days=3, note="等待检测报告，电话13812345678")
    text = shown(world, "dispatcher", ticket, "rule_extend")
    assert "3个工作日" in text
    assert "等待检测报告，电话138****5678" in text
    assert "高塘岭街道" in text
    actions.ask_return(
        ticket.pk, by=world.town, return_unit=world.units["城管局"], return_basis="职责清单第三条", note="不属本街道"
    )
    text = shown(world, "dispatcher", ticket, "rule_return")
    assert world.units["城管局"].full_name in text
    assert "职责清单第三条" in text
    assert "不属本街道" in text
    actions.ask_exclusion(ticket.pk, by=world.town, note="恶意投诉，附笔录")
    assert "恶意投诉，附笔录" in shown(world, "dispatcher", ticket, "rule_exclude")


@pytest.mark.parametrize(("step", "person"), [("review", "reviewer"), ("callback", "caller")])
def test_a_review_and_a_callback_show_the_result(world: World, step: str, person: str) -> None:
    ticket = desk.in_review(world) if step == "review" else desk.in_callback(world)
    text = shown(world, person, ticket, step)
    for part in ("查明事实", "已清运", "已告知处理结果", "属实", "时必填"):
        assert part in text


def test_who_was_not_reached_has_answered_nothing(world: World) -> None:
    ticket = desk.in_callback(world)
    said = {"resolved": "yes", "satisfaction": "unreachable"}
    with pytest.raises(NotAllowed, match="无法联系") as refused:
        actions.callback(ticket.pk, by=world.caller, **said)
    assert refused.value.field == "resolved"
    answer = world.client("caller").post(f"/tickets/{ticket.number}/callback/", {**said, "version": ticket.version})
    assert answer.status_code == 400
    assert "来电人无法联系的，是否解决应为“未作答”。" in answer.content.decode()
    actions.callback(ticket.pk, by=world.caller, resolved="none", satisfaction="unreachable")


def test_photos_that_the_rules_ask_for_are_marked(world: World) -> None:
    case = steps.dispatched(world)
    steps.take(world, case, "sign", "department")
    text = page(world.client("department"), f"/whistles/{case.number}/arrive/")
    assert f"照片<span {MARK}" in text
    steps.take(world, case, "arrive", "department", photos=[steps.photo()], **steps.HERE)
    text = page(world.client("department"), f"/whistles/{case.number}/dispose/")
    assert f"照片<span {MARK}" not in text
    steps.take(world, case, "dispose", "department", note="已清理")
    assert f"照片<span {MARK}" in page(world.client("gridofficer"), f"/whistles/{case.number}/verify/")
