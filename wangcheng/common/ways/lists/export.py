"""Lists as Excel or CSV: every matching row, ids as text, header frozen and repeated in print; every export is audited."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header

from wangcheng.common import clock
from wangcheng.common.audit.actions import record
from wangcheng.common.models import AuditEntry, User
from wangcheng.common.people.masking import mask_text
from wangcheng.common.sheets.cells import neutral
from wangcheng.common.ways.lists.columns import NUMERIC, Column, Kind

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHEET_ROWS = 1_000_000  # of the 1,048,576 a sheet holds
CHUNK = 2000
_WIDTHS = {Kind.LONG: 48, Kind.MOMENT: 18, Kind.DAY: 13, Kind.CODE: 22}


def export(
    request: HttpRequest,
    user: User,
    title: str,
    columns: Sequence[Column],
    rows: QuerySet[Any] | Sequence[Any],
    form: str,
) -> HttpResponseBase:
    """Answer with all `rows` as `form` ("xlsx" or "csv")."""
    wanted = [column for column in columns if column.exported]
    record(
        AuditEntry.Kind.EXPORT,
        f"导出{title}（{form}）",
        by=user,
        object=title,
        data={
            "rows": rows.count() if isinstance(rows, QuerySet) else len(rows),
            "filter": mask_text(request.GET.urlencode()),
        },
        request=request,
    )
    found = rows.iterator(chunk_size=CHUNK) if isinstance(rows, QuerySet) else rows
    name = f"{title}_{clock.now():%Y%m%d_%H%M}.{form}"
    return csv_response(name, wanted, found) if form == "csv" else xlsx_response(name, title, wanted, found)


def csv_response(name: str, columns: Sequence[Column], rows: Iterable[Any]) -> StreamingHttpResponse:
    """UTF-8 with BOM, as Excel wants it, streamed."""
    response = StreamingHttpResponse(_csv_lines(columns, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


class _Echo:
    """A file that hands every line back instead of keeping it."""

    def write(self, value: str) -> str:
        return value


def _csv_lines(columns: Sequence[Column], rows: Iterable[Any]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow([column.heading for column in columns])
    for row in rows:
        yield writer.writerow([_csv_value(column.plain(row)) for column in columns])


def _csv_value(value: Any) -> Any:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    return neutral(value) if isinstance(value, str) else value


def xlsx_response(name: str, title: str, columns: Sequence[Column], rows: Iterable[Any]) -> FileResponse:
    """A workbook written row by row to a temporary file, in constant memory."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by the response
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    _write_sheets(book, title, columns, rows)
    book.close()
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)


def _write_sheets(book: Any, title: str, columns: Sequence[Column], rows: Iterable[Any]) -> None:
    formats = {
        Kind.MOMENT: book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
        Kind.DAY: book.add_format({"num_format": "yyyy-mm-dd"}),
        Kind.MONEY: book.add_format({"num_format": "#,##0.00"}),
    }
    head = book.add_format({"bold": True, "bg_color": "#F2F4F7", "border": 1})
    sheet, at = _new_sheet(book, title[:20], 1, columns, head), 1
    for number, row in enumerate(rows):
        if number and number % SHEET_ROWS == 0:
            sheet, at = _new_sheet(book, title[:20], number // SHEET_ROWS + 1, columns, head), 1
        for place, column in enumerate(columns):
            _write(sheet, at, place, column.plain(row), formats.get(column.kind))
        at += 1


def _new_sheet(book: Any, title: str, number: int, columns: Sequence[Column], head: Any) -> Any:
    sheet = book.add_worksheet(title if number == 1 else f"{title}{number}")
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    for place, column in enumerate(columns):
        sheet.set_column(place, place, _WIDTHS.get(column.kind, 12 if column.kind in NUMERIC else 16))
        sheet.write_string(0, place, column.heading, head)
    return sheet


def _write(sheet: Any, row: int, place: int, value: Any, form: Any) -> None:
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        sheet.write_number(row, place, value, form)
    elif isinstance(value, str):
        sheet.write_string(row, place, value[:32767])
    else:
        sheet.write_datetime(row, place, value, form)
