"""One line of the result: ours beside the floor, taken in turns so that a noisy machine is unjust to neither."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any

from django.db import connection

ROUNDS = 15


@dataclass(frozen=True, slots=True)
class Row:
    """`ours` and `floor` are seconds (the median of the rounds); `queries` those of one round of ours."""

    name: str
    n: int
    engine: str
    ours: float
    floor: float
    queries: int

    def plain(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "n": self.n,
            "engine": self.engine,
            "ours": round(self.ours, 6),
            "floor": round(self.floor, 6),
            "ratio": round(self.ours / self.floor, 2) if self.floor else None,
            "queries": self.queries,
        }


class Queries:
    """Counts what goes to the database inside a `with connection.execute_wrapper(…)`."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        self.count += 1
        return execute(sql, params, many, context)


def compared(name: str, n: int, ours: Callable[[], Any], floor: Callable[[], Any], *, rounds: int = ROUNDS) -> Row:
    """The two in turns, after a first round of each that warms the caches, and one of ours whose queries are counted."""
    ours()
    floor()
    counted = Queries()
    with connection.execute_wrapper(counted):
        ours()
    times = [(seconds(ours), seconds(floor)) for _ in range(rounds)]
    mine, least = (median(column) for column in zip(*times, strict=True))
    return Row(name, n, connection.vendor, mine, least, counted.count)


def seconds(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
