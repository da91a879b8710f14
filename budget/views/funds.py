"""Funds and their budgets of a year: how much was given, how much is used, and how the year went month by month."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Sum
from django.db.models.functions import ExtractMonth
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from budget.models import Budget, Payment
from budget.rules import PerformanceRules, execution_rate, progress_warning, year_end_warning
from budget.shown import budgets_of, rate_words
from wangcheng.common import clock
from wangcheng.common.policy.registry import in_force
from wangcheng.common.ways.access import needs, signed_in
from wangcheng.common.ways.words import Toned

if TYPE_CHECKING:
    from datetime import date

WARNINGS = {"red": Toned("红色预警", "late"), "yellow": Toned("黄色预警", "near"), "": Toned("正常", "good")}
NO_INDICATORS = Decimal(0)  # the red line at the year's end compares with points, which the performance tables show


@dataclass(frozen=True, slots=True)
class FundLine:
    """One fund of a year as the page draws it."""

    budget: Any
    rate: str | None
    bar: int  # 0 to 100
    left: Decimal
    warning: Toned


def asked_year(request: HttpRequest) -> int:
    """The year of the address; else this year if it has budgets, else the last one that has."""
    text = request.GET.get("year", "")
    if text.isascii() and text.isdigit() and len(text) == 4 and text > "1999":
        return int(text)
    today = clock.today().year
    return Budget.objects.filter(year__lte=today).order_by("-year").values_list("year", flat=True).first() or today


def line(budget: Any, today: date) -> FundLine:
    rate = execution_rate(budget.used, budget.whole)
    bar = max(0, min(100, int(rate))) if rate is not None else 0
    left = budget.whole - budget.used
    return FundLine(budget, rate_words(budget.used, budget.whole), bar, left, _warning(budget, today))


def _warning(budget: Any, today: date) -> Toned:
    rules = in_force(PerformanceRules, today)
    if budget.year < today.year:
        return WARNINGS[year_end_warning(rules, budget.used, budget.whole, NO_INDICATORS)]
    return WARNINGS[progress_warning(rules, budget.used, budget.whole, today.month)]


@needs("budget.view_budget")
@require_GET
def fund_list(request: HttpRequest) -> HttpResponse:
    """资金与预算."""
    year = asked_year(request)
    lines = [line(budget, clock.today()) for budget in budgets_of(year).order_by("-fund__kind", "fund__pk")]
    page = {
        "year": year,
        "years": sorted(set(Budget.objects.values_list("year", flat=True)) | {year}, reverse=True),
        "lines": lines,
        "special": _sum(lines, "special"),
        "basic": _sum(lines, "basic"),
        "three_public": _three_public(year),
        "as_of": clock.now(),
    }
    return render(request, "budget/funds.html", page)


def _sum(lines: list[FundLine], kind: str) -> dict[str, Any]:
    """预算 and 使用 of one kind, added before rounding."""
    of_kind = [found.budget for found in lines if found.budget.fund.kind == kind]
    whole = sum((budget.whole for budget in of_kind), Decimal(0))
    used = sum((budget.used for budget in of_kind), Decimal(0))
    return {"whole": whole, "used": used, "rate": rate_words(used, whole)}


def _three_public(year: int) -> Decimal:
    paid = Payment.objects.paid_by(clock.now()).filter(budget_year=year, three_public=True)
    return paid.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)


@needs("budget.view_budget")
@require_GET
def fund_detail(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """资金项目 of a year: its papers, its months."""
    try:
        budget = get_object_or_404(budgets_of(year), fund__code=code)
    except ValueError as unknown:  # a year that no period can be
        raise Http404 from unknown
    page = {
        "line": line(budget, clock.today()),
        "budget": budget,
        "adjustments": budget.adjustments.all(),
        "months": _months(budget),
        "may_see_payments": signed_in(request).has_perm("budget.view_payment"),
    }
    return render(request, "budget/fund.html", page)


def _months(budget: Any) -> list[dict[str, Any]]:
    """What was paid in each month of the budget, and how far the year had come; payments of other years come last."""
    paid = Payment.objects.paid_by(clock.now()).filter(fund=budget.fund_id, budget_year=budget.year)
    found = paid.filter(paid_at__year=budget.year).annotate(month=ExtractMonth("paid_at")).order_by()
    sums = dict(found.values("month").annotate(sum=Sum("amount")).values_list("month", "sum"))
    rows, total = [], Decimal(0)
    for month in range(1, 13):
        total += sums.get(month, Decimal(0))
        rate = rate_words(total, budget.whole)
        rows.append({"month": f"{month}月", "sum": sums.get(month, Decimal(0)), "total": total, "rate": rate})
    other = paid.exclude(paid_at__year=budget.year).aggregate(sum=Sum("amount"))["sum"]
    if other:
        rows.append(
            {"month": "其他年度", "sum": other, "total": total + other, "rate": rate_words(total + other, budget.whole)}
        )
    return rows
