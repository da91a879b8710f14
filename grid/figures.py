"""The grid app's indicators: work of the grids, ledgers, and what the assessments and their policies say.

Registered with common.figures when the app starts; read from there by name, never imported.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import DecimalField, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from grid.models import Assessment, Estate, GridScore, GridWork, ModelCommunity, StaffMember, VideoPoint, ZeroComplaint
from wangcheng.common.figures.periods import Period
from wangcheng.common.figures.registry import Dimension, Figure, Group, Source, Unit, everything, register
from wangcheng.common.models import Area, Policy

if TYPE_CHECKING:
    from wangcheng.common.models import User

LEDGER = "grid.view_ledger"
RESULT = "grid.view_assessment"
PLACES = {"town": Dimension("town_id", Area), "village": Dimension("village_id", Area)}


def _day(period: Period) -> date:
    """The day a ledger is looked at: the last of the period, or the cut-off where that is earlier."""
    return min(period.last, period.as_of.date())


def _in_force(model: Any) -> Any:
    return lambda period: model.objects.as_recorded(_day(period))


# Work of the grids


def _work(period: Period) -> QuerySet[GridWork]:
    """Lines of the period's days as they stood when the period, or the assessment of it, was looked at."""
    return GridWork.objects.known_at(period.entered_by).filter(day__gte=period.first, day__lte=_day(period))


WORK = Source(
    "grid_work",
    _work,
    {"grid": Dimension("area_id", Area), **PLACES},
    columns=(("area__code", "网格代码"), ("area__name", "网格"), ("day", "统计日期")),
    link=("area_detail", "area_id"),
    permission=RESULT,
)

WORKS = {
    "collection": ("信息采集率", "已采集信息÷应采集信息"),
    "event": ("事件办理率", "已办事件÷应办事件"),
    "visit": ("走访率", "已走访÷应走访"),
    "base_info": ("基础信息核实率", "已核基础信息÷应核基础信息"),
    "request": ("诉求化解率", "化解诉求÷群众诉求"),
    "task": ("任务完成率", "完成任务÷下达任务"),
    "training": ("培训例会到会率", "实到÷应到培训例会"),
}


def _work_rate(kind: str) -> Figure:
    label, formula = WORKS[kind]
    return Figure(
        f"grid_{kind}_rate",
        label,
        Unit.PER_CENT,
        WORK,
        everything,
        f"{formula}，按统计截止前录入、统计日期在统计期内的网格工作台账合计。",
        denominator=everything,
        sum_of=f"{kind}_done",
        denominator_sum_of=f"{kind}_due",
        cohort="统计日期",
    )


# Ledgers

STAFF = Source(
    "staff",
    _in_force(StaffMember),
    columns=(("name", "姓名"), ("kind", "类别"), ("position", "岗位"), ("valid_from", "启用日期")),
    permission=LEDGER,
)
ESTATES = Source(
    "estates", _in_force(Estate), columns=(("name", "楼盘"), ("area__short_name", "辖区")), permission=LEDGER
)
VIDEO = Source(
    "video_points",
    _in_force(VideoPoint),
    {"town": Dimension("area_id", Area)},
    columns=(("device_id", "设备编码"), ("name", "名称"), ("estate__name", "楼盘"), ("area__short_name", "街镇")),
    permission=LEDGER,
)
COMMUNITIES = Source(
    "model_communities",
    _in_force(ModelCommunity),
    {"village": Dimension("village_id", Area)},
    columns=(("village__short_name", "社区"), ("document", "依据"), ("valid_from", "启动日期")),
    permission=LEDGER,
)
AS_OF_DAY = "期末在册（启用和登记日期不晚于期末，且期末尚未停用）"


def _staff_of(kind: StaffMember.Kind) -> Figure:
    return Figure(
        f"staff_{kind.value}",
        f"{kind.label}人数",
        Unit.PEOPLE,
        STAFF,
        lambda period: Q(kind=kind),
        f"期末在册的{kind.label}人员数。",
        cohort=AS_OF_DAY,
    )


LEDGERS = (
    Figure("staff_total", "实有人数", Unit.PEOPLE, STAFF, everything, "期末在册的中心人员总数。", cohort=AS_OF_DAY),
    *(_staff_of(kind) for kind in StaffMember.Kind),
    Figure("estates", "智慧社区楼盘", Unit.POINTS, ESTATES, everything, "期末在册的智慧社区楼盘数。", cohort=AS_OF_DAY),
    Figure("video_points", "视频点位", Unit.POINTS, VIDEO, everything, "期末在册的视频点位数。", cohort=AS_OF_DAY),
    Figure(
        "estate_video",
        "小区视频",
        Unit.POINTS,
        VIDEO,
        lambda period: Q(estate__isnull=False),
        "期末在册、属于智慧社区楼盘的视频点位数。",
        cohort=AS_OF_DAY,
    ),
    Figure(
        "model_communities",
        "示范社区",
        Unit.POINTS,
        COMMUNITIES,
        everything,
        "期末在册的示范创建社区数。",
        cohort=AS_OF_DAY,
    ),
)


# Results of the assessments


def final_ids(period: Period, kind: str) -> list[int]:
    """Assessments of the quarters of the period that were final at its cut-off, corrected ones by their correction."""
    found = Assessment.objects.final(period.as_of).filter(kind=kind, last__gte=period.first, last__lte=period.last)
    return list(found.order_by("quarter").values_list("pk", flat=True))


def _latest_scores(kind: str) -> Any:
    def rows(period: Period) -> QuerySet[GridScore]:
        return GridScore.objects.filter(assessment__in=final_ids(period, kind)[-1:])

    return rows


def _seen_scores(rows: QuerySet[Any], user: User) -> QuerySet[Any]:
    """The centre all, a town or village its own: each row leads to the score, which is open to no others."""
    return rows.filter(pk__in=GridScore.objects.visible_to(user).order_by().values("pk"))


def _awards(period: Period) -> QuerySet[ZeroComplaint]:
    return ZeroComplaint.objects.filter(assessment__in=final_ids(period, Assessment.Kind.ZERO))


def _excellent(level: str, label: str) -> Figure:
    source = Source(
        f"grid_scores_{level}",
        _latest_scores(level),
        {"grid": Dimension("area_id", Area), **PLACES},
        columns=(("area__code", "网格代码"), ("area__name", "网格"), ("score", "得分"), ("rank", "名次")),
        link=("score_detail", "pk"),
        permission=RESULT,
        sight=_seen_scores,
    )
    return Figure(
        f"excellent_{level}_per_quarter",
        f"每季度优秀{label}",
        Unit.POINTS,
        source,
        lambda period: Q(grade=GridScore.Grade.EXCELLENT),
        f"统计期内最近一个已定稿季度考核为优秀的{label}数。",
        cohort="考核截止日",
    )


ZERO = Source(
    "zero_complaint",
    _awards,
    {"town": Dimension("town_id", Area), "village": Dimension("area_id", Area)},
    columns=(
        ("assessment__quarter", "季度"),
        ("area__short_name", "村（社区）"),
        ("is_urban", "城市社区"),
        ("amount_yuan", "奖励（元）"),
    ),
    permission=RESULT,
)


def _awarded(period: Period) -> Q:
    return Q(awarded=True)


RESULTS = (
    _excellent("level3", "三级网格"),
    _excellent("level4", "四级网格"),
    Figure(
        "zero_complaint_urban",
        "零投诉城市社区",
        Unit.POINTS,
        ZERO,
        lambda period: Q(awarded=True, is_urban=True),
        "统计期内各已定稿季度零投诉城市社区数之和。",
        cohort="考核截止日",
    ),
    Figure(
        "zero_complaint_other",
        "零投诉其他村（社区）",
        Unit.POINTS,
        ZERO,
        lambda period: Q(awarded=True, is_urban=False),
        "统计期内各已定稿季度零投诉其他村（社区）数之和。",
        cohort="考核截止日",
    ),
    Figure(
        "zero_complaint_yuan",
        "零投诉奖励金额",
        Unit.YUAN,
        ZERO,
        _awarded,
        "统计期内各已定稿季度零投诉奖励金额之和。",
        sum_of="amount_yuan",
        cohort="考核截止日",
    ),
)


# Policy values


def _zero_policy(period: Period) -> QuerySet[Policy]:
    """The one version in force at the end of the period, as was known then, its two amounts as columns."""
    known = Policy.objects.approved("grid.zero_complaint").known_by(period.as_of)
    version = known.filter(valid_from__lte=_day(period)).values("pk")[:1]
    amounts = {
        name: Cast(KeyTextTransform(name, "values"), DecimalField(max_digits=12, decimal_places=2))
        for name in ("urban_yuan", "other_yuan")
    }
    return Policy.objects.filter(pk__in=list(version.values_list("pk", flat=True))).annotate(**amounts)


POLICY = Source(
    "zero_complaint_policy",
    _zero_policy,
    columns=(("version", "版本"), ("valid_from", "施行日期"), ("document_number", "文号"), ("source", "依据")),
    permission="common.view_policy",
)


def _reward(name: str, label: str) -> Figure:
    return Figure(
        f"reward_{name}_per_quarter_yuan",
        f"{label}每季度奖励",
        Unit.YUAN,
        POLICY,
        everything,
        f"期末生效的零投诉评比办法规定的{label}每季度奖励金额。",
        sum_of=f"{name}_yuan",
        places=0,
        cohort="期末生效的政策版本",
    )


register(
    *(_work_rate(kind) for kind in WORKS),
    *LEDGERS,
    *RESULTS,
    _reward("urban", "城市社区"),
    _reward("other", "其他村（社区）"),
    group=Group.GRIDS,
)
