"""From draft to final: who checks what, publicity and appeals, and that a final result stays as it is."""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from grid.actions import assessments
from grid.actions.entries import enter
from grid.assessing import frozen_basis
from grid.doors import DOORS
from grid.models import Assessment, GridScore
from tests.grid import quarter
from tests.grid.quarter import AFTER_PUBLICITY, QUARTER, at_centre, draft, final, grades, published, score_of
from tests.recoding import recode
from tests.world import World
from wangcheng.common import clock
from wangcheng.common.casework.models import replay
from wangcheng.common.workflow import NotAllowed, plain


def states(assessment: Assessment) -> list[str]:
    return [event.after for event in assessment.events.all()]


def test_a_result_walks_from_village_to_town_to_centre_and_is_published(world: World) -> None:
    found = final(world)
    assert states(found) == ["draft", "village", "town", "centre", "published", "final"]
    assert found.finalised_at == AFTER_PUBLICITY


def test_the_events_replay_to_the_columns(world: World) -> None:
    found = final(world)
    found.refresh_from_db()
    for name, value in replay(list(found.events.values("data"))).items():
        assert plain(getattr(found, name)) == value, name


def test_villages_and_towns_confirm_in_their_own_stage_and_once(world: World) -> None:
    found = assessments.review(draft(world).pk, by=world.assessor)
    with pytest.raises(NotAllowed, match="不由您的单位核对"):
        assessments.review(found.pk, by=world.town)
    assert assessments.review(found.pk, by=world.village, note="无异议").state == "village"
    with pytest.raises(NotAllowed, match="已经核对过"):
        assessments.review(found.pk, by=world.village)
    assessments.review(found.pk, by=world.assessor)
    assessments.review(found.pk, by=world.town)
    reviews = found.reviews.values_list("organisation__name", "stage", "note")
    assert list(reviews) == [("斑马湖社区", "village", "无异议"), ("高塘岭街道", "town", "")]


def test_a_quarter_that_is_not_over_cannot_be_sent_down(world: World) -> None:
    with clock.frozen(datetime(2022, 12, 15, 18, 0, tzinfo=clock.CHINA)):
        found = draft(world)
        with pytest.raises(NotAllowed, match="截止日为2022年12月15日"):
            assessments.review(found.pk, by=world.assessor)
    assert assessments.review(draft(world).pk, by=world.assessor).state == "village"


def test_half_past_midnight_in_beijing_the_quarter_is_over(world: World) -> None:
    with clock.frozen(datetime(2022, 12, 16, 0, 30, tzinfo=clock.CHINA)):
        found = Assessment.objects.get(pk=draft(world).pk)  # from the database moments come in UTC
        assert assessments.review(found.pk, by=world.assessor).state == "village"


def test_publicity_runs_for_five_working_days_from_the_day_after(world: World) -> None:
    found = published(world)  # on Tuesday 3 January
    assert found.publicity_until is not None
    assert clock.local(found.publicity_until).date() == date(2023, 1, 10)
    with (
        clock.frozen(datetime(2023, 1, 10, 17, 0, tzinfo=clock.CHINA)),
        pytest.raises(NotAllowed, match="公示期到2023年1月10日"),
    ):
        assessments.finalise(found.pk, by=world.assessor)


def test_an_adjustment_makes_the_ranking_anew(world: World) -> None:
    quarter.scheme("level3", quota=1)
    quarter.all_worked(world)
    found = at_centre(world)
    grid = world.grids["西塘街社区2"]
    assessments.adjust(found.pk, grid, "bonus", Decimal(2), "获市级表彰", by=world.assessor)
    assert found.scores.get(grade="excellent").area == grid
    assessments.adjust(found.pk, grid, "veto", Decimal(1), "瞒报事故", by=world.assessor)
    assert found.scores.get(area=grid).grade == "basic"
    assert found.scores.get(grade="excellent").area != grid
    assessments.adjust(found.pk, grid, "veto", None, "查明不属实", by=world.assessor)
    assert found.scores.get(grade="excellent").area == grid


def test_what_was_sent_down_is_calculated_again_by_the_rules_it_was_sent_down_with(world: World) -> None:
    quarter.scheme("level3", quota=1)
    quarter.all_worked(world)
    found = assessments.review(draft(world).pk, by=world.assessor)
    quarter.scheme("level3", quota=2)
    best = world.grids["西塘街社区2"]
    enter(best, QUARTER, "bonus", Decimal(2), reason="获市级表彰", by=world.assessor)
    assert draft(world) == found
    assert found.scores.get(grade="excellent").area == best


def test_a_bonus_needs_its_ground(world: World) -> None:
    found = draft(world)
    with pytest.raises(NotAllowed, match="加分必须写明依据"):
        assessments.adjust(found.pk, world.grids["静慎村1"], "bonus", Decimal(2), "", by=world.assessor)


def test_a_published_result_is_adjusted_only_by_appeal(world: World) -> None:
    found = published(world)
    with pytest.raises(NotAllowed, match="当前状态为“公示”，不能调整"):
        assessments.adjust(found.pk, world.grids["静慎村1"], "bonus", Decimal(2), "表彰", by=world.assessor)


def test_an_upheld_appeal_corrects_the_entry_and_the_ranking(world: World) -> None:
    quarter.scheme("level3", quota=8)
    quarter.all_worked(world)
    grid = world.grids["斑马湖社区1"]
    enter(grid, QUARTER, "deduction", Decimal(30), reason="通报批评", by=world.assessor)
    found = published(world)
    assert grades(found)[grid.name] == "basic"
    assessments.appeal(found.pk, grid, "通报对象不是本网格", by=world.town)
    with clock.frozen(AFTER_PUBLICITY), pytest.raises(NotAllowed, match="尚有1件申诉待裁定"):
        assessments.finalise(found.pk, by=world.assessor)
    (waiting,) = found.appeals.all()
    assessments.rule_appeal(found.pk, waiting.pk, True, "属实", "deduction", None, by=world.assessor)
    assert (grades(found)[grid.name], score_of(found, grid)) == ("excellent", 80)
    with pytest.raises(NotAllowed, match="已经裁定"):
        assessments.rule_appeal(found.pk, waiting.pk, False, "不属实", by=world.assessor)


def test_a_dismissed_appeal_changes_no_score(world: World) -> None:
    quarter.all_worked(world)
    found = published(world)
    rows = list(found.scores.values())
    assessments.appeal(found.pk, world.grids["斑马湖社区1"], "分数偏低", by=world.village)
    assessments.rule_appeal(found.pk, found.appeals.get().pk, False, "计分无误", by=world.assessor)
    assert found.appeals.get().state == "dismissed"
    assert list(found.scores.values()) == rows


@pytest.mark.parametrize(
    ("who", "grid", "at", "refusal"),
    [
        ("other_town", "斑马湖社区1", None, "只能就本单位辖区"),
        ("assessor", "斑马湖社区1", None, "没有“申诉”的权限"),
        ("town", "斑马湖社区1", AFTER_PUBLICITY, "公示已于2023年1月10日结束"),
    ],
)
def test_an_appeal_is_the_own_units_within_publicity(world: World, who: str, grid: str, at: Any, refusal: str) -> None:
    found = published(world)
    with clock.frozen(at or clock.now()), pytest.raises(NotAllowed, match=refusal):
        assessments.appeal(found.pk, world.grids[grid], "有异议", by=world.people[who])


def test_a_final_result_recomputes_to_the_same_under_later_rules_and_entries(world: World) -> None:
    quarter.scheme("level3", quota=2)
    quarter.all_worked(world)
    found = final(world)
    quarter.scheme("level3", quota=5)
    with clock.frozen(AFTER_PUBLICITY):
        enter(world.grids["静慎村1"], QUARTER, "bonus", Decimal(5), reason="表彰", by=world.assessor)
        assert assessments.recompute(found).fingerprint == found.fingerprint
    assert frozen_basis(found).rules.quota == 2


@pytest.mark.parametrize(
    "change",
    [
        lambda found: found.scores.update(score=100),
        lambda found: found.scores.first().delete(),
        lambda found: GridScore.objects.create(
            assessment=found, area=found.scores.first().town, village=found.scores.first().village,
            town=found.scores.first().town, items=[], score=1, rank=1, grade="basic",
        ),
        lambda found: Assessment.objects.filter(pk=found.pk).update(state="draft"),
        lambda found: Assessment.objects.filter(pk=found.pk).update(result={}),
        lambda found: Assessment.objects.filter(pk=found.pk)._raw_delete("default"),
    ],
)  # fmt: skip
def test_the_database_refuses_to_change_a_final_result(world: World, change: Any) -> None:
    found = final(world)
    before = list(found.scores.order_by("pk").values())
    with pytest.raises(DatabaseError, match="已定稿"), transaction.atomic():
        change(found)
    assert list(found.scores.order_by("pk").values()) == before


def test_a_final_quarter_is_not_calculated_again(world: World) -> None:
    final(world)
    with pytest.raises(NotAllowed, match="当前状态为“定稿”，不能测算"):
        draft(world)


def test_a_correction_is_a_new_edition_and_the_old_one_stays(world: World) -> None:
    quarter.scheme("level3", quota=1)
    quarter.all_worked(world)
    old = final(world)
    grid = world.grids["西塘街社区2"]
    with clock.frozen(AFTER_PUBLICITY):
        enter(grid, QUARTER, "bonus", Decimal(5), reason="漏计表彰", by=world.assessor)
        new = assessments.correct(old.pk, "漏计一项表彰", by=world.assessor)
        with pytest.raises(NotAllowed, match="已有更正版"):
            assessments.correct(old.pk, "再更正", by=world.assessor)
    assert (new.edition, new.state, new.scores.get(grade="excellent").area) == (2, "draft", grid)
    old.refresh_from_db()
    assert (old.state, old.corrected_by) == ("final", new)
    assert old.scores.get(grade="excellent").area != grid


def test_until_the_correction_is_final_the_old_result_holds(world: World) -> None:
    old = final(world)
    with clock.frozen(AFTER_PUBLICITY):
        new = assessments.correct(old.pk, "更正", by=world.assessor)
        assert list(Assessment.objects.final(clock.now())) == [old]
        for _ in range(3):
            assessments.review(new.pk, by=world.assessor)
        assessments.publish(new.pk, by=world.assessor)
    later = datetime(2023, 2, 20, 9, 0, tzinfo=clock.CHINA)
    with clock.frozen(later):
        assessments.finalise(new.pk, by=world.assessor)
    assert [found.edition for found in Assessment.objects.final(later)] == [2]
    assert [found.edition for found in Assessment.objects.final(AFTER_PUBLICITY)] == [1]


def test_a_stale_form_is_refused(world: World) -> None:
    found = draft(world)
    assessments.review(found.pk, by=world.assessor, version=1)
    with pytest.raises(NotAllowed, match="已被其他人员处理"):
        assessments.review(found.pk, by=world.assessor, version=1)


def test_a_town_sees_nothing_before_it_is_sent_down_and_then_its_own_grids(world: World) -> None:
    found = draft(world)
    assert not Assessment.objects.visible_to(world.town).exists()
    assert not GridScore.objects.visible_to(world.town).exists()
    assessments.review(found.pk, by=world.assessor)
    assert Assessment.objects.visible_to(world.town).get() == found
    seen = GridScore.objects.visible_to(world.town)
    assert {score.town for score in seen} == {world.towns["高塘岭街道"]}
    assert GridScore.objects.visible_to(world.village).count() == 2
    assert not Assessment.objects.visible_to(world.department).exists()


@pytest.mark.parametrize(
    ("who", "stage", "steps"),
    [
        ("assessor", draft, {"compute", "review", "adjust"}),
        ("assessor", published, {"finalise", "rule_appeal"}),
        ("town", published, {"appeal"}),
        ("assessor", final, {"correct"}),
        ("leader", published, set()),
        ("finance", final, set()),
    ],
)
def test_the_doors_open_to_those_whose_step_it_is(world: World, who: str, stage: Any, steps: set[str]) -> None:
    found = stage(world)
    assert {door.step.name for door in DOORS.open_to(world.people[who], found)} == steps


def test_an_adjustment_through_its_form_names_the_grid_by_code(world: World) -> None:
    found = draft(world)
    data = {"area": world.grids["静慎村1"].code, "indicator": "veto", "reason": "瞒报"}
    after, form = DOORS.go("adjust", world.assessor, found, data)
    assert form is None
    assert after.scores.get(area=world.grids["静慎村1"]).veto
    _, form = DOORS.go("adjust", world.assessor, found, data | {"area": "000", "indicator": "bonus"})
    assert form is not None
    assert form.errors == {"area": ["没有这个代码的辖区。"], "value": ["请填写数值，或勾选撤销。"]}


def test_a_recoded_town_appeals_what_it_was_assessed_under_before(world: World, tmp_path: Path) -> None:
    quarter.all_worked(world)
    found = published(world)
    recode(world, tmp_path)
    grid = world.grids["静慎村1"]
    assert found.scores.visible_to(world.other_town).filter(area=grid).exists()
    assessments.appeal(found.pk, grid, "分数偏低", by=world.other_town)
    with pytest.raises(NotAllowed, match="只能就本单位辖区"):
        assessments.appeal(found.pk, grid, "分数偏低", by=world.town)
