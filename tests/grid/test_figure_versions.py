"""指标版本: an assessment keeps by which versions of its figures it was counted, and says so when they have changed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.db.models import Q

from grid.actions import assessments
from grid.apps import GridConfig
from grid.guards import protect
from grid.models import Assessment, ManualIndicator
from tests.common.api import bearer, get
from tests.grid import quarter
from tests.grid.quarter import QUARTER, draft, final
from tests.grid.test_zero_complaint import VILLAGE, complained
from tests.world import World
from wangcheng.common.figures import registry
from wangcheng.common.models import AreaSuccession, Policy
from wangcheng.common.policy.registry import rule_set

NAME = "village_complaints"


def redefined(monkeypatch: pytest.MonkeyPatch, name: str, **values: Any) -> None:
    """The figure as a later release defines it."""
    figure = registry.get(name)
    monkeypatch.setitem(registry._figures, name, replace(figure, version=figure.version + 1, **values))


def assess(*arguments: str) -> str:
    out = StringIO()
    call_command("assess", "--quarter", QUARTER, *arguments, stdout=out)
    return out.getvalue()


def zero() -> dict[str, Any]:
    return json.loads(assess("--json"))["zero_complaint"]


def test_the_versions_of_the_figures_are_kept_and_shown(world: World) -> None:
    quarter.scheme("level3", items=("走访|60|grid_visit_rate", "事件办理|20|grid_event_rate", "其他|20|manual:other"))
    found = draft(world)
    assert found.figures == {"grid_visit_rate": 1, "grid_event_rate": 1}
    shown = get(bearer(world, "assessor"), f"assessments/{found.pk}/").json()
    assert shown["figures"] == found.figures
    page = world.client("assessor").get(f"/assessments/{found.number}/").content.decode()
    assert page.count("<td>第1版</td><td>第1版</td>") == 2


def test_a_figure_defined_anew_explains_that_a_recomputation_differs(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    complained(world)
    found = final(world, "zero")
    assert found.figures == {NAME: 2}
    redefined(monkeypatch, NAME, numerator=lambda period: Q(pk=None))
    told = zero()
    assert (told["equal"], told["figures"]) == (False, {NAME: 2})
    said = "“计入村（社区）的诉求”指标口径已由第2版改为第3版。已保存的结果仍以当时的口径为准"
    assert told["reason"] == said
    assert f"复算结果与已保存的结果不一致：{said}。" in assess()
    page = world.client("assessor").get(f"/assessments/{found.number}/").content.decode()
    assert '<td>第2版</td><td>第3版 <span class="mark mark-wait">已改</span></td>' in page


def test_a_new_version_that_comes_to_the_same_is_no_difference(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    final(world, "zero")
    redefined(monkeypatch, NAME)
    told = zero()
    assert (told["equal"], "reason" in told) == (True, False)


def test_a_difference_under_the_same_versions_is_said_bare(world: World) -> None:
    quarter.all_worked(world)
    found = final(world)
    ManualIndicator.objects.create(
        area=world.grids["静慎村1"], quarter=QUARTER, indicator="deduction", value=9, entered_at=found.inputs_at
    )
    assert json.loads(assess("--json"))["level3"]["reason"] == ""
    assert "不一致！" in assess()


def test_of_a_result_from_before_the_versions_were_kept_it_is_said_so(world: World) -> None:
    complained(world)
    found = quarter.published(world, "zero")
    Assessment.objects.filter(pk=found.pk).update(figures=None, fingerprint="0")
    assert "当时没有记录指标口径的版本" in zero()["reason"]
    page = world.client("assessor").get(f"/assessments/{found.number}/").content.decode()
    assert "<td>未记录</td><td>第2版</td>" in page
    assert get(bearer(world, "assessor"), f"assessments/{found.pk}/").json()["figures"] is None


def test_a_draft_learns_of_a_new_version_though_its_result_stays(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assert draft(world, "zero").figures == {NAME: 2}
    redefined(monkeypatch, NAME)
    assert draft(world, "zero").figures == {NAME: 3}


def test_the_list_behind_a_village_is_that_of_the_figure_its_rules_name(world: World) -> None:
    key = "grid.zero_complaint"
    Policy.objects.filter(key=key).update(values={**rule_set(key).defaults(), "figure": "tickets_received"})
    page = world.client("assessor").get(f"/assessments/{draft(world, 'zero').number}/results/").content.decode()
    assert "/figures/tickets_received/rows/" in page
    assert "/figures/village_complaints/rows/" not in page


def test_a_scheme_that_counts_complaints_keeps_the_rules_of_what_counts(world: World) -> None:
    quarter.scheme("level3", items=("诉求|100|village_complaints|0|5",))
    found = draft(world)
    assert set(found.rules) == {"grid.scheme_level3", "hotline.village_complaints"}
    assert assessments.recompute(found).fingerprint == found.fingerprint


def test_the_database_keeps_the_versions_of_a_final_result_where_an_older_release_did_not(world: World) -> None:
    found = final(world, "zero")
    if connection.vendor == "sqlite":  # the trigger of a release that knew no versions
        with connection.cursor() as cursor:
            cursor.execute("DROP TRIGGER grid_assessment_final_update")
            cursor.execute(
                "CREATE TRIGGER grid_assessment_final_update BEFORE UPDATE ON grid_assessment "
                "WHEN OLD.state = 'final' AND OLD.rules IS NOT NEW.rules BEGIN SELECT RAISE(ABORT, 'x'); END"
            )
        Assessment.objects.filter(pk=found.pk).update(figures=found.figures)
    protect(GridConfig, "default")  # type: ignore[arg-type]
    with pytest.raises(DatabaseError, match="已定稿"), transaction.atomic():
        Assessment.objects.filter(pk=found.pk).update(figures={})


@pytest.mark.parametrize(("left_out", "eligible"), [(None, False), (["new"], True), (["merge"], False)])
def test_which_changes_of_a_village_leave_it_out_is_a_rule(world: World, left_out: Any, eligible: bool) -> None:
    """None: a version stored before this was one."""
    key = "grid.zero_complaint"
    values = {k: v for k, v in rule_set(key).defaults().items() if k != "changes_left_out"}
    values |= {} if left_out is None else {"changes_left_out": left_out}
    Policy.objects.filter(key=key).update(values=values)
    AreaSuccession.objects.create(kind="merge", after=world.villages[VILLAGE], day=date(2022, 11, 1))
    assert draft(world, "zero").villages.get(area=world.villages[VILLAGE]).eligible is eligible
