"""Figures as rows of plain values, for the command `figures` and the API: the same names, the same numbers.

A rate is per cent with six places and has both parts; a count is an integer and an amount a decimal text, whose parts are
null.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wangcheng.common.figures.compute import Value, compute
from wangcheng.common.figures.periods import Period
from wangcheng.common.figures.registry import Figure, all_figures
from wangcheng.common.workflow import plain


def shown_figures(names: Iterable[str] | None, period: Period, by: str = "") -> list[dict[str, Any]]:
    """The figures of a period as the contract names their parts.  LookupError for an unknown name or breakdown."""
    if by and by not in breakdowns():
        raise LookupError(f"没有名为“{by}”的分组，可用：{'、'.join(breakdowns())}。")
    return [shown(value) for value in compute(names, period, by)]


def breakdowns() -> list[str]:
    """Every dimension that some figure can be broken down by."""
    return sorted({name for figure in all_figures() for name in figure.source.dimensions})


def shown(value: Value) -> dict[str, Any]:
    figure = value.figure
    return {
        "name": figure.name,
        "label": figure.label,
        "by_code": value.by_code,
        "by_name": value.by_name,
        "value": _number(value),
        "printed": value.printed,
        "unit": figure.unit,
        "numerator": _whole(value.numerator) if figure.is_rate else None,
        "denominator": _whole(value.denominator) if figure.is_rate else None,
        "definition": figure.definition,
        "version": figure.version,
        "as_of": plain(value.as_of),
    }


def _number(value: Value) -> int | str | None:
    if not value.figure.is_rate and not value.figure.sum_of:
        return int(value.numerator)
    return None if value.value is None else str(value.value)


def _whole(part: Any) -> Any:
    """Counts as integers, sums as exact text."""
    return part if part is None or isinstance(part, int) else str(part)


def shown_definition(figure: Figure) -> dict[str, Any]:
    return {
        "name": figure.name,
        "label": figure.label,
        "unit": figure.unit,
        "is_rate": figure.is_rate,
        "places": figure.places,
        "definition": figure.definition,
        "cohort": figure.cohort,
        "exclusions": figure.exclusions,
        "version": figure.version,
        "higher_is_better": figure.higher_is_better,
        "breakdowns": sorted(figure.source.dimensions),
    }
