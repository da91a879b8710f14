"""The indicators of the money, registered with common.figures.  Amounts are kept in yuan and shown in 万元."""

from __future__ import annotations

from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from budget.models import Budget, Contract, Fund, Payment
from budget.querysets import MONEY, NOTHING
from wangcheng.common.figures.periods import Period
from wangcheng.common.figures.registry import Figure, Group, Source, Test, Unit, register

WAN = 10000
SPECIAL_FUNDS = {
    "hotline_grid": "“热线+网格、吹哨+报到”专项",
    "daily": "社会治理日常事务",
    "maintenance": "社会治理系统运行维护",
}
BASIC = {"personnel": "人员经费支出", "public": "公用经费支出", "subsidies": "对个人和家庭的补助支出"}
COHORT = "按预算归属年度"


def _payments(period: Period) -> QuerySet[Payment]:
    """What was paid by the cut-off of the budgets of the period's years; of a part of a year, what was paid in it."""
    paid = Payment.objects.paid_by(min(period.end, period.as_of)).filter(
        budget_year__range=(period.first.year, period.last.year)
    )
    whole_years = (period.first.month, period.first.day, period.last.month, period.last.day) == (1, 1, 12, 31)
    return paid if whole_years else paid.filter(paid_at__gte=period.start)


def _budgets(period: Period) -> QuerySet[Budget]:
    """Budgets of the period's years that were entered by the cut-off, as of the cut-off."""
    return ledger(period).filter(recorded_at__lte=period.as_of)


def ledger(period: Period) -> QuerySet[Budget]:
    """Every budget of the period's years with `beginning`, `whole` (全年预算数) and `used` (全年执行数) as of the cut-off."""
    of_budget = _payments(period).filter(fund=OuterRef("fund"), budget_year=OuterRef("year"))
    used = of_budget.order_by().values("fund").annotate(sum=Sum("amount")).values("sum")
    years = Budget.objects.filter(year__range=(period.first.year, period.last.year))
    return years.as_of(period.as_of).annotate(used=Coalesce(Subquery(used, output_field=MONEY), NOTHING))


def _contracts(period: Period) -> QuerySet[Contract]:
    """Contracts whose service ended in the period, with what the period's budgets paid of them."""
    of_contract = _payments(period).filter(node__contract=OuterRef("pk"))
    paid = of_contract.order_by().values("node__contract").annotate(sum=Sum("amount")).values("sum")
    ended = Contract.objects.filter(ends_on__range=(period.first, period.last))
    return ended.annotate(paid=Coalesce(Subquery(paid, output_field=MONEY), NOTHING))


PAYMENTS = Source(
    "payments",
    _payments,
    columns=(
        ("number", "编号"), ("fund__name", "资金项目"), ("payee", "收款单位"), ("purpose", "事由"), ("amount", "金额（元）"),
        ("paid_at", "支付时间"),
    ),
    link=("payment_detail", "number"),
    permission="budget.view_payment",
)  # fmt: skip
BUDGETS = Source(
    "budgets",
    _budgets,
    columns=(
        ("fund__name", "资金项目"), ("year", "年度"), ("beginning", "年初预算数（元）"), ("whole", "全年预算数（元）"),
        ("used", "全年执行数（元）"),
    ),
    permission="budget.view_budget",
)  # fmt: skip
CONTRACTS = Source(
    "contracts",
    _contracts,
    columns=(("number", "合同编号"), ("name", "名称"), ("amount", "合同金额（元）"), ("paid", "本年支付（元）")),
    permission="budget.view_budget",
)


def _fund(code: str) -> Test:
    return lambda period: Q(fund__code=code)


def _is(**columns: Any) -> Test:
    return lambda period: Q(**columns)


def _used(name: str, label: str, test: Test, definition: str) -> Figure:
    return Figure(
        name, label, Unit.WAN_YUAN, PAYMENTS, test, definition, sum_of="amount", scale=WAN, cohort=COHORT,
        exclusions="冲销的支付以负数相抵。",
    )  # fmt: skip


def _of_fund(code: str, label: str) -> tuple[Figure, Figure, Figure]:
    budget = Figure(
        f"fund_{code}_budget", f"{label}预算", Unit.WAN_YUAN, BUDGETS, _fund(code), "截止前登记的年初预算数与调整之和。",
        sum_of="whole", scale=WAN, cohort=COHORT,
    )  # fmt: skip
    used = _used(f"fund_{code}_used", f"{label}使用", _fund(code), "归属本年度预算、截止前已支付的金额合计。")
    rate = Figure(
        f"fund_{code}_rate", f"{label}资金使用率", Unit.PER_CENT, BUDGETS, _fund(code), "已使用金额÷全年预算数。",
        denominator=_fund(code), sum_of="used", denominator_sum_of="whole", cohort=COHORT,
    )  # fmt: skip
    return budget, used, rate


FIGURES: tuple[Figure, ...] = (
    *(_used(f"basic_{code}", label, _fund(code), f"基本支出中的{label}。") for code, label in BASIC.items()),
    _used("three_public", "“三公经费”支出", _is(three_public=True), "其他科目中属于三公经费的支付，仅作备查，不重复相加。"),
    Figure(
        "special_budget", "专项资金预算", Unit.WAN_YUAN, BUDGETS, _is(fund__kind=Fund.Kind.SPECIAL), "全部专项资金的全年预算数。",
        sum_of="whole", scale=WAN, cohort=COHORT,
    ),
    _used("special_used", "专项资金使用", _is(fund__kind=Fund.Kind.SPECIAL), "全部专项资金的使用金额。"),
    *(figure for code, label in SPECIAL_FUNDS.items() for figure in _of_fund(code, label)),
    Figure(
        "contract_paid_share", "运维合同实付比例", Unit.PER_CENT, CONTRACTS, _fund("maintenance"),
        "本年到期的系统运行维护合同在本年度预算中的实付金额÷合同金额。", denominator=_fund("maintenance"), sum_of="paid",
        denominator_sum_of="amount", cohort="服务期止日在统计期内",
    ),
)  # fmt: skip
register(*FIGURES, group=Group.MONEY)
