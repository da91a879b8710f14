"""Lists as Excel or CSV: every matching row, at once or, where there are many, by a job; every export is audited."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header

from wangcheng.common import clock
from wangcheng.common.audit.actions import record
from wangcheng.common.models import AuditEntry, User
from wangcheng.common.people.masking import mask_text
from wangcheng.common.ways.lists import later
from wangcheng.common.ways.lists.columns import Column
from wangcheng.common.ways.lists.writing import XLSX, csv_lines, write_xlsx


def export(
    request: HttpRequest,
    user: User,
    title: str,
    columns: Sequence[Column],
    rows: QuerySet[Any] | Sequence[Any],
    form: str,
) -> HttpResponseBase:
    """Answer with all `rows` as `form` ("xlsx" or "csv"); more of them than a proxy waits for become a job."""
    wanted = [column for column in columns if column.exported]
    if isinstance(request, later.Again):
        return request.write(title, wanted, rows)
    count, most = _count(rows, settings.EXPORT_AT_ONCE), settings.EXPORT_AT_ONCE
    if count > most:
        return later.begin(request, user, title, form, most)
    record(
        AuditEntry.Kind.EXPORT,
        f"导出{title}（{form}）",
        by=user,
        object=title,
        data={"rows": count, "filter": mask_text(request.GET.urlencode())},
        request=request,
    )
    found = rows.iterator(chunk_size=later.CHUNK) if isinstance(rows, QuerySet) else rows
    name = f"{title}_{clock.now():%Y%m%d_%H%M}.{form}"
    return csv_response(name, wanted, found) if form == "csv" else xlsx_response(name, title, wanted, found)


def _count(rows: QuerySet[Any] | Sequence[Any], most: int) -> int:
    """Exact to `most`, else one more: a million are not counted for a question."""
    return rows.order_by()[: most + 1].count() if isinstance(rows, QuerySet) else len(rows)


def csv_response(name: str, columns: Sequence[Column], rows: Iterable[Any]) -> StreamingHttpResponse:
    """Streamed."""
    response = StreamingHttpResponse(csv_lines(columns, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


def xlsx_response(name: str, title: str, columns: Sequence[Column], rows: Iterable[Any]) -> FileResponse:
    """A workbook written to a temporary file."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by the response
    write_xlsx(file, title, columns, rows)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)
