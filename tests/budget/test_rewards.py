"""Rewards: settled from final results, appropriated to a town, signed for by a village, returned and given anew."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from budget import actions
from budget.models import Appropriation, Fund, Payment, Reward
from grid.actions import assessments
from grid.models import Assessment, ZeroComplaint
from tests.budget.money import YEAR, fund
from tests.recoding import recode
from tests.world import World
from wangcheng.common import clock
from wangcheng.common.figures.compute import one
from wangcheng.common.figures.periods import Period
from wangcheng.common.jobs.actions import run_inline
from wangcheng.common.models import Job
from wangcheng.common.twins import refused_twice
from wangcheng.common.workflow import NotAllowed

QUARTER = "2023Q1"
AWARDS = {"斑马湖社区": 5000, "西塘街社区": 5000, "静慎村": 3000}


def final(world: World, awards: dict[str, int], edition: int = 1) -> Assessment:
    """A final result of the villages without complaints."""
    made = Assessment.objects.create(
        quarter=QUARTER, kind="zero", edition=edition, number=f"{QUARTER}-zero-{edition}", state="centre",
        first=date(2022, 12, 16), last=date(2023, 1, 2), rules={"grid.zero_complaint": {"policy": 1, "version": 1}},
    )  # fmt: skip
    for name, amount in awards.items():
        village = world.villages[name]
        ZeroComplaint.objects.create(
            assessment=made, area=village, town_id=village.parent_id, is_urban=amount == 5000, counted=0, eligible=True,
            awarded=True, amount_yuan=amount,
        )  # fmt: skip
    Assessment.objects.filter(pk=made.pk).update(state="final", finalised_at=clock.now())
    return made


def rewards_fund() -> Fund:
    made = fund("hotline_grid", "100000")
    Fund.objects.filter(pk=made.pk).update(is_public=True)
    return made


def ask(world: World, of: Fund, town: str = "高塘岭街道") -> Appropriation:
    return actions.appropriate(
        QUARTER, world.towns[town], fund=of, document_number="望社治拨1号", day=date(2023, 1, 3), by=world.finance
    )


def appropriate(world: World, of: Fund, town: str = "高塘岭街道") -> Appropriation:
    """Asked for by finance, approved by the leader, paid by finance."""
    made = ask(world, of, town)
    actions.rule_appropriation(made.pk, by=world.leader)
    return actions.pay_appropriation(made.pk, voucher="记01-002", by=world.finance)


def used() -> str:
    return one("fund_hotline_grid_used", Period.parse(str(YEAR))).printed


def test_settling_twice_gives_each_award_once(world: World) -> None:
    final(world, AWARDS)
    assert actions.settle_rewards(QUARTER, by=world.finance) == 3
    assert actions.settle_rewards(QUARTER, by=world.finance) == 0
    assert sorted(Reward.objects.values_list("area__name", "amount")) == [
        ("斑马湖社区", Decimal(5000)), ("西塘街社区", Decimal(5000)), ("静慎村", Decimal(3000)),
    ]  # fmt: skip


def test_a_result_that_is_not_final_awards_nothing(world: World) -> None:
    Assessment.objects.create(
        quarter=QUARTER, kind="zero", number="x", state="published", first=date(2022, 12, 16), last=date(2023, 1, 2)
    )
    ZeroComplaint.objects.create(
        assessment=Assessment.objects.get(), area=world.villages["静慎村"], town=world.towns["茶亭镇"], is_urban=False,
        counted=0, eligible=True, awarded=True, amount_yuan=3000,
    )  # fmt: skip
    assert actions.settle_rewards(QUARTER) == 0


def test_the_worker_settles_a_quarter(world: World) -> None:
    final(world, AWARDS)
    assert run_inline("budget.settle_rewards", {"quarter": QUARTER}).result == {"quarter": QUARTER, "new": 3}


def test_a_town_is_given_the_sum_of_its_own_rewards(world: World) -> None:
    final(world, AWARDS)
    of = rewards_fund()
    actions.settle_rewards(QUARTER)
    assert appropriate(world, of).amount == Decimal(10000)
    assert used() == "1.00"
    with pytest.raises(NotAllowed, match="没有待拨付"):
        appropriate(world, of)


def test_rewards_are_taken_only_from_a_fund_with_a_budget_of_their_year(world: World) -> None:
    final(world, AWARDS)
    actions.settle_rewards(QUARTER)
    without = Fund.objects.create(code="without", name="无预算的专项", kind=Fund.Kind.SPECIAL)
    with pytest.raises(NotAllowed, match="没有2023年度预算"):
        ask(world, without)
    assert not Appropriation.objects.exists()


def test_finance_settles_and_appropriates_on_the_pages(world: World) -> None:
    final(world, AWARDS)
    rewards_fund()
    actions.settle_rewards(QUARTER)
    finance = world.client("finance")
    assert "10,000.00" in finance.get("/budget/appropriations/waiting/").content.decode()
    body = {"fund": "hotline_grid", "document_number": "望社治拨2号", "day": "2023-01-03"}
    address = f"/budget/appropriations/new/{QUARTER}/{world.towns['高塘岭街道'].code}/"
    made = finance.post(address, body)
    assert made.status_code == 302
    assert finance.post(address, body).status_code == 409
    assert "望社治拨2号" in finance.get(made.headers["Location"]).content.decode()
    assert "10,000.00" not in finance.get("/budget/appropriations/waiting/").content.decode()
    detail = made.headers["Location"]
    assert finance.post(f"{detail}approve/", {"note": ""}).status_code == 403  # one's own is for others
    assert finance.post(f"{detail}pay/", {"voucher": "记01-003"}).status_code == 409
    assert used() == "0.00"
    leader = world.client("leader")
    assert "同意拨付" in leader.get(detail).content.decode()
    assert leader.post(f"{detail}approve/", {"note": "同意"}).status_code == 302
    assert leader.post(f"{detail}approve/", {"note": "同意"}).status_code == 409
    assert finance.post(f"{detail}pay/", {"voucher": "记01-003"}).status_code == 302
    assert used() == "1.00"
    assert set(Payment.objects.values_list("state", "voucher", "approved_by")) == {
        ("paid", "记01-003", world.leader.pk)
    }


def test_a_refused_appropriation_lets_the_rewards_wait_again(world: World) -> None:
    final(world, {"斑马湖社区": 5000})
    of = rewards_fund()
    actions.settle_rewards(QUARTER)
    made = ask(world, of)
    payment = Payment.objects.get()
    leader = world.client("leader")
    assert leader.post(f"/budget/payments/{payment.number}/approve/", {"note": ""}).status_code == 409
    assert world.client("village").get(f"/budget/appropriations/{made.pk}/").status_code == 404  # nothing to sign yet
    assert leader.post(f"/budget/appropriations/{made.pk}/refuse/", {"note": "文号有误"}).status_code == 302
    assert used() == "0.00"
    appropriate(world, of)
    assert used() == "0.50"


def test_a_result_that_becomes_final_starts_settling_its_quarter(world: World) -> None:
    made = Assessment.objects.create(
        quarter=QUARTER, kind="zero", number=f"{QUARTER}-zero", state="published", first=date(2022, 12, 16),
        last=date(2023, 1, 2), inputs_at=clock.now(), published_at=clock.now(), publicity_until=clock.now(),
    )  # fmt: skip
    with clock.frozen(clock.at(date(2023, 3, 1), 10)):
        assessments.finalise(made.pk, by=world.assessor)
    job = Job.objects.get(kind="budget.settle_rewards")
    assert (job.arguments, job.requested_by) == ({"quarter": QUARTER}, world.assessor)


def test_a_village_sees_and_signs_for_its_own_only(world: World) -> None:
    final(world, AWARDS)
    of = rewards_fund()
    actions.settle_rewards(QUARTER)
    made = appropriate(world, of)
    village = world.client("village")
    address = f"/budget/appropriations/{made.pk}/"
    page = village.get(address).content.decode()
    assert "斑马湖社区" in page
    assert "西塘街社区" not in page
    mine, other = world.villages["斑马湖社区"], world.villages["西塘街社区"]
    assert village.post(f"{address}{other.pk}/sign/").status_code == 404
    assert village.post(f"{address}{mine.pk}/sign/").status_code == 302
    signed = Reward.objects.exclude(received_on=None).get()
    assert (signed.area_id, signed.received_by_id) == (mine.pk, world.village.pk)


def test_another_town_does_not_find_the_appropriation(world: World) -> None:
    final(world, AWARDS)
    of = rewards_fund()
    actions.settle_rewards(QUARTER)
    made = appropriate(world, of)
    assert world.client("town").get(f"/budget/appropriations/{made.pk}/").status_code == 200
    assert world.client("other_town").get(f"/budget/appropriations/{made.pk}/").status_code == 404
    assert world.client("gridofficer").get("/budget/rewards/").status_code == 403


def test_a_returned_reward_frees_its_key_and_is_given_anew(world: World) -> None:
    final(world, {"斑马湖社区": 5000})
    of = rewards_fund()
    actions.settle_rewards(QUARTER)
    appropriate(world, of)
    payment = Payment.objects.get()
    actions.reverse(payment.pk, reason="账户有误", voucher="记01-020", by=world.finance)
    assert used() == "0.00"
    appropriate(world, of)
    assert used() == "0.50"
    assert Payment.objects.filter(live=True).count() == 1


def test_the_database_itself_refuses_a_second_live_payment_of_a_reward(world: World) -> None:
    final(world, {"斑马湖社区": 5000})
    of = rewards_fund()
    actions.settle_rewards(QUARTER)
    appropriate(world, of)
    second = Payment.objects.get()
    other = Reward.objects.get()
    Reward.objects.filter(pk=other.pk).update(withdrawn_at=clock.now())
    other.pk, other.kind = None, Reward.Kind.ZERO_OTHER  # the same village and quarter, corrected to another amount
    other.save(force_insert=True)
    second.pk, second.number, second.reward, second.reward_key = None, "ZF2023-99999", other, other.key
    with pytest.raises(IntegrityError), transaction.atomic():
        second.save(force_insert=True)
    second.reward_key = ""  # and none goes without its key
    with pytest.raises(IntegrityError), transaction.atomic():
        second.save(force_insert=True)


def test_nobody_approves_the_own_appropriation(world: World) -> None:
    final(world, AWARDS)
    actions.settle_rewards(QUARTER)
    asked = ask(world, rewards_fund())
    with pytest.raises(NotAllowed, match="不能审批本人申请的拨付"):
        actions.rule_appropriation(asked.pk, by=world.finance)


@pytest.mark.parametrize("amount", [5000, 3500])  # as one of the other kind, and of its own with another amount
def test_a_correction_withdraws_what_was_not_paid(world: World, amount: int) -> None:
    first = final(world, AWARDS)
    actions.settle_rewards(QUARTER)
    Assessment.objects.filter(pk=first.pk).update(
        corrected_by=final(world, {"斑马湖社区": 5000, "静慎村": amount}, edition=2)
    )
    assert actions.settle_rewards(QUARTER) == 1
    standing = Reward.objects.standing().values_list("area__name", "amount")
    assert sorted(standing) == [("斑马湖社区", Decimal(5000)), ("静慎村", Decimal(amount))]


def test_a_correction_of_what_was_paid_asks_for_the_return_first(world: World) -> None:
    first = final(world, {"斑马湖社区": 5000})
    of = rewards_fund()
    actions.settle_rewards(QUARTER)
    appropriate(world, of)
    Assessment.objects.filter(pk=first.pk).update(corrected_by=final(world, {"静慎村": 3000}, edition=2))
    with pytest.raises(NotAllowed, match="请先冲销"):
        actions.settle_rewards(QUARTER)
    actions.reverse(Payment.objects.get().pk, reason="更正", voucher="记01-021", by=world.finance)
    assert actions.settle_rewards(QUARTER) == 1
    assert [reward.area.name for reward in Reward.objects.standing()] == ["静慎村"]


def test_a_recoded_town_and_village_see_and_sign_for_what_they_had_been_awarded(world: World, tmp_path: Path) -> None:
    final(world, AWARDS)
    of = rewards_fund()
    actions.settle_rewards(QUARTER)
    recode(world, tmp_path)
    old = world.towns["茶亭镇"].code
    body = {"fund": of.code, "document_number": "望社治拨9号", "day": "2023-01-03"}
    assert world.client("finance").post(f"/budget/appropriations/new/{QUARTER}/{old}/", body).status_code == 302
    made = Appropriation.objects.get()
    actions.rule_appropriation(made.pk, by=world.leader)
    actions.pay_appropriation(made.pk, voucher="记01-009", by=world.finance)
    mine = Reward.objects.filter(area__name="静慎村")
    assert list(Reward.objects.visible_to(world.other_town)) == list(mine)
    assert list(Reward.objects.visible_to(world.other_village)) == list(mine)
    assert not Reward.objects.visible_to(world.town).filter(pk__in=mine).exists()
    address = f"/budget/appropriations/{made.pk}/{world.villages['静慎村'].pk}/sign/"
    assert world.client("other_village").post(address).status_code == 302
    assert mine.get().received_on == date(2023, 1, 3)


def test_an_address_without_a_quarter_is_not_found(world: World) -> None:
    finance, code = world.client("finance"), world.towns["茶亭镇"].code
    for quarter in ("x", "2022Q5", "2022", "22022Q1"):
        assert finance.get(f"/budget/appropriations/new/{quarter}/{code}/").status_code == 404
        assert finance.post(f"/budget/appropriations/new/{quarter}/{code}/", {}).status_code == 404
    assert finance.get(f"/budget/appropriations/new/2022Q4/{code}/").status_code == 200
    assert finance.get("/budget/appropriations/new/2022Q4/999/").status_code == 404


def test_an_award_of_nothing_is_no_reward_and_blocks_no_appropriation(world: World) -> None:
    final(world, {**AWARDS, "西塘街社区": 0})
    of = rewards_fund()
    assert actions.settle_rewards(QUARTER) == 2
    assert ask(world, of).amount == 5000


def test_only_a_second_row_is_called_a_twin(world: World) -> None:
    of = rewards_fund()
    values = {"code": of.code, "name": "另一个", "kind": Fund.Kind.SPECIAL}
    with pytest.raises(NotAllowed, match="已有"), refused_twice("已有"):
        Fund.objects.create(**values)
    with pytest.raises(IntegrityError), refused_twice("已有"):
        Payment.objects.create(
            number="x",
            fund=of,
            budget_year=YEAR,
            kind="reward",
            amount=Decimal(0),
            payee="茶亭镇",
            requested_at=clock.now(),
        )
