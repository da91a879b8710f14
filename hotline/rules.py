"""The numbers of the hotline in force on a day: limits, the double push, reminders.  Dated policies; read by actions.

Plans get them as one `Rules` in `facts.rules`: the limits of the day the ticket was recorded (its snapshot), the push
and the rest of the day of the step.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from django.core.exceptions import ValidationError

from hotline.models.choices import Confirmed, Type
from wangcheng.common.policy.registry import in_force, rule, rules, version_in_force


@rules("hotline.limits", "工单办理时限")
@dataclass(frozen=True)
class Limits:
    """工单办理时限: limits of 24 hours and less run in natural time for 紧急 and 特急, in working time otherwise."""

    sign_hours: int = rule(4, "签收时限", unit="工作小时", least=1)
    sign_urgent_minutes: int = rule(30, "签收时限（紧急、特急）", unit="分钟", least=1)
    contact_hours: int = rule(24, "联系时限", unit="工作小时", least=1)
    contact_urgent_hours: int = rule(2, "联系时限（紧急、特急）", unit="小时", least=1)
    return_hours: int = rule(
        24, "退单时限", unit="小时", least=1, help="自派单起算；一般工单按工作时间，紧急、特急按自然时间"
    )
    returns_most: int = rule(2, "申请退单次数上限", unit="次", least=1)
    consult_days: int = rule(1, "咨询办理时限", unit="工作日", least=1)
    help_days: int = rule(5, "求助办理时限", unit="工作日", least=1)
    complaint_days: int = rule(5, "投诉办理时限", unit="工作日", least=1)
    report_days: int = rule(5, "举报办理时限", unit="工作日", least=1)
    suggestion_days: int = rule(10, "建议办理时限", unit="工作日", least=1)
    praise_days: int = rule(5, "表扬办理时限", unit="工作日", least=1)
    urgent_report_hours: int = rule(2, "首次反馈时限（紧急、特急）", unit="小时", least=1)
    urgent_result_hours: int = rule(24, "办理时限（紧急、特急）", unit="小时", least=1)
    assist_days: int = rule(3, "会办答复时限", unit="工作日", least=1)
    redo_days: int = rule(3, "重办时限", unit="工作日", least=1)
    hard_rounds: int = rule(3, "列为疑难的办理轮次", unit="轮", least=2)
    extensions_most: int = rule(1, "每轮延期次数上限", unit="次", least=0)
    extension_percent: int = rule(100, "延期最长占原办理时限", unit="%", least=1)
    internal_days_before: int = rule(1, "内部时限早于市级时限", unit="工作日", least=0)
    internal_percent: int = rule(
        50, "内部时限至少为办理时限的", unit="%", least=1, most=100, help="自派单起算；与上一项取较晚者"
    )
    failed_contacts: int = rule(
        3, "联系不上可申请办结的联系次数", unit="次", least=1, help="在不同的半天内联系未接通的次数，上午、下午各计一次"
    )
    archive_days: int = rule(30, "办结后归档", unit="天", least=1)
    repeat_days: int = rule(90, "重复诉求认定期间", unit="天", least=1)
    repeat_percent: int = rule(80, "重复诉求认定的标题相似度", unit="%", least=1, most=100)


def _from_december() -> list[tuple[date, dict[str, Any]]]:
    """双推送 came into force on 1 December 2022 [D: the year's count of pushes is about 5 % of its tickets]."""
    off, on = Push(in_force=False), Push(in_force=True)
    return [(date(2020, 1, 1), _dump(off)), (date(2022, 12, 1), _dump(on))]


@rules("hotline.push", "工单双推送")
@dataclass(frozen=True)
class Push:
    """双推送: which tickets go to the level-3 grid at the same moment as to the unit."""

    HISTORY: ClassVar[Callable[[], list[tuple[date, dict[str, Any]]]]] = _from_december

    in_force: bool = rule(True, "启用双推送")
    types_left_out: tuple[str, ...] = rule(("consult",), "不推送的诉求类型", help="填写类型代码，每行一个")
    unit_kinds: tuple[str, ...] = rule(("town", "village"), "推送的承办单位类别", help="填写机构类别代码，每行一个")
    secret_too: bool = rule(True, "保密、举报工单也推送", help="推送内容不含来电人身份；网格员凭事项和地点核实")


@rules("hotline.reminders", "工单到期提醒")
@dataclass(frozen=True)
class Reminders:
    """到期提醒: the first two steps of the ladder, by the internal deadline."""

    hours_before: int = rule(4, "到期前提醒", unit="工作小时", least=1)
    minutes_before_urgent: int = rule(120, "到期前提醒（紧急、特急）", unit="分钟", least=1)


@rules("hotline.privacy", "来电人信息查看")
@dataclass(frozen=True)
class Privacy:
    """来电人信息查看: how often a person may open masked data."""

    reveals_per_hour: int = rule(30, "每人每小时查看次数上限", unit="次", least=1)


@rules("hotline.placing", "工单地点识别")
@dataclass(frozen=True)
class Placing:
    """地点识别: how sure the text must be before a ticket is placed by it; below that the dispatcher is shown candidates."""

    least_confidence: Decimal = rule(  # noqa: RUF009
        Decimal("0.85"), "自动采用的最低置信度", least=Decimal(0), most=Decimal(1),
        help="未填写村（社区）的工单按文中地名识别，达到此值的自动采用并记录理由，未达到的在派单时供选择；填1即不自动采用",
    )  # fmt: skip


@rules("hotline.twins", "疑似同一事项")
@dataclass(frozen=True)
class Twins:
    """疑似同一事项: which other open tickets are offered when one is merged or sent out; a person decides."""

    caller_days: int = rule(90, "合并时提示同一来电人的工单", unit="天", least=0)
    place_days: int = rule(30, "合并时提示同村（社区）同类的工单", unit="天", least=0)
    dispatch_days: int = rule(7, "派单时提示其他来电人同村（社区）同类的工单", unit="天", least=0)
    most: int = rule(8, "最多提示", unit="件", least=1, most=50)


@rules("hotline.village_complaints", "零投诉计入口径")
@dataclass(frozen=True)
class VillageComplaints:
    """零投诉计入口径: which tickets of its own place and duty count against a village; what is its duty says the directory
    of categories.  A quarter is counted by the version in force on its cut-off day."""

    FOUND_OUT, RECEIVED = "found_out", "received"
    DAYS: ClassVar[dict[str, str]] = {FOUND_OUT: "首次申请办结（查实）日期", RECEIVED: "接收日期"}

    types_left_out: tuple[str, ...] = rule(
        (Type.CONSULT.value, Type.SUGGESTION.value, Type.PRAISE.value), "不计入的诉求类型", choices=Type.choices,
        help="勾选的不计入，其余的计入",
    )  # fmt: skip
    findings: tuple[str, ...] = rule(
        (Confirmed.YES.value, Confirmed.PARTLY.value), "计入的属实情况", choices=Confirmed.choices,
        help="以办理单位申请办结时认定的属实情况为准",
    )  # fmt: skip
    counted_by: str = rule(
        FOUND_OUT, "按哪个日期归入季度", choices=DAYS.items(),
        help="按查实日期的，截止以后查实的计入下一季度；按接收日期的，截止以后查实的不再计入；由查实改为接收的，"
        "改前接收、改后查实的两边都不计入",
    )  # fmt: skip
    repeats_left_out: bool = rule(True, "同一期内的重复诉求不计", help="同一来电人就同一事项再次反映的")

    def __post_init__(self) -> None:
        problems = {}
        if not self.types_counted:
            problems["types_left_out"] = "不能把全部诉求类型都列为不计入。"
        if not self.findings:
            problems["findings"] = "至少选择一种计入的属实情况。"
        if problems:
            raise ValidationError(problems)

    @property
    def types_counted(self) -> list[str]:
        """In words, in the order of the types."""
        return [str(kind.label) for kind in Type if kind.value not in self.types_left_out]

    @property
    def definition(self) -> str:
        """What counts, in a sentence."""
        found = "或".join(str(finding.label) for finding in Confirmed if finding.value in self.findings)
        return f"事项发生地在本村（社区）、分类属村（社区）职责、经查{found}的{'、'.join(self.types_counted)}。"

    @property
    def cohort(self) -> str:
        """Which date decides the period, in words."""
        late = "计入下一期" if self.counted_by == self.FOUND_OUT else "不再计入"
        return f"{self.DAYS[self.counted_by]}在统计期内：截止以后查实的{late}"

    def not_counted(self, repeats: str) -> list[str]:
        """What does not count, in words; `repeats` says which repeats."""
        left_out = "、".join(str(kind.label) for kind in Type if kind.value in self.types_left_out)
        return [f"{what}不计" for what in (left_out, repeats if self.repeats_left_out else "") if what]


@dataclass(frozen=True, slots=True)
class Rules:
    """Everything a plan needs: `limits` of the ticket's snapshot, the push of the day of the step."""

    limits: Limits
    push: Push
    limits_id: int | None = None  # the Policy row of `limits`, kept with the ticket


def rules_on(day: date) -> Rules:
    """The rules for a ticket recorded on `day` and a step taken on the same day."""
    limits, key = version_in_force(Limits, day)
    return Rules(limits, in_force(Push, day), key)


def _dump(values: Push) -> dict[str, Any]:
    return {
        "in_force": values.in_force,
        "types_left_out": list(values.types_left_out),
        "unit_kinds": list(values.unit_kinds),
        "secret_too": values.secret_too,
    }
