"""Several hands at once on real transactions: one wins, the others are told, the money goes out once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from budget import actions
from budget.models import Appropriation, Payment, Reward
from tests.budget.money import YEAR, contract, fund, paid
from tests.budget.test_rewards import QUARTER, final, rewards_fund
from tests.world import MORNING, build
from wangcheng.common import clock
from wangcheng.common.workflow import NotAllowed

HANDS = 4


def at_once(do: Callable[[], Any]) -> list[str]:
    """`do` by several threads; "done" or the sentence of the refusal of each."""
    barrier = Barrier(HANDS)

    def one() -> str:
        try:
            with clock.frozen(MORNING):
                barrier.wait()
                do()
        except NotAllowed as refused:
            return refused.message
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(HANDS) as hands:
        return [found.result() for found in [hands.submit(one) for _ in range(HANDS)]]


@pytest.mark.django_db(transaction=True)
def test_a_town_is_given_its_rewards_once_however_many_press() -> None:
    with clock.frozen(MORNING):
        world = build()
        final(world, {"斑马湖社区": 5000, "西塘街社区": 5000})
        of = rewards_fund()
        actions.settle_rewards(QUARTER)
    town = world.towns["高塘岭街道"]
    said = at_once(
        lambda: actions.appropriate(
            QUARTER, town, fund=of, document_number="望社治拨1号", day=date(2023, 1, 3), by=world.finance
        )
    )
    assert said.count("done") == 1
    assert Appropriation.objects.count() == 1
    assert Payment.objects.filter(live=True).count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_payment_is_reversed_once_however_many_press() -> None:
    with clock.frozen(MORNING):
        world = build()
        payment = paid(world, fund("daily", "10000"))
    said = at_once(lambda: actions.reverse(payment.pk, reason="付错", voucher="1", by=world.finance))
    assert said.count("done") == 1
    assert Payment.objects.filter(reversal_of=payment).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_node_is_asked_for_once_however_many_press() -> None:
    with clock.frozen(MORNING):
        world = build()
        node = contract(fund("maintenance", "200000")).nodes.get(place=1)
        actions.score_node(node.pk, Decimal(90), by=world.finance)
    said = at_once(lambda: actions.request_node(node.pk, budget_year=YEAR, by=world.finance))
    assert said.count("done") == 1
    assert Payment.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_rewards_are_settled_once_however_many_press() -> None:
    with clock.frozen(MORNING):
        final(build(), {"斑马湖社区": 5000, "西塘街社区": 5000})
    assert at_once(lambda: actions.settle_rewards(QUARTER)) == ["done"] * HANDS
    assert sorted(Reward.objects.values_list("area__name", flat=True)) == ["斑马湖社区", "西塘街社区"]
