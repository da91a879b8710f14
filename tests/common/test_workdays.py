"""Working time is counted as a clerk with the State Council's papers and a watch would count it."""

from datetime import UTC, date, datetime, time, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.common.office import FILES, HOURS, OFFICE, at, calendar_of
from wangcheng.common.workdays.calendar import SHANGHAI, Calendar, Deadline, Limit, Slots
from wangcheng.common.workdays.days import SpecialDay
from wangcheng.common.workdays.holidays import load_holidays

FULL_DAY = 7 * 3600
# Years with and without papers, since the properties hold for both.
MOMENTS = st.datetimes(datetime(2015, 1, 1), datetime(2035, 1, 1), timezones=st.just(SHANGHAI))  # noqa: DTZ001
MINUTES_OF_KNOWN_YEARS = st.builds(
    lambda minutes: at("2021-01-01 00:00") + timedelta(minutes=minutes), st.integers(0, 60 * 24 * 2150)
)
AMOUNTS = st.integers(0, 200 * FULL_DAY)


def is_worked_minute(moment: datetime) -> bool:
    hours = time(9) <= moment.time() < time(12) or time(13, 30) <= moment.time() < time(17, 30)
    return hours and chinese_calendar.is_workday(moment.date())


# --- days ---


def test_every_day_from_2021_to_2026_agrees_with_chinesecalendar() -> None:
    days = [date(2021, 1, 1) + timedelta(n) for n in range((date(2027, 1, 1) - date(2021, 1, 1)).days)]
    assert [d for d in days if OFFICE.is_working(d) != chinese_calendar.is_workday(d)] == []


def test_days_without_a_paper_follow_the_week() -> None:
    week = [date(2031, 10, 1) + timedelta(n) for n in range(7)]  # begins on a Wednesday
    assert [OFFICE.is_working(day) for day in week] == [True, True, True, False, False, True, True]


def test_a_day_cannot_be_off_and_worked_at_once() -> None:
    days = [SpecialDay(date(2023, 1, 28), "春节", True), SpecialDay(date(2023, 1, 28), "春节", False)]
    with pytest.raises(ValueError, match="2023-01-28既列为放假日又列为上班日"):
        Calendar(days, HOURS, [2023])


def test_special_days_that_only_repeat_the_week_change_nothing() -> None:
    weekdays = [SpecialDay(date(2023, 3, 1), "平常日", True), SpecialDay(date(2023, 3, 4), "平常周六", False)]
    calendar = Calendar(weekdays, HOURS, [2023])
    assert calendar.between(at("2023-02-27 00:00"), at("2023-03-06 00:00")) == 5 * FULL_DAY


# --- adding and measuring ---


@pytest.mark.parametrize(
    ("start", "seconds", "due"),
    [
        ("2022-12-30 16:30", 5 * FULL_DAY, "2023-01-09 16:30"),  # over New Year
        ("2023-01-20 16:30", 2 * 3600, "2023-01-28 10:00"),  # over the Spring Festival onto a make-up Saturday
        ("2022-03-01 09:00", 3 * 3600, "2022-03-01 12:00"),  # the end of a slot stays there
        ("2022-03-01 09:00", 3 * 3600 + 1, "2022-03-01 13:30:01"),
        ("2022-03-01 09:00", FULL_DAY, "2022-03-01 17:30"),  # so does the end of the day
        ("2022-03-01 12:00", 3600, "2022-03-01 14:30"),
        ("2022-03-01 12:40", 1800, "2022-03-01 14:00"),  # what arrives at lunch counts from the afternoon
        ("2022-03-01 20:00", 1800, "2022-03-02 09:30"),  # after hours: from the next working morning
        ("2022-03-01 06:00", 1800, "2022-03-01 09:30"),
        ("2022-03-05 10:00", 1800, "2022-03-07 09:30"),  # a Saturday
        ("2022-03-01 10:00", 0, "2022-03-01 10:00"),
        ("2022-03-01 12:00", 0, "2022-03-01 12:00"),
        ("2022-03-01 17:31", 0, "2022-03-02 09:00"),
    ],
)
def test_working_time_is_added_over_breaks_nights_and_holidays(start: str, seconds: int, due: str) -> None:
    assert OFFICE.add(at(start), seconds) == Deadline(at(due), estimated=False)


@given(MINUTES_OF_KNOWN_YEARS, st.integers(1, 12 * 7 * 60))
def test_adding_agrees_with_a_walk_minute_by_minute(start: datetime, minutes: int) -> None:
    left, moment = minutes, start
    while left:
        left -= is_worked_minute(moment)
        moment += timedelta(minutes=1)
    assert OFFICE.add(start, minutes * 60).at == moment


@given(MINUTES_OF_KNOWN_YEARS, st.integers(0, 60 * 24 * 14))
def test_measuring_agrees_with_a_walk_minute_by_minute(start: datetime, minutes: int) -> None:
    worked = sum(is_worked_minute(start + timedelta(minutes=n)) for n in range(minutes))
    assert OFFICE.between(start, start + timedelta(minutes=minutes)) == worked * 60


@given(MOMENTS, AMOUNTS)
def test_measuring_undoes_adding(start: datetime, seconds: int) -> None:
    assert OFFICE.between(start, OFFICE.add(start, seconds).at) == seconds


@given(MOMENTS, AMOUNTS, AMOUNTS)
def test_adding_twice_is_adding_the_sum(start: datetime, first: int, second: int) -> None:
    assert OFFICE.add(OFFICE.add(start, first).at, second).at == OFFICE.add(start, first + second).at


@given(MOMENTS, MOMENTS, AMOUNTS)
def test_who_comes_earlier_is_never_due_later(one: datetime, other: datetime, seconds: int) -> None:
    earlier, later = sorted([one, other])
    assert OFFICE.add(earlier, seconds).at <= OFFICE.add(later, seconds).at


@given(MOMENTS, AMOUNTS, st.integers(1, FULL_DAY))
def test_more_time_is_due_later(start: datetime, seconds: int, more: int) -> None:
    assert OFFICE.add(start, seconds).at < OFFICE.add(start, seconds + more).at


@given(MOMENTS, MOMENTS, MOMENTS)
def test_stretches_of_working_time_add_up_and_turn_negative_backwards(a: datetime, b: datetime, c: datetime) -> None:
    assert OFFICE.between(a, b) + OFFICE.between(b, c) == OFFICE.between(a, c)
    assert OFFICE.between(a, b) == -OFFICE.between(b, a)


@given(MOMENTS, AMOUNTS)
def test_the_zone_of_the_input_does_not_matter(start: datetime, seconds: int) -> None:
    from_utc = OFFICE.add(start.astimezone(UTC), seconds)
    assert from_utc == OFFICE.add(start, seconds)
    assert from_utc.at.tzinfo is SHANGHAI


def test_fractions_of_a_second_are_cut_off() -> None:
    start = at("2022-03-01 11:00") + timedelta(microseconds=999_999)
    assert OFFICE.add(start, 3600).at == at("2022-03-01 12:00")


def test_a_moment_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="时间必须带时区"):
        OFFICE.add(datetime(2022, 3, 1, 9), 60)  # noqa: DTZ001


def test_negative_amounts_are_refused() -> None:
    with pytest.raises(ValueError, match="工作时间不能为负数"):
        OFFICE.add(at("2022-03-01 09:00"), -1)
    with pytest.raises(ValueError, match="工作日数不能为负数"):
        OFFICE.back(at("2022-03-01 09:00"), -1)


def test_there_is_no_horizon() -> None:
    due = OFFICE.add(at("1999-03-01 09:00"), OFFICE.days(20_000))
    assert due.estimated
    assert OFFICE.between(at("1999-03-01 09:00"), due.at) == 20_000 * FULL_DAY


# --- neighbours ---


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2022-09-30 10:00", "2022-09-30 10:00"),
        ("2022-09-30 12:00", "2022-09-30 13:30"),
        ("2022-09-30 08:59:59", "2022-09-30 09:00"),
        ("2022-09-30 17:30", "2022-10-08 09:00"),  # National Day, then a make-up Saturday
        ("2022-10-03 10:00", "2022-10-08 09:00"),
    ],
)
def test_the_next_working_moment_opens_the_next_slot(moment: str, expected: str) -> None:
    assert OFFICE.next_working_moment(at(moment)) == Deadline(at(expected), estimated=False)


@pytest.mark.parametrize(
    ("moment", "days", "expected"),
    [
        ("2023-01-09 16:30", 1, "2023-01-06 16:30"),
        ("2023-01-30 09:00", 1, "2023-01-29 09:00"),  # Monday back onto a make-up Sunday, the morning stays a morning
        ("2023-01-28 13:30", 1, "2023-01-20 13:30"),
        ("2022-03-02 12:00", 1, "2022-03-01 12:00"),
        ("2022-03-05 10:00", 1, "2022-03-03 17:30"),  # a Saturday counts as Friday's end
        ("2022-03-02 23:59", 1, "2022-03-01 17:30"),
        ("2022-03-02 12:45", 0, "2022-03-02 12:00"),
        ("2022-03-02 07:00", 0, "2022-03-01 17:30"),
    ],
)
def test_going_back_keeps_the_time_of_day(moment: str, days: int, expected: str) -> None:
    assert OFFICE.back(at(moment), days) == Deadline(at(expected), estimated=False)


@given(MOMENTS, st.integers(1, 30), st.integers(1, 20 * FULL_DAY))
def test_going_back_from_a_deadline_takes_exactly_those_days(start: datetime, days: int, seconds: int) -> None:
    due = OFFICE.add(start, seconds).at
    assert OFFICE.between(OFFICE.back(due, days).at, due) == OFFICE.days(days)


# --- limits ---


@pytest.mark.parametrize(
    ("limit", "due"),
    [
        (Limit(30, "minutes"), "2022-12-30 17:00"),
        (Limit(4, "hours"), "2023-01-03 12:00"),
        (Limit(24, "hours"), "2023-01-06 11:00"),  # 1 hour on Friday, 21 on three days, 2 on the fourth
        (Limit(1, "days"), "2023-01-03 16:30"),
        (Limit(30, "minutes", "natural"), "2022-12-30 17:00"),
        (Limit(24, "hours", "natural"), "2022-12-31 16:30"),
        (Limit(3, "days", "natural"), "2023-01-02 16:30"),
    ],
)
def test_a_limit_is_counted_on_its_own_clock(limit: Limit, due: str) -> None:
    assert OFFICE.due(at("2022-12-30 16:30"), limit) == Deadline(at(due), estimated=False)


def test_a_day_is_as_long_as_its_clock_says() -> None:
    assert OFFICE.seconds(Limit(2, "days")) == OFFICE.days(2) == 2 * FULL_DAY
    assert OFFICE.seconds(Limit(2, "days", "natural")) == 2 * 86400


@pytest.mark.parametrize(
    ("amount", "unit", "clock", "complaint"),
    [
        (0, "days", "working", "时限必须大于零"),
        (1, "weeks", "working", "时限单位“weeks”无效"),
        (1, "days", "solar", "计时方式“solar”无效"),
    ],
)
def test_a_senseless_limit_is_refused(amount: int, unit: str, clock: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        Limit(amount, unit, clock)  # type: ignore[arg-type]


# --- pause and resume ---


def test_a_suspended_clock_keeps_what_was_left() -> None:
    start = at("2022-12-26 10:00")
    due = OFFICE.due(start, Limit(5, "days")).at  # 2023-01-03 10:00
    assert OFFICE.resume(due, at("2022-12-28 10:00"), at("2023-01-05 14:30")) == Deadline(at("2023-01-10 14:30"), False)


def test_a_suspended_natural_clock_is_shifted_by_the_pause() -> None:
    due = at("2022-12-31 16:30")
    resumed = OFFICE.resume(due, at("2022-12-31 00:00"), at("2023-01-02 00:00"), "natural")
    assert resumed == Deadline(at("2023-01-02 16:30"), estimated=False)


def test_a_pause_does_not_heal_what_is_overdue() -> None:
    due, paused = at("2022-03-01 17:30"), at("2022-03-02 10:00")
    for clock in ("working", "natural"):
        assert OFFICE.resume(due, paused, at("2022-03-09 10:00"), clock).at == due


def test_a_pause_outside_working_hours_moves_nothing_even_a_deadline_at_midnight() -> None:
    due = at("2022-03-03 23:59")
    assert OFFICE.resume(due, at("2022-03-01 18:00"), at("2022-03-02 08:00")) == Deadline(due, estimated=False)


def test_resuming_before_the_pause_is_refused() -> None:
    with pytest.raises(ValueError, match="恢复时间不能早于挂起时间"):
        OFFICE.resume(at("2022-03-03 10:00"), at("2022-03-02 10:00"), at("2022-03-01 10:00"))


@given(MOMENTS, st.integers(1, 20 * FULL_DAY), st.floats(0, 0.99), st.timedeltas(timedelta(0), timedelta(days=60)))
def test_after_a_pause_the_unit_has_as_long_as_before(
    start: datetime, seconds: int, part: float, pause: timedelta
) -> None:
    due = OFFICE.add(start, seconds).at
    paused_at = OFFICE.add(start, int(seconds * part)).at
    resumed_at = paused_at + pause
    new = OFFICE.resume(due, paused_at, resumed_at).at
    assert OFFICE.between(resumed_at, new) == OFFICE.between(paused_at, due)
    assert new >= due


# --- years without a paper ---


@pytest.mark.parametrize(
    ("start", "days", "estimated"),
    [
        ("2026-06-01 10:00", 5, False),
        ("2026-12-18 10:00", 4, False),  # due on 24 December
        ("2026-12-18 10:00", 5, True),  # the paper for 2027 may still name the last days of 2026
        ("2027-03-01 10:00", 1, True),
        ("2020-12-31 10:00", 1, True),  # begins before the first paper
        ("2021-01-01 10:00", 1, False),
        ("2021-01-04 10:00", 1, False),
        ("2021-06-01 10:00", 1000, False),  # across several known years
        ("2015-06-01 10:00", 3000, True),
    ],
)
def test_a_deadline_that_rests_on_an_unknown_year_is_marked(start: str, days: int, estimated: bool) -> None:
    assert OFFICE.add(at(start), OFFICE.days(days)).estimated is estimated


def test_a_year_is_complete_only_with_the_next_paper() -> None:
    alone = calendar_of(load_holidays(file.read_bytes()) for file in FILES if "2022" in file.name)
    start = at("2022-12-30 16:30")
    assert alone.add(start, FULL_DAY) == Deadline(at("2023-01-02 16:30"), estimated=True)
    assert alone.missing_years(date(2022, 12, 26), date(2022, 12, 30)) == [2023]
    assert OFFICE.add(start, FULL_DAY) == Deadline(at("2023-01-03 16:30"), estimated=False)


@pytest.mark.parametrize(
    ("first", "last", "missing"),
    [
        (date(2026, 12, 1), date(2026, 12, 24), []),
        (date(2026, 12, 1), date(2026, 12, 25), [2027]),
        (date(2026, 12, 1), date(2027, 6, 1), [2027]),
        (date(2019, 6, 1), date(2021, 6, 1), [2019, 2020]),
    ],
)
def test_the_missing_papers_are_named(first: date, last: date, missing: list[int]) -> None:
    assert OFFICE.missing_years(first, last) == missing


def test_a_gap_between_known_years_is_seen() -> None:
    gap = calendar_of(load_holidays(file.read_bytes()) for file in FILES if "2023" not in file.name)
    assert not gap.add(at("2022-06-01 10:00"), FULL_DAY).estimated
    assert gap.add(at("2022-06-01 10:00"), 300 * FULL_DAY).estimated
    assert gap.add(at("2023-06-01 10:00"), FULL_DAY).estimated
    assert not gap.add(at("2024-06-01 10:00"), FULL_DAY).estimated
    assert gap.missing_years(date(2022, 6, 1), date(2024, 6, 1)) == [2023]


def test_every_way_to_a_moment_tells_that_it_is_estimated() -> None:
    start = at("2027-03-01 10:00")
    assert OFFICE.next_working_moment(start).estimated
    assert OFFICE.back(start, 1).estimated
    assert OFFICE.resume(at("2027-03-03 10:00"), start, start + timedelta(days=1)).estimated
    assert OFFICE.resume(at("2027-03-03 10:00"), start, start).estimated
    assert OFFICE.resume(at("2026-12-18 10:00"), at("2026-12-17 10:00"), at("2027-01-04 10:00")).estimated
    assert OFFICE.resume(at("2021-01-04 10:00"), at("2020-12-31 18:00"), at("2020-12-31 20:00")).estimated
    assert not OFFICE.due(start, Limit(3, "days", "natural")).estimated
    assert not OFFICE.resume(at("2027-03-03 10:00"), start, start, "natural").estimated


# --- hours ---


@pytest.mark.parametrize(
    "texts", [(), ("12:00-09:00",), ("09:00-09:00",), ("09:00",), ("09:00-12:00", "11:00-17:00"), ("9点-12点",)]
)
def test_senseless_hours_are_refused(texts: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match=r"工作时段.*无效"):
        Slots.of(*texts)


def test_hours_are_exact_to_the_second() -> None:
    assert Slots.of("09:00:15-09:01:00").seconds_per_day == 45


def test_hours_may_have_any_number_of_slots() -> None:
    three = Slots.of("08:00-10:00", "10:00–12:00", "14:00—15:30")
    assert three.seconds_per_day == 5 * 3600 + 1800
    calendar = Calendar([], three, [2022])
    ends = [calendar.add(at("2022-03-01 08:00"), hours * 3600).at.hour for hours in range(1, 6)]
    assert ends == [9, 10, 11, 12, 15]
    assert calendar.add(at("2022-03-01 10:00"), 0).at == at("2022-03-01 10:00")
    assert calendar.add(at("2022-03-01 08:00"), 5 * 3600 + 1801).at == at("2022-03-02 08:00:01")
