"""Every change of the money: payments asked for, approved, made and reversed; rewards settled, appropriated, received.

All lock what they change and audit it in the same transaction; NotAllowed carries a sentence for the person.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import Sum

from budget.models import Appropriation, Contract, ContractNode, Fund, Payment, Reward
from budget.rules import payable
from grid.models import Assessment, GridScore, ZeroComplaint
from wangcheng.common import clock
from wangcheng.common.audit.actions import record
from wangcheng.common.models import Area, AuditEntry, NumberSequence
from wangcheng.common.workflow import Code, NotAllowed

if TYPE_CHECKING:
    from wangcheng.common.models import User

S = Payment.State


def _number(year: int) -> str:
    """支付编号: ZF2022-00012."""
    return f"ZF{year}-{NumberSequence.next(f'payment-{year}'):05}"


def _tell(summary: str, payment: Payment, by: User | None) -> None:
    record(
        AuditEntry.Kind.DATA, summary, by=by, object=f"payment {payment.number}", data={"amount": str(payment.amount)}
    )


# --- 支付 ---------------------------------------------------------------------------------------------------------------


@transaction.atomic
def request_payment(
    fund: Fund,
    *,
    budget_year: int,
    kind: str,
    amount: Decimal,
    payee: str,
    purpose: str,
    by: User | None,
    three_public: bool = False,
    node: ContractNode | None = None,
) -> Payment:
    """申请支付.  RULE for an amount that is not above nothing or a year without a budget."""
    if amount <= 0:
        raise NotAllowed("支付金额应大于0。", Code.RULE, "amount")
    if not fund.budgets.filter(year=budget_year).exists():
        raise NotAllowed(f"“{fund.name}”没有{budget_year}年度预算，不能支付。", Code.RULE, "budget_year")
    payment = Payment.objects.create(
        number=_number(budget_year), fund=fund, budget_year=budget_year, kind=kind, amount=amount, payee=payee,
        purpose=purpose, three_public=three_public, node=node, requested_by=by, requested_at=clock.now(),
    )  # fmt: skip
    _tell("申请支付", payment, by)
    return payment


def _locked(payment_id: int, state: str, words: str) -> Payment:
    payment: Payment = Payment.objects.select_for_update().get(pk=payment_id)
    if payment.state != state:
        raise NotAllowed(f"当前状态为“{payment.get_state_display()}”，不能{words}。", Code.STATE)
    return payment


@transaction.atomic
def approve_payment(payment_id: int, *, by: User | None, granted: bool = True, note: str = "") -> Payment:
    """审批: by another person than who asked for it; `note` goes into the audit."""
    payment = _locked(payment_id, S.REQUESTED, "审批")
    if by is not None and payment.requested_by_id == by.pk:
        raise NotAllowed("不能审批本人申请的支付，请由其他人员审批。", Code.RIGHT)
    payment.state = S.APPROVED if granted else S.REFUSED
    payment.live = granted
    payment.approved_by, payment.approved_at = by, clock.now()
    payment.save(update_fields=["state", "live", "approved_by", "approved_at"])
    verdict = "同意支付" if granted else "不同意支付"
    _tell(f"{verdict}：{note}" if note else verdict, payment, by)
    return payment


@transaction.atomic
def pay(payment_id: int, *, voucher: str, by: User | None) -> Payment:
    """支付: the money has left the account; the voucher's number is kept."""
    payment = _locked(payment_id, S.APPROVED, "支付")
    payment.state, payment.voucher, payment.paid_at = S.PAID, voucher, clock.now()
    payment.save(update_fields=["state", "voucher", "paid_at"])
    _tell("已支付", payment, by)
    return payment


@transaction.atomic
def reverse(payment_id: int, *, reason: str, voucher: str, by: User | None) -> Payment:
    """冲销: a reversing entry of the same amount; the reward it paid may then be paid anew."""
    payment = _locked(payment_id, S.PAID, "冲销")
    if payment.reversal_of_id or not payment.live:
        raise NotAllowed("该支付已经冲销，或本身是冲销记录。", Code.STATE)
    payment.live = False
    payment.save(update_fields=["live"])
    now = clock.now()
    entry = Payment.objects.create(
        number=_number(payment.budget_year), fund_id=payment.fund_id, budget_year=payment.budget_year, kind=payment.kind,
        amount=-payment.amount, payee=payment.payee, purpose=f"冲销{payment.number}：{reason}"[:200],
        three_public=payment.three_public, state=S.PAID, requested_by=by, requested_at=now, approved_by=by,
        approved_at=now, paid_at=now, voucher=voucher, node_id=payment.node_id, reward_id=payment.reward_id,
        appropriation_id=payment.appropriation_id, reversal_of=payment, live=False,
    )  # fmt: skip
    if payment.reward_id:  # the reward waits to be appropriated anew
        Reward.objects.filter(pk=payment.reward_id).update(appropriation=None, received_on=None, received_by=None)
    _tell("冲销支付", entry, by)
    return entry


# --- 合同 ---------------------------------------------------------------------------------------------------------------


@transaction.atomic
def score_node(node_id: int, score: Decimal, *, by: User | None, note: str = "") -> ContractNode:
    """考核评分 of a payment node, before it is paid."""
    node: ContractNode = ContractNode.objects.select_for_update().get(pk=node_id)
    if not 0 <= score <= 100:
        raise NotAllowed("得分应在0至100之间。", Code.RULE, "score")
    if node.payments.filter(live=True).exists():
        raise NotAllowed("该节点已申请支付，不能改分；请先冲销或退回。", Code.STATE)
    node.score, node.scored_by, node.scored_at, node.note = score, by, clock.now(), note
    node.save(update_fields=["score", "scored_by", "scored_at", "note"])
    return node


def node_payable(node: ContractNode) -> Decimal:
    """应付金额 of a scored node."""
    if node.score is None:
        raise NotAllowed("该节点尚未评分，不能支付。", Code.STATE)
    reductions = node.reductions.values_list("amount", flat=True)
    return payable(node.contract.amount, node.share, node.score, reductions)


@transaction.atomic
def request_node(node_id: int, *, budget_year: int, by: User | None) -> Payment:
    """按得分申请支付合同款."""
    node: ContractNode = ContractNode.objects.select_for_update().get(pk=node_id)
    if node.payments.filter(live=True).exists():
        raise NotAllowed("该节点已申请支付。", Code.STATE)
    contract: Contract = node.contract
    return request_payment(
        contract.fund, budget_year=budget_year, kind=Payment.Kind.CONTRACT, amount=node_payable(node),
        payee=contract.supplier, purpose=f"{contract.name}{node.name}", by=by, node=node,
    )  # fmt: skip


# --- 奖励 ---------------------------------------------------------------------------------------------------------------


@transaction.atomic
def settle_rewards(quarter: str, *, by: User | None = None) -> int:
    """核定奖励: a row for every award of the quarter's final results.  Run again: nothing changes.  How many are new.

    After a correction, what the new edition no longer awards (or awards otherwise) is withdrawn; NotAllowed if it was paid
    and the payment not yet reversed.
    """
    finals = Assessment.objects.select_for_update().filter(quarter=quarter, state="final", corrected_by=None)
    awards = [award for assessment in finals for award in _awards(assessment)]
    _withdraw(quarter, {assessment.kind for assessment in finals}, awards, by)
    standing = Reward.objects.standing().filter(quarter=quarter)
    known = set(standing.values_list("kind", "area_id"))
    new = [award for award in awards if (award.kind, award.area_id) not in known]
    Reward.objects.bulk_create(new, batch_size=500)
    if new:
        record(AuditEntry.Kind.DATA, f"核定{quarter}奖励{len(new)}项", by=by, object=f"rewards {quarter}")
    return len(new)


def _withdraw(quarter: str, kinds: set[str], awards: list[Reward], by: User | None) -> None:
    """撤销: standing rewards of these assessments that are not awarded like this any more."""
    wanted = {(award.kind, award.area_id, Decimal(award.amount)) for award in awards}
    standing = Reward.objects.standing().filter(quarter=quarter, assessment__kind__in=kinds)
    gone = [pk for pk, *key in standing.values_list("pk", "kind", "area_id", "amount") if tuple(key) not in wanted]
    if not gone:
        return
    if paid := Payment.objects.filter(reward__in=gone, live=True).count():
        raise NotAllowed(f"更正后有{paid}项奖励不再成立但已支付，请先冲销相应支付再核定。", Code.STATE)
    Reward.objects.filter(pk__in=gone).update(withdrawn_at=clock.now())
    record(AuditEntry.Kind.DATA, f"撤销{quarter}奖励{len(gone)}项", by=by, object=f"rewards {quarter}")


def _awards(assessment: Assessment) -> list[Reward]:
    now = clock.now()
    common: dict[str, Any] = {"quarter": assessment.quarter, "assessment": assessment, "settled_at": now}
    common["rule_version"] = {key: found.get("version") for key, found in assessment.rules.items()}
    if assessment.is_zero:
        winners = ZeroComplaint.objects.filter(assessment=assessment, awarded=True)
        return [
            Reward(
                kind=Reward.Kind.ZERO_URBAN if row.is_urban else Reward.Kind.ZERO_OTHER,
                area_id=row.area_id, village_id=row.area_id, town_id=row.town_id, amount=row.amount_yuan, **common,
            )
            for row in winners
        ]  # fmt: skip
    rows = GridScore.objects.filter(assessment=assessment, grade=GridScore.Grade.EXCELLENT).order_by("area_id")
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
    """拨付: what the town's winners of the quarter have not been given yet; one payment a reward, all by one document."""
    waiting = Reward.objects.standing().select_for_update().filter(quarter=quarter, town=town, appropriation=None)
    rewards = list(waiting.select_related("area").order_by("kind", "area"))
    if not rewards:
        raise NotAllowed(f"{town.name}{quarter}没有待拨付的奖励。", Code.STATE)
    total = sum((reward.amount for reward in rewards), Decimal(0))
    made = Appropriation.objects.create(
        town=town, quarter=quarter, document_number=document_number, decided_on=day, amount=total, made_by=by
    )
    _pay_rewards(rewards, made, fund, by)
    waiting.update(appropriation=made)
    record(
        AuditEntry.Kind.DATA,
        f"拨付{town.name}{quarter}奖励",
        by=by,
        object=document_number,
        data={"amount": str(total)},
    )
    return made


def _pay_rewards(rewards: Sequence[Reward], made: Appropriation, fund: Fund, by: User | None) -> None:
    now, year = clock.now(), int(made.quarter[:4])
    NumberSequence.objects.get_or_create(key=f"payment-{year}")
    counter = NumberSequence.objects.select_for_update().get(key=f"payment-{year}")
    rows = [
        Payment(
            number=f"ZF{year}-{counter.last + place:05}", fund=fund, budget_year=year, kind=Payment.Kind.REWARD,
            amount=reward.amount, payee=f"{made.town.name}", state=S.PAID, reward=reward, appropriation=made,
            purpose=f"{made.quarter}{reward.get_kind_display()}奖励（{reward.area.name}）", requested_by=by,
            requested_at=now, approved_by=None, approved_at=now, paid_at=now, voucher=made.document_number,
        )
        for place, reward in enumerate(rewards, start=1)
    ]  # fmt: skip
    try:
        with transaction.atomic():
            Payment.objects.bulk_create(rows, batch_size=500)
    except IntegrityError as problem:
        raise NotAllowed("其中有奖励已经支付，请刷新后重试。", Code.VERSION) from problem
    counter.last += len(rows)
    counter.save(update_fields=["last"])


@transaction.atomic
def receive_rewards(appropriation_id: int, village: Area, *, day: date, by: User | None) -> int:
    """村（社区）签收.  How many rewards were confirmed."""
    waiting = Reward.objects.filter(appropriation_id=appropriation_id, village=village, received_on=None)
    count = waiting.update(received_on=day, received_by=by)
    if not count:
        raise NotAllowed(f"{village.name}没有待签收的奖励。", Code.STATE)
    return count


def appropriated(quarter: str) -> Decimal:
    """Sum of a quarter's appropriations, yuan."""
    total = Appropriation.objects.filter(quarter=quarter).aggregate(sum=Sum("amount"))["sum"]
    return total or Decimal(0)
