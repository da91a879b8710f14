"""导入表格: template, upload, preview of the first rows, and the start of the job; the same for every registered kind."""

from __future__ import annotations

import io
import uuid
from pathlib import Path
from typing import Any

import xlsxwriter
from django import forms
from django.core.exceptions import PermissionDenied
from django.core.files import File
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from wangcheng.common.sheets.loading import Previewed, preview, start
from wangcheng.common.sheets.reading import FileProblem
from wangcheng.common.sheets.registry import SheetKind, sheet_kind
from wangcheng.common.ways.access import needs, signed_in
from wangcheng.common.ways.forms import form_page

PREVIEWED = 10
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class UploadForm(forms.Form):
    """The sheet."""

    sheet = forms.FileField(label="表格文件", help_text="xlsx、csv或csv.gz，第一行为表头；重复导入不会产生重复记录")


def _kind(request: HttpRequest, name: str) -> SheetKind:
    """404 for what there is not, 403 for who may not."""
    try:
        kind = sheet_kind(name)
    except LookupError:
        raise Http404("没有这种表格。") from None
    if not signed_in(request).has_perm(kind.permission):
        raise PermissionDenied("您的岗位没有导入该表的权限。")
    return kind


@needs()
@require_GET
def sheet_template(request: HttpRequest, name: str) -> HttpResponse:
    """下载模板: the headers with an example row; everything is text, so that long numbers stay whole."""
    kind, out = _kind(request, name), io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet, plain, bold = (
            book.add_worksheet("模板"),
            book.add_format({"num_format": "@"}),
            book.add_format({"bold": 1}),
        )
        for place, column in enumerate(kind.columns):
            sheet.set_column(place, place, max(12, 2 * len(column.header)), plain)
            sheet.write_string(0, place, column.header, bold)
            sheet.write_string(1, place, column.example, plain)
    answer = HttpResponse(out.getvalue(), content_type=XLSX)
    answer.headers["Content-Disposition"] = f"attachment; filename={name}-template.xlsx"
    return answer


@needs()
def sheet_import(request: HttpRequest, name: str) -> HttpResponse:
    """Upload; a file that is no such sheet is refused here."""
    kind = _kind(request, name)

    def do(said: dict[str, Any]) -> str:
        _keep(request, kind, said["sheet"])
        return reverse("sheet_check", args=[name])

    form = UploadForm(request.POST or None, request.FILES or None)
    return form_page(
        request, form, do, title=f"导入{kind.title}", submit="上传并核对", done="已上传，请核对前几行。",
        back=reverse(kind.back), template="common/sheet_import.html", kind=kind,
    )  # fmt: skip


def _session_key(kind: SheetKind) -> str:
    return f"sheet_{kind.name}"


def _keep(request: HttpRequest, kind: SheetKind, sheet: Any) -> None:
    """Keep the upload for the next page; the one before it is forgotten.  A ValidationError at the field if it is no use."""
    _forget(request, kind)
    stored = default_storage.save(f"imports/{uuid.uuid4().hex}", sheet)
    try:
        preview(Path(default_storage.path(stored)), kind, by=signed_in(request), most=PREVIEWED)
    except FileProblem as problem:
        default_storage.delete(stored)
        raise forms.ValidationError({"sheet": str(problem)}) from problem
    request.session[_session_key(kind)] = [stored, Path(sheet.name).name[:100]]


def _forget(request: HttpRequest, kind: SheetKind) -> None:
    if kept := request.session.pop(_session_key(kind), None):
        default_storage.delete(kept[0])


@needs()
def sheet_check(request: HttpRequest, name: str) -> HttpResponse:
    """核对: the first rows as they would be taken; “开始导入” starts the job."""
    kind = _kind(request, name)
    kept = request.session.get(_session_key(kind))
    if kept is None or not default_storage.exists(kept[0]):
        return redirect("sheet_import", name=name)
    path = Path(default_storage.path(kept[0]))
    if request.method == "POST":
        with path.open("rb") as sheet:
            job = start(kind, File(sheet, name=kept[1]), by=signed_in(request))
        _forget(request, kind)
        return redirect("job_detail", pk=job.pk)
    return render(
        request, "common/sheet_check.html", {"kind": kind, "name": kept[1], "rows": _first(request, kind, path)}
    )


def _first(request: HttpRequest, kind: SheetKind, path: Path) -> list[Previewed]:
    return preview(path, kind, by=signed_in(request), most=PREVIEWED)
