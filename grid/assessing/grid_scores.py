"""Scores of level-3 or level-4 grids: figures by grid and manual entries in, rows of GridScore out."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from grid.assessing.basis import Basis
from grid.assessing.lineage import Spot, spots
from grid.models import Assessment, ManualIndicator
from grid.rules import figures_of
from grid.scoring import MANUAL, Candidate, Measure, Result, Scheme, assess
from wangcheng.common.figures.compute import parts_by_group
from wangcheng.common.figures.registry import get
from wangcheng.common.models import Area
from wangcheng.common.territory.heirs import heirs_within

TOWN_DIGITS = 9  # of a grid's code: the part that names its town
LEVELS = {Assessment.Kind.LEVEL3: Area.Level.ESTATE, Assessment.Kind.LEVEL4: Area.Level.BUILDING}
Measures = dict[int, dict[str, Measure]]  # by grid, by figure


def judge(basis: Basis, inputs_at: datetime) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Rows for GridScore, in the order of the grid codes, and the totals."""
    scheme: Scheme = basis.rules.scheme()
    grids = spots(LEVELS[Assessment.Kind(basis.kind)], basis.last)
    results = assess(scheme, _candidates(basis, scheme, grids, inputs_at))
    places = {grid.key: grid for grid in grids}
    rows = [_row(result, places[result.candidate.key], basis.rules.reward_yuan) for result in results]
    grades = Counter(result.grade for result in results)
    totals = {"grids": len(rows), **{grade: grades[grade] for grade in ("excellent", "qualified", "basic")}}
    return rows, totals | {"amount_yuan": sum(row["amount_yuan"] for row in rows)}


def _candidates(basis: Basis, scheme: Scheme, grids: Iterable[Spot], inputs_at: datetime) -> list[Candidate]:
    entries = _entries(basis.quarter, inputs_at)
    measures = _counted(basis, inputs_at, figures_of(basis.rules))
    plain = [item.figure for item in scheme.items if _is_count(item.figure)]
    return [_candidate(grid, measures.get(grid.key, {}), entries.get(grid.key, {}), plain) for grid in grids]


def _is_count(figure: str) -> bool:
    return not figure.startswith(MANUAL) and not get(figure).is_rate


def _counted(basis: Basis, inputs_at: datetime, names: list[str]) -> Measures:
    """What was counted per grid; what a grid's predecessor had in the quarter is added."""
    after = heirs_within(basis.first, basis.last)
    sums: defaultdict[tuple[int, str], list[Any]] = defaultdict(lambda: [Decimal(0), None])
    for grid, name, numerator, denominator in parts_by_group(names, basis.period.known(inputs_at), "grid"):
        held = sums[after.get(grid, grid), name]
        held[0] += numerator
        if denominator is not None:
            held[1] = (held[1] or Decimal(0)) + denominator
    measures: Measures = defaultdict(dict)
    for (key, name), (numerator, denominator) in sums.items():
        measures[key][name] = Measure(numerator, denominator)
    return measures


def _entries(quarter: str, inputs_at: datetime) -> dict[int, dict[str, ManualIndicator]]:
    found: dict[int, dict[str, ManualIndicator]] = defaultdict(dict)
    for entry in ManualIndicator.objects.known_at(inputs_at).filter(quarter=quarter):
        found[entry.area_id][entry.indicator] = entry
    return found


def _candidate(
    grid: Spot, counted: Mapping[str, Measure], entries: Mapping[str, ManualIndicator], plain: Iterable[str]
) -> Candidate:
    """A count nobody appears in is 0, not unknown; a rate without rows and a manual value not entered are neutral."""
    entered = {f"{MANUAL}{name}": Measure(entry.value) for name, entry in entries.items()}
    none_counted = {name: Measure(Decimal(0)) for name in plain}
    veto = entries.get(ManualIndicator.VETO)
    return Candidate(
        grid.key,
        grid.code,
        grid.code[:TOWN_DIGITS],
        none_counted | dict(counted) | entered,
        bonus=_value(entries, ManualIndicator.BONUS),
        deduction=_value(entries, ManualIndicator.DEDUCTION),
        veto=(veto.reason or "未注明") if veto else "",
    )


def _value(entries: Mapping[str, ManualIndicator], name: str) -> Decimal:
    return entries[name].value if name in entries else Decimal(0)


def _row(result: Result, grid: Spot, reward_yuan: int) -> dict[str, Any]:
    candidate = result.candidate
    return {
        "area_id": grid.key,
        "village_id": grid.village,
        "town_id": grid.town,
        "items": [line.plain() for line in result.lines],
        "bonus": result.bonus,
        "deduction": candidate.deduction,
        "score": result.score,
        "rank": result.rank,
        "grade": result.grade,
        "veto": bool(candidate.veto),
        "reason": result.reason[:200],
        "amount_yuan": reward_yuan if result.grade == "excellent" else 0,
    }
