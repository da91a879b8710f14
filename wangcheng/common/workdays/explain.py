"""Says in Chinese why something is due when it is due; for detail pages, timelines and letters.

Pure: the counting is done by `calendar.py`, here are only the words.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple

from wangcheng.common.workdays.calendar import SHANGHAI, Calendar, Deadline, Limit

_WEEKDAYS = "周一", "周二", "周三", "周四", "周五", "周六", "周日"
_UNITS = {"minutes": "分钟", "hours": "小时", "days": "天"}
# So many plain weekends are listed one by one; beyond that they are only counted, so that the holidays stay visible.
_WEEKENDS_LISTED = 3


class _Run(NamedTuple):
    """Neighbouring days of one kind: `reason` is the holiday's name, or None for a plain weekend."""

    first: date
    last: date
    reason: str | None

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


def explain(calendar: Calendar, start: datetime, limit: Limit, *, began: str = "受理", done: str = "办结") -> str:
    """One official sentence from start to deadline; `began` and `done` name the step, e.g. 派单 and 签收.

    “2022年12月30日 16:30受理，时限5个工作日（每日7小时）；跳过12月31日至1月2日（元旦）、1月7日至8日（周末），
    应于2023年1月9日 16:30前办结。”
    """
    start = start.astimezone(SHANGHAI)
    due = calendar.due(start, limit)
    if limit.clock == "natural":
        amount = f"{limit.amount}{_UNITS[limit.unit]}（自然时间，节假日不扣除）"
        return f"{_moment(start)}{began}，时限{amount}，应于{_moment(due.at)}前{done}。"
    facts = [_opening(calendar, start, limit, began), *_days_on_the_way(calendar, start, due)]
    return f"{'；'.join(facts)}，应于{_moment(due.at)}前{done}。{_warning(calendar, start, due)}"


def _opening(calendar: Calendar, start: datetime, limit: Limit, began: str) -> str:
    counted_from = calendar.next_working_moment(start).at
    late = "" if counted_from == start.replace(microsecond=0) else f"（非工作时间），自{_moment(counted_from)}起算"
    return f"{_moment(start)}{began}{late}，时限{_working_amount(calendar, limit)}"


def _working_amount(calendar: Calendar, limit: Limit) -> str:
    if limit.unit == "days":
        return f"{limit.amount}个工作日（每日{calendar.slots.seconds_per_day / 3600:g}小时）"
    hours = "、".join(f"{begin:%H:%M}至{end:%H:%M}" for begin, end in calendar.slots.pairs)
    return f"{limit.amount}{_UNITS[limit.unit]}（工作时间{hours}）"


def _days_on_the_way(calendar: Calendar, start: datetime, due: Deadline) -> Iterator[str]:
    span = [start.date() + timedelta(days) for days in range((due.at.date() - start.date()).days + 1)]
    skipped = _runs(calendar, (day for day in span if not calendar.is_working(day)))
    if skipped:
        yield f"跳过{'、'.join(_skipped(skipped))}"
    made_up = _runs(calendar, (day for day in span if day.weekday() > 4 and calendar.is_working(day)))
    if made_up:
        yield f"{'、'.join(_range(run) for run in made_up)}调休上班，计入工作日"


def _runs(calendar: Calendar, days: Iterable[date]) -> list[_Run]:
    runs: list[_Run] = []
    for day in days:
        reason = calendar.holiday_name(day)
        if runs and runs[-1].reason == reason and day - runs[-1].last == timedelta(1):
            runs[-1] = runs[-1]._replace(last=day)
        else:
            runs.append(_Run(day, day, reason))
    return runs


def _skipped(runs: list[_Run]) -> Iterator[str]:
    weekends = [run for run in runs if run.reason is None]
    counted = len(weekends) > _WEEKENDS_LISTED
    if counted:
        yield f"周末共{sum(run.days for run in weekends)}天"
    for run in runs:
        if run.reason is not None or not counted:
            yield f"{_range(run)}（{run.reason or _weekend(run)}）"


def _weekend(run: _Run) -> str:
    return "周末" if run.days > 1 else _WEEKDAYS[run.first.weekday()]


def _range(run: _Run) -> str:
    first = f"{run.first.month}月{run.first.day}日"
    if run.first == run.last:
        return first
    month = "" if run.first.month == run.last.month else f"{run.last.month}月"
    return f"{first}至{month}{run.last.day}日"


def _warning(calendar: Calendar, start: datetime, due: Deadline) -> str:
    if not due.estimated:
        return ""
    years = calendar.missing_years(start.date(), due.at.date())
    return f"{'、'.join(f'{year}年' for year in years)}放假安排尚未公布或尚未录入，暂按周一至周五推算。"


def _moment(moment: datetime) -> str:
    return f"{moment.year}年{moment.month}月{moment.day}日 {moment:%H:%M}"
