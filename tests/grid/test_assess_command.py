"""`manage.py assess`: a draft for an open quarter, a recomputation that writes nothing for a settled one."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from grid.models import Assessment, GridScore, ManualIndicator
from tests.grid import quarter
from tests.grid.quarter import QUARTER, final
from tests.world import World
from wangcheng.common.models import Job


def assess(*arguments: str) -> str:
    out = StringIO()
    call_command("assess", "--quarter", *arguments, stdout=out)
    return out.getvalue()


def as_json(name: str) -> dict[str, Any]:
    return json.loads(assess(name, "--json"))


def test_a_draft_is_made_and_its_totals_printed(world: World) -> None:
    quarter.scheme("level3", quota=3)
    quarter.all_worked(world)
    found = as_json(QUARTER)
    totals = {name: found["level3"][name] for name in ("grids", "excellent", "qualified", "basic")}
    assert totals == {"grids": 8, "excellent": 3, "qualified": 5, "basic": 0}
    assert found["level4"]["grids"] == 16
    assert {name: found["zero_complaint"][name] for name in ("villages", "urban", "other", "amount_yuan")} == {
        "villages": 4, "urban": 2, "other": 2, "amount_yuan": 16000,
    }  # fmt: skip
    assert found["quarter"] == QUARTER
    assert Assessment.objects.filter(state="draft").count() == 3


def test_running_it_twice_gives_the_same_and_no_second_draft(world: World) -> None:
    quarter.all_worked(world)
    assert as_json(QUARTER) == as_json(QUARTER)
    assert Assessment.objects.count() == 3


def test_a_final_quarter_is_recomputed_without_writing(world: World) -> None:
    quarter.all_worked(world)
    for kind in ("level3", "level4", "zero"):
        final(world, kind)
    before = [list(model.objects.order_by("pk").values()) for model in (Assessment, GridScore)]
    found = as_json(QUARTER)
    assert [found[name]["equal"] for name in ("level3", "level4", "zero_complaint")] == [True, True, True]
    assert [list(model.objects.order_by("pk").values()) for model in (Assessment, GridScore)] == before


def test_a_final_quarter_whose_ground_was_altered_is_told_apart(world: World) -> None:
    quarter.all_worked(world)
    found = final(world)
    ManualIndicator.objects.create(
        area=world.grids["静慎村1"], quarter=QUARTER, indicator="deduction", value=9, entered_at=found.inputs_at
    )
    assert as_json(QUARTER)["level3"]["equal"] is False
    assert "不一致" in assess(QUARTER)


def test_the_words_name_state_and_cut_off(world: World) -> None:
    text = assess(QUARTER)
    assert "2022Q4 三级网格（测算，截至2022-12-15）：网格8个" in text
    assert "注意：本季度具备资格的村（社区）全部为零投诉" in text


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["2022", "2022Q5", "22Q1", "0000Q1", "9999Q4"])
def test_a_quarter_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(CommandError, match="应为2022Q4的形式"):
        assess(text)


def test_the_villages_without_complaints_are_listed_by_code_and_by_town(world: World) -> None:
    everyone = sorted(village.code for village in world.villages.values())
    assert as_json(QUARTER)["zero_complaint"]["codes"] == everyone
    text = assess(QUARTER)
    assert "  高塘岭街道2个：西塘街社区、斑马湖社区\n" in text
    assert "  茶亭镇2个：静慎村、狮子岭村\n" in text
    final(world, "zero")
    assert as_json(QUARTER)["zero_complaint"]["codes"] == everyone


def test_a_quarter_that_has_not_begun_is_refused_and_a_running_one_tried(world: World) -> None:
    with pytest.raises(CommandError, match="2030Q1的统计期自2029年12月16日开始，尚未开始的季度不能测算"):
        assess("2030Q1")
    assert not Assessment.objects.exists()
    assert as_json("2023Q1")["level3"]["state"] == "draft"
    page = world.client("assessor").post("/assessments/new/", {"quarter": "2023Q2"})
    assert "尚未开始的季度不能测算" in page.content.decode()
    assert not Job.objects.exists()
