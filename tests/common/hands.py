"""Many hands on one thing: six clients over REST at the same moment, each with a database connection of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection
from django.db.models import Model

from tests.common.api import bearer, post
from tests.world import World
from wangcheng.common import clock

HANDS = 6
ONE_WINS = Counter({200: 1, 409: HANDS - 1})


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


def grab(world: World, case: Model, address: str, step: str, who: str, body: Mapping[str, Any]) -> str:
    """Six hands take one step on a case; every other one names the version it saw.  What is wrong with the answers."""
    case.refresh_from_db()
    clients = [bearer(world, who) for _ in range(HANDS)]
    bodies = [dict(body) | ({"version": case.version} if hand % 2 else {}) for hand in range(HANDS)]  # type: ignore[attr-defined]
    answers = at_once(lambda hand: post(clients[hand], f"{address}{step}/", bodies[hand]))
    found = Counter(answer.status_code for answer in answers)
    said = all(answer.json()["detail"] for answer in answers if answer.status_code == 409)
    once = case.events.filter(step=step).count() == 1  # type: ignore[attr-defined]
    return "" if found == ONE_WINS and said and once else f"{step}: {dict(found)}, told {said}, once {once}"
