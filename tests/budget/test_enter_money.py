"""Finance enters budgets, adjustments, contracts, nodes and reductions; wrong, stale and foreign hands are refused."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from budget import actions
from budget.models import Budget, Contract, ContractNode, Fund
from tests.budget.money import YEAR, budgeted, contract, fund, paid
from tests.world import World
from wangcheng.common import clock
from wangcheng.common.models import AuditEntry

CONTRACT = {
    "number": "望社治合1号", "name": "运维服务", "fund": "maintenance", "supplier": "供应商", "amount": "100000",
    "starts_on": "2023-01-01", "ends_on": "2023-12-31",
}  # fmt: skip


def test_a_fund_is_opened_and_given_its_budget_once(world: World) -> None:
    finance = world.client("finance")
    opened = finance.post("/budget/funds/new/", {"code": "training", "name": "培训专项", "kind": "special", "note": ""})
    assert opened.status_code == 302
    body = {
        "fund": "training",
        "year": YEAR,
        "amount": "300000",
        "document_number": "望财预1号",
        "decided_on": "2023-01-03",
    }
    assert finance.post("/budget/funds/budgets/new/", body).status_code == 302
    again = finance.post("/budget/funds/budgets/new/", body)
    assert again.status_code == 409
    assert "已经登记，请办理预算调整" in again.content.decode()
    assert Budget.objects.get().amount == Decimal(300000)
    told = AuditEntry.objects.filter(object=f"budget training-{YEAR}").get()
    assert told.data["document_number"] == "望财预1号"


def adjustment(budget: Budget, amount: str, **more: Any) -> dict[str, Any]:
    values = {"version": budget.version, "amount": amount, "document_number": "望财预调2号", "decided_on": "2023-01-03"}
    return {**values, "reason": "追加", **more}


def test_an_adjustment_moves_the_whole_year_and_a_stale_form_is_told(world: World) -> None:
    budget = fund("daily", "10000").budgets.get()
    finance, address = world.client("finance"), f"/budget/funds/daily/{YEAR}/adjust/"
    assert finance.post(address, adjustment(budget, "2000")).status_code == 302
    assert "12,000.00" in finance.get(f"/budget/funds/daily/{YEAR}/").content.decode()
    stale = finance.post(address, adjustment(budget, "2000"))
    assert stale.status_code == 409
    assert "已被其他人员修改" in stale.content.decode()
    assert budget.adjustments.count() == 1


@pytest.mark.parametrize(
    ("amount", "more", "words"),
    [
        ("0", {}, "调整数不能为0"),
        ("-9500", {}, "少于已支付和待支付的1,000.00元"),
        ("100", {"decided_on": "2024-01-01"}, "不能晚于今天"),
        ("100", {"decided_on": "2022-12-31"}, "不能早于年初预算"),
        ("100", {"document_number": ""}, "文号"),
    ],
)
def test_a_wrong_adjustment_is_refused_in_words(world: World, amount: str, more: dict[str, str], words: str) -> None:
    daily = fund("daily", "10000")
    paid(world, daily, "1000")
    body = adjustment(daily.budgets.get(), amount, **more)
    answer = world.client("finance").post(f"/budget/funds/daily/{YEAR}/adjust/", body)
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert not daily.budgets.get().adjustments.exists()


def test_a_correction_of_the_beginning_keeps_what_stood_there_in_the_audit(world: World) -> None:
    budget = fund("daily", "10000").budgets.get()
    body = adjustment(budget, "100000", reason="少录一个零")
    assert world.client("finance").post(f"/budget/funds/daily/{YEAR}/correct/", body).status_code == 302
    budget.refresh_from_db()
    assert budget.amount == Decimal(100000)
    told = AuditEntry.objects.filter(object=f"budget daily-{YEAR}").get()
    assert (told.summary, told.data["before"]) == ("更正年初预算：少录一个零", "10000.00")


def test_a_contract_is_entered_with_its_nodes_reduced_and_paid_by_its_score(world: World) -> None:
    fund("maintenance", "200000")
    finance = world.client("finance")
    page = finance.post("/budget/contracts/new/", CONTRACT).headers["Location"]
    made = Contract.objects.get()
    node = {"version": made.version, "name": "第一次付款", "share": "60", "due_on": "2023-06-30"}
    assert finance.post(f"{page}nodes/new/", node).status_code == 302
    made.refresh_from_db()
    too_much = finance.post(f"{page}nodes/new/", node | {"version": made.version, "share": "41"})
    assert "不能超过100%" in too_much.content.decode()
    found = ContractNode.objects.get()
    reduction = {
        "version": made.version, "node": found.place, "amount": "10000", "reason": "设备停用", "decided_on": "2023-01-03",
    }  # fmt: skip
    assert finance.post(f"{page}reduce/", reduction | {"amount": "60000.01"}).status_code == 400
    assert finance.post(f"{page}reduce/", reduction).status_code == 302
    assert finance.post(f"{page}reduce/", reduction).status_code == 409
    actions.score_node(found.pk, Decimal(90), by=world.finance)
    assert "45,000.00" in finance.get(page).content.decode()  # (60,000 − 10,000) × 90%


def test_what_was_asked_for_ties_amount_share_and_scope(world: World) -> None:
    made = contract(fund("maintenance", "200000"))
    node = made.nodes.get(place=1)
    actions.score_node(node.pk, Decimal(90), by=world.finance)
    actions.request_node(node.pk, budget_year=YEAR, by=world.finance)
    finance, page = world.client("finance"), f"/budget/contracts/{made.pk}/"
    changed = CONTRACT | {"version": made.version, "number": made.number, "amount": "90000"}
    assert "已申请付款，不能修改金额" in finance.post(f"{page}edit/", changed).content.decode()
    share = {"version": made.version, "name": node.name, "share": "30", "due_on": "2023-01-01"}
    assert finance.post(f"/budget/contracts/nodes/{node.pk}/edit/", share).status_code == 409
    reduction = {
        "version": made.version, "node": node.place, "amount": "1", "reason": "停用", "decided_on": "2023-01-03",
    }  # fmt: skip
    assert finance.post(f"{page}reduce/", reduction).status_code == 409


def test_a_contract_number_is_taken_once_and_the_end_not_before_the_beginning(world: World) -> None:
    fund("maintenance", "200000")
    finance = world.client("finance")
    assert "不能早于" in finance.post("/budget/contracts/new/", CONTRACT | {"ends_on": "2022-12-31"}).content.decode()
    finance.post("/budget/contracts/new/", CONTRACT)
    again = finance.post("/budget/contracts/new/", CONTRACT)
    assert (again.status_code, "已被使用" in again.content.decode()) == (400, True)


@pytest.mark.parametrize("name", ["leader", "assessor", "town", "auditor"])
def test_others_enter_nothing(world: World, name: str) -> None:
    daily = fund("daily", "10000")
    client = world.client(name)
    for path in ("funds/new/", "funds/budgets/new/", f"funds/daily/{YEAR}/adjust/", "contracts/new/"):
        assert client.post(f"/budget/{path}", adjustment(daily.budgets.get(), "1")).status_code == 403
    assert "登记年初预算" not in client.get("/budget/funds/").content.decode()


def test_a_year_that_is_over_warns_red_when_the_points_outrun_the_spending(world: World) -> None:
    finance = world.client("finance")
    made = Fund.objects.create(code="training", name="培训专项", kind="special")
    budgeted(made, 10_000, 2022, date(2022, 1, 10))
    with clock.frozen(clock.at(date(2022, 6, 1), 10)):
        paid(world, made, "8500", budget_year=2022)
    assert "正常" in finance.get("/budget/funds/?year=2022").content.decode()  # 15 per cent left, no points yet
    finance.post("/performance-tables/open/2022/")
    table = made.tables.get()
    body = {
        "version": table.version, "level1": "output", "level2": "数量", "level3": "人数", "comparator": "ge",
        "target": "1", "unit": "人", "weight": "90", "figure": "", "entered": "1", "reason": "",
    }  # fmt: skip
    finance.post(f"/performance-tables/{table.pk}/indicators/new/", body)
    assert "红色预警：得分明显高于执行率" in finance.get("/budget/funds/?year=2022").content.decode()
