"""Calculating a quarter: figures counted in the database, points and ranks in memory, results written in bulk.

`calculate` reads and returns, `store` writes; called by grid.actions alone, under the lock of the assessment's row.
"""

from __future__ import annotations

from grid.assessing.basis import Basis, basis_for, begins, frozen_basis, parse_quarter
from grid.assessing.calculation import Calculation, calculate, store
from grid.assessing.versions import FigureUsed, figures_used, why_unequal

__all__ = [
    "Basis", "Calculation", "FigureUsed", "basis_for", "begins", "calculate", "figures_used", "frozen_basis", "parse_quarter",
    "store", "why_unequal",
]  # fmt: skip
