"""tables.xlsx: the figures of the report and its performance tables, for those who work in Excel.

What is a number is written as a number, with its unit in the format of the cell; a target (≥60000件) is a condition and
stays words.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

import xlsxwriter

from budget.report.figures import NAMES
from budget.report.tables import HEADS, TableShown

if TYPE_CHECKING:
    from budget.report.content import Content

FIGURE_HEADS = ("指标", "数值", "单位", "分子", "分母", "口径", "截止日期", "指标代码")
EXECUTION_HEADS = ("项目", "年初预算数（万元）", "全年预算数（万元）", "全年执行数（万元）", "分值", "执行率", "得分")
NUMBER = re.compile(r"(?P<number>-?\d+(?:\.\d+)?)(?P<unit>[^\d.\s]{0,4})")
A4 = 9  # Excel's number for it
WHOLE, FINE, DAY = "0", "#,##0.00", 'yyyy"年"m"月"d"日"'


def workbook(content: Content) -> bytes:
    """One sheet of figures with their parts and definitions, one sheet a performance table."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False}) as book:
        _figures(Sheet(book, "指标"), content)
        for place, table in enumerate(content["tables"], start=1):
            _table(Sheet(book, f"绩效自评表{place}"), table)
    return buffer.getvalue()


class Sheet:
    """A worksheet that writes row by row below the last one."""

    def __init__(self, book: Any, name: str) -> None:
        self.book, self.sheet, self.row = book, book.add_worksheet(name), 0
        self.formats: dict[tuple[str, bool], Any] = {}
        self.sheet.set_landscape()
        self.sheet.set_paper(A4)
        self.sheet.fit_to_pages(1, 0)

    def format(self, number: str = "", bold: bool = False) -> Any:
        """Made once: Excel allows a workbook only so many."""
        shape: dict[str, Any] = {"valign": "vcenter"} | ({"num_format": number} if number else {})
        shape |= {"bold": True, "border": 1, "bg_color": "#F0F2F5"} if bold else {}
        return self.formats.setdefault((number, bold), self.book.add_format(shape))

    def add(self, cells: Iterable[Any], bold: bool = False) -> None:
        for column, cell in enumerate(cells):
            self._cell(column, cell, bold)
        self.row += 1

    def _cell(self, column: int, cell: Any, bold: bool) -> None:
        if isinstance(cell, date):
            self.sheet.write_datetime(self.row, column, cell, self.format(DAY, bold))
        elif (found := number_of(cell)) is not None:
            self.sheet.write_number(self.row, column, found[0], self.format(found[1], bold))
        else:
            self.sheet.write_string(self.row, column, "" if cell is None else str(cell), self.format("", bold))


def number_of(cell: Any) -> tuple[float, str] | None:
    """Value and format of what reads as a number: 68249, 1498.00, 98.39%, 66564件; None for words."""
    found = NUMBER.fullmatch(str(cell))
    if found is None:
        return None
    shape = FINE if "." in found["number"] else WHOLE
    if found["unit"] == "%":
        return round(float(found["number"]) / 100, 6), "0.00%"
    return float(found["number"]), shape + (f'"{found["unit"]}"' if found["unit"] else "")


def _figures(sheet: Sheet, content: Content) -> None:
    for first, last, width in ((0, 0, 34), (1, 4, 14), (5, 5, 60), (6, 6, 16), (7, 7, 30)):
        sheet.sheet.set_column(first, last, width)
    sheet.sheet.freeze_panes(1, 1)
    sheet.add(FIGURE_HEADS, bold=True)
    for name in NAMES:
        entry, words = content["figures"][name], content["words"][name]
        parts = (entry["numerator"], entry["denominator"])
        day = date.fromisoformat(entry["as_of"])
        sheet.add((words["label"], entry["printed"], words["unit"], *parts, words["definition"], day, name))


def _table(sheet: Sheet, found: TableShown) -> None:
    sheet.sheet.set_column(0, 6, 20)
    sheet.sheet.set_column(7, 7, 40)
    sheet.add([found["title"]])
    sheet.add(["预期目标", found["goal"]])
    sheet.add(["实际完成情况", found["achieved"]])
    sheet.add([])
    sheet.add(EXECUTION_HEADS, bold=True)
    for line in found["executions"]:
        sheet.add(line.values())
    sheet.add(["执行率偏差原因及改进措施", found["execution_reason"]])
    if note := found.get("note"):
        sheet.add(["注", note])
    sheet.add([])
    sheet.add(HEADS, bold=True)
    for item in found["lines"]:
        sheet.add(text for name, text in item.items() if name != "missed")
    sheet.add(["总分", "", "", "", "", "100", found["total"], f"等级：{found['grade']}"], bold=True)
