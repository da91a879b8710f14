"""Budgets, contracts and payments as plain data for REST.  Amounts are decimal text in yuan."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from budget.entry_steps import open_entry_steps
from budget.figures import BUDGETS, ledger
from budget.models import Budget, Contract, ContractNode, Fund, Payment
from budget.rules import execution_rate, payable
from budget.steps import open_steps, state_words
from wangcheng.common.api.formschemas import form_schema
from wangcheng.common.figures.compute import half_up
from wangcheng.common.figures.periods import Period

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import QuerySet

    from wangcheng.common.models import User


def budgets_of(year: int) -> QuerySet[Budget]:
    """The year's budgets with `whole` and `used`: the rows that the figures add up."""
    rows: QuerySet[Budget] = BUDGETS.rows(Period.parse(str(year)))
    return rows.select_related("fund")


def budgets_of_all_years() -> QuerySet[Budget]:
    """Those of every year, each year as of its own cut-off: a union, which cannot be filtered."""
    return budgets_in_parts(lambda rows: rows)


def budgets_in_parts(narrow: Callable[[QuerySet[Any]], QuerySet[Any]]) -> QuerySet[Budget]:
    """The same with each year's rows narrowed first."""
    years = Budget.objects.order_by("year").values_list("year", flat=True).distinct()
    none, *parts = (Budget.objects.none(), *(narrow(budgets_of(year).order_by()) for year in years))
    return none.union(*parts) if parts else none


def ledger_of(year: int) -> QuerySet[Budget]:
    """The same with those entered after the year, which no figure of it counts (`late`)."""
    return ledger(Period.parse(str(year))).select_related("fund")


def rate_words(used: Decimal, whole: Decimal) -> str | None:
    """资金使用率 in per cent with two places; None where there was no budget."""
    rate = execution_rate(used, whole)
    return None if rate is None else str(half_up(rate))


def fund(found: Fund) -> dict[str, Any]:
    return {
        "code": found.code,
        "name": found.name,
        "kind": found.kind,
        "kind_display": found.get_kind_display(),
        "is_public": found.is_public,
        "note": found.note,
    }


def budget(row: Any) -> dict[str, Any]:
    return {
        "id": row.pk,
        "fund": row.fund.code,
        "fund_display": row.fund.name,
        "kind": row.fund.kind,
        "kind_display": row.fund.get_kind_display(),
        "year": row.year,
        "initial": _money(row.beginning),
        "whole": _money(row.whole),
        "used": _money(row.used),
        "rate": rate_words(row.used, row.whole),
        "document_number": row.document_number,
        "decided_on": row.decided_on,
        "assumed": row.invented,
        "version": row.version,
    }


def budget_detail(row: Any, user: User) -> dict[str, Any]:
    adjustments = [
        {
            "amount": _money(found.amount),
            "document_number": found.document_number,
            "decided_on": found.decided_on,
            "reason": found.reason,
        }
        for found in row.adjustments.all()
    ]
    return {**budget(row), "adjustments": adjustments, "allowed_actions": _entry_actions(row, user)}


def _entry_actions(found: Budget | Contract, user: User) -> list[dict[str, Any]]:
    return [
        {"name": step.name, "label": step.label, "danger": False, "schema": form_schema(step.form_of(found)())}
        for step in open_entry_steps(found, user)
    ]


def contract_row(found: Contract) -> dict[str, Any]:
    return {
        "number": found.number,
        "name": found.name,
        "fund": found.fund.code,
        "fund_display": found.fund.name,
        "supplier": found.supplier,
        "amount": _money(found.amount),
        "starts_on": found.starts_on,
        "ends_on": found.ends_on,
        "version": found.version,
    }


def contract_detail(found: Contract, user: User) -> dict[str, Any]:
    """With its nodes and their reductions, which are best prefetched."""
    reductions = [
        {"node": of.place, "amount": _money(each.amount), "reason": each.reason, "decided_on": each.decided_on}
        for of in found.nodes.all()
        for each in of.reductions.all()
    ]
    return {
        **contract_row(found),
        "nodes": [node(each, found) for each in found.nodes.all()],
        "reductions": reductions,
        "allowed_actions": _entry_actions(found, user),
    }


def node_parts(found: ContractNode, of: Contract) -> tuple[Decimal, Decimal | None]:
    """(核减合计, 应付金额 or None before the score) of a node whose reductions are prefetched."""
    reductions = [reduction.amount for reduction in found.reductions.all()]
    due = None if found.score is None else payable(of.amount, found.share, found.score, reductions)
    return sum(reductions, Decimal(0)), due


def node(found: ContractNode, of: Contract) -> dict[str, Any]:
    reduced, due = node_parts(found, of)
    live = next((payment for payment in found.payments.all() if payment.live), None)
    return {
        "place": found.place,
        "name": found.name,
        "share": str(found.share),
        "due_on": found.due_on,
        "reduced": _money(reduced),
        "score": None if found.score is None else str(found.score),
        "payable": None if due is None else _money(due),
        "payment": live.number if live else None,
    }


def payment(found: Payment) -> dict[str, Any]:
    original = found.reversal_of
    return {
        "number": found.number,
        "state": found.state,
        "state_display": state_words(found),
        "live": found.live,
        "fund": found.fund.code,
        "fund_display": found.fund.name,
        "budget_year": found.budget_year,
        "kind": found.kind,
        "kind_display": found.get_kind_display(),
        "amount": _money(found.amount),
        "payee": found.payee,
        "purpose": found.purpose,
        "three_public": found.three_public,
        "voucher": found.voucher,
        "requested_at": found.requested_at,
        "approved_at": found.approved_at,
        "paid_at": found.paid_at,
        "made_on": found.made_on,
        "reversal_of": original.number if original else None,
        "reward": _reward(found),
    }


def _reward(found: Payment) -> dict[str, Any] | None:
    """What reward a payment pays, if any."""
    if found.reward is None:
        return None
    reward = found.reward
    return {
        "quarter": reward.quarter,
        "kind": reward.kind,
        "kind_display": reward.get_kind_display(),
        "beneficiary": reward.area.code,
        "beneficiary_display": reward.area.short_name,
        "appropriation": found.appropriation.document_number if found.appropriation else "",
        "received_on": reward.received_on,
    }


def payment_detail(found: Payment, user: User) -> dict[str, Any]:
    steps = open_steps(found, user)
    actions = [
        {"name": step.name, "label": step.label, "danger": step.danger, "schema": form_schema(step.form())}
        for step in steps
    ]
    return {**payment(found), "allowed_actions": actions}


def _money(amount: Decimal) -> str:
    return str(half_up(Decimal(amount)))
