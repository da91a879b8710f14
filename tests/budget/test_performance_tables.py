"""Performance tables: finance enters targets, values and reasons; the score follows; others only read."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from budget.models import Fund, Indicator, PerformanceTable
from tests.budget.money import budgeted
from tests.world import World
from wangcheng.common.models import AuditEntry


@pytest.fixture
def table(world: World) -> PerformanceTable:
    """Of one fund without default indicators, opened on the page."""
    fund = Fund.objects.create(code="training", name="培训专项", kind="special")
    budgeted(fund, 1_000_000, 2022, date(2022, 1, 10))
    world.client("finance").post("/performance-tables/open/2022/")
    return PerformanceTable.objects.get(fund=fund)


def fields(table: PerformanceTable, **changed: Any) -> dict[str, Any]:
    filled = {
        "version": table.version, "level1": "output", "level2": "数量指标", "level3": "培训人数", "comparator": "ge",
        "target": "100", "unit": "人", "weight": "90", "figure": "", "entered": "50", "reason": "",
    }  # fmt: skip
    return filled | changed


def test_an_indicator_is_entered_scored_and_explained(world: World, table: PerformanceTable) -> None:
    finance, address = world.client("finance"), f"/performance-tables/{table.pk}/"
    assert finance.post(f"{address}indicators/new/", fields(table)).status_code == 302
    page = finance.get(address).content.decode()
    assert "2022年度培训项目支出绩效自评表" in page  # 专项 and 项目 are not said twice
    assert "“培训人数”未完成，须填写偏差原因。" in page
    indicator, table = Indicator.objects.get(table=table), PerformanceTable.objects.get(pk=table.pk)
    changed = fields(table, reason="因疫情延期，次年补训")
    assert finance.post(f"{address}indicators/{indicator.pk}/", changed).status_code == 302
    page = finance.get(address).content.decode()
    assert "因疫情延期，次年补训" in page
    assert "“培训人数”未完成" not in page
    assert ">45<" in page  # half of 90
    told = AuditEntry.objects.filter(object=f"performance_table {table.pk}").latest("pk")
    assert told.data["reason"] == ["", "因疫情延期，次年补训"]


def test_a_stale_form_is_told_and_changes_nothing(world: World, table: PerformanceTable) -> None:
    finance, address = world.client("finance"), f"/performance-tables/{table.pk}/edit/"
    body = {"version": table.version, "goal": "目标", "achieved": "", "execution_reason": "次年支付"}
    assert finance.post(address, body).status_code == 302
    stale = finance.post(address, body | {"execution_reason": "别的原因"})
    assert stale.status_code == 409
    assert "已被其他人员修改" in stale.content.decode()
    assert PerformanceTable.objects.get(pk=table.pk).execution_reason == "次年支付"


def test_a_value_that_a_figure_gives_is_not_entered_too(world: World, table: PerformanceTable) -> None:
    body = fields(table, figure="trainees")
    answer = world.client("finance").post(f"/performance-tables/{table.pk}/indicators/new/", body)
    assert answer.status_code == 400
    assert "不能另行录入" in answer.content.decode()
    assert not Indicator.objects.filter(table=table).exists()


def test_an_indicator_is_deleted_once(world: World, table: PerformanceTable) -> None:
    finance, address = world.client("finance"), f"/performance-tables/{table.pk}/indicators/"
    finance.post(f"{address}new/", fields(table))
    indicator = Indicator.objects.get(table=table)
    table.refresh_from_db()
    for _ in range(2):
        finance.post(f"{address}{indicator.pk}/delete/", {"version": table.version})
    assert not Indicator.objects.filter(table=table).exists()


def test_a_leader_reads_and_does_not_write(world: World, table: PerformanceTable) -> None:
    leader = world.client("leader")
    assert leader.get(f"/performance-tables/{table.pk}/").status_code == 200
    assert leader.post(f"/performance-tables/{table.pk}/indicators/new/", fields(table)).status_code == 403
    assert leader.post("/performance-tables/open/2022/").status_code == 403
    assert world.client("town").get("/performance-tables/").status_code == 403
