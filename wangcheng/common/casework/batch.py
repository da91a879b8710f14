"""The batch form of `move`: thousands of histories carried in memory by the same pure plans, then written in bulk.

For loading years of data (the demonstration year, the old platform's archive), not for live work: it takes no locks and
sends no signals, so its cases must be new and invisible to others until `write()` has committed.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import Any

from django.apps import apps
from django.db.models import Model, UniqueConstraint

from wangcheng.common.casework.bulk import Prepared, prepare
from wangcheng.common.casework.models import Case, children, standing_values
from wangcheng.common.workflow import Carried, Facts, Row, Step, carry


class Batch:
    """Histories of new cases of one model.  `begin` and `step` stay in memory; `write` inserts all and empties it."""

    def __init__(self, model: type[Case]) -> None:
        self.model = model
        self.event_model = children(model, "events")
        self.standing_model = children(model, "standings")
        self._empty()

    def _empty(self) -> None:
        self.cases: list[Any] = []
        self.events: list[dict[str, Any]] = []
        self.standings: list[dict[str, Any]] = []
        self.rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self._current: dict[int, dict[str, Any]] = {}
        self._once: set[tuple[Any, ...]] = set()

    def begin(self, case: Any, step: Step, facts: Facts) -> Any:
        """Take the first step of a new case that has its key and number already."""
        self.cases.append(case)
        carried = carry(step, case, facts)
        self._current[case.pk] = {"since": facts.at, "until": None}
        self._keep(case, carried)
        return case

    def step(self, case: Any, step: Step, facts: Facts) -> None:
        """Take a further step.  Raises NotAllowed exactly where the single form would."""
        carried = carry(step, case, facts)
        if carried.supersedes:
            tracked_before = standing_values(case) | {n: old for n, old in carried.before.items() if n in case.TRACKED}
            self.standings.append({"case_id": case.pk, **self._current[case.pk], "until": facts.at, **tracked_before})
            self._current[case.pk] = {"since": facts.at, "until": None}
        self._keep(case, carried)

    def _keep(self, case: Any, carried: Carried) -> None:
        self.events.append({"case_id": case.pk, **carried.event})
        for row in carried.change.rows:
            self._keep_row(case.pk, row)

    def _keep_row(self, pk: int, row: Row) -> None:
        rows = self.rows[row.model]
        if row.match is not None:
            for values in reversed(rows):
                if values["case_id"] != pk:
                    break  # rows of one case stand together: histories are carried one after another
                if all(values.get(name) == wanted for name, wanted in row.match.items()):
                    values.update(row.values)
            return
        if row.once:
            key = (row.model, pk, *(row.values[name] for name in _key_columns(row.model)))
            if key in self._once:
                return
            self._once.add(key)
        rows.append({"case_id": pk, **row.values})

    def write(self) -> None:
        """Insert everything; the caller holds the transaction."""
        for rows in self.prepared():
            rows.write()

    def prepared(self) -> list[Prepared]:
        """Everything, ready to be written in this order; the batch is empty again."""
        self.standings.extend(
            {"case_id": case.pk, **self._current[case.pk], **standing_values(case)} for case in self.cases
        )
        tables: list[tuple[type[Model], list[dict[str, Any]]]] = [
            (self.model, [vars(case) for case in self.cases]),
            (self.event_model, self.events),
            (self.standing_model, self.standings),
            *((apps.get_model(label), rows) for label, rows in self.rows.items()),
        ]
        self._empty()
        return [prepare(model, rows) for model, rows in tables if rows]


@cache
def _key_columns(label: str) -> tuple[str, ...]:
    """The columns that, with the case, may stand only once: where the single form would meet a conflict."""
    model = apps.get_model(label)
    for constraint in model._meta.constraints:
        if isinstance(constraint, UniqueConstraint) and "case" in constraint.fields and constraint.condition is None:
            fields = (model._meta.get_field(name) for name in constraint.fields if name != "case")
            return tuple(getattr(field, "attname", field.name) for field in fields)
    raise AssertionError(f"{label} has no unique constraint that `once` could mean")
