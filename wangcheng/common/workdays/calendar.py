"""Working time: when something is due, how much time is left, what a pause costs.  The only place that counts it.

Pure: no Django, no database, no system time; every app may call it.  A `Calendar` is built once from the special days
of the loaded years and the office's hours and never changes; all counting is closed form (formula and bisect).

Conventions, the same for every method:
- Moments come in aware, in any zone, and go out in Asia/Shanghai.  They are cut down to the full second.
- What arrives outside working hours counts from the next working moment.
- A deadline that falls exactly on the end of a slot stays there: 09:00 plus three hours is 12:00, not 13:30, and 09:00
  plus one working day is 17:30 of the same day, not 09:00 of the next.
- Every moment is returned as a `Deadline`, whose `estimated` says that some day on the way is not settled by a loaded
  paper and was taken by its weekday.  Natural time needs no paper and is never estimated.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import accumulate, pairwise
from typing import Literal, NamedTuple, get_args
from zoneinfo import ZoneInfo

from wangcheng.common.workdays.days import SettledSpans, SpecialDay, WorkdayLine

SHANGHAI = ZoneInfo("Asia/Shanghai")
_FIRST_DAY = datetime(1, 1, 1, tzinfo=SHANGHAI)

Unit = Literal["minutes", "hours", "days"]
Clock = Literal["working", "natural"]
_NATURAL_SECONDS: dict[Unit, int] = {"minutes": 60, "hours": 3600, "days": 86400}


class Deadline(NamedTuple):
    """A moment in Asia/Shanghai, and whether it rests on days no loaded paper settles."""

    at: datetime
    estimated: bool


@dataclass(frozen=True, slots=True)
class Limit:
    """时限: so many minutes, hours or days of working time (工作时间) or of natural time (自然时间)."""

    amount: int
    unit: Unit
    clock: Clock = "working"

    def __post_init__(self) -> None:
        if self.amount <= 0:
            raise ValueError("时限必须大于零。")
        if self.unit not in get_args(Unit):
            raise ValueError(f"时限单位“{self.unit}”无效，应为minutes、hours或days。")
        if self.clock not in get_args(Clock):
            raise ValueError(f"计时方式“{self.clock}”无效，应为working或natural。")


class Slots:
    """工作时段: the working hours of one day, e.g. 09:00–12:00 and 13:30–17:30; immutable.

    Inside a day time is counted in seconds after midnight; the offset is the working seconds passed that day.
    """

    __slots__ = ("_begins", "_ends", "_offsets", "pairs", "seconds_per_day")

    def __init__(self, pairs: Iterable[tuple[time, time]]) -> None:
        self.pairs = tuple(pairs)
        edges = [_seconds(edge) for pair in self.pairs for edge in pair]
        self._begins, self._ends = edges[::2], edges[1::2]
        _check_slots(self._begins, self._ends)
        lengths = (end - begin for begin, end in zip(self._begins, self._ends, strict=True))
        self._offsets = list(accumulate(lengths, initial=0))  # worked before slot i, and after the last one
        self.seconds_per_day = self._offsets[-1]

    @classmethod
    def of(cls, *texts: str) -> "Slots":
        """From texts as a clerk writes them: Slots.of("09:00-12:00", "13:30-17:30")."""
        pairs = (text.replace("–", "-").replace("—", "-").partition("-")[::2] for text in texts)
        try:
            return cls([(time.fromisoformat(begin.strip()), time.fromisoformat(end.strip())) for begin, end in pairs])
        except ValueError as error:
            written = "、".join(texts)
            raise ValueError(f"工作时段“{written}”无效，应如09:00-12:00、13:30-17:30，按先后排列且不重叠。") from error

    def offset(self, second: int) -> int:
        """Working seconds passed at this second of a working day."""
        index = bisect_right(self._begins, second) - 1
        if index < 0:
            return 0
        end = self._ends[index]
        return self._offsets[index] + (second if second < end else end) - self._begins[index]

    def at(self, offset: int) -> int:
        """The first second of the day by which `offset` > 0 working seconds have passed; a slot's end, not a start."""
        index = bisect_left(self._offsets, offset) - 1
        return self._begins[index] + offset - self._offsets[index]

    def contains(self, second: int, *, closed: bool) -> bool:
        """Whether the second lies in a slot; the end of a slot belongs to it only if `closed`."""
        index = bisect_right(self._begins, second) - 1
        return index >= 0 and (second < self._ends[index] or (closed and second == self._ends[index]))

    def next_begin(self, second: int) -> int | None:
        """The start of the first slot after this second, None when the day's last slot has begun."""
        index = bisect_right(self._begins, second)
        return self._begins[index] if index < len(self._begins) else None


class Calendar:
    """The working time of an office; immutable and safe to share between threads."""

    __slots__ = ("_line", "_settled", "slots")

    def __init__(self, special_days: Iterable[SpecialDay], slots: Slots, years_known: Iterable[int]) -> None:
        self._line = WorkdayLine(special_days)
        self._settled = SettledSpans(years_known)
        self.slots = slots

    # --- days -------------------------------------------------------------------------------------------------------

    def is_working(self, day: date) -> bool:
        return self._line.is_working(day.toordinal())

    def holiday_name(self, day: date) -> str | None:
        """The holiday by which a paper names this day; a make-up day carries the name of the holiday it pays for."""
        return self._line.name(day.toordinal())

    def missing_years(self, first: date, last: date) -> list[int]:
        """Years whose paper would be needed to settle the days from `first` to `last` and is not loaded."""
        return self._settled.missing_years(first.toordinal(), last.toordinal())

    def days(self, count: int) -> int:
        """The working seconds of `count` working days."""
        return count * self.slots.seconds_per_day

    # --- counting ---------------------------------------------------------------------------------------------------

    def between(self, a: datetime, b: datetime) -> int:
        """Working seconds from `a` to `b`; negative when `b` is earlier, so between(a, b) == -between(b, a)."""
        return self._worked(*_wall(b)) - self._worked(*_wall(a))

    def add(self, start: datetime, working_seconds: int) -> Deadline:
        """The first moment at which so much working time has passed since `start`.

        Zero gives `start` itself if it is working time (the end of a slot included), else the next working moment.
        """
        ordinal, second = _wall(start)
        if working_seconds <= 0:
            if working_seconds < 0:
                raise ValueError("工作时间不能为负数。")
            return self._next(ordinal, second, closed=True)
        per_day = self.slots.seconds_per_day
        # One second is taken off and put back so that a full day ends on its last slot's end, not the next morning.
        rank, offset = divmod(self._worked(ordinal, second) + working_seconds - 1, per_day)
        return self._deadline(ordinal, self._line.at(rank), self.slots.at(offset + 1))

    def next_working_moment(self, moment: datetime) -> Deadline:
        """`moment` itself inside working hours, else the start of the next slot; at 12:00 sharp that is 13:30."""
        return self._next(*_wall(moment), closed=False)

    def back(self, moment: datetime, working_days: int) -> Deadline:
        """The same time of day so many working days earlier.

        A moment outside working hours (a deadline set by others may be) first falls back to the end of the last slot.
        """
        if working_days < 0:
            raise ValueError("工作日数不能为负数。")
        ordinal, second = _wall(moment)
        if not (self._line.is_working(ordinal) and self.slots.contains(second, closed=True)):
            rank, offset = divmod(self._worked(ordinal, second) - 1, self.slots.seconds_per_day)
            ordinal, second = self._line.at(rank), self.slots.at(offset + 1)
        earlier = self._line.at(self._line.rank(ordinal) - working_days)
        return Deadline(_moment(earlier, second), not self._settled.cover(earlier, _wall(moment)[0]))

    # --- limits and pauses ------------------------------------------------------------------------------------------

    def seconds(self, limit: Limit) -> int:
        """The limit in seconds of its own clock; a working day is as long as the office's hours."""
        if limit.unit == "days" and limit.clock == "working":
            return self.days(limit.amount)
        return limit.amount * _NATURAL_SECONDS[limit.unit]

    def due(self, start: datetime, limit: Limit) -> Deadline:
        if limit.clock == "natural":
            return Deadline(_moment(*_wall(start)) + timedelta(seconds=self.seconds(limit)), estimated=False)
        return self.add(start, self.seconds(limit))

    def resume(self, due: datetime, paused_at: datetime, resumed_at: datetime, clock: Clock = "working") -> Deadline:
        """The deadline after a pause: what was left at `paused_at` is counted on from `resumed_at`.

        A pause that cost no time of this clock moves nothing, and a deadline missed before the pause stays missed.
        """
        if resumed_at < paused_at:
            raise ValueError("恢复时间不能早于挂起时间。")
        left = self._elapsed(paused_at, due, clock)
        if due <= paused_at or self._elapsed(paused_at, resumed_at, clock) == 0:
            first, second = _wall(due)
            estimated = clock == "working" and not self._settled.cover(_wall(min(paused_at, due))[0], first)
            return Deadline(_moment(first, second), estimated)
        if clock == "natural":
            return Deadline(_moment(*_wall(resumed_at)) + timedelta(seconds=left), estimated=False)
        at, _ = self.add(resumed_at, left)
        return Deadline(at, not self._settled.cover(_wall(paused_at)[0], at.toordinal()))

    # --- inside -----------------------------------------------------------------------------------------------------

    def _worked(self, ordinal: int, second: int) -> int:
        """Working seconds since the beginning of the count: the scale on which all differences are taken."""
        worked = self._line.rank(ordinal) * self.slots.seconds_per_day
        return worked + self.slots.offset(second) if self._line.is_working(ordinal) else worked

    def _elapsed(self, a: datetime, b: datetime, clock: Clock) -> int:
        if clock == "working":
            return self.between(a, b)
        return int((_moment(*_wall(b)) - _moment(*_wall(a))).total_seconds())

    def _next(self, ordinal: int, second: int, *, closed: bool) -> Deadline:
        if not self._line.is_working(ordinal):
            return self._deadline(ordinal, self._line.at(self._line.rank(ordinal)), self._opening)
        if self.slots.contains(second, closed=closed):
            return self._deadline(ordinal, ordinal, second)
        begin = self.slots.next_begin(second)
        if begin is not None:
            return self._deadline(ordinal, ordinal, begin)
        return self._deadline(ordinal, self._line.at(self._line.rank(ordinal) + 1), self._opening)

    @property
    def _opening(self) -> int:
        return _seconds(self.slots.pairs[0][0])

    def _deadline(self, start: int, ordinal: int, second: int) -> Deadline:
        return Deadline(_moment(ordinal, second), not self._settled.cover(start, ordinal))


def _wall(moment: datetime) -> tuple[int, int]:
    """Day and second of the day on a clock in China."""
    if moment.tzinfo is not SHANGHAI:
        if moment.tzinfo is None:
            raise ValueError("时间必须带时区。")
        moment = moment.astimezone(SHANGHAI)
    return moment.toordinal(), moment.hour * 3600 + moment.minute * 60 + moment.second


def _moment(ordinal: int, second: int) -> datetime:
    return _FIRST_DAY + timedelta(ordinal - 1, second)


def _seconds(edge: time) -> int:
    return edge.hour * 3600 + edge.minute * 60 + edge.second


def _check_slots(begins: list[int], ends: list[int]) -> None:
    if not begins:
        raise ValueError("至少要有一个工作时段。")
    if any(end <= begin for begin, end in zip(begins, ends, strict=True)):
        raise ValueError("工作时段的结束时间必须晚于开始时间。")
    if any(later < earlier for earlier, later in pairwise(e for pair in zip(begins, ends, strict=True) for e in pair)):
        raise ValueError("工作时段必须按先后排列且不重叠。")
