"""Calculating a quarter: figures counted in the database, points and ranks in memory, results written in bulk.

`calculate` reads and returns, `store` writes; called by grid.actions alone, under the lock of the assessment's row.
"""

from __future__ import annotations

from grid.assessing.basis import Basis, basis_for, frozen_basis, parse_quarter
from grid.assessing.calculation import Calculation, calculate, store

__all__ = ["Basis", "Calculation", "basis_for", "calculate", "frozen_basis", "parse_quarter", "store"]
