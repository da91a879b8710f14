"""Many hands on one whistle: one wins, the others read why; nothing is done twice and nothing breaks."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.common.api import bearer, post
from tests.common.hands import HANDS, at_once, grab
from tests.whistle.steps import DISSATISFIED, blown, photo, reported, take
from tests.whistle.test_steps_by_role_and_state import BODIES
from tests.world import World
from whistle import actions
from whistle.models import Whistle

pytestmark = pytest.mark.django_db(transaction=True)


def test_six_dispatchers_on_one_whistle_one_wins(world: World) -> None:
    case = take(world, blown(world), "file", "reviewer")
    clients = [bearer(world, "dispatcher") for _ in range(HANDS)]
    address = f"whistles/{case.number}/dispatch/"
    answers = at_once(lambda hand: post(clients[hand], address, {"unit": f"D0{hand % 2 + 1}"}))
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: HANDS - 1}
    case.refresh_from_db()
    assert (case.state, case.events.filter(step="dispatch").count()) == ("dispatched", 1)


ROAD = (
    ("village", "filter", BODIES["filter"]),
    ("town", "blow", BODIES["blow"]),
    ("reviewer", "file", {}),
    ("dispatcher", "dispatch", BODIES["dispatch"]),
    ("department", "sign", {}),
    ("department", "arrive", BODIES["arrive"]),
    ("department", "dispose", BODIES["dispose"]),
    ("gridofficer", "verify", BODIES["verify"]),
    ("gridofficer", "rate", DISSATISFIED),
    ("department", "appeal", BODIES["appeal"]),
    ("dispatcher", "rule_appeal", BODIES["rule_appeal"]),
)


def test_on_the_whole_road_of_a_whistle_every_step_is_taken_by_one_of_six(world: World) -> None:
    case = reported(world)
    wrong = []
    for who, step, body in ROAD:
        if step in {"arrive", "verify"}:
            actions.attach(case.pk, [photo()], step, by=world.people[who])
        wrong.append(grab(world, case, f"whistles/{case.number}/", step, who, body))
    assert list(filter(None, wrong)) == []


def test_six_reports_at_once_have_six_numbers(world: World) -> None:
    clients = [bearer(world, "gridofficer") for _ in range(HANDS)]
    body = {"category": "010101", "content": "楼道堆放杂物。", "grid": "430112001010001"}
    answers = at_once(lambda hand: post(clients[hand], "whistles/", body | {"place": f"{hand}栋"}))
    assert Counter(answer.status_code for answer in answers) == {201: HANDS}
    assert sorted(Whistle.objects.values_list("number", flat=True)) == [
        f"LF20230103000{serial}" for serial in range(1, 7)
    ]
