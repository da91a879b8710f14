"""The rows of a list as Excel or CSV, one by one, in memory that does not grow: ids as text, header frozen and repeated."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

import xlsxwriter

from wangcheng.common.sheets.cells import neutral
from wangcheng.common.ways.lists.columns import NUMERIC, Column, Kind

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHEET_ROWS = 1_000_000  # of the 1,048,576 a sheet holds; what is beyond stands on further sheets
_WIDTHS = {Kind.LONG: 48, Kind.MOMENT: 18, Kind.DAY: 13, Kind.CODE: 22}


class _Echo:
    """A file that hands every line back instead of keeping it."""

    def write(self, value: str) -> str:
        return value


def csv_lines(columns: Sequence[Column], rows: Iterable[Any]) -> Iterator[str]:
    """UTF-8 with BOM, as Excel wants it."""
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow([column.heading for column in columns])
    for row in rows:
        yield writer.writerow([_csv_value(column.plain(row)) for column in columns])


def _csv_value(value: Any) -> Any:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    return neutral(value) if isinstance(value, str) else value


def write_csv(path: Path, columns: Sequence[Column], rows: Iterable[Any]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        file.writelines(csv_lines(columns, rows))


def write_xlsx(
    file: IO[bytes] | Path, title: str, columns: Sequence[Column], rows: Iterable[Any], scraps: Path | None = None
) -> None:
    """A workbook; the parts it is put together from lie in `scraps` meanwhile, several times its size."""
    options = {
        "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "use_zip64": True,
        "tmpdir": str(scraps) if scraps else None,
    }  # fmt: skip
    book = xlsxwriter.Workbook(str(file) if isinstance(file, Path) else file, options)
    _write_sheets(book, title, columns, rows)
    book.close()


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
