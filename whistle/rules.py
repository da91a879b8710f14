"""Numbers of the whistles in force on a day, and the pure arithmetic on them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from math import asin, cos, radians, sin, sqrt

from django.core.exceptions import ValidationError

from wangcheng.common.policy.registry import rule, rules
from wangcheng.common.workdays.calendar import Clock, Limit

_EARTH_METRES = 6_371_000


@rules("whistle.limits", "雷锋哨办理时限")
@dataclass(frozen=True)
class Limits:
    """办理时限: urgent and critical whistles run on the natural clock, the others and every rework on working time."""

    sign_minutes: int = rule(240, "签收时限（一般）", unit="工作分钟", least=1)
    sign_urgent_minutes: int = rule(30, "签收时限（紧急、特急）", unit="分钟", least=1)
    arrive_minutes: int = rule(480, "到场时限（一般）", unit="工作分钟", least=1)
    arrive_urgent_minutes: int = rule(120, "到场时限（紧急）", unit="分钟", least=1)
    arrive_critical_minutes: int = rule(30, "到场时限（特急）", unit="分钟", least=1)
    arrive_by_kind: tuple[str, ...] = rule(
        ("应急安全=60", "综合治理=240"),
        "到场时限（按哨单类别）",
        help="每行“类别名称=分钟”，短于紧急程度的时限时从其规定；一般的为工作分钟，紧急、特急的为自然分钟",
    )
    dispose_days: int = rule(5, "处置时限（一般）", unit="工作日", least=1)
    dispose_urgent_hours: int = rule(24, "处置时限（紧急）", unit="小时", least=1)
    dispose_critical_hours: int = rule(12, "处置时限（特急）", unit="小时", least=1)
    rework_days: int = rule(3, "返工处置时限", unit="工作日", least=1)
    returns_most: int = rule(2, "退单次数上限", unit="次", least=0)
    appeal_days: int = rule(2, "评价申诉期限", unit="工作日", least=1)
    arrive_photo: bool = rule(True, "到场须上传照片")
    verify_photo: bool = rule(True, "核查须上传新照片")
    arrive_metres: int = rule(500, "到场定位允许偏差", unit="米", least=1)
    repeat_hours: int = rule(
        24, "疑似重复的时间范围", unit="小时", least=1, help="同一地点、同一分类在此时间内再次上报"
    )
    remind_days: int = rule(3, "办结后提醒评价间隔", unit="日", least=1)
    remind_most: int = rule(3, "提醒评价次数上限", unit="次", least=0)

    def __post_init__(self) -> None:
        _by_name(self.arrive_by_kind, "arrive_by_kind")

    def sign(self, urgency: str) -> Limit:
        if urgency == "normal":
            return _minutes(self.sign_minutes)
        return _minutes(self.sign_urgent_minutes, "natural")

    def arrive(self, urgency: str, kind: str) -> Limit:
        """到场时限 of a whistle of this urgency and top category: the shorter of the two, on the clock of the urgency."""
        by_urgency = {"critical": self.arrive_critical_minutes, "urgent": self.arrive_urgent_minutes}
        most = by_urgency.get(urgency, self.arrive_minutes)
        by_kind = _by_name(self.arrive_by_kind, "arrive_by_kind").get(kind, most)
        return _minutes(min(by_kind, most), "natural" if urgency in by_urgency else "working")

    def dispose(self, urgency: str) -> Limit:
        if urgency == "critical":
            return Limit(self.dispose_critical_hours, "hours", "natural")
        if urgency == "urgent":
            return Limit(self.dispose_urgent_hours, "hours", "natural")
        return Limit(self.dispose_days, "days")

    def rework(self) -> Limit:
        return Limit(self.rework_days, "days")

    def of_round(self, urgency: str, *, again: bool) -> Limit:
        """处置时限 of the work in hand, with the clock it runs and pauses on; `again`: it is a rework."""
        return self.rework() if again else self.dispose(urgency)


@rules("whistle.share", "部门处置占比")
@dataclass(frozen=True)
class Share:
    """部门处置占比: what part of a town's whistles departments are to dispose of."""

    least: Decimal = rule(  # noqa: RUF009
        Decimal(20), "部门处置占比下限", unit="%", least=Decimal(0), most=Decimal(100),
        source="《关于做好“雷锋哨”信息采集工作的通知》",
    )  # fmt: skip

    def needed(self, collected: int) -> int:
        """How many of `collected` whistles departments must dispose of at least."""
        return int((self.least * collected / 100).to_integral_value(ROUND_CEILING))

    def short(self, collected: int, by_departments: int) -> int:
        """还差几件: how many more of the whistles collected so far departments must dispose of."""
        return max(0, self.needed(collected) - by_departments)


@rules("whistle.collection", "信息采集数量")
@dataclass(frozen=True)
class Collection:
    """采集数量: how many whistles a town is to collect in a year."""

    per_year: int = rule(600, "每街镇年度采集数量", unit="件", least=0)
    by_town: tuple[str, ...] = rule((), "另行规定的街镇", help="每行“街镇名称=件数”")

    def __post_init__(self) -> None:
        _by_name(self.by_town, "by_town")

    def target(self, town: str) -> int:
        return _by_name(self.by_town, "by_town").get(town, self.per_year)


def _minutes(amount: int, clock: Clock = "working") -> Limit:
    """So many minutes, told in hours where they are whole."""
    return Limit(amount, "minutes", clock) if amount % 60 else Limit(amount // 60, "hours", clock)


def _by_name(lines: tuple[str, ...], field: str) -> dict[str, int]:
    """Lines “名称=数” as a table; ValidationError under `field` for any other shape."""
    pairs = [line.replace("：", "=").replace("＝", "=").partition("=") for line in lines]
    if any(not name.strip() or not number.strip().isdecimal() or int(number) <= 0 for name, _, number in pairs):
        raise ValidationError({field: "每行应写作“名称=数”，数为正整数。"})
    return {name.strip(): int(number) for name, _, number in pairs}


def metres_between(longitude: Decimal, latitude: Decimal, other_longitude: Decimal, other_latitude: Decimal) -> int:
    """Great-circle distance of two places in metres."""
    east = radians(float(other_longitude - longitude))
    north = radians(float(other_latitude - latitude))
    across = cos(radians(float(latitude))) * cos(radians(float(other_latitude)))
    return round(2 * _EARTH_METRES * asin(sqrt(sin(north / 2) ** 2 + across * sin(east / 2) ** 2)))
