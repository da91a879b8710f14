"""What the money pages say on the way: amounts before they are asked for, no empty choosers, what waits for a village."""

from __future__ import annotations

from decimal import Decimal

from budget import actions
from budget.models import Reward
from tests.budget.money import YEAR, contract, fund, paid
from tests.budget.test_rewards import QUARTER, final, rewards_fund
from tests.world import World
from wangcheng.common import clock


def test_a_node_says_what_it_pays_before_it_is_scored_and_before_it_is_asked_for(world: World) -> None:
    node = contract(fund("maintenance", "200000"), reduction="10000").nodes.get(place=2)
    finance, here = world.client("finance"), f"/budget/contracts/nodes/{node.pk}"
    assert "满分应付50,000.00元" in finance.get(f"{here}/score/").content.decode()
    assert "尚未评分" in finance.get(f"{here}/pay/").content.decode()
    actions.score_node(node.pk, Decimal(90), by=world.finance)
    assert "应付45,000.00元" in finance.get(f"{here}/pay/").content.decode()


def test_nothing_is_reduced_where_no_node_is_left_to_reduce(world: World) -> None:
    made = contract(fund("maintenance", "200000"))
    finance, page = world.client("finance"), f"/budget/contracts/{made.pk}/"
    assert "核减范围" in finance.get(page).content.decode()
    made.nodes.all().delete()
    assert "核减范围" not in finance.get(page).content.decode()


def test_this_year_can_be_chosen_before_it_has_a_budget(world: World) -> None:
    for address in ("/budget/funds/", "/performance-tables/"):
        page = world.client("finance").get(f"{address}?year={YEAR - 1}").content.decode()
        assert f'<option value="{YEAR}">' in page
    assert world.client("finance").get("/budget/funds/?year=2500").status_code == 200


def test_a_reversed_payment_tells_of_its_reversal(world: World) -> None:
    payment = paid(world, fund("daily", "10000"))
    entry = actions.reverse(payment.pk, reason="账号有误", voucher="记01-002", by=world.finance)
    page = world.client("finance").get(f"/budget/payments/{payment.number}/").content.decode()
    assert ("冲销支付" in page, entry.number in page) == (True, True)


def test_what_was_paid_waits_for_the_village_until_it_has_signed(world: World) -> None:
    final(world, {"斑马湖社区": 5000})
    of = rewards_fund()
    actions.settle_rewards(QUARTER)
    town = world.villages["斑马湖社区"].parent
    assert town is not None
    asked = actions.appropriate(
        QUARTER, town, fund=of, document_number="拨1号", day=clock.today(), by=world.finance
    )  # fmt: skip
    village = world.client("village")
    todo = "/budget/appropriations/?tab=todo"
    assert "拨1号" not in village.get(todo).content.decode()
    actions.rule_appropriation(asked.pk, by=world.leader)
    actions.pay_appropriation(asked.pk, voucher="记01-1", by=world.finance)
    assert "拨1号" in village.get(todo).content.decode()
    where = f"/budget/appropriations/{asked.pk}/{Reward.objects.get().village_id}/sign/"
    assert village.post(where).status_code == 302
    assert "拨1号" not in village.get(todo).content.decode()
