"""What a report holds, as plain data: computed now for a draft, read from its own row for a frozen edition.

Everything that shows the report (page, files, REST) takes it from here, so that a frozen edition shows what was frozen.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, TypedDict, cast

from budget.crosscheck import crosscheck
from budget.models import Budget, Fund, SelfEvaluation
from budget.report.document import text_of
from budget.report.figures import ALSO, NAMES, figures_of
from budget.report.naming import known_figures
from budget.report.narrative import Place, Section, places_of, values_of
from budget.report.tables import TableShown, tables_of
from wangcheng.common.figures.registry import get


class Content(TypedDict):
    """Plain JSON."""

    sections: list[Section]
    dated_on: str
    values: dict[str, str]  # what fills the places of the text
    figures: dict[str, dict[str, Any]]
    words: dict[str, dict[str, str]]  # label, unit and definition of each figure
    tables: list[TableShown]
    findings: list[dict[str, Any]]  # of the cross-check


def content_of(report: SelfEvaluation) -> Content:
    """The report's content; of a frozen one exactly what was frozen."""
    if report.content:
        return cast("Content", report.content)
    return current(report.year, report.sections, report.dated_on)


def current(year: int, sections: Sequence[Section], dated_on: date) -> Content:
    """What a year's report says now.  LookupError for a place in the text that no figure fills."""
    figures = figures_of(year, NAMES + ALSO)
    values = values_of(year, figures)
    return {
        "sections": list(sections),
        "dated_on": dated_on.isoformat(),
        "values": values,
        "figures": figures,
        "words": {name: _words(name) for name in figures},
        "tables": tables_of(year),
        "findings": _findings(year, text_of(sections, values), figures),
    }


def places_now(year: int) -> list[Place]:
    """What may be written into the text, with today's values."""
    return places_of(values_of(year, figures_of(year, NAMES + ALSO)))


def _findings(year: int, text: str, figures: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """What the cross-check says of the text beside the figures of the same cut-off."""
    return [finding.as_dict() for finding in crosscheck(text, known_figures(figures), year)]


def _words(name: str) -> dict[str, str]:
    figure = get(name)
    return {"label": figure.label, "unit": str(figure.unit), "definition": figure.definition}


def problems_of(year: int, content: Content) -> list[str]:
    """What stands against freezing: unexplained deviations, funds without a table, errors the cross-check found."""
    tables = [f"{table['title']}：{problem}" for table in content["tables"] for problem in table["problems"]]
    checks = [
        f"勾稽校验：“{finding['quote']}”，{finding['advice']}"
        for finding in content["findings"]
        if finding["severity"] == "error"
    ]
    return [*_without_table(year, content["tables"]), *tables, *checks]


def _without_table(year: int, tables: list[TableShown]) -> list[str]:
    known = {table["fund"] for table in tables}
    budgets = Budget.objects.filter(year=year, fund__kind=Fund.Kind.SPECIAL).order_by("fund")
    missing = [name for code, name in budgets.values_list("fund__code", "fund__name") if code not in known]
    return [f"“{name}”还没有绩效自评表。" for name in missing]
