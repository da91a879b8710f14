"""The grid app's indicators: one row more, and exactly its figure moves; what begins later counts later."""

import html
import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from grid.actions import assessments
from grid.models import Estate, GridWork, ModelCommunity, StaffMember, VideoPoint
from tests.grid import quarter
from tests.grid.quarter import AFTER_PUBLICITY, QUARTER, final, worked
from tests.world import World
from wangcheng.common import clock
from wangcheng.common.figures.compute import compute, one, rows
from wangcheng.common.figures.periods import Period
from wangcheng.common.figures.registry import get
from wangcheng.common.models import Policy

LEDGERS = (
    "staff_total",
    "staff_established",
    "staff_hired",
    "estates",
    "video_points",
    "estate_video",
    "model_communities",
)
BEGUN = date(2022, 5, 1)


def values(period: str = "2022") -> dict[str, int]:
    return {value.figure.name: int(value.numerator) for value in compute(LEDGERS, Period.parse(period), "")}


def moved(before: dict[str, int]) -> dict[str, int]:
    return {name: count - before[name] for name, count in values().items() if count != before[name]}


def add_estate(world: World) -> Estate:
    return Estate.objects.create(name="亿达小镇", area=world.villages["斑马湖社区"], valid_from=BEGUN)


def test_a_person_more_moves_the_total_and_the_own_kind(world: World) -> None:
    before = values()
    StaffMember.objects.create(name="王五", kind="established", valid_from=BEGUN)
    assert moved(before) == {"staff_total": 1, "staff_established": 1}


def test_a_camera_on_public_ground_is_no_estate_video(world: World) -> None:
    before = values()
    VideoPoint.objects.create(device_id="43011200001320000001", name="路口", valid_from=BEGUN)
    assert moved(before) == {"video_points": 1}
    VideoPoint.objects.create(device_id="43011200001320000002", name="1栋", estate=add_estate(world), valid_from=BEGUN)
    assert moved(before) == {"video_points": 2, "estate_video": 1, "estates": 1}


def test_a_model_community_more_moves_only_itself(world: World) -> None:
    before = values()
    ModelCommunity.objects.create(village=world.villages["斑马湖社区"], valid_from=BEGUN)
    assert moved(before) == {"model_communities": 1}


def test_what_begins_or_ends_after_the_year_changes_nothing_of_it(world: World) -> None:
    StaffMember.objects.create(name="王五", kind="hired", valid_from=BEGUN, valid_to=date(2023, 1, 1))
    before = values()
    StaffMember.objects.create(name="赵六", kind="hired", valid_from=date(2023, 1, 1))
    assert moved(before) == {}
    assert before["staff_hired"] == 1
    assert values("2023-01-03")["staff_hired"] == 1


@pytest.mark.parametrize("name", LEDGERS)
def test_the_list_behind_a_ledger_figure_has_as_many_rows(world: World, name: str) -> None:
    StaffMember.objects.create(name="王五", kind="hired", valid_from=BEGUN)
    VideoPoint.objects.create(device_id="43011200001320000002", name="1栋", estate=add_estate(world), valid_from=BEGUN)
    period = Period.parse("2022")
    assert rows(get(name), period).count() == one(name, period).numerator


def test_a_rate_of_the_grids_work_divides_sums(world: World) -> None:
    worked(world.grids["斑马湖社区1"], visits=(3, 4))
    worked(world.grids["静慎村1"], visits=(0, 4))
    whole = one("grid_visit_rate", Period.parse("2022"))
    assert (whole.numerator, whole.denominator, whole.printed) == (3, 8, "37.50")
    by_town = {value.by_name: value.printed for value in compute(["grid_visit_rate"], Period.parse("2022"), "town")}
    assert by_town == {"高塘岭街道": "75.00", "茶亭镇": "0.00"}


def test_work_that_was_put_right_counts_as_it_stood_then(world: World) -> None:
    grid, day = world.grids["斑马湖社区1"], date(2022, 12, 1)
    first = worked(grid, visits=(1, 4), day=day)
    GridWork.objects.filter(pk=first.pk).update(withdrawn_at=clock.at(date(2022, 12, 10), 9))
    GridWork.objects.filter(pk=worked(grid, visits=(4, 4), day=date(2022, 12, 2)).pk).update(
        day=day, entered_at=clock.at(date(2022, 12, 10), 9)
    )
    shown = [one("grid_visit_rate", Period.parse(name)).printed for name in ("2022-12-01..2022-12-09", "2022")]
    assert shown == ["25.00", "100.00"]


def test_an_assessment_takes_the_sheets_that_come_in_after_its_cut_off(world: World) -> None:
    quarter.scheme("level3", quota=3)
    grid = world.grids["斑马湖社区1"]
    late = worked(grid, visits=(1, 4))
    GridWork.objects.filter(pk=late.pk).update(entered_at=clock.now())
    score = final(world).scores.get(area=grid)
    assert (score.items[0]["numerator"], score.items[0]["denominator"]) == ("1", "4")
    assert one("grid_visit_rate", Period.parse("2022")).printed == "—"  # the year was over when it came in
    page = world.client("assessor").get(f"/assessments/scores/{score.pk}/").content.decode()
    addresses = set(re.findall(r'href="(/figures/grid_visit_rate/rows/[^"]+)"', page))
    assert len(addresses) == 2  # above and below the line
    for address in addresses:
        assert grid.code in world.client("assessor").get(html.unescape(address)).content.decode()


def amounts() -> list[str]:
    return [one(f"reward_{name}_per_quarter_yuan", Period.parse("2022")).printed for name in ("urban", "other")]


def test_the_reward_is_the_one_of_the_policy_in_force_at_the_end_of_the_year(world: World) -> None:
    assert amounts() == ["5000", "3000"]
    values: dict[str, Any] = {"urban_yuan": 6000, "other_yuan": 4000, "figure": "village_complaints"}
    later = {"key": "grid.zero_complaint", "state": "approved", "values": values}
    Policy.objects.create(version=2, valid_from=date(2023, 1, 1), **later)
    assert amounts() == ["5000", "3000"]
    Policy.objects.create(version=3, valid_from=date(2022, 12, 31), **later)
    assert amounts() == ["6000", "4000"]
    approved = {"approved_by": world.admin, "approved_at": clock.now()}  # in January, for the year that is over
    Policy.objects.create(
        version=4, valid_from=date(2022, 12, 31), **later | approved | {"values": values | {"urban_yuan": 9000}}
    )
    assert amounts() == ["6000", "4000"]


def excellent(period: str) -> int:
    return int(one("excellent_level3_per_quarter", Period.parse(period)).numerator)


def test_a_result_that_became_final_after_the_year_is_not_counted_in_it(world: World) -> None:
    quarter.scheme("level3", quota=3)
    quarter.all_worked(world)
    final(world)  # in January
    with clock.frozen(AFTER_PUBLICITY):
        assert excellent("2022") == 0


def test_excellent_grids_of_the_last_final_quarter_of_the_period(world: World) -> None:
    quarter.scheme("level3", quota=3)
    quarter.all_worked(world)
    with clock.frozen(datetime(2022, 12, 16, 10, 0, tzinfo=clock.CHINA)):
        found = quarter.published(world)
    with clock.frozen(datetime(2022, 12, 27, 10, 0, tzinfo=clock.CHINA)):
        assessments.finalise(found.pk, by=world.assessor)
    assert excellent("2022") == 3
    with clock.frozen(AFTER_PUBLICITY):
        assessments.correct(found.pk, "更正", by=world.assessor)
    assert excellent("2022") == 3
    assert excellent("2022Q3") == 0


def test_awards_are_summed_over_the_quarters(world: World) -> None:
    with clock.frozen(datetime(2022, 12, 16, 10, 0, tzinfo=clock.CHINA)):
        found = quarter.published(world, "zero")
    with clock.frozen(datetime(2022, 12, 27, 10, 0, tzinfo=clock.CHINA)):
        assessments.finalise(found.pk, by=world.assessor)
    period = Period.parse("2022")
    assert one("zero_complaint_urban", period).numerator == 2
    assert one("zero_complaint_other", period).numerator == 2
    assert one("zero_complaint_yuan", period).value == Decimal(16000)
    assert {row.assessment.quarter for row in rows(get("zero_complaint_yuan"), period)} == {QUARTER}
