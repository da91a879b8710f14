"""One calculation of a quarter: its rows, its totals, and the fingerprint by which two calculations are compared."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from grid.assessing import grid_scores, zero_complaint
from grid.assessing.basis import Basis
from grid.models import Assessment, GridScore, ZeroComplaint
from grid.rules import figures_of
from wangcheng.common.casework.bulk import insert
from wangcheng.common.figures.registry import get
from wangcheng.common.policy.registry import asked_once


@dataclass(frozen=True, slots=True)
class Calculation:
    """What a quarter comes to: rows for GridScore or ZeroComplaint, and totals."""

    basis: Basis
    inputs_at: datetime  # manual entries known by then are in it
    rows: Sequence[Mapping[str, Any]]
    totals: Mapping[str, Any]

    @property
    def figures(self) -> dict[str, int]:
        """The version by which each figure was counted; not in the fingerprint, which tells results apart."""
        return {name: get(name).version for name in figures_of(self.basis.rules)}

    @property
    def fingerprint(self) -> str:
        """SHA-256 over rules, days and rows: the same input gives the same."""
        content = [self.basis.snapshot, str(self.basis.first), str(self.basis.last), self.rows]
        return hashlib.sha256(orjson.dumps(content, default=str, option=orjson.OPT_SORT_KEYS)).hexdigest()


@asked_once()
def calculate(basis: Basis, inputs_at: datetime) -> Calculation:
    """Count and judge; writes nothing.  LookupError in Chinese when a scheme names an indicator nobody registered."""
    judge = zero_complaint.judge if basis.kind == Assessment.Kind.ZERO else grid_scores.judge
    rows, totals = judge(basis, inputs_at)
    return Calculation(basis, inputs_at, rows, totals)


def store(assessment: Assessment, calculation: Calculation) -> None:
    """Put the rows in place of those of an earlier calculation.  The caller holds the lock."""
    model: type[GridScore | ZeroComplaint] = ZeroComplaint if assessment.is_zero else GridScore
    model.objects.filter(assessment=assessment).delete()
    insert(model, [{"assessment_id": assessment.pk, **row} for row in calculation.rows])
