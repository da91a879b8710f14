"""Every step × role × situation through the API: what the table allows works, the rest is refused and changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.common.walk import ROLES, WAYS, Allowed, Walk
from tests.whistle.steps import (
    DISSATISFIED,
    HERE,
    SATISFIED,
    blown,
    closed,
    dispatched,
    handling,
    photo,
    reported,
    take,
)
from tests.world import World
from whistle import actions
from whistle.doors import DOORS
from whistle.models import Whistle

PEOPLE = (
    *ROLES,
    "gridleader",
    "other_town",
    "other_department",
    "other_village",
    "other_gridofficer",
)


def passed(world: World) -> Whistle:
    return take(world, reported(world), "filter", "village", passed="true")


def filed(world: World) -> Whistle:
    return take(world, blown(world), "file", "reviewer")


def declined(world: World) -> Whistle:
    return take(world, blown(world), "decline", "reviewer", note="不属立案范围")


def asked(world: World) -> Whistle:
    return take(world, dispatched(world), "return", "department", return_unit="D02", note="非本单位职责")


def signed(world: World) -> Whistle:
    case = take(world, dispatched(world), "sign", "department")
    actions.attach(case.pk, [photo()], "arrive", by=world.department)
    return case


def suspended(world: World) -> Whistle:
    return take(world, handling(world), "suspend", "dispatcher", note="待改造")


def disposed(world: World) -> Whistle:
    case = take(world, handling(world), "dispose", "department", note="已清理")
    actions.attach(case.pk, [photo()], "verify", by=world.gridofficer)
    return case


def reworked(world: World) -> Whistle:
    return take(world, closed(world), "rate", "gridofficer", **DISSATISFIED)


def appealed(world: World) -> Whistle:
    return take(world, reworked(world), "appeal", "department", note="已按时处置")


def self_handled(world: World) -> Whistle:
    return take(world, reported(world), "self_handle", "gridofficer", note="已劝导")


SITUATIONS: dict[str, Callable[[World], Whistle]] = {
    "reported": reported, "town": passed, "filing": blown, "filed": filed, "declined": declined, "dispatched": dispatched,
    "asked": asked, "signed": signed, "handling": handling, "suspended": suspended, "verifying": disposed, "closed": closed,
    "reworked": reworked, "appealed": appealed, "self_handled": self_handled,
}  # fmt: skip
CENTRE, REPORTER = {"dispatcher"}, {"gridofficer", "gridleader"}
WORK = {"handling", "reworked", "appealed"}
ALLOWED: Allowed = {
    "self_handle": [(REPORTER, {"reported"})],
    "filter": [({"village", "town"}, {"reported"})],
    "handle": [({"town"}, {"town"})],
    "blow": [({"town"}, {"town"})],
    "file": [({"dispatcher", "reviewer"}, {"filing"})],
    "decline": [({"dispatcher", "reviewer"}, {"filing"})],
    "resubmit": [(REPORTER, {"declined"})],
    "dispatch": [(CENTRE, {"filed"})],
    "sign": [({"department"}, {"dispatched"})],
    "return": [({"department"}, {"dispatched", "signed"})],
    "rule_return": [(CENTRE, {"asked"})],
    "arrive": [({"department"}, {"signed"})],
    "dispose": [({"department"}, WORK)],
    "verify": [(REPORTER, {"verifying"})],
    "rework": [(CENTRE, {"closed"})],
    "rate": [(REPORTER, {"closed"})],
    "appeal": [({"department"}, {"reworked"})],
    "rule_appeal": [(CENTRE, {"appealed"})],
    "suspend": [(CENTRE, {"dispatched", "asked", "signed", "verifying"} | WORK)],
    "resume": [(CENTRE, {"suspended"})],
}
REASON = {"note": "经研究"}
BODIES: dict[str, dict[str, Any]] = {
    "filter": {"passed": True},
    "blow": {"asked_unit": "D01"},
    "dispatch": {"unit": "D01"},
    "return": {"return_unit": "D02", **REASON},
    "rule_return": {"granted": True, **REASON},
    "arrive": HERE,
    "verify": {"passed": True},
    "rate": SATISFIED,
    "rule_appeal": {"upheld": True, **REASON},
    **{step: {} for step in ("handle", "file", "resubmit", "sign", "resume")},
    **dict.fromkeys(("self_handle", "decline", "dispose", "rework", "appeal", "suspend"), REASON),
}


def test_the_expectations_name_every_step_with_a_door() -> None:
    assert {door.step.name for door in DOORS} == set(ALLOWED) == set(BODIES)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("situation", SITUATIONS)
def test_what_is_allowed_works_and_the_rest_changes_nothing(world: World, situation: str, way: str) -> None:
    case = SITUATIONS[situation](world)
    walk = Walk(world, case, situation, f"whistles/{case.number}/", ALLOWED, BODIES)
    assert walk.problems(PEOPLE, way) == []
