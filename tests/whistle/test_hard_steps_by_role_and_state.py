"""Every step × role × situation of a hard whistle through the API."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.common.walk import ROLES, WAYS, Allowed, Walk
from tests.world import World
from wangcheng.common import clock
from whistle import hard_actions as actions
from whistle.hard_doors import DOORS
from whistle.models import HardWhistle

PEOPLE = (*ROLES, "other_town", "other_department", "other_village", "other_gridofficer")


def drafted(world: World) -> HardWhistle:
    town = world.towns["高塘岭街道"]
    return actions.draft(actions.Problem("老旧管网", "雨污未分流。", 2023, 1, area=town), by=world.dispatcher)


def instructed(world: World) -> HardWhistle:
    said = {"instructed_by": "区委主要领导", "instructed_on": clock.today(), "instruction": "请限期解决。"}
    return actions.instruct(drafted(world).pk, by=world.leader, **said)


def assigned(world: World) -> HardWhistle:
    """住建局 leads, 城管局 helps."""
    units = {"unit": world.units["住建局"], "partners": [world.units["城管局"]]}
    deadline = clock.today() + timedelta(days=90)
    return actions.assign(
        instructed(world).pk, by=world.dispatcher, leader="分管副区长", goal="完成改造", deadline=deadline, **units
    )


def progressing(world: World) -> HardWhistle:
    return actions.progress(assigned(world).pk, by=world.other_department, note="已完成设计。")


def carried(world: World) -> HardWhistle:
    return actions.carry(assigned(world).pk, by=world.supervisor, note="资金未到位。")


def solved(world: World) -> HardWhistle:
    return actions.solve(progressing(world).pk, by=world.supervisor, note="已改造。")


def struck(world: World) -> HardWhistle:
    return actions.strike(solved(world).pk, by=world.supervisor)


SITUATIONS: dict[str, Callable[[World], HardWhistle]] = {
    "drafted": drafted, "instructed": instructed, "assigned": assigned, "progressing": progressing, "carried": carried,
    "solved": solved, "struck": struck,
}  # fmt: skip
CENTRE, UNITS = {"dispatcher", "supervisor"}, {"department", "other_department"}
ALLOWED: Allowed = {
    "instruct": [(CENTRE | {"leader"}, {"drafted"})],
    "assign": [(CENTRE, {"instructed"})],
    "progress": [(CENTRE | UNITS, {"assigned", "progressing", "carried"})],
    "solve": [(CENTRE, {"assigned", "progressing", "carried"})],
    "strike": [(CENTRE, {"solved"})],
    "carry": [(CENTRE, {"assigned", "progressing"})],
}
REASON = {"note": "经研究"}
BODIES = {
    "instruct": {"instructed_by": "区委主要领导", "instructed_on": "2023-01-03", "instruction": "请限期解决。"},
    "assign": {
        "leader": "分管副区长",
        "unit": "D02",
        "partners": ["D01"],
        "goal": "完成改造",
        "deadline": "2023-06-30",
    },
    "progress": REASON,
    "solve": REASON,
    "strike": {},
    "carry": REASON,
}


def test_the_expectations_name_every_step_with_a_door() -> None:
    assert {door.step.name for door in DOORS} == set(ALLOWED) == set(BODIES)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("situation", SITUATIONS)
def test_what_is_allowed_works_and_the_rest_changes_nothing(world: World, situation: str, way: str) -> None:
    case = SITUATIONS[situation](world)
    walk = Walk(world, case, situation, f"hard-whistles/{case.number}/", ALLOWED, BODIES)
    assert walk.problems(PEOPLE, way) == []
