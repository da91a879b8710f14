"""勾稽校验: re-computes the ratios and sums of a Chinese self-evaluation report.  Pure: no Django, no database.

`crosscheck(text)` lists what does not agree; it warns and never corrects.  `read_report(path)` gives the text of a file.
Called by the command `crosscheck` and by the pages of the report.
"""

from budget.crosscheck.agreement import check_agreement
from budget.crosscheck.facts import Facts
from budget.crosscheck.finding import Finding, Part
from budget.crosscheck.ratios import check_ratios
from budget.crosscheck.reading import ReportError, read_report
from budget.crosscheck.sums import check_sums
from budget.crosscheck.tables import check_tables
from budget.crosscheck.text import read

__all__ = ["Finding", "Part", "ReportError", "crosscheck", "read_report"]


def crosscheck(report: str) -> list[Finding]:
    """Every finding in reading order; an empty list means that all that could be checked agrees."""
    text = read(report)
    facts = Facts(text)
    findings = [*check_ratios(facts), *check_sums(facts), *check_agreement(facts), *check_tables(text)]
    return sorted(findings, key=lambda finding: finding.at)
