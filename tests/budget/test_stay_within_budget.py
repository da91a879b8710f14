"""Nothing is asked for beyond the whole year's budget, by whichever door; what is refused or reversed is free again."""

from __future__ import annotations

from decimal import Decimal

import pytest

from budget import actions
from budget.models import Appropriation, Payment, Reward
from tests.budget.money import YEAR, adjust, ask, contract, fund, paid
from tests.budget.test_rewards import AWARDS, QUARTER, final
from tests.budget.test_rewards import ask as appropriate
from tests.world import World
from wangcheng.common.workflow import Code, NotAllowed

BODY = {"fund": "daily", "budget_year": YEAR, "kind": "other", "payee": "供应商", "purpose": "测试"}


def refusal(world: World, amount: str = "0.01") -> NotAllowed:
    with pytest.raises(NotAllowed) as refused:
        ask(world, Payment.objects.earliest("pk").fund, amount)
    return refused.value


def test_a_payment_beyond_the_budget_is_refused_with_the_amounts(world: World) -> None:
    paid(world, fund("daily", "10000", name="日常事务"), "6000")
    finance = world.client("finance")
    answer = finance.post("/budget/payments/new/", BODY | {"amount": "4000.01"})
    assert answer.status_code == 400
    said = answer.content.decode()
    assert "“日常事务”2023年度全年预算10,000.00元，已支付和待支付6,000.00元，余4,000.00元，不足以支付4,000.01元" in said
    assert finance.post("/budget/payments/new/", BODY | {"amount": "4000.00"}).status_code == 302
    assert Payment.objects.count() == 2


def test_what_is_asked_for_counts_and_what_is_refused_or_reversed_is_free_again(world: World) -> None:
    daily = fund("daily", "10000")
    asked = ask(world, daily, "10000")
    assert (refusal(world).code, refusal(world).field) == (Code.RULE, "amount")
    actions.approve_payment(asked.pk, by=world.leader, granted=False)
    done = paid(world, daily, "10000")
    assert refusal(world)
    actions.reverse(done.pk, reason="付错", voucher="记01-009", by=world.finance)
    assert ask(world, daily, "10000").amount == Decimal(10000)


def test_an_adjustment_makes_room_and_another_year_does_not(world: World) -> None:
    daily = fund("daily", "10000")
    ask(world, daily, "10000")
    adjust(daily, "500")
    assert ask(world, daily, "500")
    with pytest.raises(NotAllowed, match="没有2024年度预算"):
        ask(world, daily, "1", budget_year=YEAR + 1)


def test_a_node_of_a_contract_and_the_rewards_of_a_town_are_held_to_it_too(world: World) -> None:
    node = contract(fund("maintenance", "35999")).nodes.get(place=1)
    actions.score_node(node.pk, Decimal(90), by=world.finance)
    with pytest.raises(NotAllowed, match=r"余35,999\.00元，不足以支付36,000\.00元"):
        actions.request_node(node.pk, budget_year=YEAR, by=world.finance)
    final(world, AWARDS)
    actions.settle_rewards(QUARTER)
    with pytest.raises(NotAllowed, match=r"余9,999\.00元，不足以支付10,000\.00元"):
        appropriate(world, fund("hotline_grid", "9999"))
    assert not Payment.objects.exists()
    assert not Appropriation.objects.exists()
    assert not Reward.objects.exclude(appropriation=None).exists()
