"""Funds and their budgets of a year: how much was given, how much is used, and how the year went month by month."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.db.models.functions import Coalesce, ExtractMonth, TruncDate
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from budget.models import Budget, Payment
from budget.report.tables import WARNINGS, scores_of
from budget.rules import PerformanceRules, execution_rate, progress_warning, year_end_warning
from budget.shown import ledger_of, rate_words
from wangcheng.common import clock
from wangcheng.common.figures.periods import Period
from wangcheng.common.policy.registry import in_force
from wangcheng.common.ways.access import needs, signed_in
from wangcheng.common.ways.words import Toned

FINE, NOT_BEGUN = Toned("正常", "good"), Toned("年度未开始", "muted")
AT_YEAR_END = {
    "red": Toned(WARNINGS["red"], "late"),
    "yellow": Toned(WARNINGS["yellow"], "near"),
    "": FINE,
}
WITHIN_YEAR = {
    "red": Toned("红色预警：执行进度慢", "late"),
    "yellow": Toned("黄色预警：执行进度偏慢", "near"),
    "": FINE,
}


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
    if text.isascii() and text.isdigit() and len(text) == 4 and "1999" < text < "2100":
        return int(text)
    today = clock.today().year
    return Budget.objects.filter(year__lte=today).order_by("-year").values_list("year", flat=True).first() or today


def years(asked: int) -> list[int]:
    """Years to choose from, newest first: those with budgets, this one, and the one that is asked for."""
    return sorted({*Budget.objects.values_list("year", flat=True), clock.today().year, asked}, reverse=True)


def line(budget: Any, today: date, scores: Mapping[str, Decimal]) -> FundLine:
    """`scores`: the points of each fund's indicators by its code, for the warning at the year's end."""
    rate = execution_rate(budget.used, budget.whole)
    bar = max(0, min(100, int(rate))) if rate is not None else 0
    left = budget.whole - budget.used
    return FundLine(budget, rate_words(budget.used, budget.whole), bar, left, _warning(budget, today, scores))


def _warning(budget: Any, today: date, scores: Mapping[str, Decimal]) -> Toned:
    if budget.year > today.year:  # nothing can have been spent in time or too late
        return NOT_BEGUN
    rules = in_force(PerformanceRules, min(today, date(budget.year, 12, 31)))
    if budget.year < today.year:
        points = scores.get(budget.fund.code, Decimal(0))
        return AT_YEAR_END[year_end_warning(rules, budget.used, budget.whole, points)]
    return WITHIN_YEAR[progress_warning(rules, budget.used, budget.whole, today.month)]


@needs("budget.view_budget")
@require_GET
def fund_list(request: HttpRequest) -> HttpResponse:
    """资金与预算."""
    year = asked_year(request)
    scores = scores_of(year)
    lines = [line(budget, clock.today(), scores) for budget in ledger_of(year).order_by("-fund__kind", "fund__pk")]
    page = {
        "year": year,
        "years": years(year),
        "lines": lines,
        "special": _sum(lines, "special"),
        "basic": _sum(lines, "basic"),
        "three_public": _three_public(year),
        "as_of": Period.parse(str(year)).as_of,
        "may_manage": signed_in(request).has_perm("budget.manage_budget"),
    }
    return render(request, "budget/funds.html", page)


def _sum(lines: list[FundLine], kind: str) -> dict[str, Any]:
    """预算 and 使用 of one kind, added before rounding."""
    of_kind = [found.budget for found in lines if found.budget.fund.kind == kind and not found.budget.late]
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
        budget = get_object_or_404(ledger_of(year), fund__code=code)
    except ValueError as unknown:  # a year that no period can be
        raise Http404 from unknown
    page = {
        "line": line(budget, clock.today(), scores_of(year)),
        "budget": budget,
        "adjustments": budget.adjustments.all(),
        "corrections": budget.corrections.all(),
        "months": _months(budget),
        "as_of": Period.parse(str(year)).as_of,
        "may_see_payments": signed_in(request).has_perm("budget.view_payment"),
        "may_manage": signed_in(request).has_perm("budget.manage_budget"),
    }
    return render(request, "budget/fund.html", page)


def _months(budget: Any) -> list[dict[str, Any]]:
    """What was paid in each month of the budget, and how far the year had come; payments of other years come last."""
    of_fund = Payment.objects.paid_by(clock.now()).filter(fund=budget.fund_id, budget_year=budget.year)
    paid = of_fund.annotate(left_on=Coalesce("made_on", TruncDate("paid_at")))
    found = paid.filter(left_on__year=budget.year).annotate(month=ExtractMonth("left_on")).order_by()
    sums = dict(found.values("month").annotate(sum=Sum("amount")).values_list("month", "sum"))
    rows, total = [], Decimal(0)
    for month in range(1, 13):
        total += sums.get(month, Decimal(0))
        rate = rate_words(total, budget.whole)
        rows.append({"month": f"{month}月", "sum": sums.get(month, Decimal(0)), "total": total, "rate": rate})
    other = paid.exclude(left_on__year=budget.year).aggregate(sum=Sum("amount"))["sum"]
    if other:
        rows.append(
            {"month": "其他年度", "sum": other, "total": total + other, "rate": rate_words(total + other, budget.whole)}
        )
    return rows
