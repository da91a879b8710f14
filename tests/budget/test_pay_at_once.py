"""Several hands at once on real transactions: one wins, the others are told, the money goes out once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from pathlib import Path
from threading import Barrier
from time import sleep
from typing import Any

import pytest
from django.db import connection, transaction
from pytest_django.fixtures import Settings

from budget import actions, report_actions
from budget.actions import rewards
from budget.models import Appropriation, Payment, Reward, SelfEvaluation
from grid.models import Assessment
from tests.budget.money import YEAR, ask, contract, fund, paid
from tests.budget.test_rewards import QUARTER, final, rewards_fund
from tests.budget.test_rewards import ask as appropriate
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


@pytest.mark.django_db(transaction=True)
def test_several_hands_together_ask_for_no_more_than_the_budget() -> None:
    with clock.frozen(MORNING):
        world = build()
        of = fund("daily", "3000")
    said = at_once(lambda: ask(world, of, "1000"))
    assert said.count("done") == 3
    assert sum(Payment.objects.values_list("amount", flat=True)) == 3000


# Two hands on PostgreSQL, each made to come in exactly between the other's steps (SQLite lets one write after the other).

between = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite 一次只有一个写入者")


def in_another_hand(do: Callable[[], Any]) -> Future[str]:
    """`do` on a connection of its own; "done" or the sentence of the refusal."""

    def one() -> str:
        try:
            with clock.frozen(MORNING):
                do()
        except NotAllowed as refused:
            return refused.message
        finally:
            connection.close()
        return "done"

    hand = ThreadPoolExecutor(1)
    started = hand.submit(one)
    hand.shutdown(wait=False)
    return started


def until_it_waits_or_ends(started: Future[str]) -> None:
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    for _ in range(1000):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(waiting)
            if started.done() or cursor.fetchone()[0]:
                return
        sleep(0.01)
    raise AssertionError("the other hand neither waits nor ends")


@between
@pytest.mark.django_db(transaction=True)
def test_a_reward_settled_while_its_town_is_given_the_others_waits_for_the_next_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with clock.frozen(MORNING):
        world = build()
        made = final(world, {"斑马湖社区": 5000})
        of = rewards_fund()
        actions.settle_rewards(QUARTER)
    village, request = world.villages["西塘街社区"], rewards._request

    def settle_one_more() -> None:
        Reward.objects.create(
            kind="zero_urban", quarter=QUARTER, area=village, village=village, town=world.towns["高塘岭街道"], amount=5000,
            assessment=made, settled_at=MORNING,
        )  # fmt: skip

    def interrupted(*given: Any) -> None:
        assert in_another_hand(settle_one_more).result(10) == "done"
        request(*given)

    monkeypatch.setattr(rewards, "_request", interrupted)
    with clock.frozen(MORNING):
        given = appropriate(world, of)
    late = Reward.objects.get(area=village)
    assert (late.appropriation, given.rewards.count(), given.payments.count()) == (None, 1, 1)


@between
@pytest.mark.django_db(transaction=True)
def test_a_reward_on_its_way_to_the_town_is_not_taken_away_by_a_correction() -> None:
    with clock.frozen(MORNING):
        world = build()
        made = final(world, {"斑马湖社区": 5000})
        of = rewards_fund()
        actions.settle_rewards(QUARTER)
        corrected = final(world, {}, edition=2)
        Assessment.objects.filter(pk=made.pk).update(corrected_by=corrected)
        with transaction.atomic():
            appropriate(world, of)
            started = in_another_hand(lambda: actions.settle_rewards(QUARTER))
            until_it_waits_or_ends(started)
    assert "已支付或正在拨付" in started.result(10)
    assert Reward.objects.get().withdrawn_at is None


@pytest.mark.django_db(transaction=True)
def test_a_report_is_frozen_and_corrected_once_however_many_press(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    with clock.frozen(MORNING):
        world = build()
        fund("daily", "10000")
        report = report_actions.draft(YEAR, by=world.finance)
    said = at_once(lambda: report_actions.freeze(report.pk, by=world.finance, acknowledgement="测试"))
    assert said.count("done") == 1
    said = at_once(lambda: report_actions.correct(report.pk, "更正", by=world.finance))
    assert said.count("done") == 1
    assert list(SelfEvaluation.objects.order_by("edition").values_list("state", flat=True)) == ["frozen", "draft"]
