"""A quarter's assessment of the grids: what is counted, who is excellent, and that doing it twice changes nothing."""

from datetime import date, datetime
from decimal import Decimal
from threading import Barrier, Thread

import pytest
from django.db import connection

from grid.actions import assessments
from grid.actions.entries import enter
from grid.assessing import basis_for
from grid.assessing.basis import quarter_on
from grid.models import Assessment, GridScore, ManualIndicator
from tests.grid import quarter
from tests.grid.quarter import QUARTER, draft, grades, score_of, worked
from tests.world import MORNING, World, build
from wangcheng.common import clock
from wangcheng.common.jobs.actions import run_inline
from wangcheng.common.models import Area, AreaSuccession
from wangcheng.common.workflow import NotAllowed


def test_the_fourth_quarter_closes_on_15_december_and_the_rest_counts_in_the_next(world: World) -> None:
    fourth, next_first = basis_for("2022Q4", "level3"), basis_for("2023Q1", "level3")
    assert (fourth.first, fourth.last) == (date(2022, 10, 1), date(2022, 12, 15))
    assert (next_first.first, next_first.last) == (date(2022, 12, 16), date(2023, 3, 31))
    assert basis_for("2022Q1", "level3").first == date(2022, 1, 1)
    days = (date(2022, 9, 30), date(2022, 12, 15), date(2022, 12, 16), date(2022, 12, 31), date(2023, 3, 31))
    assert [quarter_on(day) for day in days] == ["2022Q3", "2022Q4", "2023Q1", "2023Q1", "2023Q1"]


def test_work_counts_in_the_quarter_of_its_day(world: World) -> None:
    quarter.scheme("level3")
    grid = world.grids["斑马湖社区1"]
    worked(grid, visits=(8, 10), day=date(2022, 12, 15))
    worked(grid, visits=(0, 10), day=date(2022, 12, 16))
    worked(grid, visits=(0, 10), day=date(2022, 9, 30))
    assert score_of(draft(world), grid) == Decimal("80.00")


def test_every_grid_of_the_level_gets_a_score_and_no_other(world: World) -> None:
    found = draft(world)
    assert set(grades(found)) == {grid.name for grid in world.grids.values() if grid.level == Area.Level.ESTATE}
    assert draft(world, "level4").scores.count() == 16


def test_exactly_the_quota_is_excellent_and_split_between_the_towns(world: World) -> None:
    quarter.scheme("level3", quota=3)
    quarter.all_worked(world)
    found = draft(world)
    excellent = found.scores.filter(grade="excellent")
    assert found.result["excellent"] == excellent.count() == 3
    by_town = sorted(excellent.filter(town=town).count() for town in world.towns.values())
    assert by_town == [1, 2]


def test_the_better_grid_is_excellent_and_rewarded(world: World) -> None:
    quarter.scheme("level3", quota=2, reward_yuan=1500)
    quarter.all_worked(world)
    best = world.grids["斑马湖社区2"]
    best.works.update(visit_done=100)
    found = draft(world)
    score = found.scores.get(area=best)
    assert (score.grade, score.rank, score.amount_yuan) == ("excellent", 1, 1500)
    assert found.result["amount_yuan"] == 3000
    assert found.scores.get(area=world.grids["斑马湖社区1"]).amount_yuan == 0


def test_the_score_sheet_names_numerator_and_denominator(world: World) -> None:
    quarter.scheme("level3")
    grid = world.grids["斑马湖社区1"]
    worked(grid, visits=(1, 3))
    visits, events = draft(world).scores.get(area=grid).items
    assert (visits["numerator"], visits["denominator"], visits["points"]) == ("1", "3", "20.00")
    assert (events["denominator"], events["points"]) == ("0", None)


def test_calculating_again_changes_nothing(world: World) -> None:
    quarter.all_worked(world)
    first = draft(world)
    rows = list(GridScore.objects.order_by("pk").values())
    with clock.frozen(datetime(2023, 1, 4, 10, 0, tzinfo=clock.CHINA)):
        again = draft(world)
    assert (again.pk, again.version, again.digest) == (first.pk, 1, first.digest)
    assert list(GridScore.objects.order_by("pk").values()) == rows


def test_what_was_entered_since_is_in_the_next_calculation(world: World) -> None:
    quarter.scheme("level3")
    quarter.all_worked(world)
    grid = world.grids["斑马湖社区1"]
    assert score_of(draft(world), grid) == 80
    enter(grid, QUARTER, ManualIndicator.BONUS, Decimal(3), reason="获区级表彰", by=world.assessor)
    with clock.frozen(datetime(2023, 1, 4, 10, 0, tzinfo=clock.CHINA)):
        again = draft(world)
    assert (score_of(again, grid), again.version) == (83, 2)


def test_a_manual_indicator_of_the_scheme_counts_when_entered_and_is_neutral_before(world: World) -> None:
    quarter.scheme("level3", items=("走访|60|grid_visit_rate", "群众评议|40|manual:群众评议"))
    grid = world.grids["斑马湖社区1"]
    worked(grid, visits=(9, 10))
    assert score_of(draft(world), grid) == 90
    enter(grid, QUARTER, "群众评议", Decimal(50), by=world.assessor)
    assert score_of(draft(world), grid) == 74


def test_figures_of_the_floors_above_count_by_grid(world: World) -> None:
    quarter.scheme("level3", items=("诉求量|100|tickets_received|0|60",))
    assert score_of(draft(world), world.grids["斑马湖社区1"]) == 100


def test_a_grid_that_was_recoded_in_the_quarter_keeps_its_work(world: World) -> None:
    quarter.scheme("level3")
    old = world.grids["斑马湖社区1"]
    worked(old, visits=(1, 10), day=date(2022, 10, 20))
    Area.objects.filter(pk=old.pk).update(valid_to=date(2022, 11, 1))
    new = Area.objects.create(
        level=3, kind=old.kind, code=old.code, name="新网格", short_name="新网格", parent=old.parent, path=old.path,
        valid_from=date(2022, 11, 1),
    )  # fmt: skip
    AreaSuccession.objects.create(kind="rename", before=old, after=new, day=date(2022, 11, 1))
    worked(new, visits=(9, 10))
    found = draft(world)
    assert score_of(found, new) == 50
    assert not found.scores.filter(area=old).exists()


def test_the_rules_of_the_time_are_kept_with_the_result(world: World) -> None:
    policy = quarter.scheme("level3", quota=3)
    kept = draft(world).rules["grid.scheme_level3"]
    assert (kept["policy"], kept["version"], kept["values"]["quota"]) == (policy.pk, 2, 3)


@pytest.mark.parametrize(
    ("figure", "said"),
    [("no_such_figure", "没有名为“no_such_figure”的指标"), ("special_budget", "不能按考核对象分别统计")],
)
def test_a_scheme_with_an_indicator_no_grid_has_is_refused_in_words(world: World, figure: str, said: str) -> None:
    quarter.scheme("level3", items=(f"走访|100|{figure}",))
    with pytest.raises(LookupError, match=said):
        draft(world)
    assert not Assessment.objects.exists()


def test_only_the_assessor_calculates(world: World) -> None:
    with pytest.raises(NotAllowed, match="没有“测算”的权限"):
        assessments.compute(QUARTER, "level3", by=world.dispatcher)
    assert not GridScore.objects.exists()


def test_the_job_calculates_all_three_kinds(world: World) -> None:
    job = run_inline(assessments.JOB, {"quarter": QUARTER, "kinds": ["level3", "level4", "zero"]}, by=world.assessor)
    assert (job.state, job.error) == ("done", "")
    assert Assessment.objects.filter(quarter=QUARTER, state="draft").count() == 3
    assert job.result["level4"]["grids"] == 16


@pytest.mark.django_db(transaction=True)
def test_two_calculations_at_once_give_one_result() -> None:
    with clock.frozen(MORNING):
        world = build()
        quarter.all_worked(world)
    start, problems = Barrier(2), []

    def run() -> None:
        try:
            start.wait()
            with clock.frozen(MORNING):
                assessments.compute(QUARTER, "level3", by=world.assessor)
        except Exception as problem:  # noqa: BLE001 every failure of a thread must reach the test
            problems.append(problem)
        finally:
            connection.close()

    threads = [Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    found = Assessment.objects.get()
    assert (found.version, found.scores.count()) == (1, 8)
