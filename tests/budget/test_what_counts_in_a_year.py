"""What of the money belongs to a year: by the budget it uses, the day it left, the document's day, the contract's last day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from budget import actions
from budget.models import BudgetAdjustment, Contract, ContractNode, Fund, Payment
from budget.report.figures import figures_of
from tests.budget.money import budgeted
from tests.world import World
from wangcheng.common import clock
from wangcheng.common.workflow import NotAllowed


@pytest.fixture
def fund(world: World) -> Fund:
    """The fund of the upkeep, with 10 万元 for each of two years."""
    made = Fund.objects.create(code="maintenance", name="运维", kind=Fund.Kind.SPECIAL)
    for year in (2022, 2023):
        budgeted(made, 100_000, year)
    return made


def asked(world: World, fund: Fund, amount: str = "10000", year: int = 2022) -> Payment:
    return actions.request_payment(
        fund, budget_year=year, kind="other", amount=Decimal(amount), payee="供应商", purpose="测试", by=world.finance
    )


def paid(world: World, payment: Payment, day: date) -> None:
    with clock.frozen(clock.at(day, 10)):
        actions.approve_payment(payment.pk, by=world.leader)
        actions.pay(payment.pk, voucher="记-001", by=world.finance)


def used() -> str:
    return str(figures_of(2022)["fund_maintenance_used"]["printed"])


def test_a_payment_counts_in_the_year_whose_budget_it_uses(world: World, fund: Fund) -> None:
    paid(world, asked(world, fund, year=2023), date(2022, 12, 30))
    assert used() == "0.00"
    paid(world, asked(world, fund, year=2022), date(2022, 12, 30))
    assert used() == "1.00"


def test_an_adjustment_decided_after_the_year_is_not_in_its_budget(world: World, fund: Fund) -> None:
    budget = fund.budgets.get(year=2022)
    for day, amount in ((date(2022, 12, 31), 10_000), (date(2023, 1, 1), 20_000)):
        with clock.frozen(clock.at(day, 10)):
            BudgetAdjustment.objects.create(budget=budget, amount=amount, decided_on=day, document_number="望财预调1号")
    assert figures_of(2022)["fund_maintenance_budget"]["printed"] == "11.00"


@pytest.mark.parametrize(("last_day", "share"), [(date(2022, 10, 13), "10.00"), (date(2023, 10, 13), "—")])
def test_the_contract_share_is_of_contracts_that_ended_in_the_year(
    world: World, fund: Fund, last_day: date, share: str
) -> None:
    made = Contract.objects.create(
        number="合1", name="运维服务", fund=fund, supplier="供应商", amount=100_000, starts_on=date(2021, 10, 14),
        ends_on=last_day,
    )  # fmt: skip
    node = ContractNode.objects.create(contract=made, place=1, name="第1次付款", share=10, due_on=date(2022, 11, 1))
    actions.score_node(node.pk, Decimal(100), by=world.finance)
    paid(world, actions.request_node(node.pk, budget_year=2022, by=world.finance), date(2022, 11, 1))
    assert figures_of(2022)["contract_paid_share"]["printed"] == share


def test_nobody_approves_the_own_request(world: World, fund: Fund) -> None:
    payment = asked(world, fund)
    with pytest.raises(NotAllowed, match="不能审批本人申请的支付"):
        actions.approve_payment(payment.pk, by=world.finance)
    payment.refresh_from_db()
    assert payment.state == Payment.State.REQUESTED


@pytest.mark.parametrize("amount", ["0", "-1"])
def test_a_payment_of_nothing_is_refused_in_words(world: World, fund: Fund, amount: str) -> None:
    with pytest.raises(NotAllowed, match="应大于0"):
        asked(world, fund, amount)
