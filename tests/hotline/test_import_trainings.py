"""导入业务培训: known again by day, kind and topic; what differs from the book comes back, nothing is overwritten."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client

from hotline.models import Training
from tests.common.test_import_people import counts, csv_of, rejected, take
from wangcheng.common.figures.compute import compute
from wangcheng.common.figures.periods import Period

if TYPE_CHECKING:
    from tests.world import World

HEADER = ["日期", "方式", "主题", "地点", "场次", "人数", "参训单位", "备注"]
ROW = ["2022-11-17", "跟班轮训", "回访要求", "会议室", "2", "46", "城管局、茶亭镇", ""]


@pytest.fixture
def supervisor(world: World) -> Client:
    return world.client("supervisor")


def test_trainings_come_in_once_with_their_units_and_leave_a_past_year_as_printed(
    world: World, supervisor: Client
) -> None:
    assert counts(take(supervisor, "trainings", csv_of(HEADER, ROW))) == (1, 0, 0, 0)
    assert counts(take(supervisor, "trainings", csv_of(HEADER, ROW))) == (0, 0, 1, 0)
    found = Training.objects.get()
    assert (found.people, found.sessions, found.recorded_by) == (46, 2, world.people["supervisor"])
    assert sorted(unit.short_name for unit in found.units.all()) == ["城管局", "茶亭镇"]
    (row,) = compute(["trainees"], Period.parse("2022"))
    assert row.value == 0


@pytest.mark.parametrize(
    ("place", "value", "reason"),
    [
        (0, "2023-01-04", "培训日期不能晚于今天。"),
        (1, "网课", "方式“网课”无法识别，应为走下去、请上来、跟班轮训。"),
        (2, "", "主题为空。"),
        (4, "0", "场次“0”应为1至100的整数。"),
        (5, "四十", "数值“四十”无法识别。"),
        (5, "1.5", "人数“1.5”应为1至100000的整数。"),
        (6, "城管局、无此局", "参训单位“无此局”没有找到。"),
        (7, "字" * 201, "备注有201字，超过200字。"),
    ],
)
def test_a_bad_training_is_left_out_with_its_reason(
    world: World, supervisor: Client, place: int, value: str, reason: str
) -> None:
    job = take(supervisor, "trainings", csv_of(HEADER, [*ROW[:place], value, *ROW[place + 1 :]]))
    assert (counts(job), rejected(job), Training.objects.exists()) == ((0, 0, 0, 1), [reason], False)


def test_a_training_that_differs_from_the_book_comes_back_until_that_one_is_withdrawn(
    world: World, supervisor: Client
) -> None:
    take(supervisor, "trainings", csv_of(HEADER, ROW))
    changed = csv_of(HEADER, [*ROW[:5], "50", *ROW[6:]])
    job = take(supervisor, "trainings", changed)
    assert rejected(job) == ["该培训已登记为46人、2场，与本行不一致；登记有误的请先作废，再导入。"]
    supervisor.post(f"/trainings/{Training.objects.get().pk}/withdraw/", {"reason": "人数有误"})
    assert counts(take(supervisor, "trainings", changed)) == (1, 0, 0, 0)


def test_only_who_keeps_the_book_brings_trainings(world: World) -> None:
    assert world.client("town").get("/sheets/trainings/").status_code == 403
