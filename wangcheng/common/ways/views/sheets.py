"""导入表格: template, upload, preview of the first rows, and the start of the job; the same for every registered kind."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import xlsxwriter
from django import forms
from django.core.exceptions import PermissionDenied
from django.core.files import File
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from wangcheng.common.sheets.loading import Previewed, preview, start
from wangcheng.common.sheets.registry import SheetKind, sheet_kind
from wangcheng.common.ways import uploads
from wangcheng.common.ways.access import needs, signed_in
from wangcheng.common.ways.forms import form_page

PREVIEWED = 10
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class UploadForm(forms.Form):
    """The sheet."""

    sheet = forms.FileField(
        label="表格文件", help_text="xlsx、csv或csv.gz，表头上方可以有标题行；重复导入不会产生重复记录"
    )


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
        uploads.keep(request, _key(kind), said["sheet"], lambda path: _first(request, kind, path))
        return reverse("sheet_check", args=[name])

    form = UploadForm(request.POST or None, request.FILES or None)
    return form_page(
        request, form, do, title=f"导入{kind.title}", submit="上传并核对", done="已上传，请核对前几行。",
        back=reverse(kind.back), template="common/sheet_import.html", kind=kind,
    )  # fmt: skip


def _key(kind: SheetKind) -> str:
    return f"sheet_{kind.name}"


@needs()
def sheet_check(request: HttpRequest, name: str) -> HttpResponse:
    """核对: the first rows as they would be taken; “开始导入” starts the job."""
    kind = _kind(request, name)
    kept = uploads.kept(request, _key(kind))
    if kept is None:
        return redirect("sheet_import", name=name)
    path, title = kept
    if request.method == "POST":
        with path.open("rb") as sheet:
            job = start(kind, File(sheet, name=title), by=signed_in(request))
        uploads.forget(request, _key(kind))
        return redirect("job_detail", pk=job.pk)
    page = {"kind": kind, "name": title, "rows": _first(request, kind, path)}
    return render(request, "common/sheet_check.html", page)


def _first(request: HttpRequest, kind: SheetKind, path: Path) -> list[Previewed]:
    return preview(path, kind, by=signed_in(request), most=PREVIEWED)
