"""勾稽校验: re-computes the ratios and sums of a Chinese self-evaluation report.  Pure: no Django, no database.

`crosscheck(text)` lists what does not agree; it warns and never corrects.  `read_report(path)` gives the text of a file.
Called by the command `crosscheck` and by the pages of the report; these also tell what the figures are (`Known`).
"""

from collections.abc import Iterable

from budget.crosscheck.agreement import check_agreement, report_year
from budget.crosscheck.changes import check_changes
from budget.crosscheck.columns import check_columns
from budget.crosscheck.facts import Facts
from budget.crosscheck.finding import Finding, Part
from budget.crosscheck.indicators import table_figures
from budget.crosscheck.ratios import check_ratios
from budget.crosscheck.reading import ReportError, read_report
from budget.crosscheck.stated import Known, check_known
from budget.crosscheck.sums import check_sums
from budget.crosscheck.tables import check_tables
from budget.crosscheck.text import read

__all__ = ["Finding", "Known", "Part", "ReportError", "crosscheck", "read_report"]


def crosscheck(report: str, known: Iterable[Known] = (), year: int | None = None) -> list[Finding]:
    """Every finding in reading order; an empty list means that all that could be checked agrees.

    `known` are the figures of `year` (without it, of the year the report names first).
    """
    text = read(report)
    facts = Facts(text)
    named = list(check_known(facts, [*known, *table_figures(facts)], f"{year}年" if year else report_year(facts)))
    stated = {fact.start: finding for fact, finding in named}
    checks = (check_ratios, check_sums, check_changes, check_agreement, check_tables, check_columns)
    own = [finding for check in checks for finding in check(facts)]
    told = [finding for finding in stated.values() if finding]
    return sorted(
        [*told, *(finding for finding in own if not settled(finding, stated))], key=lambda finding: finding.at
    )


def settled(finding: Finding, stated: dict[int, Finding | None]) -> bool:
    """Whether the known figure has answered already: a rate without parts, or the same mistake seen another way."""
    if finding.at not in stated:
        return False
    told = stated[finding.at]
    return finding.computed is None or (told is not None and told.computed == finding.computed)
