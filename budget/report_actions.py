"""Changing the self-evaluation report: draft it, edit its text, freeze it on issue, correct it by a new edition."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.files.base import ContentFile
from django.db import transaction

from budget.models import Budget, SelfEvaluation
from budget.performance import default_tables
from budget.report.content import Content, content_of, problems_of
from budget.report.figures import ALSO, NAMES, figures_of
from budget.report.issue import digest, render
from budget.report.narrative import default_sections, in_names, unknown_places, values_of
from wangcheng.common import clock
from wangcheng.common.audit.actions import record
from wangcheng.common.documents import DocumentError
from wangcheng.common.models import AuditEntry
from wangcheng.common.twins import refused_twice
from wangcheng.common.workflow import Code, NotAllowed

if TYPE_CHECKING:
    from wangcheng.common.models import User

State = SelfEvaluation.State
KEPT = (("docx", "report.docx"), ("pdf", "report.pdf"), ("xlsx", "tables.xlsx"))


def _tell(summary: str, report: SelfEvaluation, by: User | None, **data: Any) -> None:
    record(AuditEntry.Kind.DATA, summary, by=by, object=f"self_evaluation {report.year}-{report.edition}", data=data)


@transaction.atomic
def draft(year: int, *, by: User | None) -> SelfEvaluation:
    """编制: the year's first edition with the default text, and its performance tables where they are missing."""
    if not Budget.objects.filter(year=year).exists():
        raise NotAllowed(f"{year}年度没有预算数据，不能编制自评报告。", Code.RULE, "year")
    with refused_twice(f"{year}年度的自评报告已经编制，定稿后如需修改请办理更正。", field="year"):
        report = SelfEvaluation.objects.create(
            year=year, sections=default_sections(), dated_on=clock.today(), edited_by=by, edited_at=clock.now()
        )
    default_tables(year)
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
    report_id: int,
    texts: Mapping[int, str],
    dated_on: date | None = None,
    *,
    by: User | None,
    version: int | None = None,
) -> SelfEvaluation:
    """修改正文: the sections at these places (from 0).  RULE for a `{{ place }}` that no figure fills."""
    report = _open(report_id, version)
    texts = {place: in_names(text) for place, text in texts.items()}
    _check_texts(report, texts)
    for place, text in texts.items():
        report.sections[place]["text"] = text
    report.dated_on, report.edited_by = dated_on or report.dated_on, by
    report.edited_at, report.version = clock.now(), report.version + 1
    report.save(update_fields=["sections", "dated_on", "edited_by", "edited_at", "version"])
    _tell("修改自评报告", report, by, sections=sorted(texts))
    return report


def _check_texts(report: SelfEvaluation, texts: Mapping[int, str]) -> None:
    values = values_of(report.year, figures_of(report.year, NAMES + ALSO))
    for place, text in texts.items():
        if not 0 <= place < len(report.sections):
            raise NotAllowed(f"报告没有第{place}段。", Code.RULE, "section")
        if unknown := unknown_places(text, values):
            heading = report.sections[place]["heading"]
            raise NotAllowed(f"“{heading}”中的“{unknown[0]}”没有对应的数据。", Code.RULE)


@transaction.atomic
def freeze(report_id: int, *, by: User | None, version: int | None = None, acknowledgement: str = "") -> SelfEvaluation:
    """定稿: all that the report shows and its files are kept; the database refuses any later change.

    RULE with the list of problems, unless somebody acknowledges them with a reason.
    """
    report = _open(report_id, version)
    content, files = _issued(report)
    problems = problems_of(report.year, content)
    if problems and not acknowledgement.strip():
        raise NotAllowed(_refusal(problems), Code.RULE, "acknowledgement")
    for field, name in KEPT:
        kept = f"{report.year}-{report.edition}-{name}"
        getattr(report, field).save(kept, ContentFile(files[name]), save=False)
    acknowledged = {"problems": problems, "acknowledgement": acknowledgement.strip() if problems else ""}
    kept_files = {name: digest(files[name]) for _, name in KEPT}
    report.content = {**content, **acknowledged, "files": kept_files}
    report.figures, report.state = content["figures"], State.FROZEN
    report.frozen_by, report.frozen_at = by, clock.now()
    report.save()
    _tell("自评报告定稿", report, by, **acknowledged)
    return report


def _issued(report: SelfEvaluation) -> tuple[Content, dict[str, bytes]]:
    try:
        content = content_of(report)
        return content, render(report.year, content)
    except (LookupError, DocumentError) as problem:
        raise NotAllowed(str(problem), Code.RULE) from problem


def _refusal(problems: list[str]) -> str:
    listed = "".join(f"（{place}）{problem}" for place, problem in enumerate(problems, start=1))
    return f"报告还有{len(problems)}个问题：{listed}请处理后再定稿；确需保留的，填写保留原因。"


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
    _tell("更正自评报告", new, by, reason=reason)
    return new
