"""导入人工指标、网格工作台账: into open quarters only; bad rows come back, and a second run changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client

from grid.models import Assessment, GridWork, ManualIndicator
from tests.common.test_import_people import counts, csv_of, rejected, take
from wangcheng.common import clock
from wangcheng.common.models import AuditEntry

if TYPE_CHECKING:
    from tests.world import World

ENTRY = ["季度", "网格代码", "指标", "数值", "依据"]
WORK = ["网格代码", "统计日期", "应走访", "已走访"]


@pytest.fixture
def assessor(world: World) -> Client:
    return world.client("assessor")


def settle(world: World, kind: str) -> None:
    Assessment.objects.create(
        quarter="2022Q4", kind=kind, edition=1, number=f"2022Q4-{kind}-1", first="2022-10-01", last="2022-12-15", state="final",
    )  # fmt: skip


def test_entries_come_in_are_replaced_and_never_overwritten(world: World, assessor: Client) -> None:
    grid = world.grids["斑马湖社区1"]
    sheet = csv_of(ENTRY, ["2023Q1", grid.code, "加分", "2", "见义勇为"])
    assert counts(take(assessor, "indicators", sheet)) == (1, 0, 0, 0)
    assert counts(take(assessor, "indicators", sheet)) == (0, 0, 1, 0)
    assert counts(take(assessor, "indicators", csv_of(ENTRY, ["2023Q1", grid.code, "加分", "3", "更正"]))) == (
        0,
        1,
        0,
        0,
    )
    entries = ManualIndicator.objects.filter(area=grid).order_by("pk")
    assert [(entry.value, entry.withdrawn_at is None) for entry in entries] == [(2, False), (3, True)]
    assert AuditEntry.objects.filter(object="manual indicators").count() == 2


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (["2023年", "GRID", "加分", "2", "通报"], "季度“2023年”应为2023Q1的形式。"),
        (["2023Q1", "999", "加分", "2", "通报"], "没有代码为“999”的网格或村（社区）。"),
        (["2023Q1", "GRID", "颜值", "2", "通报"], "指标“颜值”无法识别，应为加分、扣分、一票否决。"),
        (["2023Q1", "GRID", "加分", "两分", "通报"], "数值“两分”无法识别。"),
        (["2023Q1", "GRID", "加分", "-1", "通报"], "数值应为不小于0、至多两位小数的数。"),
        (["2023Q1", "GRID", "加分", "2", ""], "加分必须写明依据。"),
        (["2022Q4", "GRID", "加分", "2", "通报"], "该季度的考核已经公示或定稿，不能再导入；请通过申诉或更正处理。"),
    ],
)
def test_a_bad_entry_is_left_out_with_its_reason(world: World, assessor: Client, row: list[str], reason: str) -> None:
    settle(world, "level3")
    code = world.grids["斑马湖社区1"].code
    job = take(assessor, "indicators", csv_of(ENTRY, [code if cell == "GRID" else cell for cell in row]))
    assert (rejected(job), ManualIndicator.objects.exists()) == ([reason], False)


def test_work_of_the_grids_comes_in_and_is_put_right(world: World, assessor: Client) -> None:
    grid = world.grids["斑马湖社区1-1"]
    assert counts(take(assessor, "grid-work", csv_of(WORK, [grid.code, "2023-01-03", "10", "8"]))) == (1, 0, 0, 0)
    changed = csv_of(WORK, [grid.code, "2023-01-03", "10", "9"])
    assert counts(take(assessor, "grid-work", changed)) == (0, 1, 0, 0)
    assert counts(take(assessor, "grid-work", changed)) == (0, 0, 1, 0)
    before, work = GridWork.objects.order_by("pk")
    assert (before.visit_done, before.withdrawn_at, work.withdrawn_at) == (8, clock.now(), None)
    assert (work.visit_due, work.visit_done, work.village, work.town) == (
        10, 9, world.villages["斑马湖社区"], world.towns["高塘岭街道"],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (["GRID", "2023-01-04", "1", "1"], "统计日期不能晚于今天。"),
        (["GRID", "2023-01-03", "1", "2"], "已走访2多于应走访1。"),
        (["GRID", "2023-01-03", "1.5", "1"], "应走访“1.5”应为不小于0的整数。"),
        (["VILLAGE", "2023-01-03", "1", "1"], "网格工作按三级、四级网格填报，不能填村（社区）。"),
        (["GRID", "2022-12-01", "1", "1"], "该季度的考核已经公示或定稿，不能再导入；请通过申诉或更正处理。"),
    ],
)
def test_bad_work_is_left_out_with_its_reason(world: World, assessor: Client, row: list[str], reason: str) -> None:
    settle(world, "level3")
    codes = {"GRID": world.grids["斑马湖社区1"].code, "VILLAGE": world.villages["斑马湖社区"].code}
    job = take(assessor, "grid-work", csv_of(WORK, [codes.get(cell, cell) for cell in row]))
    assert (rejected(job), GridWork.objects.exists()) == ([reason], False)


def test_only_the_assessor_brings_inputs(world: World) -> None:
    for kind in ("indicators", "grid-work", "video"):
        assert world.client("town").get(f"/sheets/{kind}/").status_code == 403
