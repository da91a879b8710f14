"""REST by which finance enters funds, budgets, contracts; every step × role; wrong input is refused at its field."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from budget import actions
from budget.entry_steps import BUDGET_STEPS, CONTRACT_STEPS
from budget.models import Budget, Contract, Fund, Payment
from tests.budget.money import YEAR, contract, fund, paid
from tests.common.walk import ROLES, Allowed, Walk
from tests.world import MORNING, World
from wangcheng.common.models import AuditEntry

if TYPE_CHECKING:
    from pytest_django.fixtures import DjangoAssertNumQueries

FINANCE = {"finance"}
PAPER = {"document_number": "望财预调2号", "decided_on": f"{YEAR}-01-03", "reason": "追加"}
BUDGET = {
    "fund": "daily",
    "year": YEAR,
    "amount": "10000",
    "document_number": "望财预1号",
    "decided_on": f"{YEAR}-01-03",
}
CONTRACT = {
    "number": "望社治合/1号", "name": "运维服务", "fund": "maintenance", "supplier": "供应商", "amount": "100000",
    "starts_on": "2023-01-01", "ends_on": "2023-12-31",
}  # fmt: skip


def post(client: Client, address: str, body: dict[str, Any], **headers: str) -> Any:
    return client.post(f"/api/v1/{address}", body, content_type="application/json", headers=headers)


@pytest.fixture
def finance(world: World) -> Client:
    return world.client("finance")


def test_a_fund_is_opened_given_a_budget_and_the_budget_adjusted_and_corrected(world: World, finance: Client) -> None:
    opened = post(finance, "funds/", {"code": "daily", "name": "日常事务", "kind": "special"})
    assert (opened.status_code, opened.json()["is_public"]) == (201, False)
    made = post(finance, "budgets/", BUDGET)
    assert made.status_code == 201
    row = made.json()
    assert [action["name"] for action in row["allowed_actions"]] == ["adjust", "correct"]
    adjusted = post(
        finance, f"budgets/{row['id']}/adjust/", PAPER | {"amount": "2000", "version": row["version"]}
    ).json()
    assert (adjusted["initial"], adjusted["whole"]) == ("10000.00", "12000.00")
    assert [each["reason"] for each in adjusted["adjustments"]] == ["追加"]
    corrected = post(finance, f"budgets/{row['id']}/correct/", PAPER | {"amount": "20000.50", "reason": "少录"}).json()
    assert (corrected["initial"], corrected["whole"], corrected["version"]) == ("20000.50", "22000.50", 3)
    assert finance.get(f"/api/v1/budgets/{row['id']}/").json() == corrected
    told = AuditEntry.objects.filter(object=f"budget daily-{YEAR}").order_by("pk").values_list("summary", flat=True)
    assert list(told) == ["登记年初预算", "调整预算", "更正年初预算：少录"]


def test_a_second_budget_and_a_stale_version_are_conflicts(world: World, finance: Client) -> None:
    budget = fund("daily", "10000").budgets.get()
    assert post(finance, "budgets/", BUDGET).status_code == 409
    stale = post(finance, f"budgets/{budget.pk}/adjust/", PAPER | {"amount": "1", "version": budget.version + 1})
    assert (stale.status_code, stale.json()["type"]) == (409, "urn:wangcheng:problem:version")
    assert not budget.adjustments.exists()


@pytest.mark.parametrize(
    ("address", "body", "field"),
    [
        ("budgets/", BUDGET | {"fund": "none"}, "fund"),
        ("budgets/", BUDGET | {"amount": "-1"}, "amount"),
        ("budgets/", BUDGET | {"year": "2023"}, "year"),
        ("budgets/", BUDGET | {"decided_on": "2024-01-01"}, "decided_on"),
        ("budgets/", BUDGET | {"year": 2022}, "decided_on"),
        ("budgets/", BUDGET | {"document_number": ""}, "document_number"),
        ("budgets/1/adjust/", PAPER | {"amount": "0"}, "amount"),
        ("budgets/1/adjust/", PAPER | {"amount": "-9000.01"}, "amount"),
        ("budgets/1/adjust/", PAPER | {"amount": "1", "colour": "red"}, "colour"),
        ("budgets/1/correct/", PAPER | {"amount": "999.99"}, "amount"),
        ("budgets/1/correct/", {"amount": "5000"}, "reason"),
        ("funds/", {"code": "daily", "name": "再来", "kind": "special"}, "code"),
        ("contracts/", CONTRACT | {"ends_on": "2022-12-31"}, "ends_on"),
        ("contracts/", CONTRACT | {"number": "合2023-1", "amount": "1"}, "number"),
        ("contracts/合2023-1/add_node/", {"name": "三", "share": "0.01", "due_on": "2023-01-01"}, "share"),
        ("contracts/合2023-1/edit_node/", {"node": 3, "name": "三", "share": "1", "due_on": "2023-01-01"}, "node"),
        ("contracts/合2023-1/reduce/", PAPER | {"node": 1, "amount": "1"}, "document_number"),
        ("contracts/合2023-1/reduce/", {"node": 1, "amount": "40000.01", "reason": "停用", "decided_on": "2023-01-03"}, "amount"),
        ("contracts/合2023-1/score/", {"node": 1, "score": "100.5"}, "score"),
        ("contracts/合2023-1/score/", {"node": "第一次", "score": "90"}, "node"),
    ],
)  # fmt: skip
def test_wrong_input_is_refused_at_its_field_and_leaves_nothing(
    world: World, finance: Client, address: str, body: dict[str, Any], field: str
) -> None:
    daily = fund("daily", "10000")
    if body.get("year") != YEAR:
        paid(world, daily, "1000")
    else:
        daily.budgets.all().delete()
    contract(fund("maintenance", "200000"))
    address = address.replace("budgets/1/", f"budgets/{getattr(daily.budgets.first(), 'pk', 0)}/")
    before = (Fund.objects.count(), Budget.objects.count(), Contract.objects.count(), AuditEntry.objects.count())
    answer = post(finance, address, body)
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert field in answer.json()["errors"]
    assert (
        Fund.objects.count(),
        Budget.objects.count(),
        Contract.objects.count(),
        AuditEntry.objects.count(),
    ) == before


def test_a_contract_is_entered_scored_reduced_and_asked_for_by_its_number(world: World, finance: Client) -> None:
    fund("maintenance", "200000")
    made = post(finance, "contracts/", CONTRACT)
    assert made.status_code == 201
    assert [action["name"] for action in made.json()["allowed_actions"]] == ["edit", "add_node"]  # no node yet
    here = f"contracts/{CONTRACT['number']}"
    assert post(finance, f"{here}/score/", {"node": 1, "score": "90"}).status_code == 409
    post(finance, f"{here}/add_node/", {"name": "首付", "share": "50", "due_on": "2023-06-30"})
    reduction = {"node": 1, "amount": "10000", "reason": "停用", "decided_on": "2023-01-03"}
    reduced = post(finance, f"{here}/reduce/", reduction).json()
    assert reduced["reductions"] == [reduction | {"amount": "10000.00"}]
    scored = post(finance, f"{here}/score/", {"node": 1, "score": "90", "note": "良好"}).json()
    assert scored["nodes"][0]["payable"] == "36000.00"
    assert "request" in [action["name"] for action in scored["allowed_actions"]]
    asked = post(finance, f"{here}/request/", {"node": 1, "budget_year": YEAR}).json()
    assert asked["nodes"][0]["payment"] == Payment.objects.get(amount=Decimal("36000")).number
    assert [action["name"] for action in asked["allowed_actions"]] == ["edit", "add_node", "edit_node"]
    renamed = post(finance, f"{here}/edit/", CONTRACT | {"number": "新号", "version": asked["version"]}).json()
    assert renamed["number"] == "新号"


def test_the_same_key_enters_a_budget_once_and_gets_the_same_answer(world: World, finance: Client) -> None:
    daily = fund("daily", "10000")
    body, address = PAPER | {"amount": "500"}, f"budgets/{daily.budgets.get().pk}/adjust/"
    answers = [post(finance, address, body, **{"Idempotency-Key": "k-1"}).json() for _ in range(2)]
    assert answers[0] == answers[1]
    assert daily.budgets.get().adjustments.count() == 1


def test_no_payment_is_asked_for_above_what_is_left_of_the_budget(world: World, finance: Client) -> None:
    paid(world, fund("daily", "10000"), "9000")
    body = {
        "fund": "daily",
        "budget_year": YEAR,
        "kind": "affairs",
        "amount": "1000.01",
        "payee": "甲",
        "purpose": "乙",
    }
    refused = post(finance, "payments/", body)
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["amount"])
    assert "余1,000.00元" in refused.json()["detail"]
    assert post(finance, "payments/", body | {"amount": "1000"}).status_code == 201
    assert post(finance, "payments/", body | {"amount": "0.01"}).status_code == 400  # what waits is taken too


# Every step × role


def scored(world: World) -> Contract:
    made = contract(fund("maintenance", "200000"))
    actions.score_node(made.nodes.get(place=1).pk, Decimal(90), by=world.finance)
    return made


def bare(world: World) -> Contract:
    made = contract(fund("maintenance", "200000"))
    made.nodes.all().delete()
    return made


def tied(world: World) -> Contract:
    made = scored(world)
    made.nodes.get(place=2).delete()
    actions.request_node(made.nodes.get().pk, budget_year=YEAR, by=world.finance)
    return made


CONTRACTS: dict[str, Callable[[World], Contract]] = {"scored": scored, "bare": bare, "tied": tied}
OF_CONTRACT: Allowed = {
    "edit": [(FINANCE, {"scored", "bare", "tied"})],
    "add_node": [(FINANCE, {"bare", "tied"})],
    "edit_node": [(FINANCE, {"scored", "tied"})],
    "reduce": [(FINANCE, {"scored"})],
    "score": [(FINANCE, {"scored"})],
    "request": [(FINANCE, {"scored"})],
}
_NODE = {"name": "节点", "share": "40", "due_on": "2023-01-01"}
CONTRACT_BODIES = {
    "edit": CONTRACT | {"number": "合2023-1"},
    "add_node": _NODE,
    "edit_node": _NODE | {"node": 1},
    "reduce": {"node": 1, "amount": "1", "reason": "停用", "decided_on": "2023-01-03"},
    "score": {"node": 1, "score": "80"},
    "request": {"node": 1, "budget_year": YEAR},
}


def test_the_expectations_name_every_step() -> None:
    assert set(CONTRACT_STEPS) == set(OF_CONTRACT) == set(CONTRACT_BODIES)
    assert set(BUDGET_STEPS) == {"adjust", "correct"}


@pytest.mark.parametrize("situation", CONTRACTS)
def test_contract_steps_that_are_allowed_work_and_the_rest_changes_nothing(world: World, situation: str) -> None:
    found = CONTRACTS[situation](world)
    asking = {"request": OF_CONTRACT["request"]}  # locks contract and budget, and takes a number: costs a little more
    entering = {name: lines for name, lines in OF_CONTRACT.items() if name not in asking}
    for allowed, queries in ((entering, 20), (asking, 27)):
        walk = Walk(
            world, found, situation, f"contracts/{found.number}/", allowed, CONTRACT_BODIES, queries,
            refusals=frozenset({400, 403, 404, 409}),  # shares beyond the whole are a mistake of the body
            only_queued=frozenset({"score", "request"}),  # they change the node, not the row of the contract
        )  # fmt: skip
        assert walk.problems(ROLES, "api") == []


def test_budget_steps_that_are_allowed_work_and_the_rest_changes_nothing(world: World) -> None:
    budget = fund("daily", "10000").budgets.get()
    allowed: Allowed = {name: [(FINANCE, {"entered"})] for name in BUDGET_STEPS}
    bodies = {name: PAPER | {"amount": "5"} for name in BUDGET_STEPS}
    walk = Walk(world, budget, "entered", f"budgets/{budget.pk}/", allowed, bodies)
    assert walk.problems(ROLES, "api") == []


@pytest.mark.parametrize("name", [role for role in ROLES if role != "finance"])
def test_others_enter_nothing(world: World, name: str) -> None:
    fund("daily", "10000")
    client = world.client(name)
    for address, body in (("funds/", {"code": "x"}), ("budgets/", BUDGET), ("contracts/", CONTRACT)):
        assert post(client, address, body).status_code == 403
    assert (Fund.objects.count(), Budget.objects.count(), Contract.objects.count()) == (1, 1, 0)


def test_entering_and_reading_cost_few_queries(
    world: World, finance: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    contract(fund("maintenance", "200000"), reduction="10000")
    fund("daily", "10000")
    finance.get("/api/v1/funds/")
    with django_assert_max_num_queries(20):
        assert post(finance, "budgets/", BUDGET | {"fund": "daily", "year": YEAR + 1}).status_code == 201
    with django_assert_max_num_queries(20):
        assert post(finance, "contracts/", CONTRACT).status_code == 201
    with django_assert_max_num_queries(12):
        assert len(finance.get("/api/v1/contracts/合2023-1/").json()["nodes"]) == 2


def test_budgets_of_every_year_are_listed_unless_one_is_named(world: World, finance: Client) -> None:
    daily = fund("daily", "10")
    last = {"year": YEAR - 1, "decided_on": f"{YEAR - 1}-01-01", "recorded_at": MORNING.replace(year=YEAR - 1)}
    Budget.objects.create(fund=daily, amount=20, document_number="1号", **last)
    assert [row["year"] for row in get(finance, "budgets/")] == [YEAR, YEAR - 1]
    assert [row["year"] for row in get(finance, f"budgets/?year={YEAR}")] == [YEAR]
    first = finance.get("/api/v1/budgets/", {"page_size": 1}).json()
    assert (first["count"], [row["year"] for row in first["results"]]) == (2, [YEAR])


def get(client: Client, address: str) -> Any:
    return client.get(f"/api/v1/{address}").json()["results"]
