"""Putting the report's files together: of the newest edition of a year, of the default text, or of one edition."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TYPE_CHECKING

import orjson

from budget.models import Budget, SelfEvaluation
from budget.report.content import Content, content_of, current
from budget.report.document import build
from budget.report.figures import NAMES
from budget.report.narrative import default_sections
from budget.report.workbook import workbook
from wangcheng.common import clock
from wangcheng.common.audit.actions import record
from wangcheng.common.documents import DocumentError, to_docx, to_pdf
from wangcheng.common.models import AuditEntry
from wangcheng.common.workflow import Code, NotAllowed

if TYPE_CHECKING:
    from django.http import HttpRequest

    from wangcheng.common.models import User

TYPES = {
    "report.docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "report.pdf": "application/pdf",
    "tables.xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "figures.json": "application/json",
}
LABELS = {
    "report.docx": "报告（docx）",
    "report.pdf": "报告（PDF）",
    "tables.xlsx": "表格（xlsx）",
    "figures.json": "数据（json）",
}


def _public(content: Content) -> dict[str, object]:
    return {name: content["figures"][name] for name in NAMES}


MAKERS: dict[str, Callable[[int, Content], bytes]] = {
    "report.docx": lambda year, content: to_docx(build(year, content)),
    "report.pdf": lambda year, content: to_pdf(build(year, content)),
    "tables.xlsx": lambda year, content: workbook(content),
    "figures.json": lambda year, content: orjson.dumps(_public(content), option=orjson.OPT_INDENT_2),
}


def files_of(year: int) -> dict[str, bytes]:
    """The four files of a year: of a newest edition that is frozen as they were frozen, else computed now.

    LookupError where the year has no budget or a place in the text no figure.
    """
    if not Budget.objects.filter(year=year).exists():
        raise LookupError(f"{year}年度没有预算数据，不能生成自评报告。")
    report = SelfEvaluation.objects.filter(year=year).order_by("-edition").first()
    if report is None:
        return render(year, current(year, default_sections(), clock.today()))
    if report.state == SelfEvaluation.State.FROZEN:
        return {name: file_of(report, name) for name in TYPES}
    return render(year, content_of(report))


def render(year: int, content: Content) -> dict[str, bytes]:
    """report.docx, report.pdf, tables.xlsx and figures.json from one set of values."""
    return {name: make(year, content) for name, make in MAKERS.items()}


def download(report: SelfEvaluation, name: str, *, by: User, request: HttpRequest | None = None) -> bytes:
    """One file of an edition, audited: of a frozen one as it was kept, of a draft what it gives now."""
    content = file_of(report, name)
    summary, thing = f"下载{report.year}年度自评报告{name}", f"self_evaluation {report.year}-{report.edition}"
    record(AuditEntry.Kind.EXPORT, summary, by=by, object=thing, request=request)
    return content


def file_of(report: SelfEvaluation, name: str) -> bytes:
    """NotAllowed where the text cannot be set, or a kept file is not the one that was frozen."""
    kept = _kept(report, name)
    if kept is not None:
        return kept
    try:
        return MAKERS[name](report.year, content_of(report))
    except (LookupError, DocumentError) as problem:
        raise NotAllowed(str(problem), Code.RULE) from problem


def _kept(report: SelfEvaluation, name: str) -> bytes | None:
    """The file kept on freezing; None where there is none or it was lost: then the frozen content gives it again."""
    file = {"report.docx": report.docx, "report.pdf": report.pdf, "tables.xlsx": report.xlsx}.get(name)
    if not file:
        return None
    try:
        with file.open("rb") as opened:
            found = bytes(opened.read())
    except FileNotFoundError:
        return None
    expected = report.content.get("files", {}).get(name)  # editions frozen before digests were kept have none
    if expected and expected != digest(found):
        raise NotAllowed(f"{name}与定稿时留存的文件不一致，可能已被改动，请联系系统管理员从备份恢复。", Code.STATE)
    return found


def digest(content: bytes) -> str:
    """SHA-256 of a file, kept in the frozen row."""
    return hashlib.sha256(content).hexdigest()


def file_name(report: SelfEvaluation, name: str) -> str:
    """As the person's machine keeps it: 2022年度自评报告.docx."""
    part = {"tables": "附表", "figures": "数据"}.get(name.split(".")[0], "")
    return f"{report.year}年度自评报告{part}.{name.split('.')[-1]}"
