"""奖励: settled from final assessments, appropriated to a town, approved by another person, paid, and received below."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction

from budget.actions.budgets import require_room
from budget.actions.payments import take_numbers
from budget.models import Appropriation, Fund, Payment, Reward
from grid.models import Assessment, GridScore, ZeroComplaint
from wangcheng.common import clock
from wangcheng.common.audit.actions import record
from wangcheng.common.figures.periods import quarter_words
from wangcheng.common.models import Area, AuditEntry
from wangcheng.common.twins import refused_twice
from wangcheng.common.workflow import Code, NotAllowed

if TYPE_CHECKING:
    from wangcheng.common.models import User

S = Payment.State
A = Appropriation.State


@transaction.atomic
def settle_rewards(quarter: str, *, by: User | None = None) -> int:
    """核定奖励: a row for every award of the quarter's final results.  Run again: nothing changes.  How many are new.

    After a correction, what the new edition no longer awards (or awards otherwise) is withdrawn; NotAllowed if it was paid
    and the payment not yet reversed.
    """
    finals = Assessment.objects.select_for_update().filter(quarter=quarter, state="final", corrected_by=None)
    awards = [award for assessment in finals for award in _awards(assessment)]
    standing = list(Reward.objects.locked(quarter).select_related("assessment"))
    gone = _withdraw(quarter, _outdated(standing, finals, awards), by)
    known = {(reward.kind, reward.area_id) for reward in standing if reward.pk not in gone}
    new = [award for award in awards if (award.kind, award.area_id) not in known]
    Reward.objects.bulk_create(new, batch_size=500)
    if new:
        record(
            AuditEntry.Kind.DATA, f"核定{quarter_words(quarter)}奖励{len(new)}项", by=by, object=f"rewards {quarter}"
        )
    return len(new)


def _outdated(standing: Sequence[Reward], finals: Iterable[Assessment], awards: Iterable[Reward]) -> set[int]:
    """Keys of the rewards of these assessments that are not awarded like this any more."""
    kinds = {assessment.kind for assessment in finals}
    wanted = {(award.kind, award.area_id, Decimal(award.amount)) for award in awards}
    return {
        reward.pk
        for reward in standing
        if reward.assessment.kind in kinds and (reward.kind, reward.area_id, reward.amount) not in wanted
    }


def _withdraw(quarter: str, gone: set[int], by: User | None) -> set[int]:
    """撤销; the caller holds the rewards' lock, so that none of them is being appropriated meanwhile."""
    if not gone:
        return gone
    if paid := Payment.objects.filter(reward__in=gone, live=True).count():
        raise NotAllowed(f"更正后有{paid}项奖励不再成立但已支付或正在拨付，请先冲销或退回再核定。", Code.STATE)
    Reward.objects.filter(pk__in=gone).update(withdrawn_at=clock.now())
    record(AuditEntry.Kind.DATA, f"撤销{quarter_words(quarter)}奖励{len(gone)}项", by=by, object=f"rewards {quarter}")
    return gone


def _awards(assessment: Assessment) -> list[Reward]:
    """What the result awards in money; where the policy of its time gives nothing, there is no reward to settle or pay."""
    now = clock.now()
    common: dict[str, Any] = {"quarter": assessment.quarter, "assessment": assessment, "settled_at": now}
    common["rule_version"] = {key: found.get("version") for key, found in assessment.rules.items()}
    if assessment.is_zero:
        winners = ZeroComplaint.objects.filter(assessment=assessment, awarded=True, amount_yuan__gt=0)
        return [
            Reward(
                kind=Reward.Kind.ZERO_URBAN if row.is_urban else Reward.Kind.ZERO_OTHER,
                area_id=row.area_id, village_id=row.area_id, town_id=row.town_id, amount=row.amount_yuan, **common,
            )
            for row in winners
        ]  # fmt: skip
    excellent = GridScore.objects.filter(assessment=assessment, grade=GridScore.Grade.EXCELLENT)
    rows = excellent.filter(amount_yuan__gt=0).order_by("area_id")
    return [
        Reward(
            kind=assessment.kind, area_id=row.area_id, village_id=row.village_id, town_id=row.town_id,
            amount=row.amount_yuan, **common,
        )
        for row in rows
    ]  # fmt: skip


@transaction.atomic
def appropriate(
    quarter: str, town: Area, *, fund: Fund, document_number: str, day: date, by: User | None
) -> Appropriation:
    """拨付: ask for what the town's winners of the quarter have not been given; one payment a reward, all by one document.

    Another person approves it before it is paid.
    """
    waiting = Reward.objects.locked(quarter).filter(town=town, appropriation=None, amount__gt=0)
    rewards = list(waiting.select_related("area").order_by("kind", "area"))
    if not rewards:
        raise NotAllowed(f"{town.name}{quarter_words(quarter)}没有待拨付的奖励。", Code.STATE)
    total = sum((reward.amount for reward in rewards), Decimal(0))
    require_room(fund, int(quarter[:4]), total, year_field="fund", amount_field="fund")
    made = Appropriation.objects.create(
        town=town, quarter=quarter, document_number=document_number, decided_on=day, amount=total, made_by=by
    )
    _request(rewards, made, fund, by)
    Reward.objects.filter(pk__in=[reward.pk for reward in rewards]).update(appropriation=made)
    _tell(made, f"申请拨付{town.name}{quarter_words(quarter)}奖励", by)
    return made


def _tell(found: Appropriation, summary: str, by: User | None) -> None:
    data = {"amount": str(found.amount), "document_number": found.document_number}
    record(AuditEntry.Kind.DATA, summary, by=by, object=f"appropriation {found.pk}", data=data)


def _locked(appropriation_id: int, state: str, words: str) -> Appropriation:
    found: Appropriation = Appropriation.objects.select_for_update(of=("self",)).get(pk=appropriation_id)
    if found.state != state:
        raise NotAllowed(f"该拨付“{found.get_state_display()}”，不能{words}。", Code.STATE)
    return found


@transaction.atomic
def rule_appropriation(
    appropriation_id: int, *, by: User | None, granted: bool = True, note: str = ""
) -> Appropriation:
    """审批拨付: by another person than who asked for it; refused, the rewards wait again."""
    found = _locked(appropriation_id, A.REQUESTED, "审批")
    if by is not None and found.made_by_id == by.pk:
        raise NotAllowed("不能审批本人申请的拨付，请由其他人员审批。", Code.RIGHT)
    now = clock.now()
    found.state, found.approved_by, found.approved_at = A.APPROVED if granted else A.REFUSED, by, now
    found.save(update_fields=["state", "approved_by", "approved_at"])
    found.payments.update(state=S.APPROVED if granted else S.REFUSED, live=granted, approved_by=by, approved_at=now)
    if not granted:
        found.rewards.update(appropriation=None)
    verdict = "同意拨付" if granted else "不同意拨付"
    _tell(found, f"{verdict}：{note}" if note else verdict, by)
    return found


@transaction.atomic
def pay_appropriation(appropriation_id: int, *, voucher: str, by: User | None) -> Appropriation:
    """支付拨付: the money has left the account for the town."""
    found = _locked(appropriation_id, A.APPROVED, "支付")
    found.state, found.voucher, found.paid_at = A.PAID, voucher, clock.now()
    found.save(update_fields=["state", "voucher", "paid_at"])
    found.payments.update(state=S.PAID, voucher=voucher, paid_at=found.paid_at)
    _tell(found, "已拨付", by)
    return found


def _request(rewards: Sequence[Reward], made: Appropriation, fund: Fund, by: User | None) -> None:
    now, year = clock.now(), int(made.quarter[:4])
    rows = [
        Payment(
            number=number, fund=fund, budget_year=year, kind=Payment.Kind.REWARD,
            amount=reward.amount, payee=made.town.name, reward=reward, reward_key=reward.key, appropriation=made,
            purpose=f"{quarter_words(made.quarter)}{reward.get_kind_display()}奖励（{reward.area.full_name}）", requested_by=by,
            requested_at=now,
        )
        for number, reward in zip(take_numbers(year, len(rewards)), rewards, strict=True)
    ]  # fmt: skip
    with refused_twice("其中有奖励已经支付或正在支付，请刷新后重试；更正前已付的须先冲销。", Code.VERSION):
        Payment.objects.bulk_create(rows, batch_size=500)


@transaction.atomic
def receive_rewards(appropriation_id: int, village: Area, *, day: date, by: User | None) -> int:
    """村（社区）签收.  How many rewards were confirmed."""
    found = _locked(appropriation_id, A.PAID, "签收")
    waiting = Reward.objects.filter(appropriation=found, village=village, received_on=None)
    count = waiting.update(received_on=day, received_by=by)
    if not count:
        raise NotAllowed(f"{village}没有待签收的奖励。", Code.STATE)
    _tell(found, f"{village}签收奖励{count}项", by)
    return count
