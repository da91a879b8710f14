"""绩效自评表: computing the tables of 财预〔2020〕10号 from budgets, payments and registered figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from budget.figures import BUDGETS
from budget.models import Budget, Fund, Indicator, PerformanceTable
from budget.rules import (
    HUNDRED,
    PerformanceRules,
    cents,
    execution_rate,
    execution_score,
    indicator_score,
    year_end_warning,
)
from wangcheng.common.figures.compute import compute
from wangcheng.common.figures.periods import Period
from wangcheng.common.policy.registry import in_force

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Execution:
    """预算执行: yuan; `score` is None where there was no budget; `assumed`: whose budget is invented for a demonstration."""

    name: str
    beginning: Decimal
    whole: Decimal
    used: Decimal
    weight: Decimal
    score: Decimal | None
    assumed: tuple[str, ...] = ()

    @property
    def rate(self) -> Decimal | None:
        """执行率, per cent to two places."""
        rate = execution_rate(self.used, self.whole)
        return None if rate is None else cents(rate)


@dataclass(frozen=True, slots=True)
class Line:
    """One indicator with what was reached."""

    indicator: Indicator
    actual: Decimal | None
    score: Decimal | None

    @property
    def missed(self) -> bool:
        return self.score is None or self.score < self.indicator.weight


@dataclass(frozen=True, slots=True)
class Computed:
    """A whole table."""

    table: PerformanceTable
    executions: list[Execution]  # the last one is the whole
    lines: list[Line]
    others: Decimal  # points of the indicators, without execution
    total: Decimal
    grade: str
    warning: str  # "red", "yellow" or ""
    problems: list[str] = field(default_factory=list)  # what still needs a reason


def computed(table: PerformanceTable) -> Computed:
    """The table of a year, as of the year's end or now."""
    period = Period.parse(str(table.year))
    rules = in_force(PerformanceRules, period.last)
    executions = _executions(table, period, rules)
    lines = _lines(table, period)
    whole = executions[-1]
    others = sum((line.score or NOTHING for line in lines), NOTHING)
    total = others + (whole.score or NOTHING)
    warning = year_end_warning(rules, whole.used, whole.whole, others)
    problems = [*_unexplained(table, whole, rules), *_problems(lines, rules)]
    return Computed(table, executions, lines, others, total, rules.grade(total), warning, problems)


def _executions(table: PerformanceTable, period: Period, rules: PerformanceRules) -> list[Execution]:
    budgets = BUDGETS.rows(period).select_related("fund").order_by("fund__kind", "fund")
    if table.fund_id:
        return [_execution(row, rules) for row in budgets.filter(fund=table.fund_id)] or [_none(table, rules)]
    rows = list(budgets)
    sums = [sum((getattr(row, name) for row in rows), NOTHING) for name in ("beginning", "whole", "used")]
    weight = rules.execution_weight
    whole = Execution("年度资金总额", sums[0], sums[1], sums[2], weight, execution_score(sums[2], sums[1], weight))
    parts = [_sum_of(kind.label, [row for row in rows if row.fund.kind == kind], weight) for kind in Fund.Kind]
    return [*parts, whole]


def _sum_of(name: str, rows: list[Budget], weight: Decimal) -> Execution:
    sums = [sum((getattr(row, column) for row in rows), NOTHING) for column in ("beginning", "whole", "used")]
    return Execution(name, sums[0], sums[1], sums[2], weight, None, _assumed(rows))


def _execution(row: Budget, rules: PerformanceRules) -> Execution:
    beginning, whole, used = (getattr(row, name) for name in ("beginning", "whole", "used"))
    weight = rules.execution_weight
    score = execution_score(used, whole, weight)
    return Execution(row.fund.name, beginning, whole, used, weight, score, _assumed([row]))


def _assumed(rows: Sequence[Budget]) -> tuple[str, ...]:
    return tuple(row.fund.name for row in rows if row.invented and row.amount)


def _none(table: PerformanceTable, rules: PerformanceRules) -> Execution:
    return Execution(str(table.fund), NOTHING, NOTHING, NOTHING, rules.execution_weight, None)


def _lines(table: PerformanceTable, period: Period) -> list[Line]:
    indicators = list(table.indicators.order_by("place"))
    names = [row.figure for row in indicators if row.figure]
    values = {value.figure.name: value.value for value in compute(names, period)} if names else {}
    return [_line(row, values.get(row.figure) if row.figure else row.entered) for row in indicators]


def _line(indicator: Indicator, actual: Decimal | None) -> Line:
    if actual is None:
        return Line(indicator, None, None)
    actual = cents(actual)
    return Line(indicator, actual, indicator_score(indicator.weight, indicator.target, actual, indicator.comparator))


def _unexplained(table: PerformanceTable, whole: Execution, rules: PerformanceRules) -> list[str]:
    """No budget, or more left than the yellow line allows, and no reason given."""
    if table.execution_reason:
        return []
    if not whole.whole:
        return [f"“{whole.name}”没有预算，不计执行率得分，须说明原因。"]
    rate = execution_rate(whole.used, whole.whole) or NOTHING
    if HUNDRED - rate > rules.unspent_yellow:
        return [f"“{whole.name}”预算执行率为{cents(rate)}%，须填写执行率偏差原因及改进措施。"]
    return []


def _problems(lines: list[Line], rules: PerformanceRules) -> list[str]:
    found = [
        f"“{line.indicator.level3}”未完成，须填写偏差原因。"
        for line in lines
        if line.missed and not line.indicator.reason
    ]
    weight, due = sum((line.indicator.weight for line in lines), NOTHING), HUNDRED - rules.execution_weight
    return (
        found if weight == due else [*found, f"各项指标分值合计为{weight.normalize():f}分，应为{due.normalize():f}分。"]
    )


# Default indicators: level1, level2, level3, comparator, target, unit, weight, figure

WHOLE = (
    ("output", "数量指标", "办结工单", "ge", "60000", "件", "10", "tickets_finished"),
    ("output", "数量指标", "立案哨单", "ge", "12000", "件", "10", "whistles_filed"),
    ("output", "质量指标", "及时联系率", "ge", "98", "%", "10", "timely_contact_rate"),
    ("output", "质量指标", "哨单办结率", "ge", "95", "%", "10", "whistle_close_rate"),
    ("output", "时效指标", "按时办结率", "ge", "98", "%", "10", "on_time_rate"),
    ("benefit", "社会效益", "问题解决率", "ge", "80", "%", "15", "resolution_rate"),
    ("benefit", "社会效益", "部门处置占比", "ge", "20", "%", "15", "department_share"),
    ("satisfaction", "满意度", "群众满意度", "ge", "95", "%", "10", "satisfaction_rate"),
)
OF_FUND = {
    "hotline_grid": (
        ("output", "数量指标", "每季度优秀三级网格", "ge", "355", "个", "15", "excellent_level3_per_quarter"),
        ("output", "数量指标", "每季度优秀四级网格", "ge", "757", "个", "15", "excellent_level4_per_quarter"),
        ("output", "质量指标", "工单响应率", "ge", "99", "%", "20", "push_response_rate"),
        ("benefit", "社会效益", "攻坚哨基本解决", "ge", "35", "个", "30", "hard_whistles_solved"),
        ("satisfaction", "满意度", "群众满意度", "ge", "95", "%", "10", "satisfaction_rate"),
    ),
    "daily": (
        ("output", "数量指标", "受理工单", "ge", "60000", "件", "20", "tickets_received"),
        ("output", "数量指标", "培训人数", "ge", "200", "人", "10", "trainees"),
        ("output", "质量指标", "及时联系率", "ge", "98", "%", "20", "timely_contact_rate"),
        ("benefit", "社会效益", "问题解决率", "ge", "80", "%", "30", "resolution_rate"),
        ("satisfaction", "满意度", "群众满意度", "ge", "95", "%", "10", "satisfaction_rate"),
    ),
    "maintenance": (
        ("output", "数量指标", "接入视频点位", "ge", "14000", "个", "25", "video_points"),
        ("output", "成本指标", "合同实付比例", "le", "100", "%", "25", "contract_paid_share"),
        ("benefit", "社会效益", "小区视频", "ge", "400", "路", "30", "estate_video"),
        ("satisfaction", "满意度", "群众满意度", "ge", "95", "%", "10", "satisfaction_rate"),
    ),
}


def default_tables(year: int) -> None:
    """The tables of a year with their default indicators; those that exist are left alone."""
    funds = {fund.code: fund for fund in Fund.objects.filter(kind=Fund.Kind.SPECIAL)}
    for fund, rows in [(None, WHOLE), *((funds[code], rows) for code, rows in OF_FUND.items() if code in funds)]:
        table, created = PerformanceTable.objects.get_or_create(year=year, fund=fund)
        if created:
            Indicator.objects.bulk_create(_indicator(table, place, row) for place, row in enumerate(rows, start=1))


def _indicator(table: PerformanceTable, place: int, row: tuple[str, ...]) -> Indicator:
    level1, level2, level3, comparator, target, unit, weight, figure = row
    return Indicator(
        table=table, place=place, level1=level1, level2=level2, level3=level3, comparator=comparator,
        target=Decimal(target), unit=unit, weight=Decimal(weight), figure=figure,
    )  # fmt: skip
