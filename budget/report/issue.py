"""Putting the report together: from the newest draft or frozen edition of a year, or the default text where there is none."""

from __future__ import annotations

from datetime import date
from typing import Any

import orjson

from budget.models import Budget, SelfEvaluation
from budget.report.document import build
from budget.report.figures import ALSO, NAMES, figures_of
from budget.report.narrative import Section, default_sections, values_of
from budget.report.workbook import workbook
from wangcheng.common import clock
from wangcheng.common.documents import to_docx, to_pdf


def sections_of(year: int) -> tuple[list[Section], date]:
    """Text and date of the newest edition, or the defaults."""
    report = SelfEvaluation.objects.filter(year=year).order_by("-edition").first()
    return (report.sections, report.dated_on) if report else (default_sections(), clock.today())


def files_of(year: int) -> dict[str, bytes]:
    """The four files of a year, computed now.  LookupError where the year has no budget or a place in the text no figure."""
    if not Budget.objects.filter(year=year).exists():
        raise LookupError(f"{year}年度没有预算数据，不能生成自评报告。")
    sections, dated_on = sections_of(year)
    everything = figures_of(year, NAMES + ALSO)
    return render(year, sections, dated_on, everything)


def render(year: int, sections: list[Section], dated_on: date, figures: dict[str, dict[str, Any]]) -> dict[str, bytes]:
    """report.docx, report.pdf, tables.xlsx and figures.json from one set of values."""
    document = build(year, sections, values_of(year, figures), dated_on)
    public = {name: figures[name] for name in NAMES}
    return {
        "report.docx": to_docx(document),
        "report.pdf": to_pdf(document),
        "tables.xlsx": workbook(year, public),
        "figures.json": orjson.dumps(public, option=orjson.OPT_INDENT_2),
    }
