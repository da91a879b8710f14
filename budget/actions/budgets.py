"""预算: a fund opened, its budget of a year entered, adjusted by a document, or corrected with a reason."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Sum

from budget.models import Budget, BudgetAdjustment, Fund, Payment
from wangcheng.common import clock
from wangcheng.common.audit.actions import record
from wangcheng.common.models import AuditEntry
from wangcheng.common.twins import refused_twice
from wangcheng.common.workflow import Code, NotAllowed

if TYPE_CHECKING:
    from wangcheng.common.models import User


def _tell(summary: str, budget: Budget, by: User, **data: Any) -> None:
    thing = f"budget {budget.fund.code}-{budget.year}"
    record(AuditEntry.Kind.DATA, summary, by=by, object=thing, data={name: str(value) for name, value in data.items()})


@transaction.atomic
def open_fund(*, code: str, name: str, kind: str, is_public: bool, note: str, by: User) -> Fund:
    """新增资金项目.  RULE for a code that is taken."""
    with refused_twice(f"代码“{code}”已被使用，请换一个。", Code.RULE, "code"):
        fund = Fund.objects.create(code=code, name=name, kind=kind, is_public=is_public, note=note)
    record(AuditEntry.Kind.DATA, f"新增资金项目“{name}”", by=by, object=f"fund {code}")
    return fund


@transaction.atomic
def set_budget(fund: Fund, *, year: int, amount: Decimal, document_number: str, decided_on: date, by: User) -> Budget:
    """登记年初预算: once a fund and year; later changes are adjustments or corrections."""
    _check_decided(decided_on, year)
    with refused_twice(f"“{fund.name}”{year}年度预算已经登记，请办理预算调整。"):
        budget = Budget.objects.create(
            fund=fund, year=year, amount=amount, document_number=document_number, decided_on=decided_on
        )
    _tell("登记年初预算", budget, by, amount=amount, document_number=document_number)
    return budget


def _check_decided(day: date, year: int) -> None:
    """Nothing is decided in advance, nor of a year that is over: its figures are as of its last day."""
    if day > clock.today():
        raise NotAllowed("批复日期不能晚于今天。", Code.RULE, "decided_on")
    if day.year > year:
        raise NotAllowed(f"{year}年度预算的批复日期不能晚于{year}年12月31日。", Code.RULE, "decided_on")


def _locked(budget_id: int, version: int | None) -> Budget:
    budget: Budget = Budget.objects.select_for_update(of=("self",)).select_related("fund").get(pk=budget_id)
    if version is not None and version != budget.version:
        raise NotAllowed("该项预算已被其他人员修改，请刷新后重试。", Code.VERSION)
    return budget


def whole_of(budget: Budget) -> Decimal:
    """全年预算 as the books have it now."""
    more = budget.adjustments.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
    return budget.amount + more


def require_room(fund: Fund, year: int, amount: Decimal, *, year_field: str, amount_field: str) -> None:
    """Nothing is asked for that the 全年预算 does not bear beside what is paid or on its way.

    Locks the budget: of two who ask at once for the last of it, one gets it.
    """
    budget = Budget.objects.select_for_update(of=("self",)).filter(fund=fund, year=year).first()
    if budget is None:
        raise NotAllowed(f"“{fund.name}”没有{year}年度预算，不能支付。", Code.RULE, year_field)
    whole, taken = whole_of(budget), Payment.objects.taken(fund.pk, year)
    if taken + amount > whole:
        raise NotAllowed(
            f"“{fund.name}”{year}年度全年预算{whole:,.2f}元，已支付和待支付{taken:,.2f}元，余{whole - taken:,.2f}元，"
            f"不足以支付{amount:,.2f}元；请先调整预算。",
            Code.RULE,
            amount_field,
        )


def _check_enough(budget: Budget, whole: Decimal) -> None:
    """全年预算 must hold what was paid or is on its way."""
    taken = Payment.objects.taken(budget.fund_id, budget.year)
    if whole < max(taken, Decimal(0)):
        raise NotAllowed(f"全年预算将为{whole:,.2f}元，少于已支付和待支付的{taken:,.2f}元。", Code.RULE, "amount")


@transaction.atomic
def adjust_budget(
    budget_id: int,
    *,
    amount: Decimal,
    decided_on: date,
    document_number: str,
    reason: str,
    by: User,
    version: int | None = None,
) -> BudgetAdjustment:
    """调整预算: more, or with a minus less, by a document; 全年预算 follows."""
    budget = _locked(budget_id, version)
    if not amount:
        raise NotAllowed("调整数不能为0。", Code.RULE, "amount")
    _check_decided(decided_on, budget.year)
    if decided_on < budget.decided_on:
        raise NotAllowed("调整的批复日期不能早于年初预算的批复日期。", Code.RULE, "decided_on")
    if amount < 0:
        _check_enough(budget, whole_of(budget) + amount)
    adjustment = budget.adjustments.create(
        amount=amount, decided_on=decided_on, document_number=document_number, reason=reason
    )
    budget.version += 1
    budget.save(update_fields=["version"])
    _tell("调整预算", budget, by, amount=amount, document_number=document_number, reason=reason)
    return adjustment


@transaction.atomic
def correct_budget(
    budget_id: int,
    *,
    amount: Decimal,
    document_number: str,
    decided_on: date,
    reason: str,
    by: User,
    version: int | None = None,
) -> Budget:
    """更正年初预算: a slip of the pen; what stood there is kept, for the figures counted until now."""
    budget = _locked(budget_id, version)
    _check_decided(decided_on, budget.year)
    before = budget.amount
    _check_enough(budget, whole_of(budget) - before + amount)
    budget.corrections.create(before=before, amount=amount, reason=reason, recorded_at=clock.now())
    budget.amount, budget.document_number, budget.decided_on = amount, document_number, decided_on
    budget.version += 1
    budget.save(update_fields=["amount", "document_number", "decided_on", "version"])
    _tell(f"更正年初预算：{reason}", budget, by, before=before, amount=amount, document_number=document_number)
    return budget
