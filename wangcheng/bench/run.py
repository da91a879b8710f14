"""What can be measured, and in which order: by size, so that the same tickets only become more."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from wangcheng.bench import changes, counts, loads, pages
from wangcheng.bench.population import Population, found_office
from wangcheng.bench.timing import Row
from wangcheng.common import clock

Measure = Callable[[int], Iterator[Row]]

NAMES: dict[str, Measure] = {
    "list": pages.lists,
    "detail": pages.details,
    "search": pages.searches,
    "create": changes.creates,
    "step": changes.steps,
    "figures": counts.figures,
    "assessment": counts.assessment,
    "import": loads.imports,
    "demo": loads.demo,
}
ONCE = frozenset({"import"})  # does not depend on how many tickets there are
EMPTY = frozenset({"demo"})  # begins in an office that does not exist yet


def run_of(names: Sequence[str]) -> list[list[str]]:
    """The names by the database they share; one that wants an empty one has its own."""
    shared = [name for name in names if name not in EMPTY]
    return [part for part in (shared, *([name] for name in names if name in EMPTY)) if part]


def measure(names: Sequence[str], sizes: Sequence[int]) -> Iterator[Row]:
    """Measure in this database, which is empty, on the morning on which the demonstration begins."""
    with clock.frozen(clock.DEMO_START):
        for name in names:
            if name in EMPTY:
                yield from NAMES[name](0)
        if set(names) - EMPTY:
            yield from _on_tickets([name for name in names if name not in EMPTY], sizes)


def _on_tickets(names: Sequence[str], sizes: Sequence[int]) -> Iterator[Row]:
    found_office()
    tickets, done = Population(), set[str]()
    for size in sizes:
        tickets.grow(size)
        for name in names:
            if name not in done:
                yield from NAMES[name](size)
            if name in ONCE:
                done.add(name)
