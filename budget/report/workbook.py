"""tables.xlsx: the figures of the report and its performance tables, for those who work in Excel."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import xlsxwriter

from budget.models import PerformanceTable
from budget.performance import Computed, computed
from budget.report.document import wan
from wangcheng.common.figures.registry import get


def workbook(year: int, figures: Mapping[str, Mapping[str, Any]]) -> bytes:
    """One sheet of figures with their parts and definitions, one sheet a performance table."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False}) as book:
        bold = book.add_format({"bold": True, "border": 1})
        _figures(book.add_worksheet("指标"), bold, figures)
        tables = PerformanceTable.objects.filter(year=year).select_related("fund").order_by("pk")
        for place, table in enumerate(tables, start=1):
            _table(book.add_worksheet(f"绩效自评表{place}"), bold, computed(table))
    return buffer.getvalue()


def _figures(sheet: Any, bold: Any, figures: Mapping[str, Mapping[str, Any]]) -> None:
    sheet.write_row(0, 0, ["指标", "名称", "数值", "单位", "分子", "分母", "口径", "截止日期"], bold)
    sheet.set_column(0, 1, 26)
    sheet.set_column(6, 6, 60)
    sheet.freeze_panes(1, 0)
    for row, (name, entry) in enumerate(figures.items(), start=1):
        figure = get(name)
        parts = [entry["numerator"], entry["denominator"]]
        cells = [name, figure.label, entry["printed"], str(figure.unit), *("" if p is None else p for p in parts)]
        sheet.write_row(row, 0, [*cells, figure.definition, entry["as_of"]])


def _table(sheet: Any, bold: Any, found: Computed) -> None:
    sheet.write(0, 0, str(found.table), bold)
    sheet.set_column(0, 2, 22)
    heads = ["项目", "年初预算数（万元）", "全年预算数（万元）", "全年执行数（万元）", "分值", "执行率（%）", "得分"]
    sheet.write_row(2, 0, heads, bold)
    row = 3
    for line in found.executions:
        amounts = [wan(amount) for amount in (line.beginning, line.whole, line.used)]
        rate = "" if line.rate is None else str(line.rate)
        sheet.write_row(
            row, 0, [line.name, *amounts, str(line.weight), rate, "" if line.score is None else str(line.score)]
        )
        row += 1
    heads = ["一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分", "偏差原因及改进措施"]
    sheet.write_row(row + 1, 0, heads, bold)
    for offset, item in enumerate(found.lines, start=row + 2):
        indicator = item.indicator
        target = f"{indicator.get_comparator_display()}{indicator.target}{indicator.unit}"
        actual = "" if item.actual is None else f"{item.actual}{indicator.unit}"
        score = "" if item.score is None else str(item.score)
        cells = [indicator.get_level1_display(), indicator.level2, indicator.level3, target, actual]
        sheet.write_row(offset, 0, [*cells, str(indicator.weight), score, indicator.reason])
    end = row + 2 + len(found.lines)
    sheet.write_row(end, 0, ["总分", "", "", "", "", "100", str(found.total), f"等级：{found.grade}"], bold)
