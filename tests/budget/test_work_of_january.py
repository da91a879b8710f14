"""The new year's work with budgets, the grids' ledger, policies and assessments changes nothing that is said of the old one."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from budget.models import Budget, Fund, PerformanceTable
from budget.performance import computed, default_tables
from budget.report.figures import ALSO, NAMES, figures_of
from budget.report.narrative import values_of
from grid.actions import assessments
from tests.budget.money import budgeted
from tests.common.test_import_people import counts, csv_of, take
from tests.grid import quarter
from tests.world import World
from wangcheng.common import clock
from wangcheng.common.figures.compute import compute
from wangcheng.common.figures.periods import Period
from wangcheng.common.policy import actions as policies
from wangcheng.common.policy.registry import rule_set

WORK = ["网格代码", "统计日期", "应走访", "已走访"]
DAY = "2022-12-20"


def said(by: str = "") -> Any:
    """Every figure of 2022, the report's words and its tables."""
    found = [(value.figure.name, value.by_name, value.printed) for value in compute(None, Period.parse("2022"), by)]
    tables = [(part.name, part.beginning, part.whole, part.used) for part in _table().executions]
    return found, values_of(2022, figures_of(2022, NAMES + ALSO)), tables


def _table() -> Any:
    return computed(PerformanceTable.objects.get(year=2022, fund=None))


@pytest.fixture
def december(world: World) -> Fund:
    """A fund with its budget, a line of a grid's work after the fourth quarter's cut-off, and a quarter in publicity."""
    made = Fund.objects.create(code="maintenance", name="运维", kind=Fund.Kind.SPECIAL)
    budgeted(made, 1_000_000, 2022, date(2022, 1, 20))
    default_tables(2022)
    quarter.worked(world.grids["斑马湖社区1"], visits=(3, 4), day=date(2022, 12, 20))
    return made


def entered(world: World, path: str, amount: str, **more: str) -> None:
    """On the page of a fund's budget of 2022, or of a new one."""
    code = more.pop("code", "maintenance")
    budget = Budget.objects.filter(fund__code=code).first()
    body = {"amount": amount, "document_number": "望财预9号", "decided_on": "2022-12-30", "reason": "补录", **more}
    body |= {"version": str(budget.version)} if budget else {"fund": code, "year": "2022"}
    address = f"/budget/funds/{code}/2022/{path}/" if budget else "/budget/funds/budgets/new/"
    assert world.client("finance").post(address, body).status_code == 302


def other_fund() -> str:
    return Fund.objects.create(code="training", name="培训", kind=Fund.Kind.SPECIAL).code


def test_working_in_january_changes_no_figure_of_last_year(world: World, december: Fund) -> None:
    with clock.frozen(datetime(2022, 12, 16, 10, 0, tzinfo=clock.CHINA)):
        settled = quarter.published(world, "zero")
    before = said(), said("town"), said("grid")
    assert ("special_budget", "", "100.00") in before[0][0]
    assert ("grid_visit_rate", "", "75.00") in before[0][0]
    entered(world, "new", "300000", code=other_fund())
    for path in ("adjust", "correct", "correct"):
        entered(world, path, "200000")
    sheet = csv_of(WORK, [world.grids["斑马湖社区1"].code, DAY, "9", "1"], [world.grids["静慎村1"].code, DAY, "9", "1"])
    assert counts(take(world.client("assessor"), "grid-work", sheet)) == (1, 1, 0, 0)
    key = "grid.zero_complaint"
    made = policies.draft(
        key, {**rule_set(key).defaults(), "urban_yuan": 9000}, valid_from=date(2022, 1, 1), document_number="望社治9号",
        source="", note="补", by=world.admin,
    )  # fmt: skip
    policies.approve(made.pk, by=world.other_admin)
    with clock.frozen(quarter.AFTER_PUBLICITY):
        assessments.finalise(settled.pk, by=world.assessor)
        assert (said(), said("town"), said("grid")) == before
    december.refresh_from_db()
    assert december.budgets.get().amount == Decimal(200_000)  # and yet it is done


def test_what_is_entered_within_the_year_counts_from_then_on(world: World, december: Fund) -> None:
    def whole(as_of: date) -> Any:
        found = compute(["special_budget"], Period.parse("2022", clock.at(as_of, 20)))
        return found[0].printed

    for day, path, amount in ((3, "adjust", "200000"), (5, "correct", "900000")):
        with clock.frozen(clock.at(date(2022, 6, day), 10)):
            entered(world, path, amount, decided_on="2022-06-01")
    days = (date(2022, 1, 19), date(2022, 6, 2), date(2022, 6, 4), date(2022, 12, 31))
    assert [whole(day) for day in days] == ["0.00", "100.00", "120.00", "110.00"]


def test_the_fund_says_what_came_in_after_its_year(world: World, december: Fund) -> None:
    entered(world, "correct", "900000", reason="多录")
    entered(world, "new", "300000", code=other_fund())
    finance = world.client("finance")
    page = finance.get("/budget/funds/maintenance/2022/").content.decode()
    assert "年初预算由1,000,000.00更正为900,000.00：多录" in page
    assert "年度后登记，不计入2022年统计" in page
    assert "年度后登记，不计入2022年统计" in finance.get("/budget/funds/training/2022/").content.decode()
    listed = finance.get("/budget/funds/?year=2022").content.decode()
    assert "年度后登记，不计入合计" in listed
    assert '专项资金预算<b>100.00<span class="unit">万元' in listed


def test_the_default_text_claims_only_what_rows_prove(world: World, december: Fund) -> None:
    values = values_of(2022, figures_of(2022, NAMES + ALSO))
    assert (values["reduction_list"], values["quarters_assessed"]) == ("无", "0")
