"""tables.xlsx: the figures of the report and its performance tables, for those who work in Excel."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import xlsxwriter

from budget.report.figures import NAMES
from budget.report.tables import HEADS, TableShown

if TYPE_CHECKING:
    from budget.report.content import Content

EXECUTION_HEADS = ("项目", "年初预算数（万元）", "全年预算数（万元）", "全年执行数（万元）", "分值", "执行率", "得分")


def workbook(content: Content) -> bytes:
    """One sheet of figures with their parts and definitions, one sheet a performance table."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False}) as book:
        bold = book.add_format({"bold": True, "border": 1})
        _figures(book.add_worksheet("指标"), bold, content)
        for place, table in enumerate(content["tables"], start=1):
            _table(book.add_worksheet(f"绩效自评表{place}"), bold, table)
    return buffer.getvalue()


def _figures(sheet: Any, bold: Any, content: Content) -> None:
    sheet.write_row(0, 0, ["指标", "名称", "数值", "单位", "分子", "分母", "口径", "截止日期"], bold)
    sheet.set_column(0, 1, 26)
    sheet.set_column(6, 6, 60)
    sheet.freeze_panes(1, 0)
    for row, name in enumerate(NAMES, start=1):
        entry, words = content["figures"][name], content["words"][name]
        parts = ["" if part is None else part for part in (entry["numerator"], entry["denominator"])]
        cells = [name, words["label"], entry["printed"], words["unit"], *parts, words["definition"], entry["as_of"]]
        sheet.write_row(row, 0, cells)


def _table(sheet: Any, bold: Any, found: TableShown) -> None:
    sheet.write(0, 0, found["title"], bold)
    sheet.set_column(0, 2, 22)
    sheet.set_column(7, 7, 40)
    sheet.write_row(1, 0, ["预期目标", found["goal"], "实际完成情况", found["achieved"]])
    sheet.write_row(3, 0, EXECUTION_HEADS, bold)
    row = 4
    for line in found["executions"]:
        sheet.write_row(row, 0, list(line.values()))
        row += 1
    sheet.write_row(row, 0, ["执行率偏差原因及改进措施", found["execution_reason"]])
    sheet.write_row(row + 2, 0, HEADS, bold)
    end = row + 3
    for item in found["lines"]:
        sheet.write_row(end, 0, [text for name, text in item.items() if name != "missed"])
        end += 1
    sheet.write_row(end, 0, ["总分", "", "", "", "", "100", found["total"], f"等级：{found['grade']}"], bold)
