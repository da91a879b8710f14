"""Time: the only module that asks the system what time it is.

All code calls `now()`.  In demonstration mode the clock starts at 2023-01-03 09:00 Beijing time when the demonstration
year is loaded, and runs on from there; tests and replays stand still with `frozen(...)`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta, timezone

from django.conf import settings

CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")  # no daylight saving since 1992: a fixed offset is exact
DEMO_START = datetime(2023, 1, 3, 9, 0, tzinfo=CHINA)

_frozen: ContextVar[datetime | None] = ContextVar("frozen", default=None)
_shift: timedelta | None = None


def now() -> datetime:
    """The present moment, aware, in Beijing time."""
    if (moment := _frozen.get()) is not None:
        return moment
    return system_now() + (demo_shift() if settings.DEMO else timedelta())


def system_now() -> datetime:
    """The machine's own time, for what lives outside the office's story: leases, sessions, tokens, broker time-outs."""
    return datetime.now(UTC).astimezone(CHINA)


def today() -> date:
    return now().date()


def local(moment: datetime) -> datetime:
    """The same moment on a Beijing wall clock."""
    return moment if moment.tzinfo is CHINA else moment.astimezone(CHINA)


def at(day: date, hour: int = 0, minute: int = 0) -> datetime:
    """The moment `hour:minute` of `day`, Beijing time."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=CHINA)


def demo_shift() -> timedelta:
    """How far the demonstration clock stands from the machine's; zero until a demonstration year was loaded."""
    global _shift
    if _shift is None:
        from wangcheng.common.models import DemoClock

        row = DemoClock.objects.first()
        if row is None:
            return timedelta()
        _shift = row.shows - row.started_at
    return _shift


def start_demo() -> None:
    """Let the demonstration clock show DEMO_START from this moment on; a clock already running is left alone."""
    from wangcheng.common.models import DemoClock

    DemoClock.objects.get_or_create(pk=1, defaults={"started_at": system_now(), "shows": DEMO_START})


@contextmanager
def frozen(moment: datetime) -> Iterator[None]:
    """Inside this block `now()` is `moment`: for tests, replays and recomputation of the past."""
    token = _frozen.set(local(moment))
    try:
        yield
    finally:
        _frozen.reset(token)
