"""A small year of money for the tests: three funds with budgets, a contract with two nodes, helpers to pay."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from budget import actions
from budget.models import Budget, BudgetAdjustment, Contract, ContractNode, Fund, Payment, ScopeReduction
from tests.world import World
from wangcheng.common import clock

YEAR = 2023


def budgeted(of: Fund, amount: str | int, year: int = YEAR, day: date | None = None) -> Budget:
    """The fund's budget of a year, entered on the day it was decided on."""
    decided = day or date(year, 1, 1)
    return Budget.objects.create(
        fund=of, year=year, amount=Decimal(amount), decided_on=decided, recorded_at=clock.at(decided, 12)
    )


def fund(code: str, amount: str, kind: str = Fund.Kind.SPECIAL, name: str = "") -> Fund:
    """A fund with a budget for the year."""
    made = Fund.objects.create(code=code, name=name or f"资金{code}", kind=kind)
    budgeted(made, amount)
    return made


def adjust(of: Fund, amount: str, day: date = date(YEAR, 1, 2)) -> None:
    budget = of.budgets.get(year=YEAR)
    BudgetAdjustment.objects.create(
        budget=budget, amount=Decimal(amount), decided_on=day, document_number="望财预调1号", reason="测试"
    )


def ask(world: World, of: Fund, amount: str = "1000.00", **more: object) -> Payment:
    """Asked for by finance."""
    values: dict[str, object] = {"budget_year": YEAR, "kind": Payment.Kind.OTHER, "payee": "供应商", "purpose": "测试"}
    return actions.request_payment(of, amount=Decimal(amount), by=world.finance, **(values | more))  # type: ignore[arg-type]


def paid(world: World, of: Fund, amount: str = "1000.00", **more: object) -> Payment:
    """Asked for by finance, approved by the leader, paid by finance."""
    payment = ask(world, of, amount, **more)
    actions.approve_payment(payment.pk, by=world.leader)
    return actions.pay(payment.pk, voucher="记01-001", by=world.finance)


def contract(of: Fund, reduction: str = "") -> Contract:
    """100,000 yuan in two nodes of 40 and 60 per cent; the second may be reduced."""
    made = Contract.objects.create(
        number="合2023-1", name="运维服务", fund=of, supplier="供应商", amount=Decimal("100000"),
        starts_on=date(2022, 1, 1), ends_on=date(2022, 12, 31),
    )  # fmt: skip
    for place, share in ((1, "40"), (2, "60")):
        ContractNode.objects.create(
            contract=made, place=place, name=f"第{place}次付款", share=Decimal(share), due_on=date(YEAR, 1, place)
        )
    if reduction:
        ScopeReduction.objects.create(
            contract=made, node=made.nodes.get(place=2), amount=Decimal(reduction), reason="停用",
            decided_on=date(YEAR, 1, 1),
        )  # fmt: skip
    return made
