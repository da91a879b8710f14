"""Chance that repeats: the same seed gives the same bytes, whatever else was drawn before."""

from __future__ import annotations

import random
from bisect import bisect
from collections.abc import Sequence
from itertools import accumulate
from typing import Generic, TypeVar

T = TypeVar("T")


def dice(seed: int, *about: object) -> random.Random:
    """A generator of its own for one matter, so that changing one part of the year moves no other."""
    return random.Random(f"{seed}/" + "/".join(map(str, about)))


class Urn(Generic[T]):
    """Draws by weight in O(log n)."""

    def __init__(self, items: Sequence[T], weights: Sequence[float]) -> None:
        self.items = list(items)
        self._sums = list(accumulate(weights))

    def draw(self, chance: random.Random) -> T:
        return self.items[bisect(self._sums, chance.random() * self._sums[-1], hi=len(self.items) - 1)]


def apportion(total: int, weights: Sequence[float], least: int = 0) -> list[int]:
    """`total` split in proportion to `weights` by largest remainder, every share at least `least`; sums exactly."""
    free = total - least * len(weights)
    if free < 0:
        raise ValueError("total is less than the least shares")
    whole = sum(weights)
    exact = [free * weight / whole for weight in weights]
    shares = [int(share) for share in exact]
    order = sorted(range(len(weights)), key=lambda i: (shares[i] - exact[i], i))
    for place in order[: free - sum(shares)]:
        shares[place] += 1
    return [share + least for share in shares]
