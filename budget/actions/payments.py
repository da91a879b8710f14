"""支付: asked for, approved by another person, made, reversed.  NotAllowed carries a sentence for the person."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction

from budget.actions.budgets import require_room
from budget.models import ContractNode, Fund, Payment, Reward
from wangcheng.common import clock
from wangcheng.common.audit.actions import record
from wangcheng.common.models import AuditEntry, NumberSequence
from wangcheng.common.workflow import Code, NotAllowed

if TYPE_CHECKING:
    from wangcheng.common.models import User

S = Payment.State
WITH_APPROPRIATION = "奖励资金随所在的拨付一并审批和支付，请在“奖励拨付”中办理。"


def take_numbers(year: int, count: int) -> list[str]:
    """支付编号: the next of a year, ZF2022-00012; inside the transaction that uses them."""
    return [f"ZF{year}-{serial:05}" for serial in NumberSequence.take(f"payment-{year}", count)]


def _tell(summary: str, payment: Payment, by: User | None) -> None:
    record(
        AuditEntry.Kind.DATA, summary, by=by, object=f"payment {payment.number}", data={"amount": str(payment.amount)}
    )


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
    made_on: date | None = None,
    voucher: str = "",
) -> Payment:
    """申请支付.  RULE for an amount that is not above nothing, a year without a budget, or more than is left of it.

    `made_on` and `voucher` of a payment that was made elsewhere: another person's consent books it.
    """
    if amount <= 0:
        raise NotAllowed("支付金额应大于0。", Code.RULE, "amount")
    require_room(fund, budget_year, amount, year_field="budget_year", amount_field="amount")
    (number,) = take_numbers(budget_year, 1)
    payment = Payment.objects.create(
        number=number, fund=fund, budget_year=budget_year, kind=kind, amount=amount, payee=payee,
        purpose=purpose, three_public=three_public, node=node, requested_by=by, requested_at=clock.now(),
        made_on=made_on, voucher=voucher,
    )  # fmt: skip
    _tell("导入已支付款项" if made_on else "申请支付", payment, by)
    return payment


def _locked(payment_id: int, state: str, words: str) -> Payment:
    payment: Payment = Payment.objects.select_for_update().get(pk=payment_id)
    if payment.state != state:
        raise NotAllowed(f"当前状态为“{payment.get_state_display()}”，不能{words}。", Code.STATE)
    if payment.appropriation_id and state != S.PAID:
        raise NotAllowed(WITH_APPROPRIATION, Code.STATE)
    return payment


@transaction.atomic
def approve_payment(payment_id: int, *, by: User | None, granted: bool = True, note: str = "") -> Payment:
    """审批: by another person than who asked for it; `note` goes into the audit.  What was made elsewhere is booked with it."""
    payment = _locked(payment_id, S.REQUESTED, "审批")
    if by is not None and payment.requested_by_id == by.pk:
        raise NotAllowed("不能审批本人申请的支付，请由其他人员审批。", Code.RIGHT)
    payment.state = S.APPROVED if granted else S.REFUSED
    payment.live = granted
    payment.approved_by, payment.approved_at = by, clock.now()
    if granted and payment.made_on:  # the money has left already
        payment.state, payment.paid_at = S.PAID, payment.approved_at
    payment.save(update_fields=["state", "live", "approved_by", "approved_at", "paid_at"])
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
    (number,) = take_numbers(payment.budget_year, 1)
    entry = Payment.objects.create(
        number=number, fund_id=payment.fund_id, budget_year=payment.budget_year, kind=payment.kind,
        amount=-payment.amount, payee=payment.payee, purpose=f"冲销{payment.number}：{reason}"[:200],
        three_public=payment.three_public, state=S.PAID, requested_by=by, requested_at=now, approved_by=by,
        approved_at=now, paid_at=now, voucher=voucher, node_id=payment.node_id, reward_id=payment.reward_id,
        reward_key=payment.reward_key,
        appropriation_id=payment.appropriation_id, reversal_of=payment, live=False,
    )  # fmt: skip
    if payment.reward_id:  # the reward waits to be appropriated anew
        Reward.objects.filter(pk=payment.reward_id).update(appropriation=None, received_on=None, received_by=None)
    _tell("冲销支付", entry, by)
    return entry
