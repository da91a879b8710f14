"""REST of budgets, contracts and payments."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from budget import actions
from budget.models import Payment
from tests.budget.money import YEAR, adjust, ask, contract, fund, paid
from tests.budget.test_rewards import QUARTER, appropriate, final, rewards_fund
from tests.world import World
from wangcheng.common.models import AuditEntry

BODY = {
    "fund": "daily", "budget_year": YEAR, "kind": "affairs", "amount": "1234.50", "payee": "印刷厂", "purpose": "资料印刷",
}  # fmt: skip


@pytest.mark.parametrize("amount", ["5_0", "1e3", "5_0.00", "+50", ".5"])
def test_an_amount_is_written_in_figures_and_no_otherwise(world: World, amount: str) -> None:
    fund("daily", "10000")
    answer = post(world.client("finance"), "payments/", BODY | {"amount": amount})
    assert (answer.status_code, [*answer.json()["errors"]]) == (400, ["amount"])
    assert not Payment.objects.exists()
    assert post(world.client("finance"), "payments/", BODY | {"amount": "５０.5"}).json()["amount"] == "50.50"


def post(client: Client, address: str, body: dict[str, Any]) -> Any:
    return client.post(f"/api/v1/{address}", body, content_type="application/json")


def test_a_budget_shows_beginning_adjustments_and_use(world: World) -> None:
    daily = fund("daily", "10000")
    adjust(daily, "-2000")
    paid(world, daily, "2000.05")
    ask(world, daily, "500")  # asked for only: not used yet
    answer = world.client("finance").get(f"/api/v1/budgets/?year={YEAR}").json()
    assert answer["count"] == 1
    row = answer["results"][0]
    assert (row["initial"], row["whole"], row["used"], row["rate"]) == ("10000.00", "8000.00", "2000.05", "25.00")


def test_a_fund_without_money_has_no_rate(world: World) -> None:
    fund("subsidies", "0")
    assert world.client("finance").get("/api/v1/budgets/").json()["results"][0]["rate"] is None


def test_a_year_that_is_none_is_refused(world: World) -> None:
    assert world.client("finance").get("/api/v1/budgets/?year=20x3").status_code == 400
    assert world.client("finance").get("/api/v1/budgets/?year=2100").status_code == 400


def test_a_contract_pays_by_score_after_what_was_taken_out(world: World) -> None:
    made = contract(fund("maintenance", "200000"), reduction="10000")
    actions.score_node(made.nodes.get(place=2).pk, Decimal("80"), by=world.finance)
    answer = world.client("finance").get(f"/api/v1/contracts/{made.number}/").json()
    first, second = answer["nodes"]
    assert (first["score"], first["payable"]) == (None, None)
    assert (second["reduced"], second["payable"]) == ("10000.00", "40000.00")


def test_a_payment_goes_from_asking_to_paid_by_two_people(world: World) -> None:
    fund("daily", "10000")
    made = post(world.client("finance"), "payments/", BODY)
    assert made.status_code == 201
    number = made.json()["number"]
    assert [action["name"] for action in made.json()["allowed_actions"]] == []  # one's own is for others to approve
    approved = post(world.client("leader"), f"payments/{number}/approve/", {"note": "同意"})
    assert approved.json()["state"] == "approved"
    done = post(world.client("finance"), f"payments/{number}/pay/", {"voucher": "记01-009"}).json()
    assert (done["state"], done["voucher"], done["amount"]) == ("paid", "记01-009", "1234.50")
    assert [action["name"] for action in done["allowed_actions"]] == ["reverse"]
    told = AuditEntry.objects.filter(object=f"payment {number}").values_list("summary", flat=True)
    assert list(told.order_by("pk")) == ["申请支付", "同意支付：同意", "已支付"]


def test_nobody_approves_the_own_request(world: World) -> None:
    payment = ask(world, fund("daily", "10000"))
    assert post(world.client("finance"), f"payments/{payment.number}/approve/", {}).status_code == 403
    payment.refresh_from_db()
    assert payment.state == Payment.State.REQUESTED


def test_a_refusal_needs_a_reason_and_ends_the_payment(world: World) -> None:
    payment = ask(world, fund("daily", "10000"))
    leader = world.client("leader")
    assert post(leader, f"payments/{payment.number}/refuse/", {}).status_code == 400
    assert post(leader, f"payments/{payment.number}/refuse/", {"note": "依据不足"}).json()["state"] == "refused"
    assert post(world.client("finance"), f"payments/{payment.number}/pay/", {"voucher": "1"}).status_code == 409


def test_a_reversal_is_an_entry_of_the_opposite_amount_and_happens_once(world: World) -> None:
    payment = paid(world, fund("daily", "10000"), "700")
    finance = world.client("finance")
    body = {"reason": "付错单位", "voucher": "记01-010"}
    assert post(finance, f"payments/{payment.number}/reverse/", body).json()["state_display"] == "已冲销"
    entry = Payment.objects.get(reversal_of=payment)
    assert (entry.amount, entry.budget_year, entry.live) == (Decimal("-700.00"), YEAR, False)
    assert finance.get("/api/v1/budgets/").json()["results"][0]["used"] == "0.00"
    assert post(finance, f"payments/{payment.number}/reverse/", body).status_code == 409
    assert post(finance, f"payments/{entry.number}/reverse/", body).status_code == 409


@pytest.mark.parametrize(
    ("change", "field"),
    [({"amount": "0"}, "amount"), ({"amount": "1.005"}, "amount"), ({"budget_year": 2019}, "budget_year"),
     ({"kind": "reward"}, "kind"), ({"fund": "none"}, "fund"), ({"payee": ""}, "payee")],
)  # fmt: skip
def test_a_wrong_request_is_refused_at_its_field(world: World, change: dict[str, Any], field: str) -> None:
    fund("daily", "10000")
    answer = post(world.client("finance"), "payments/", BODY | change)
    assert answer.status_code == 400
    assert field in answer.json()["errors"]
    assert not Payment.objects.exists()


@pytest.mark.parametrize("name", ["dispatcher", "town", "village", "auditor", "admin", "apiclient"])
def test_others_neither_see_nor_ask_for_payments(world: World, name: str) -> None:
    payment = ask(world, fund("daily", "10000"))
    client = world.client(name)
    assert client.get("/api/v1/payments/").status_code == 403
    assert client.get(f"/api/v1/payments/{payment.number}/").status_code == 403
    assert post(client, "payments/", BODY).status_code == 403
    assert post(client, f"payments/{payment.number}/approve/", {}).status_code == 403


def test_payments_are_narrowed_by_fund_and_state(world: World) -> None:
    daily, other = fund("daily", "10000"), fund("maintenance", "10000")
    paid(world, daily)
    ask(world, other)
    finance = world.client("finance")
    assert [row["fund"] for row in finance.get("/api/v1/payments/?fund=daily").json()["results"]] == ["daily"]
    assert finance.get("/api/v1/payments/?state=requested").json()["count"] == 1
    assert finance.get("/api/v1/payments/?state=nonsense").status_code == 400
    assert finance.get("/api/v1/payments/ZF2023-99999/").status_code == 404


def test_the_payment_of_a_reward_is_found_by_quarter_and_beneficiary(world: World) -> None:
    final(world, {"斑马湖社区": 5000, "西塘街社区": 5000})
    of = rewards_fund()
    actions.settle_rewards(QUARTER)
    appropriate(world, of)
    code = world.villages["斑马湖社区"].code
    found = world.client("finance").get(f"/api/v1/payments/?quarter={QUARTER}&beneficiary={code}").json()
    assert [row["state"] for row in found["results"]] == ["paid"]
    assert found["results"][0]["reward"]["kind"] == "zero_urban"
