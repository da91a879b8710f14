"""How moments, spans and amounts read on a page, in plain Chinese.  Pure; for columns, templates, notices and exports."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from wangcheng.common import clock

NEAR = timedelta(hours=4)  # less than this left is drawn amber
NOTHING = "—"
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_WAN = Decimal(10000)


@dataclass(frozen=True, slots=True)
class Toned:
    """Words with a tone: late (red), near (amber), good, busy, wait, muted or none.  Red is only for what is overdue."""

    text: str
    tone: str = ""

    def __str__(self) -> str:
        return self.text


SILENT = Toned("")


def day(value: date | datetime | None) -> str:
    """2022年12月31日"""
    if value is None:
        return NOTHING
    if isinstance(value, datetime):
        value = clock.local(value).date()
    return f"{value.year}年{value.month}月{value.day}日"


def moment(value: datetime | None) -> str:
    """2022年12月31日 16:30"""
    return f"{day(value)} {clock.local(value):%H:%M}" if value else NOTHING


def brief_moment(value: datetime | None) -> str:
    """12-31 16:30, and with the year when it is not this one: for the columns of lists."""
    if value is None:
        return NOTHING
    local = clock.local(value)
    return f"{local:%m-%d %H:%M}" if local.year == clock.today().year else f"{local:%Y-%m-%d %H:%M}"


def span(length: timedelta) -> str:
    """A length in its one largest unit, as people say it: 2 天, 3 小时, 20 分钟."""
    seconds = int(abs(length).total_seconds())
    if seconds >= 86400:
        return f"{seconds // 86400} 天"
    if seconds >= 3600:
        return f"{seconds // 3600} 小时"
    return f"{max(seconds // 60, 1)} 分钟"


def time_left(due: datetime | None, done: datetime | None = None, near: timedelta = NEAR) -> Toned:
    """剩 3 小时 / 超期 2 天; once `done`, whether that was in time.  Without a deadline a dash."""
    if due is None:
        return Toned(NOTHING, "muted")
    if done is not None:
        return Toned("按期", "good") if done <= due else Toned(f"超期 {span(done - due)}完成", "late")
    left = due - clock.now()
    if left < timedelta():
        return Toned(f"超期 {span(left)}", "late")
    return Toned(f"剩 {span(left)}", "near" if left < near else "")


def duration(seconds: int | None) -> str:
    """2 天 3 小时, 3 小时 20 分, 5 分: for how long something took."""
    if seconds is None:
        return NOTHING
    days, rest = divmod(int(seconds), 86400)
    hours, minutes = rest // 3600, rest % 3600 // 60
    if days:
        return f"{days} 天 {hours} 小时" if hours else f"{days} 天"
    if hours:
        return f"{hours} 小时 {minutes} 分" if minutes else f"{hours} 小时"
    return f"{minutes} 分"


def yuan(amount: Decimal | None) -> str:
    """12,345.00"""
    return NOTHING if amount is None else f"{amount.quantize(Decimal('0.01'), ROUND_HALF_UP):,}"


def wan_yuan(amount: Decimal | None) -> str:
    """Yuan shown in 万元 with two decimals, rounded half up."""
    return NOTHING if amount is None else f"{(Decimal(amount) / _WAN).quantize(Decimal('0.01'), ROUND_HALF_UP):,}"


def whole(number: Decimal | int | None) -> str:
    """68,249; of a number with places no more of them than say something."""
    if number is None:
        return NOTHING
    exact = Decimal(number)
    return f"{int(exact):,}" if exact == exact.to_integral_value() else f"{exact.normalize():,f}"


def grouped(text: str) -> str:
    """A number that is kept as text, as 1,498.00; any other text as it is."""
    return f"{Decimal(text):,}" if _NUMBER.fullmatch(text) else text


def yes_no(value: Any) -> str:
    return NOTHING if value is None else "是" if value else "否"
