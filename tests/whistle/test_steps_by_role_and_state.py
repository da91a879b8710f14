"""Every step × role × situation through the API: what the table allows works, the rest is refused and changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from tests.common.api import bearer, post
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
from wangcheng.common.people.roles import Role
from wangcheng.common.workflow import actor_of, refusal
from whistle import actions
from whistle.doors import DOORS
from whistle.models import Whistle

ACTING = ("dispatcher", "reviewer", "town", "department", "village", "gridofficer")
PEOPLE = (
    *(role.value for role in Role),
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
WITHIN_A_STATE = {"filed", "asked", "suspended", "reworked", "appealed", "self_handled"}
CENTRE, REPORTER = {"dispatcher"}, {"gridofficer", "gridleader"}
WORK = {"handling", "reworked", "appealed"}
# step: who may take it, and in which situations
ALLOWED: dict[str, tuple[set[str], set[str]]] = {
    "self_handle": (REPORTER, {"reported"}),
    "filter": ({"village", "town"}, {"reported"}),
    "handle": ({"town"}, {"town"}),
    "blow": ({"town"}, {"town"}),
    "file": ({"dispatcher", "reviewer"}, {"filing"}),
    "decline": ({"dispatcher", "reviewer"}, {"filing"}),
    "resubmit": (REPORTER, {"declined"}),
    "dispatch": (CENTRE, {"filed"}),
    "sign": ({"department"}, {"dispatched"}),
    "return": ({"department"}, {"dispatched", "signed"}),
    "rule_return": (CENTRE, {"asked"}),
    "arrive": ({"department"}, {"signed"}),
    "dispose": ({"department"}, WORK),
    "verify": (REPORTER, {"verifying"}),
    "rework": (CENTRE, {"closed"}),
    "rate": (REPORTER, {"closed"}),
    "appeal": ({"department"}, {"reworked"}),
    "rule_appeal": (CENTRE, {"appealed"}),
    "suspend": (CENTRE, {"dispatched", "asked", "signed", "verifying"} | WORK),
    "resume": (CENTRE, {"suspended"}),
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


class Undo(Exception):
    """Takes back what one request did."""


def tried(client: Client, case: Whistle, step: str) -> tuple[int, bool, str]:
    """Status, whether the whistle moved, and the sentence; nothing stays."""
    status, after, said = 0, 0, ""
    try:
        with transaction.atomic():
            answer = post(client, f"whistles/{case.number}/{step}/", BODIES[step])
            status, said = answer.status_code, answer.json().get("detail", "")
            after = Whistle.objects.values_list("version", flat=True).get(pk=case.pk)
            raise Undo
    except Undo:
        pass
    return status, after != case.version, said


def wrong(world: World, situation: str, case: Whistle, who: str) -> Iterator[str]:
    client = bearer(world, who)
    for step, (people, situations) in ALLOWED.items():
        allowed = who in people and situation in situations
        if who not in ACTING and situation not in situations:  # the door's own answer is enough where nobody passes
            if refusal(DOORS[step].step, case, actor_of(world.people[who])) is None:
                yield f"{who} {step}: open"
            continue
        status, changed, said = tried(client, case, step)
        fits = status == 200 and changed if allowed else status in {403, 404, 409} and not changed and bool(said)
        if not fits:
            yield f"{who} {step}: {status} {'moved' if changed else 'unmoved'} {said}"


def test_the_expectations_name_every_step_with_a_door() -> None:
    assert {door.step.name for door in DOORS} == set(ALLOWED) == set(BODIES)


@pytest.mark.parametrize("situation", SITUATIONS)
def test_what_is_allowed_works_and_the_rest_changes_nothing(world: World, situation: str) -> None:
    case = SITUATIONS[situation](world)
    case.refresh_from_db()
    people = ACTING if situation in WITHIN_A_STATE else PEOPLE
    assert [problem for who in people for problem in wrong(world, situation, case, who)] == []
