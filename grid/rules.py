"""The numbers of the assessment: schemes per level, cut-off days, zero-complaint rewards.  Dated policies; 默认值 below.

Each rule names the document that states its shipped value; the others are defaults that the office replaces by its own.
"""

# ruff: noqa: RUF009 (rule() makes a dataclass field)

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from django.core.exceptions import ValidationError

from grid.scoring import HUNDRED, MANUAL, Item, Scheme
from wangcheng.common.figures.registry import all_figures, get, known
from wangcheng.common.models import AreaSuccession
from wangcheng.common.policy.actions import FIRST_DAY
from wangcheng.common.policy.registry import rule, rule_set, rules

FOUNDED = (AreaSuccession.Kind.NEW, AreaSuccession.Kind.MERGE, AreaSuccession.Kind.SPLIT)
REPORT = "2022年度部门整体支出预算绩效自评报告"
ITEM_HELP = "权重合计100。人工录入的指标为0–100；本期分母为0的指标为中性：不计该项权重，其余各项按比例折算到100分。"
LEVEL3_ITEMS = (
    "信息采集|25|grid_collection_rate|100|0",
    "事件办理|25|whistle_close_rate|100|0",
    "走访|15|grid_visit_rate|100|0",
    "基础信息|10|grid_base_info_rate|100|0",
    "诉求量|5|tickets_received|0|60",
    "群众满意度|5|satisfaction_rate|100|60",
    "问题解决率|5|resolution_rate|100|40",
    "任务|5|grid_task_rate|100|0",
    "培训例会|5|grid_training_rate|100|0",
)
LEVEL4_ITEMS = (
    "信息采集|25|grid_collection_rate|100|0",
    "事件办理|25|grid_event_rate|100|0",
    "走访|15|grid_visit_rate|100|0",
    "基础信息|10|grid_base_info_rate|100|0",
    "诉求化解|15|grid_request_rate|100|0",
    "任务|5|grid_task_rate|100|0",
    "培训例会|5|grid_training_rate|100|0",
)
ITEM_HEADS = ("名称", "权重", "指标", "满分值", "零分值")


def figure_label(name: str) -> str:
    """The Chinese name of a figure, or of what is entered by hand."""
    if name.startswith(MANUAL):
        return f"人工录入：{name.removeprefix(MANUAL)}"
    return get(name).label if known(name) else name


def _cells(line: str) -> tuple[str, ...]:
    item = Item.parse(line)
    return (item.label, f"{item.weight}", figure_label(item.figure), f"{item.full}", f"{item.zero}")


def _offered(by: str) -> str:
    """The figures that can be counted by grid or village, with what is to be written for them."""
    return "；".join(f"{each.label} {each.name}" for each in all_figures() if by in each.source.dimensions)


def _items_how() -> str:
    form = "每行一项：名称|权重|指标|满分值|零分值。指标填代号，“manual:名称”表示人工录入。"
    return f"{form}可用的指标及其代号：{_offered('grid')}。"


def _figure_how() -> str:
    return f"填指标的代号。可用的指标及其代号：{_offered('village')}。"


def _items(shipped: tuple[str, ...]) -> Any:
    """The indicators of a scheme: a line each as it is entered, a table as it is read."""
    return rule(shipped, "考核指标", help=ITEM_HELP, heads=ITEM_HEADS, said=_cells, how=_items_how)


@dataclass(frozen=True)
class LevelScheme:
    """考核办法 of one level of grids."""

    items: tuple[str, ...] = _items(())
    quota: int = rule(0, "每季度优秀名额", unit="个", least=0)
    pass_mark: Decimal = rule(Decimal(60), "合格线", unit="分", least=0, most=100)
    bonus_cap: Decimal = rule(Decimal(5), "加分上限", unit="分", least=0)
    least_weight: Decimal = rule(Decimal(50), "参评优秀的最低可计权重", least=0, most=100)
    tie_breakers: tuple[str, ...] = rule(
        ("事件办理", "信息采集", "走访"), "同分排序", help="每行一项指标名称，依次比较得分率；仍相同的按网格代码"
    )
    reward_yuan: int = rule(0, "优秀网格每季度奖励", unit="元", least=0)

    def __post_init__(self) -> None:
        problems: dict[str, str] = {}
        try:
            items = [Item.parse(line) for line in self.items]
        except ValueError as problem:
            raise ValidationError({"items": str(problem)}) from problem
        if sum(item.weight for item in items) != HUNDRED:
            problems["items"] = "考核指标的权重合计应为100。"
        if unknown := [label for label in self.tie_breakers if label not in {item.label for item in items}]:
            problems["tie_breakers"] = f"同分排序中的“{unknown[0]}”不是考核指标。"
        if problems:
            raise ValidationError(problems)

    def scheme(self) -> Scheme:
        """The same as the arithmetic needs it."""
        items = tuple(Item.parse(line) for line in self.items)
        return Scheme(items, self.quota, self.pass_mark, self.bonus_cap, self.least_weight, self.tie_breakers)


@rules("grid.scheme_level3", "三级网格考核办法")
@dataclass(frozen=True)
class SchemeLevel3(LevelScheme):
    """三级网格考核办法."""

    items: tuple[str, ...] = _items(LEVEL3_ITEMS)
    quota: int = rule(355, "每季度优秀名额", unit="个", least=0, source=REPORT)
    reward_yuan: int = rule(1500, "优秀网格每季度奖励", unit="元", least=0)


@rules("grid.scheme_level4", "四级网格考核办法")
@dataclass(frozen=True)
class SchemeLevel4(LevelScheme):
    """四级网格考核办法."""

    items: tuple[str, ...] = _items(LEVEL4_ITEMS)
    quota: int = rule(757, "每季度优秀名额", unit="个", least=0, source=REPORT)
    reward_yuan: int = rule(200, "优秀网格每季度奖励", unit="元", least=0)


def _history() -> list[tuple[date, dict[str, Any]]]:
    """Until 2021 a quarter closed on its last day; from 2022 on the fourth closes early, to be paid within the year."""
    defaults = rule_set("grid.assessment").defaults()
    return [(FIRST_DAY, defaults | {"cutoff_q4": "12-31"}), (date(2022, 1, 1), defaults)]


@rules("grid.assessment", "季度考核")
@dataclass(frozen=True)
class Calendar:
    """季度考核: when a quarter is closed, and how long its result is shown."""

    HISTORY: ClassVar[Callable[[], list[tuple[date, dict[str, Any]]]]] = _history

    cutoff_q1: str = rule("03-31", "第一季度截止日", help="月-日；截止后发生的计入下一季度")
    cutoff_q2: str = rule("06-30", "第二季度截止日")
    cutoff_q3: str = rule("09-30", "第三季度截止日")
    cutoff_q4: str = rule("12-15", "第四季度截止日")
    publicity_days: int = rule(5, "公示期", unit="工作日", least=1)

    def __post_init__(self) -> None:
        for number in (1, 2, 3, 4):
            name = f"cutoff_q{number}"
            try:
                day = date.fromisoformat(f"2023-{getattr(self, name)}")
            except ValueError as problem:
                raise ValidationError({name: "截止日应为“12-15”的形式。"}) from problem
            if (day.month + 2) // 3 != number:
                raise ValidationError({name: f"截止日应在第{number}季度之内。"})

    def cutoff(self, year: int, quarter: int) -> date:
        return date.fromisoformat(f"{year}-{getattr(self, f'cutoff_q{quarter}')}")


@rules("grid.zero_complaint", "零投诉村（社区）评比")
@dataclass(frozen=True)
class ZeroComplaintRules:
    """零投诉评比: the quarterly rewards, and the figure that counts the complaints."""

    urban_yuan: int = rule(5000, "城市社区每季度奖励", unit="元", least=0, source=REPORT)
    other_yuan: int = rule(3000, "其他村（社区）每季度奖励", unit="元", least=0, source=REPORT)
    figure: str = rule(
        "village_complaints", "计入投诉的指标", help="按村（社区）统计。", said=figure_label, how=_figure_how
    )
    changes_left_out: tuple[str, ...] = rule(
        tuple(kind.value for kind in FOUNDED), "本季度内变更即不参评的村（社区）",
        choices=[(kind.value, str(kind.label)) for kind in FOUNDED],
    )  # fmt: skip


SCHEMES: dict[str, type[Any]] = {"level3": SchemeLevel3, "level4": SchemeLevel4, "zero": ZeroComplaintRules}


def figures_of(rules: LevelScheme | ZeroComplaintRules) -> list[str]:
    """Names of the registered figures that an assessment by these rules counts."""
    if isinstance(rules, ZeroComplaintRules):
        return [rules.figure]
    return [item.figure for item in rules.scheme().items if not item.figure.startswith(MANUAL)]
