"""The arithmetic of the money: what a node pays, execution scores, warnings.  Pure; Decimal yuan, rounded half-up once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from wangcheng.common.policy.registry import rule, rules

CENT = Decimal("0.01")
HUNDRED = Decimal(100)


PAPER = "财预〔2020〕10号"


@rules("budget.performance", "绩效自评")
@dataclass(frozen=True)
class PerformanceRules:
    """绩效自评: grades and warnings.  grades and weight by PAPER; warning lines are defaults."""

    execution_weight: Decimal = rule(Decimal(10), "预算执行率分值", unit="分", least=0, source=PAPER)  # noqa: RUF009
    grade_excellent: Decimal = rule(Decimal(90), "优", unit="分", least=0, most=100, source=PAPER)  # noqa: RUF009
    grade_good: Decimal = rule(Decimal(80), "良", unit="分", least=0, most=100, source=PAPER)  # noqa: RUF009
    grade_medium: Decimal = rule(Decimal(60), "中", unit="分", least=0, most=100, source=PAPER)  # noqa: RUF009
    unspent_yellow: Decimal = rule(Decimal(20), "未使用比例超过此值黄色预警", unit="%", least=0)  # noqa: RUF009
    gap_red: Decimal = rule(Decimal(5), "得分率高于执行率超过此比例红色预警", unit="%", least=0)  # noqa: RUF009
    progress_red: Decimal = rule(Decimal(60), "年中执行进度低于此值红色预警", unit="%", least=0)  # noqa: RUF009
    progress_yellow: Decimal = rule(Decimal(80), "年中执行进度低于此值黄色预警", unit="%", least=0)  # noqa: RUF009

    def grade(self, score: Decimal) -> str:
        """评价等级."""
        if score >= self.grade_excellent:
            return "优"
        if score >= self.grade_good:
            return "良"
        return "中" if score >= self.grade_medium else "差"


def cents(amount: Decimal) -> Decimal:
    """To the cent, half-up."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def payable(amount: Decimal, share: Decimal, score: Decimal, reductions: Iterable[Decimal] = ()) -> Decimal:
    """节点应付金额 = (合同金额 × 付款比例 − 核减) × 得分 ÷ 100; yuan, never below nothing."""
    due = amount * share / HUNDRED - sum(reductions, Decimal(0))
    return cents(max(due, Decimal(0)) * score / HUNDRED)


def execution_rate(used: Decimal, whole: Decimal) -> Decimal | None:
    """预算执行率 in per cent, unrounded; None where there was no budget."""
    return used * HUNDRED / whole if whole else None


def execution_score(used: Decimal, whole: Decimal, weight: Decimal) -> Decimal | None:
    """执行率得分 = min(分值, 分值 × 执行数 ÷ 预算数); None where there was no budget: a reason is needed instead."""
    return min(weight, cents(weight * used / whole)) if whole else None


def indicator_score(weight: Decimal, target: Decimal, actual: Decimal, comparator: str) -> Decimal:
    """指标得分: all of it when the target is met, else in proportion to how far it was reached."""
    met = {"ge": actual >= target, "le": actual <= target, "eq": actual == target}[comparator]
    if met:
        return weight
    if comparator == "ge":
        reached = actual / target if target else Decimal(0)
    elif comparator == "le":
        reached = target / actual if actual else Decimal(0)
    else:
        reached = 1 - abs(actual - target) / target if target else Decimal(0)
    return cents(weight * min(max(reached, Decimal(0)), Decimal(1)))


def year_end_warning(rules_: PerformanceRules, used: Decimal, whole: Decimal, others_score: Decimal) -> str:
    """年末预警: "red" if the score outruns the spending, "yellow" if too much is left or there was no budget, else "".

    `others_score`: the points of all indicators but execution, of 90.
    """
    if not whole:
        return "yellow"
    execution = used / whole
    scored = others_score / (HUNDRED - rules_.execution_weight)
    if scored and (scored - execution) / scored * HUNDRED > rules_.gap_red:
        return "red"
    return "yellow" if (1 - execution) * HUNDRED > rules_.unspent_yellow else ""


def progress_warning(rules_: PerformanceRules, used: Decimal, whole: Decimal, month: int) -> str:
    """年中预警: spending against the part of the year that has passed."""
    if not whole:
        return "yellow"
    progress = used / whole * HUNDRED * 12 / month
    if progress < rules_.progress_red:
        return "red"
    return "yellow" if progress < rules_.progress_yellow else ""
