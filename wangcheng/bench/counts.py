"""Figures and the quarter's assessment.  Floor: one hand-written pass of SQL that gives the same numbers, which is checked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from django.db import connection

from grid.assessing import basis_for, calculate
from wangcheng.bench.timing import Row, compared
from wangcheng.common import clock
from wangcheng.common.figures.compute import compute
from wangcheng.common.figures.periods import Period

QUARTER, YEAR = "2022Q3", "2022"
ROUNDS = 5
FIGURES = (
    "tickets_received", "closing_rate", "satisfaction_rate", "resolution_rate", "timely_contact_rate",
    "first_dispatch_rate", "rework_rate", "repeat_rate",
)  # fmt: skip
_RATES = """
count(*), count(*) FILTER (WHERE closed_at <= :as_of),
count(*) FILTER (WHERE rated AND satisfaction IN ('satisfied', 'basically')), count(*) FILTER (WHERE rated),
count(*) FILTER (WHERE answered AND resolved = 'yes'), count(*) FILTER (WHERE answered)
"""
_STANDING = """
SELECT *, called_back_at <= :as_of AND (excluded_at IS NULL OR excluded_at > :as_of) AND
satisfaction IN ('satisfied', 'basically', 'dissatisfied') AS rated,
called_back_at <= :as_of AND (excluded_at IS NULL OR excluded_at > :as_of) AND
resolved IN ('yes', 'partly', 'no') AS answered,
NOT anonymous AND (excluded_at IS NULL OR excluded_at > :as_of) AND
(contact_due_at <= :as_of OR contact_due_at IS NOT NULL AND first_contact_at <= :as_of) AS should_contact
FROM hotline_ticketstanding
WHERE since <= :as_of AND (until IS NULL OR until > :as_of) AND received_at >= :first AND received_at <= :last
"""
_BY_TOWN = f"""
SELECT town_id, {_RATES},
count(*) FILTER (WHERE should_contact AND first_contact_at <= :as_of AND first_contact_at <= contact_due_at),
count(*) FILTER (WHERE should_contact),
count(*) FILTER (WHERE first_dispatched_at <= :as_of AND returns = 0),
count(*) FILTER (WHERE first_dispatched_at <= :as_of),
count(*) FILTER (WHERE first_finished_at <= :as_of AND (round > 1 OR send_backs > 0)),
count(*) FILTER (WHERE first_finished_at <= :as_of), count(*) FILTER (WHERE repeat_of_id IS NOT NULL)
FROM ({_STANDING}) s WHERE town_id IS NOT NULL GROUP BY town_id
"""
_BY_GRID = f"""
SELECT a.id, coalesce(t.received, 0), t.happy, t.rated, t.solved, t.answered, w.*
FROM common_area a
LEFT JOIN (SELECT grid_id, count(*) received,
  count(*) FILTER (WHERE rated AND satisfaction IN ('satisfied', 'basically')) happy, count(*) FILTER (WHERE rated) rated,
  count(*) FILTER (WHERE answered AND resolved = 'yes') solved, count(*) FILTER (WHERE answered) answered
  FROM ({_STANDING}) s GROUP BY grid_id) t ON t.grid_id = a.id
LEFT JOIN (SELECT area_id, sum(collection_done), sum(collection_due), sum(visit_done), sum(visit_due),
  sum(base_info_done), sum(base_info_due), sum(task_done), sum(task_due), sum(training_done), sum(training_due)
  FROM grid_gridwork WHERE day >= :first_day AND day <= :last_day GROUP BY area_id) w ON w.area_id = a.id
WHERE a.level = 3
"""
_GRID_FIGURES = (  # of the columns behind the grid: (numerator, denominator)
    ("tickets_received", 1, None), ("satisfaction_rate", 2, 3), ("resolution_rate", 4, 5),
    ("grid_collection_rate", 7, 8), ("grid_visit_rate", 9, 10), ("grid_base_info_rate", 11, 12),
    ("grid_task_rate", 13, 14), ("grid_training_rate", 15, 16),
)  # fmt: skip


def figures(n: int) -> Iterator[Row]:
    """Eight figures of a year by town."""
    period = Period.parse(YEAR)
    by_hand = _asked(_BY_TOWN, period)
    ours = {(value.by_id, value.figure.name): (value.numerator, value.denominator) for value in _computed(period)}
    theirs = {key: parts for row in by_hand() for key, parts in _rates(row)}
    if ours != theirs:
        raise AssertionError("the figures differ from those counted by hand")
    yield compared("figures", n, lambda: _computed(period), by_hand, rounds=ROUNDS)


def _computed(period: Period) -> list[Any]:
    return compute(FIGURES, period, "town")


def _rates(row: Any) -> Iterator[tuple[tuple[Any, str], tuple[int, int | None]]]:
    town, received, closed, *parts, repeats = row
    yield (town, "tickets_received"), (received, None)
    yield (town, "closing_rate"), (closed, received)
    for place, name in enumerate(FIGURES[2:-1]):
        yield (town, name), (parts[2 * place], parts[2 * place + 1])
    yield (town, "repeat_rate"), (repeats, received)


def assessment(n: int) -> Iterator[Row]:
    """Every level-3 grid of a quarter: counted, scored, ranked.  By hand it is only counted."""
    basis, now = basis_for(QUARTER, "level3"), clock.now()
    by_hand = _asked(_BY_GRID, basis.period)
    for row, counted in zip(_sorted(calculate(basis, now).rows), sorted(by_hand()), strict=True):
        _compare(row, counted)
    yield compared("assessment", n, lambda: calculate(basis, now), by_hand, rounds=ROUNDS)


def _sorted(rows: Any) -> list[Any]:
    return sorted(rows, key=lambda row: row["area_id"])


def _compare(row: Any, counted: Any) -> None:
    items = {item["figure"]: (item["numerator"], item["denominator"]) for item in row["items"]}
    for name, above, below in _GRID_FIGURES:
        mine = tuple(Decimal(part or 0) for part in items[name])
        theirs = (Decimal(counted[above] or 0), Decimal((counted[below] or 0) if below else 0))
        if mine != theirs or row["area_id"] != counted[0]:
            raise AssertionError(f"{name} of grid {row['area_id']}: {mine} here, {theirs} by hand")


def _asked(sql: str, period: Period) -> Callable[[], list[Any]]:
    """Work that asks the statement for a period."""
    moment, day = connection.ops.adapt_datetimefield_value, connection.ops.adapt_datefield_value
    names = {
        "as_of": moment(period.as_of), "first": moment(period.start), "last": moment(min(period.end, period.as_of)),
        "first_day": day(period.first), "last_day": day(min(period.last, period.as_of.date())),
    }  # fmt: skip
    for name in sorted(names, key=len, reverse=True):
        sql = sql.replace(f":{name}", f"%({name})s")

    def ask() -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute(sql, names)
            return list(cursor.fetchall())

    return ask
