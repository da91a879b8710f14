"""The indicators of whistles and hard whistles, each defined once; computed as of the cut-off from the as-of rows."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from wangcheng.common.figures.periods import Period
from wangcheng.common.figures.registry import Dimension, Figure, Group, Source, Unit, everything, register
from wangcheng.common.models import Area, Category, Organisation
from wangcheng.common.people.models import User
from whistle.models import Grade, HardBatch, HardWhistle, HardWhistleStanding, Whistle, WhistleStanding

COHORT = "上报日期在统计期内"
HARD_COHORT = "交办日期在统计期内"
_SATISFIED = (Grade.SATISFIED, Grade.BASICALLY)


def _whistles(period: Period) -> QuerySet[Any]:
    return WhistleStanding.objects.filter(
        WhistleStanding.as_of(period.as_of),
        received_at__gte=period.start,
        received_at__lte=min(period.end, period.as_of),
    )


def _hard_whistles(period: Period) -> QuerySet[Any]:
    return HardWhistleStanding.objects.filter(
        HardWhistleStanding.as_of(period.as_of),
        assigned_at__gte=period.start,
        assigned_at__lte=min(period.end, period.as_of),
    )


def _batches(period: Period) -> QuerySet[Any]:
    return HardBatch.objects.filter(Exists(_hard_whistles(period).filter(batch=OuterRef("pk"))))


def _seen_whistles(rows: QuerySet[Any], user: User) -> QuerySet[Any]:
    return Whistle.objects.narrow(rows, "case", user)


def _seen_hard_whistles(rows: QuerySet[Any], user: User) -> QuerySet[Any]:
    return HardWhistle.objects.narrow(rows, "case", user)


WHISTLES = Source(
    "whistles",
    _whistles,
    {
        "town": Dimension("town_id", Area),
        "village": Dimension("village_id", Area),
        "grid": Dimension("grid_id", Area),
        "building": Dimension("building_id", Area),
        "department": Dimension("unit_id", Organisation, Q(unit_kind="department")),
        "category": Dimension("category_top_id", Category),
    },
    columns=(
        ("case__number", "编号"),
        ("case__title", "标题"),
        ("town__short_name", "街镇"),
        ("village__short_name", "村（社区）"),
        ("category__name", "分类"),
        ("received_at", "上报时间"),
        ("closed_at", "办结时间"),
    ),
    link=("whistle_detail", "case__number"),
    permission="whistle.view_whistle",
    telling=frozenset({"case__title"}),
    sight=_seen_whistles,
)
HARD_WHISTLES = Source(
    "hard_whistles",
    _hard_whistles,
    {
        "town": Dimension("town_id", Area),
        "village": Dimension("village_id", Area),
        "department": Dimension("unit_id", Organisation, Q(unit__kind="department")),
        "category": Dimension("category_top_id", Category),
    },
    columns=(
        ("case__number", "编号"),
        ("case__title", "问题"),
        ("batch__name", "批次"),
        ("unit__short_name", "牵头单位"),
        ("assigned_at", "交办时间"),
        ("solved_at", "基本解决时间"),
    ),
    link=("hardwhistle_detail", "case__number"),
    permission="whistle.view_hardwhistle",
    telling=frozenset({"case__title"}),
    sight=_seen_hard_whistles,
)

HARD_BATCHES = Source(
    "hard_whistle_batches",
    _batches,
    columns=(("name", "批次"), ("document_number", "交办文号")),
    permission="whistle.view_hardwhistle",
)


def _by(column: str) -> Any:
    """The test that a moment has come by the cut-off: it may have been filled in since."""
    return lambda period: Q(**{f"{column}__lte": period.as_of})


_filed, _closed, _rated = _by("filed_at"), _by("closed_at"), _by("rated_at")


def _by_department(period: Period) -> Q:
    """By who disposed of it last, also while it is being worked on anew."""
    return Q(last_disposed_at__lte=period.as_of, disposer_kind=Whistle.Disposer.DEPARTMENT)


def _running(period: Period) -> Q:
    """The clocks did not stand still at the cut-off."""
    return Q(suspended_at=None) | Q(suspended_at__gt=period.as_of)


def _to_arrive(period: Period) -> Q:
    """Should have been on site by the cut-off: the limit has run out, or somebody came before it did."""
    late = Q(arrive_due_at__lte=period.as_of) & _running(period)
    return late | Q(arrive_due_at__isnull=False, arrived_at__lte=period.as_of)


def _arrived_in_time(period: Period) -> Q:
    return Q(arrived_at__lte=period.as_of) & Q(arrived_at__lte=F("arrive_due_at"))


def _to_be_disposed(period: Period) -> Q:
    late = Q(due_at__lte=period.as_of) & _running(period)
    return late | Q(due_at__isnull=False, disposed_at__lte=period.as_of)


def _disposed_in_time(period: Period) -> Q:
    return Q(disposed_at__lte=period.as_of, due_at__isnull=False) & Q(disposed_at__lte=F("due_at"))


def _to_be_rated(period: Period) -> Q:
    return _closed(period) & ~Q(disposer_kind=Whistle.Disposer.SELF)


def _rated_as_closed(period: Period) -> Q:
    """Rated since it was closed last: the rating of a round before is none of this one."""
    return _to_be_rated(period) & _rated(period) & Q(rated_at__gte=F("closed_at"))


def _satisfied(period: Period) -> Q:
    return _rated(period) & Q(rating__in=_SATISFIED)


def _graded(grade: Grade) -> Any:
    return lambda period: _rated(period) & Q(rating=grade)


def _count(name: str, label: str, test: Any, definition: str, **more: Any) -> Figure:
    return Figure(name, label, Unit.COUNT, WHISTLES, test, definition, cohort=COHORT, **more)


def _rate(name: str, label: str, test: Any, whole: Any, definition: str, **more: Any) -> Figure:
    return Figure(name, label, Unit.PER_CENT, WHISTLES, test, definition, denominator=whole, cohort=COHORT, **more)


def _hard(name: str, label: str, test: Any, definition: str, **more: Any) -> Figure:
    return Figure(
        name, label, more.pop("unit", Unit.COUNT), HARD_WHISTLES, test, definition, cohort=HARD_COHORT, **more
    )


register(
    _count(
        "whistles_collected", "哨单采集数", everything, "统计期内上报的哨单件数，含自行处置、不予立案和尚未立案的。"
    ),
    _count(
        "whistles_filed", "哨单立案数", _filed, "采集的哨单中截至统计截止已立案的件数；自行处置和街镇处置的同样立案。"
    ),
    _count(
        "whistles_closed",
        "哨单办结数",
        _closed,
        "采集的哨单中截至统计截止处置完毕并经核查办结的件数；返工中的不计。",
    ),
    _rate("whistle_file_rate", "哨单立案率", _filed, everything, "哨单立案数÷哨单采集数。"),
    _rate("whistle_close_rate", "哨单办结率", _closed, _filed, "哨单办结数÷哨单立案数。"),
    _count(
        "whistles_by_department", "部门处置哨单数", _by_department, "截至统计截止最后处置单位为区直部门的哨单件数。"
    ),
    _rate(
        "department_share",
        "部门处置占比",
        _by_department,
        everything,
        "截至统计截止最后处置单位为区直部门的哨单件数÷哨单采集数；尚未处置的计入分母。",
    ),
    _rate(
        "whistle_arrival_rate",
        "按时到场率",
        _arrived_in_time,
        _to_arrive,
        "在到场时限内到场的件数÷应到场件数；时限未到且尚未到场的不计，挂账中尚未到场的不计。",
        exclusions="自行处置和街镇处置的哨单没有报到环节。",
    ),
    _rate(
        "whistle_on_time_rate",
        "按期处置率",
        _disposed_in_time,
        _to_be_disposed,
        "在处置时限内完成最后一次处置的件数÷应完成处置件数；时限未到且尚未处置的不计，挂账中尚未处置的不计。",
        exclusions="自行处置的哨单没有处置时限。",
    ),
    _count("whistles_rated", "已评价哨单数", _rated, "截至统计截止已作“一哨一评”的哨单件数；经申诉撤销的评价不计。"),
    _count("whistles_rated_satisfied", "评价满意数", _graded(Grade.SATISFIED), "最近一次评价为满意的哨单件数。"),
    _count(
        "whistles_rated_basically", "评价基本满意数", _graded(Grade.BASICALLY), "最近一次评价为基本满意的哨单件数。"
    ),
    _count(
        "whistles_rated_dissatisfied",
        "评价不满意数",
        _graded(Grade.DISSATISFIED),
        "最近一次评价为不满意的哨单件数。",
        higher_is_better=False,
    ),
    _rate(
        "whistle_rating_rate",
        "一哨一评率",
        _rated_as_closed,
        _to_be_rated,
        "已办结且最近一次办结后已评价的件数÷应评价件数；未评价的不视为满意，返工后须重新评价。",
        exclusions="自行处置的哨单无需评价。",
    ),
    _rate("whistle_satisfaction_rate", "哨单评价满意率", _satisfied, _rated, "评价为满意和基本满意的件数÷已评价件数。"),
    Figure(
        "hard_whistle_batches",
        "攻坚哨批次",
        Unit.POINTS,
        HARD_BATCHES,
        everything,
        "统计期内有攻坚哨交办的批次数。",
        cohort=HARD_COHORT,
    ),
    _hard("hard_whistles", "攻坚哨问题数", everything, "统计期内交办的攻坚哨问题个数。", unit=Unit.POINTS),
    _hard(
        "hard_whistles_solved",
        "攻坚哨基本解决数",
        _by("solved_at"),
        "统计期内交办的攻坚哨中截至统计截止基本解决或已销号的问题个数。",
        unit=Unit.POINTS,
    ),
    _hard(
        "hard_whistle_solve_rate",
        "攻坚哨解决率",
        _by("solved_at"),
        "攻坚哨基本解决数÷攻坚哨问题数。",
        denominator=everything,
        unit=Unit.PER_CENT,
    ),
    group=Group.WHISTLES,
)
