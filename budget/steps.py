"""What can be done with a payment and with an appropriation of rewards, by whom and in which state: one table each for the
buttons, the pages and REST.

A step's right and state are checked here; budget.actions checks the state once more under the lock, and that the person
who approves is not the one who asked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms

from budget import actions
from budget.forms import ApproveForm, PayForm, RefuseForm, ReverseForm
from budget.models import Appropriation, Payment
from wangcheng.common.workflow import Code, NotAllowed

if TYPE_CHECKING:
    from wangcheng.common.models import User

S = Payment.State
REVERSED = "reversed"  # a paid one that is not live any more: told apart by people, no state of the row
STATES = dict(S.choices) | {REVERSED: "已冲销"}


@dataclass(frozen=True, slots=True)
class PaymentStep:
    """One line of the table."""

    name: str
    label: str
    source: str
    target: str
    permission: str
    form: type[forms.Form]
    action: Callable[..., Payment]
    done: str
    danger: bool = False

    def refusal(self, payment: Payment, user: User) -> NotAllowed | None:
        """Why the person cannot do it now, or None."""
        if not user.has_perm(self.permission):
            return NotAllowed(f"您的岗位没有“{self.label}”的权限。", Code.RIGHT)
        if payment.state != self.source or (self.name == "reverse" and not payment.live):
            return NotAllowed(f"当前状态为“{state_words(payment)}”，不能{self.label}。", Code.STATE)
        if payment.appropriation_id and self.name != "reverse":
            return NotAllowed(actions.WITH_APPROPRIATION, Code.STATE)
        if self.name in {"approve", "refuse"} and payment.requested_by_id == user.pk:
            return NotAllowed("不能审批本人申请的支付，请由其他人员审批。", Code.RIGHT)
        return None

    def take(self, payment: Payment, user: User, cleaned: dict[str, Any]) -> Payment:
        """Check and do it.  For a reversal the reversing entry is returned."""
        if problem := self.refusal(payment, user):
            raise problem
        return self.action(payment.pk, by=user, **cleaned)


def _approve(payment_id: int, *, by: User, note: str = "") -> Payment:
    return actions.approve_payment(payment_id, by=by, note=note)


def _refuse(payment_id: int, *, by: User, note: str) -> Payment:
    return actions.approve_payment(payment_id, by=by, granted=False, note=note)


STEPS = {
    step.name: step
    for step in (
        PaymentStep(
            "approve", "同意支付", S.REQUESTED, S.APPROVED, "budget.approve_payment", ApproveForm, _approve, "已同意支付。"
        ),
        PaymentStep(
            "refuse", "不予支付", S.REQUESTED, S.REFUSED, "budget.approve_payment", RefuseForm, _refuse, "已退回。", danger=True
        ),
        PaymentStep("pay", "支付", S.APPROVED, S.PAID, "budget.pay_payment", PayForm, actions.pay, "已登记支付。"),
        PaymentStep(
            "reverse", "冲销", S.PAID, REVERSED, "budget.reverse_payment", ReverseForm, actions.reverse, "已冲销。", danger=True
        ),
    )
}  # fmt: skip


def open_steps(payment: Payment, user: User) -> list[PaymentStep]:
    """The steps open to the person on this payment now."""
    return [step for step in STEPS.values() if step.refusal(payment, user) is None]


def state_words(payment: Payment) -> str:
    """The state as people say it: a paid one that was reversed, and the reversing entry, are told apart."""
    if payment.reversal_of_id:
        return "冲销记录"
    if payment.state == S.PAID and not payment.live:
        return STATES[REVERSED]
    return payment.get_state_display()


A = Appropriation.State


@dataclass(frozen=True, slots=True)
class AppropriationStep:
    """One line of the table of appropriations."""

    name: str
    label: str
    source: str
    target: str
    permission: str
    form: type[forms.Form]
    action: Callable[..., Appropriation]
    done: str
    danger: bool = False

    def refusal(self, found: Appropriation, user: User) -> NotAllowed | None:
        """Why the person cannot do it now, or None."""
        if not user.has_perm(self.permission):
            return NotAllowed(f"您的岗位没有“{self.label}”的权限。", Code.RIGHT)
        if found.state != self.source:
            return NotAllowed(f"该拨付“{found.get_state_display()}”，不能{self.label}。", Code.STATE)
        if self.source == A.REQUESTED and found.made_by_id == user.pk:
            return NotAllowed("不能审批本人申请的拨付，请由其他人员审批。", Code.RIGHT)
        return None


def _grant_appropriation(pk: int, *, by: User, note: str = "") -> Appropriation:
    return actions.rule_appropriation(pk, by=by, note=note)


def _refuse_appropriation(pk: int, *, by: User, note: str) -> Appropriation:
    return actions.rule_appropriation(pk, by=by, granted=False, note=note)


APPROPRIATION_STEPS = {
    step.name: step
    for step in (
        AppropriationStep(
            "approve", "同意拨付", A.REQUESTED, A.APPROVED, "budget.approve_payment", ApproveForm, _grant_appropriation,
            "已同意拨付。",
        ),
        AppropriationStep(
            "refuse", "不予拨付", A.REQUESTED, A.REFUSED, "budget.approve_payment", RefuseForm, _refuse_appropriation,
            "已退回，奖励重新等待拨付。", danger=True,
        ),
        AppropriationStep(
            "pay", "登记拨付", A.APPROVED, A.PAID, "budget.pay_payment", PayForm, actions.pay_appropriation, "已登记拨付。"
        ),
    )
}  # fmt: skip


def open_appropriation_steps(found: Appropriation, user: User) -> list[AppropriationStep]:
    """The steps open to the person on this appropriation now."""
    return [step for step in APPROPRIATION_STEPS.values() if step.refusal(found, user) is None]
