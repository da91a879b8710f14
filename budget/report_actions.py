"""Changing the self-evaluation report: draft it, edit its text, freeze it on issue, correct it by a new edition."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.core.files.base import ContentFile
from django.db import transaction

from budget.models import Budget, SelfEvaluation
from budget.report.figures import ALSO, NAMES, figures_of
from budget.report.issue import render
from budget.report.narrative import Section, default_sections, unknown_places, values_of
from wangcheng.common import clock
from wangcheng.common.audit.actions import record
from wangcheng.common.models import AuditEntry
from wangcheng.common.workflow import Code, NotAllowed

if TYPE_CHECKING:
    from wangcheng.common.models import User

State = SelfEvaluation.State


def _tell(summary: str, report: SelfEvaluation, by: User | None) -> None:
    record(AuditEntry.Kind.DATA, summary, by=by, object=f"self_evaluation {report.year}-{report.edition}")


@transaction.atomic
def draft(year: int, *, by: User | None) -> SelfEvaluation:
    """编制: the year's first edition with the default text."""
    if not Budget.objects.filter(year=year).exists():
        raise NotAllowed(f"{year}年度没有预算数据，不能编制自评报告。", Code.RULE, "year")
    if SelfEvaluation.objects.filter(year=year).exists():
        raise NotAllowed(f"{year}年度的自评报告已经编制，定稿后如需修改请办理更正。", Code.STATE, "year")
    report = SelfEvaluation.objects.create(
        year=year, sections=default_sections(), dated_on=clock.today(), edited_by=by, edited_at=clock.now()
    )
    _tell("编制自评报告", report, by)
    return report


def _open(report_id: int, version: int | None) -> SelfEvaluation:
    report: SelfEvaluation = SelfEvaluation.objects.select_for_update().get(pk=report_id)
    if report.state == State.FROZEN:
        raise NotAllowed("报告已定稿，不能修改；如需修改请办理更正。", Code.STATE)
    if version is not None and version != report.version:
        raise NotAllowed("报告已被其他人员修改，请刷新后重试。", Code.VERSION)
    return report


@transaction.atomic
def edit(
    report_id: int, sections: list[Section], dated_on: date, *, by: User | None, version: int | None = None
) -> SelfEvaluation:
    """修改正文.  RULE for a `{{ place }}` that no figure fills."""
    report = _open(report_id, version)
    values = values_of(report.year, figures_of(report.year, NAMES + ALSO))
    for section in sections:
        if unknown := unknown_places(section["text"], values):
            raise NotAllowed(f"“{section['heading']}”中的“{unknown[0]}”没有对应的数据。", Code.RULE)
    report.sections, report.dated_on, report.edited_by = list(sections), dated_on, by
    report.edited_at, report.version = clock.now(), report.version + 1
    report.save(update_fields=["sections", "dated_on", "edited_by", "edited_at", "version"])
    _tell("修改自评报告", report, by)
    return report


@transaction.atomic
def freeze(report_id: int, *, by: User | None, version: int | None = None) -> SelfEvaluation:
    """定稿: the figures and the files as they are now are kept; the database refuses any later change."""
    report = _open(report_id, version)
    figures = figures_of(report.year, NAMES + ALSO)
    files = render(report.year, report.sections, report.dated_on, figures)
    for field, name in (("docx", "report.docx"), ("pdf", "report.pdf"), ("xlsx", "tables.xlsx")):
        kept = f"{report.year}-{report.edition}-{name}"
        getattr(report, field).save(kept, ContentFile(files[name]), save=False)
    report.figures, report.state = figures, State.FROZEN
    report.frozen_by, report.frozen_at = by, clock.now()
    report.save()
    _tell("自评报告定稿", report, by)
    return report


@transaction.atomic
def correct(report_id: int, reason: str, *, by: User | None) -> SelfEvaluation:
    """更正: a new edition with the text of the frozen one; the frozen one stays as it is."""
    report: SelfEvaluation = SelfEvaluation.objects.select_for_update().get(pk=report_id)
    if report.state != State.FROZEN:
        raise NotAllowed("报告尚未定稿，可直接修改。", Code.STATE)
    if SelfEvaluation.objects.filter(year=report.year, edition__gt=report.edition).exists():
        raise NotAllowed("该版报告已有更正版。", Code.STATE)
    new = SelfEvaluation.objects.create(
        year=report.year, edition=report.edition + 1, sections=report.sections, dated_on=clock.today(), reason=reason,
        edited_by=by, edited_at=clock.now(),
    )  # fmt: skip
    _tell("更正自评报告", new, by)
    return new
