"""The indicators of whistles: one row moves exactly the figures it belongs to, and working today moves no past figure."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.recoding import recode_town
from tests.whistle.steps import (
    DISSATISFIED,
    HERE,
    SATISFIED,
    blown,
    closed,
    dispatched,
    handling,
    later,
    on,
    photo,
    reported,
    take,
)
from tests.world import World
from wangcheng.common import clock
from wangcheng.common.casework.handing import hand_over
from wangcheng.common.figures.compute import Value, compute, one, rows
from wangcheng.common.figures.periods import Period
from wangcheng.common.figures.registry import all_figures, get
from whistle import hard_actions
from whistle.models import HardWhistle, HardWhistleStanding
from whistle.share import town_lines

NAMES = [figure.name for figure in all_figures() if figure.source.name.startswith(("whistles", "hard_whistle"))]


def figures(period: str = "2023") -> dict[str, Any]:
    """The whistles' figures: counts as numbers, rates as (numerator, denominator)."""
    return {value.figure.name: _parts(value) for value in compute(NAMES, Period.parse(period))}


def _parts(value: Value) -> Any:
    return value.numerator if value.denominator is None else (value.numerator, value.denominator)


def moved(before: dict[str, Any]) -> dict[str, Any]:
    """What has changed since."""
    return {name: parts for name, parts in figures().items() if parts != before[name]}


def test_a_report_is_collected_and_nothing_else(world: World) -> None:
    before = figures()
    reported(world)
    assert moved(before) == {"whistles_collected": 1, "whistle_file_rate": (0, 1), "department_share": (0, 1)}


def test_what_the_officer_saw_to_is_filed_and_closed(world: World) -> None:
    case = reported(world)
    before = figures()
    take(world, case, "self_handle", "gridofficer", note="已处置。")
    assert moved(before) == {
        "whistles_filed": 1,
        "whistles_closed": 1,
        "whistle_file_rate": (1, 1),
        "whistle_close_rate": (1, 1),
    }


def test_filing_moves_the_filed_alone(world: World) -> None:
    case = blown(world)
    before = figures()
    take(world, case, "file", "reviewer")
    assert moved(before) == {"whistles_filed": 1, "whistle_file_rate": (1, 1), "whistle_close_rate": (0, 1)}


def test_declined_whistles_stay_collected_and_are_not_filed(world: World) -> None:
    case = blown(world)
    before = figures()
    take(world, case, "decline", "reviewer", note="不属立案范围。")
    assert moved(before) == {}


def test_disposal_by_a_department_moves_its_share_before_it_closes(world: World) -> None:
    case = handling(world)
    before = figures()
    take(world, case, "dispose", "department", note="已清理。")
    assert moved(before) == {"whistles_by_department": 1, "department_share": (1, 1), "whistle_on_time_rate": (1, 1)}


def test_the_last_disposer_counts(world: World) -> None:
    case = reported(world)
    take(world, case, "filter", "village", passed="true")
    take(world, case, "handle", "town")
    take(world, case, "dispose", "town", note="已清理。")
    assert figures()["department_share"] == (0, 1)
    assert figures()["whistles_by_department"] == 0


def test_closing_needs_the_verification(world: World) -> None:
    case = handling(world)
    take(world, case, "dispose", "department", note="已清理。")
    before = figures()
    take(world, case, "verify", "gridofficer", photos=[photo()], passed="true")
    assert moved(before) == {"whistles_closed": 1, "whistle_close_rate": (1, 1), "whistle_rating_rate": (0, 1)}


def test_a_rating_counts_once_in_its_grade(world: World) -> None:
    case = closed(world)
    before = figures()
    take(world, case, "rate", "gridofficer", **SATISFIED)
    assert moved(before) == {
        "whistles_rated": 1,
        "whistles_rated_satisfied": 1,
        "whistle_rating_rate": (1, 1),
        "whistle_satisfaction_rate": (1, 1),
    }


def test_a_bad_rating_opens_the_whistle_again(world: World) -> None:
    case = closed(world)
    before = figures()
    take(world, case, "rate", "gridofficer", **DISSATISFIED)
    assert moved(before) == {
        "whistles_closed": 0,
        "whistle_close_rate": (0, 1),
        "whistles_rated": 1,
        "whistles_rated_dissatisfied": 1,
        "whistle_rating_rate": (0, 0),
        "whistle_satisfaction_rate": (0, 1),
        "whistle_on_time_rate": (0, 0),  # has to be disposed of anew, and still has the time for it
    }


def test_a_rework_that_is_never_done_is_late_and_stays_with_the_department(world: World) -> None:
    case = closed(world)
    take(world, case, "rate", "gridofficer", **DISSATISFIED)
    with later(days=8):
        found = figures()
        assert (found["whistle_on_time_rate"], found["department_share"]) == ((0, 1), (1, 1))
        take(world, case, "dispose", "department", note="再次清理。")
        assert figures()["whistle_on_time_rate"] == (0, 1)


def test_a_failed_verification_opens_the_disposal_again(world: World) -> None:
    case = handling(world)
    take(world, case, "dispose", "department", note="已清理。")
    take(world, case, "verify", "gridofficer", photos=[photo()], passed="false", note="仍有杂物。")
    with later(days=8):
        found = figures()
    assert (found["whistle_on_time_rate"], found["whistles_by_department"]) == ((0, 1), 1)


def test_the_rating_of_a_round_before_is_none_of_the_last(world: World) -> None:
    case = closed(world)
    take(world, case, "rate", "gridofficer", **DISSATISFIED)
    with later(hours=1):
        take(world, case, "dispose", "department", note="再次清理。")
        take(world, case, "verify", "gridofficer", photos=[photo()], passed="true")
        assert figures()["whistle_rating_rate"] == (0, 1)
    with later(hours=2):
        take(world, case, "rate", "gridofficer", **SATISFIED)
        assert figures()["whistle_rating_rate"] == (1, 1)


def test_a_rework_of_the_new_year_changes_no_figure_of_the_old_one(world: World) -> None:
    with on(2022, 12, 28):
        opened, done, upheld, failed = (closed(world, place=f"{n}栋") for n in range(4))
    with on(2022, 12, 29):
        for case in (opened, upheld):
            take(world, case, "rate", "gridofficer", **DISSATISFIED)
        take(world, upheld, "appeal", "department", note="申诉。")
        take(world, failed, "rework", "dispatcher", note="抽查。")
        take(world, failed, "dispose", "department", note="已清理。")
    year = figures("2022")
    assert year["department_share"] == (4, 4)
    take(world, opened, "dispose", "department", note="再次清理。")
    take(world, opened, "verify", "gridofficer", photos=[photo()], passed="true")
    take(world, opened, "rate", "gridofficer", **SATISFIED)
    take(world, done, "rework", "dispatcher", note="抽查。")
    take(world, upheld, "rule_appeal", "dispatcher", upheld="true", note="成立。")
    take(world, failed, "verify", "gridofficer", photos=[photo()], passed="false", note="仍有杂物。")
    assert figures("2022") == year


def test_an_upheld_appeal_takes_the_rating_out_of_the_figures(world: World) -> None:
    case = closed(world)
    before = figures()
    take(world, case, "rate", "gridofficer", **DISSATISFIED)
    take(world, case, "appeal", "department", note="申诉。")
    take(world, case, "rule_appeal", "dispatcher", upheld="true", note="成立。")
    assert moved(before) == {}


def test_arriving_in_time_and_late(world: World) -> None:
    case, late = dispatched(world), dispatched(world)
    assert figures()["whistle_arrival_rate"] == (0, 0)  # nobody is due yet
    take(world, case, "sign", "department")
    take(world, case, "arrive", "department", photos=[photo()], **HERE)
    assert figures()["whistle_arrival_rate"] == (1, 1)
    with later(days=1, hours=2):
        assert figures()["whistle_arrival_rate"] == (1, 2)
        take(world, late, "sign", "department")
        take(world, late, "arrive", "department", photos=[photo()], **HERE)
        assert figures()["whistle_arrival_rate"] == (1, 2)


def test_an_open_whistle_past_its_limit_counts_as_late(world: World) -> None:
    dispatched(world)
    with later(days=8):
        assert figures()["whistle_on_time_rate"] == (0, 1)


def test_work_of_the_new_year_changes_no_figure_of_the_old_one(world: World) -> None:
    with on(2022, 12, 30):
        first, second, third = reported(world), dispatched(world), closed(world)
    year = figures("2022")
    assert (year["whistles_collected"], year["whistles_filed"], year["whistles_closed"]) == (3, 2, 1)
    by_unit = {
        value.by_name: value.numerator for value in compute(["whistles_collected"], Period.parse("2022"), "department")
    }
    take(world, third, "rate", "gridofficer", **DISSATISFIED)
    take(world, first, "filter", "village", passed="true")
    take(world, first, "blow", "town")
    take(world, first, "file", "reviewer")
    take(world, first, "dispatch", "dispatcher", unit="D02")
    take(world, second, "return", "department", return_unit="D02", note="退单。")
    take(world, second, "rule_return", "dispatcher", granted="true", note="同意。")
    assert figures("2022") == year
    again = {
        value.by_name: value.numerator for value in compute(["whistles_collected"], Period.parse("2022"), "department")
    }
    assert again == by_unit == {"城管局": 2}


def test_the_cohort_is_the_day_of_the_report(world: World) -> None:
    with on(2022, 12, 31, 23):
        reported(world)
    with on(2023, 1, 1, 0):
        reported(world)
    assert figures("2022")["whistles_collected"] == figures("2023")["whistles_collected"] == 1
    assert figures("2022Q4")["whistles_collected"] == 1


@pytest.mark.parametrize(
    ("by", "name"),
    [
        ("town", "高塘岭街道"),
        ("village", "斑马湖社区"),
        ("grid", "斑马湖社区第1网格"),
        ("category", "城市管理"),
        ("department", "城管局"),
    ],
)
def test_figures_break_down_by_every_dimension(world: World, by: str, name: str) -> None:
    closed(world)
    found = {value.figure.name: value for value in compute(NAMES, Period.parse("2023"), by) if value.by_name == name}
    assert found["whistle_close_rate"].value == Decimal(100)
    assert found["department_share"].numerator == 1


def test_a_town_is_no_department(world: World) -> None:
    reported(world)
    assert compute(["whistles_collected"], Period.parse("2023"), "department") == []


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_opens_the_rows_behind_it(world: World, name: str) -> None:
    _year(world)
    period = Period.parse("2023")
    value, figure = one(name, period), get(name)
    assert rows(figure, period).count() == value.numerator
    if figure.is_rate:
        assert rows(figure, period, "denominator").count() == value.denominator
    assert figure.definition.endswith("。")
    assert figure.cohort


def _year(world: World) -> None:
    """A little of everything."""
    take(world, closed(world), "rate", "gridofficer", **SATISFIED)
    take(world, closed(world), "rate", "gridofficer", **DISSATISFIED)
    take(world, reported(world), "self_handle", "gridofficer", note="已处置。")
    case = hard_actions.draft(hard_actions.Problem("老旧管网", "雨污未分流。", 2023, 1), by=world.dispatcher)
    _assign(world, case)


def _assign(world: World, case: HardWhistle) -> None:
    day = clock.today()
    said = {"instructed_by": "区委主要领导", "instructed_on": day, "instruction": "请限期解决。"}
    hard_actions.instruct(case.pk, by=world.leader, **said)
    goal = {"leader": "分管副区长", "goal": "完成改造", "deadline": day + timedelta(days=90)}
    hard_actions.assign(case.pk, by=world.dispatcher, unit=world.units["住建局"], **goal)


def test_a_hard_whistle_counts_from_its_assignment(world: World) -> None:
    before = figures()
    case = hard_actions.draft(hard_actions.Problem("老旧管网", "雨污未分流。", 2023, 1), by=world.dispatcher)
    assert moved(before) == {}
    _assign(world, case)
    assert moved(before) == {"hard_whistles": 1, "hard_whistle_batches": 1, "hard_whistle_solve_rate": (0, 1)}
    other = hard_actions.draft(hard_actions.Problem("违建", "多处违建。", 2023, 1), by=world.dispatcher)
    _assign(world, other)
    assert moved(before) == {"hard_whistles": 2, "hard_whistle_batches": 1, "hard_whistle_solve_rate": (0, 2)}


def test_a_solved_hard_whistle_counts_as_of_its_day_and_stays_when_struck(world: World) -> None:
    with on(2022, 12, 20):
        case = hard_actions.draft(hard_actions.Problem("老旧管网", "雨污未分流。", 2022, 5), by=world.dispatcher)
        _assign(world, case)
    hard_actions.solve(case.pk, by=world.supervisor, note="已改造。")
    assert figures("2022")["hard_whistles_solved"] == 0
    assert figures("2022")["hard_whistles"] == 1
    assert figures("2023")["hard_whistles"] == 0


def test_solving_and_striking(world: World) -> None:
    case = hard_actions.draft(hard_actions.Problem("老旧管网", "雨污未分流。", 2023, 1), by=world.dispatcher)
    _assign(world, case)
    before = figures()
    hard_actions.solve(case.pk, by=world.supervisor, note="已改造。")
    assert moved(before) == {"hard_whistles_solved": 1, "hard_whistle_solve_rate": (1, 1)}
    hard_actions.strike(case.pk, by=world.supervisor)
    assert moved(before) == {"hard_whistles_solved": 1, "hard_whistle_solve_rate": (1, 1)}


def test_a_town_recoded_within_the_year_keeps_what_it_had_collected(world: World) -> None:
    reported(world, by="other_gridofficer", grid="静慎村1")
    new = recode_town(world, date(2023, 2, 1))
    with clock.frozen(datetime(2023, 3, 1, 9, 0, tzinfo=clock.CHINA)):
        (line,) = [line for line in town_lines(Period.parse("2023")) if line.town == new]
        assert (line.collected, line.share) == (1, "0.00%")
        listed = world.client("assessor").get(line.collected_url).content.decode()
        assert "共 1 条" in listed or listed.count("楼道堆放杂物") == 1


def test_a_hard_whistle_handed_over_in_the_new_year_moves_no_figure_of_the_old_one(world: World) -> None:
    with on(2022, 12, 20):
        case = hard_actions.draft(hard_actions.Problem("老旧管网", "雨污未分流。", 2022, 5), by=world.dispatcher)
        _assign(world, case)
    names, year = [name for name in NAMES if name.startswith("hard_whistle")], Period.parse("2022")
    before, by_unit = figures("2022"), compute(names, year, "department")
    assert hand_over({world.units["住建局"].pk: world.units["城管局"]}) == 1
    assert HardWhistleStanding.objects.filter(case=case).count() == 2
    assert HardWhistle.objects.get(pk=case.pk).unit == world.units["城管局"]
    assert figures("2022") == before
    assert before["hard_whistles"] == 1
    assert compute(names, year, "department") == by_unit
    assert {value.by_short for value in by_unit} == {"住建局"}


def test_what_stands_on_the_book_is_not_late(world: World) -> None:
    """As the tab 超期 has it; the time that was left is counted on when it is resumed."""
    with on(2023, 1, 3):
        disposed, absent = handling(world), dispatched(world)
        take(world, disposed, "suspend", "dispatcher", note="待管网改造。")
        take(world, absent, "suspend", "dispatcher", note="待管网改造。")
    with on(2023, 2, 20):
        before = figures()
        assert before["whistle_on_time_rate"] == (0, 0)
        assert before["whistle_arrival_rate"] == (1, 1)
        take(world, disposed, "resume", "dispatcher")
        take(world, disposed, "dispose", "department", note="已清理。")
        assert figures()["whistle_on_time_rate"] == (1, 1)
    with on(2023, 3, 20):
        take(world, absent, "resume", "dispatcher")
    with on(2023, 5, 20):
        assert figures("2023-02")["whistle_on_time_rate"] == (0, 0)  # received in January
        assert figures()["whistle_on_time_rate"] == (1, 2)
