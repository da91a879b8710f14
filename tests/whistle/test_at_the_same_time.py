"""Many hands on one whistle: one wins, the others read why; nothing is done twice and nothing breaks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from tests.common.api import bearer, post
from tests.whistle.steps import blown, take
from tests.world import World
from wangcheng.common import clock
from whistle.models import Whistle

HANDS = 6
pytestmark = pytest.mark.django_db(transaction=True)


def at_once(do: Callable[[int], Any]) -> list[Any]:
    """Six threads start together, each with a connection of its own and the clock standing still."""
    start, now = Barrier(HANDS), clock.now()

    def hand(number: int) -> Any:
        try:
            with clock.frozen(now):
                start.wait(timeout=30)
                return do(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(HANDS) as pool:
        return list(pool.map(hand, range(HANDS)))


def test_six_dispatchers_on_one_whistle_one_wins(world: World) -> None:
    case = take(world, blown(world), "file", "reviewer")
    clients = [bearer(world, "dispatcher") for _ in range(HANDS)]
    address = f"whistles/{case.number}/dispatch/"
    answers = at_once(lambda hand: post(clients[hand], address, {"unit": f"D0{hand % 2 + 1}"}))
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: HANDS - 1}
    case.refresh_from_db()
    assert (case.state, case.events.filter(step="dispatch").count()) == ("dispatched", 1)


def test_six_reports_at_once_have_six_numbers(world: World) -> None:
    clients = [bearer(world, "gridofficer") for _ in range(HANDS)]
    body = {"category": "010101", "content": "楼道堆放杂物。", "grid": "430112001010001"}
    answers = at_once(lambda hand: post(clients[hand], "whistles/", body | {"place": f"{hand}栋"}))
    assert Counter(answer.status_code for answer in answers) == {201: HANDS}
    assert sorted(Whistle.objects.values_list("number", flat=True)) == [
        f"LF20230103000{serial}" for serial in range(1, 7)
    ]
