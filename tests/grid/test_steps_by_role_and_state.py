"""Every step × role × situation of an assessment through the API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from grid.actions import assessments
from grid.doors import DOORS
from grid.models import Assessment
from tests.common.walk import ROLES, WAYS, Allowed, Walk
from tests.grid import quarter
from tests.grid.quarter import AFTER_PUBLICITY
from tests.world import World
from wangcheng.common import clock

PEOPLE = (*ROLES, "other_town", "other_department", "other_village", "other_gridofficer")


def reviewed(times: int) -> Callable[[World], Assessment]:
    def sent_on(world: World) -> Assessment:
        found = quarter.draft(world)
        for _ in range(times):
            found = assessments.review(found.pk, by=world.assessor)
        return found

    return sent_on


def appealed(world: World) -> Assessment:
    found = quarter.published(world)
    return assessments.appeal(found.pk, world.grids["斑马湖社区1"], "漏计走访", by=world.town)


def corrected(world: World) -> Assessment:
    found = quarter.final(world)
    with clock.frozen(AFTER_PUBLICITY):
        assessments.correct(found.pk, "漏计", by=world.assessor)
    return found


SITUATIONS: dict[str, Callable[[World], Assessment]] = {
    "draft": quarter.draft, "village": reviewed(1), "town": reviewed(2), "centre": reviewed(3),
    "published": quarter.published, "shown": quarter.published, "appealed": appealed, "final": quarter.final,
    "corrected": corrected,
}  # fmt: skip
AT = dict.fromkeys(("shown", "final", "corrected"), AFTER_PUBLICITY)  # when it is looked at, where not at once
ASSESSOR, TOWNS, VILLAGES = {"assessor"}, {"town", "other_town"}, {"village", "other_village"}
ALLOWED: Allowed = {
    "compute": [(ASSESSOR, {"draft", "village", "town", "centre"})],
    "review": [(ASSESSOR, {"draft", "village", "town"}), (VILLAGES, {"village"}), (TOWNS, {"town"})],
    "adjust": [(ASSESSOR, {"draft", "village", "town", "centre"})],
    "publish": [(ASSESSOR, {"centre"})],
    "appeal": [({"town", "village"}, {"published"})],  # the grid is theirs
    "rule_appeal": [(ASSESSOR, {"appealed"})],
    "finalise": [(ASSESSOR, {"shown"})],
    "correct": [(ASSESSOR, {"final"})],
}


def bodies(world: World, found: Assessment) -> dict[str, Any]:
    area, waiting = world.grids["斑马湖社区1"].code, found.appeals.first()
    return {
        "adjust": {"area": area, "indicator": "bonus", "value": "2", "reason": "表彰"},
        "appeal": {"area": area, "reason": "漏计走访"},
        "rule_appeal": {"appeal": waiting.pk if waiting else 1, "upheld": False, "ruling": "计分无误"},
        "correct": {"reason": "漏计"},
        **{step: {} for step in ("compute", "review", "publish", "finalise")},
    }


def test_the_expectations_name_every_step_with_a_door() -> None:
    assert {door.step.name for door in DOORS} == set(ALLOWED)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("situation", SITUATIONS)
def test_what_is_allowed_works_and_the_rest_changes_nothing(world: World, situation: str, way: str) -> None:
    quarter.scheme("level3", quota=3)
    quarter.all_worked(world)
    found = SITUATIONS[situation](world)
    with clock.frozen(AT.get(situation, clock.now())):
        walk = Walk(
            world, found, situation, f"assessments/{found.pk}/", ALLOWED, bodies(world, found),
            queries=60, refusals=frozenset({400, 403, 404, 409}), only_queued=frozenset({"compute"}),
            page=f"assessments/{found.number}/",
        )  # fmt: skip
        assert walk.problems(PEOPLE, way) == []
