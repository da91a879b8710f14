"""The pages of funds, payments and contracts, through the doors finance and the leader use."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from pytest_django import DjangoAssertNumQueries

from budget import actions
from budget.models import Budget, Payment
from tests.budget.money import YEAR, adjust, ask, contract, fund, paid
from tests.world import World
from wangcheng.common import clock

FORM = {
    "fund": "daily", "budget_year": YEAR, "kind": "affairs", "amount": "88.80", "payee": "印刷厂", "purpose": "资料印刷",
}  # fmt: skip


def test_funds_show_use_in_ten_thousands_and_warn(world: World) -> None:
    daily = fund("daily", "4160000", name="社会治理日常事务")
    adjust(daily, "40000")
    paid(world, daily, "100000")
    page = world.client("finance").get("/budget/funds/").content.decode()
    assert "420.00" in page  # 416 + 4
    assert "2.38%" in page
    assert "红色预警：执行进度慢" in page


def test_a_year_to_come_warns_of_nothing(world: World) -> None:
    Budget.objects.create(fund=fund("daily", "10000"), year=YEAR + 1, amount=10_000, decided_on=date(YEAR, 1, 3))
    page = world.client("finance").get(f"/budget/funds/?year={YEAR + 1}").content.decode()
    assert ("年度未开始" in page, "执行进度慢" in page) == (True, False)


def test_a_fund_shows_its_months_and_papers(world: World) -> None:
    daily = fund("daily", "10000")
    adjust(daily, "2000")
    paid(world, daily, "3000")
    with clock.frozen(datetime(YEAR, 2, 1, 9, tzinfo=clock.CHINA)):
        paid(world, daily, "600")
        page = world.client("finance").get(f"/budget/funds/daily/{YEAR}/").content.decode()
    assert "望财预调1号" in page
    assert "25.00%" in page  # 3,000 of 12,000 by January
    assert "30.00%" in page  # 3,600 by February


def test_a_payment_of_another_day_counts_by_its_budget_year(world: World) -> None:
    daily = fund("daily", "10000")
    with clock.frozen(datetime(YEAR + 1, 1, 5, 9, tzinfo=clock.CHINA)):
        paid(world, daily, "1000")
        page = world.client("finance").get(f"/budget/funds/daily/{YEAR}/").content.decode()
    assert "其他年度" in page


def test_finance_asks_the_leader_approves_finance_pays(world: World) -> None:
    fund("daily", "10000")
    finance, leader = world.client("finance"), world.client("leader")
    asked = finance.post("/budget/payments/new/", FORM)
    payment = Payment.objects.get()
    assert asked.headers["Location"] == f"/budget/payments/{payment.number}/"
    assert "同意支付" not in finance.get(asked.headers["Location"]).content.decode()
    assert "同意支付" in leader.get(asked.headers["Location"]).content.decode()
    assert leader.post(f"/budget/payments/{payment.number}/approve/", {"note": ""}).status_code == 302
    assert finance.post(f"/budget/payments/{payment.number}/pay/", {"voucher": "记01-003"}).status_code == 302
    payment.refresh_from_db()
    assert (payment.state, payment.voucher, payment.approved_by_id) == ("paid", "记01-003", world.leader.pk)


def test_a_step_taken_twice_is_told_and_done_once(world: World) -> None:
    payment = paid(world, fund("daily", "10000"))
    body = {"reason": "付错", "voucher": "记01-004"}
    finance = world.client("finance")
    assert finance.post(f"/budget/payments/{payment.number}/reverse/", body).status_code == 302
    again = finance.post(f"/budget/payments/{payment.number}/reverse/", body)
    assert again.status_code == 409
    assert "已冲销" in again.content.decode()
    assert Payment.objects.filter(reversal_of=payment).count() == 1


def test_the_leader_cannot_pay_and_finance_cannot_approve_its_own(world: World) -> None:
    payment = ask(world, fund("daily", "10000"))
    assert world.client("finance").post(f"/budget/payments/{payment.number}/approve/").status_code == 403
    actions.approve_payment(payment.pk, by=world.leader)
    assert world.client("leader").post(f"/budget/payments/{payment.number}/pay/", {"voucher": "1"}).status_code == 403
    payment.refresh_from_db()
    assert payment.state == Payment.State.APPROVED


def test_a_request_without_a_budget_says_so_at_the_year(world: World) -> None:
    fund("daily", "10000")
    answer = world.client("finance").post("/budget/payments/new/", FORM | {"budget_year": 2019})
    assert answer.status_code == 400
    assert "没有2019年度预算" in answer.content.decode()


def test_the_list_shows_what_waits_for_each(world: World) -> None:
    daily = fund("daily", "10000")
    payment = ask(world, daily)
    assert payment.number in world.client("leader").get("/budget/payments/").content.decode()
    assert payment.number not in world.client("finance").get("/budget/payments/").content.decode()
    assert payment.number in world.client("finance").get("/budget/payments/?tab=all").content.decode()


def test_a_list_of_fifty_payments_costs_few_queries(
    world: World, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    daily = fund("daily", "1000000")
    for _ in range(50):
        ask(world, daily, "1")
    leader = world.client("leader")
    leader.get("/budget/payments/?size=50")
    with django_assert_max_num_queries(10):
        leader.get("/budget/payments/?size=50")


def test_a_node_is_scored_and_asked_for_at_what_its_score_pays(world: World) -> None:
    made = contract(fund("maintenance", "200000"), reduction="10000")
    node = made.nodes.get(place=2)
    finance = world.client("finance")
    assert finance.post(f"/budget/contracts/nodes/{node.pk}/pay/", {"budget_year": YEAR}).status_code == 409
    assert finance.post(f"/budget/contracts/nodes/{node.pk}/score/", {"score": "95", "note": ""}).status_code == 302
    finance.post(f"/budget/contracts/nodes/{node.pk}/pay/", {"budget_year": YEAR})
    assert Payment.objects.get().amount == Decimal("47500.00")  # (100,000 × 60% − 10,000) × 95%
    assert finance.post(f"/budget/contracts/nodes/{node.pk}/score/", {"score": "99"}).status_code == 409
    assert "47,500.00" in finance.get(f"/budget/contracts/{made.pk}/").content.decode()


@pytest.mark.parametrize("address", ["funds/", "payments/", "contracts/", "payments/new/"])
@pytest.mark.parametrize("name", ["town", "gridofficer", "auditor", "admin"])
def test_others_have_no_way_to_the_money(world: World, name: str, address: str) -> None:
    assert world.client(name).get(f"/budget/{address}").status_code == 403


def test_a_year_without_budgets_says_so(world: World) -> None:
    fund("daily", "10000")
    page = world.client("finance").get("/budget/funds/?year=2016").content.decode()
    assert "2016年还没有预算" in page


@pytest.mark.parametrize("year", ["0", "1999", "99999999999999999"])
def test_a_fund_of_a_year_that_cannot_be_is_not_there(world: World, year: str) -> None:
    assert world.client("finance").get(f"/budget/funds/daily/{year}/").status_code == 404
