"""The performance tables as they are printed: plain text by cell, for the document, the workbook, the page, REST and the
frozen edition, so that all of them show the same and a frozen one needs nothing but itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import groupby
from typing import NotRequired, TypedDict

from budget.models import Indicator, PerformanceTable, SelfEvaluation
from budget.performance import Computed, Execution, Line, computed
from wangcheng.common import clock
from wangcheng.common.documents import Cell, Column, Table
from wangcheng.common.figures.compute import half_up

WAN = Decimal(10000)
NOTHING = "—"
WIDTHS = (1.57, 1.57, 2.3, 2.05, 1.9, 0.95, 1.5, 2.16)  # “≥60000件” and “实际完成值” stand on one line
FEW = 3  # 三级指标 that stay on one page with 总分
HEADS = ("一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分", "偏差原因及改进措施")
EXECUTION_HEADS = ("项目", "年初预算数", "全年预算数（A）", "全年执行数（B）", "分值", "执行率", "得分")
WARNINGS = {"red": "红色预警：得分明显高于执行率", "yellow": "黄色预警：未使用比例偏高或没有预算", "": ""}


class ExecutionShown(TypedDict):
    """预算执行 of one line, amounts in 万元."""

    name: str
    beginning: str
    whole: str
    used: str
    weight: str
    rate: str
    score: str


class LineShown(TypedDict):
    """One indicator."""

    level1: str
    level2: str
    level3: str
    target: str
    actual: str
    weight: str
    score: str
    missed: bool
    reason: str


class TableShown(TypedDict):
    """A whole table."""

    title: str
    fund: str  # code; "" for the whole department
    name: str  # of the fund or of the office
    goal: str
    achieved: str
    executions: list[ExecutionShown]
    execution_reason: str
    note: NotRequired[str]  # what is assumed in it; an edition frozen before this was kept has none
    lines: list[LineShown]
    total: str
    score_of_indicators: str
    grade: str
    warning: str  # "red", "yellow" or ""
    warning_words: str
    problems: list[str]


def wan(yuan: Decimal) -> str:
    """万元 with two places, half-up."""
    return str(half_up(yuan / WAN))


def tables_of(year: int) -> list[TableShown]:
    """Every table of the year as it stands now."""
    return [shown(computed(table)) for table in of_year(year)]


def of_year(year: int) -> list[PerformanceTable]:
    return list(PerformanceTable.objects.filter(year=year).select_related("fund").order_by("pk"))


def scores_of(year: int) -> dict[str, Decimal]:
    """The points of each fund's indicators of a year that is over, by the fund's code: as frozen, else as of now."""
    if year >= clock.today().year:
        return {}
    frozen = SelfEvaluation.objects.filter(year=year, state=SelfEvaluation.State.FROZEN).order_by("-edition")
    tables = next((content["tables"] for content in frozen.values_list("content", flat=True)[:1] if content), None)
    found = tables_of(year) if tables is None else tables
    return {table["fund"]: Decimal(table["score_of_indicators"]) for table in found if table["fund"]}


def title_of(table: PerformanceTable) -> str:
    return f"{table.year}年度{_subject(table)}绩效自评表"


def _subject(table: PerformanceTable) -> str:
    """部门整体支出, or the fund's name with 项目支出 said once."""
    if table.fund is None:
        return "部门整体支出"
    return f"{table.fund.name.removesuffix('专项').removesuffix('项目')}项目支出"


def shown(found: Computed) -> TableShown:
    table = found.table
    return {
        "title": title_of(table),
        "fund": table.fund.code if table.fund else "",
        "name": table.fund.name if table.fund else "部门整体支出",
        "goal": table.goal,
        "achieved": table.achieved,
        "executions": [_execution(row) for row in found.executions],
        "execution_reason": table.execution_reason,
        "note": _note(found.executions),
        "lines": [_line(line) for line in found.lines],
        "total": number(found.total),
        "score_of_indicators": number(found.others),
        "grade": found.grade,
        "warning": found.warning,
        "warning_words": WARNINGS[found.warning],
        "problems": found.problems,
    }


def _note(executions: list[Execution]) -> str:
    names = [name for row in executions for name in row.assumed]
    return f"{'、'.join(names)}的预算没有公开来源，为演示假定数" if names else ""


def _execution(row: Execution) -> ExecutionShown:
    return {
        "name": row.name,
        "beginning": wan(row.beginning),
        "whole": wan(row.whole),
        "used": wan(row.used),
        "weight": NOTHING if row.score is None else number(row.weight),
        "rate": NOTHING if row.rate is None else f"{row.rate}%",
        "score": NOTHING if row.score is None else number(row.score),
    }


def _line(line: Line) -> LineShown:
    row = line.indicator
    return {
        "level1": row.get_level1_display(),
        "level2": row.level2,
        "level3": row.level3,
        "target": target_words(row),
        "actual": value_words(line.actual, row.unit),
        "weight": number(row.weight),
        "score": NOTHING if line.score is None else number(line.score),
        "missed": line.missed,
        "reason": row.reason,
    }


def target_words(row: Indicator) -> str:
    return f"{row.get_comparator_display()}{value_words(row.target, row.unit)}"


def value_words(value: Decimal | None, unit: str) -> str:
    if value is None:
        return NOTHING
    return f"{value:.2f}%" if unit == "%" else f"{number(value)}{unit}"


def number(value: Decimal) -> str:
    """Without exponent and needless noughts."""
    return f"{value.normalize():f}"


def as_table(found: TableShown) -> Table:
    """Name, goal, execution, indicators and the total at the foot: the form of 财预〔2020〕10号."""
    rows: list[list[Cell | str]] = list(_head(found))
    rows.append([Cell("预算执行", rowspan=len(found["executions"]) + 1, bold=True), *_bold(EXECUTION_HEADS)])
    rows += [_execution_cells(row) for row in found["executions"]]
    if found["execution_reason"]:
        rows.append([Cell("执行率偏差原因及改进措施", colspan=2, bold=True), _long(found["execution_reason"], 6)])
    rows += [_bold(HEADS), *_indicator_rows(found["lines"])]
    foot = f"{found['total']}（{found['grade']}）"
    rows.append([Cell("总分", colspan=5, bold=True), "100", Cell(foot, colspan=2, bold=True)])
    columns = [Column(width) for width in WIDTHS]
    note = found.get("note")  # beside the unit: a row more would push the total to the next page
    unit = f"单位：万元（{note}）" if note else "单位：万元"
    return Table.of(columns, rows, header_rows=0, foot_rows=_foot_rows(found["lines"]), unit=unit)


def _runs(lines: list[LineShown]) -> list[list[LineShown]]:
    """The rows that follow each other under one 一级指标."""
    return [list(run) for _, run in groupby(lines, key=lambda line: line["level1"])]


def _foot_rows(lines: list[LineShown]) -> int:
    """总分 never stands alone on a page: it goes with the last 一级指标, where that is short."""
    last = len(_runs(lines)[-1]) if lines else 0
    return 1 + last if last <= FEW else 1


def _head(found: TableShown) -> Iterator[list[Cell | str]]:
    label = "项目名称" if found["fund"] else "评价对象"
    yield [Cell(label, bold=True), Cell(found["name"], colspan=7)]
    if found["goal"] or found["achieved"]:
        yield [
            Cell("年度总体目标", rowspan=2, bold=True),
            Cell("预期目标", colspan=3, bold=True),
            Cell("实际完成情况", colspan=4, bold=True),
        ]
        yield [_long(found["goal"], 3), _long(found["achieved"], 4)]


def _bold(texts: tuple[str, ...]) -> list[Cell | str]:
    return [Cell(text, bold=True) for text in texts]


def _long(text: str, span: int) -> Cell:
    return Cell(text, colspan=span, align="left")


def _execution_cells(row: ExecutionShown) -> list[Cell | str]:
    return [row["name"], row["beginning"], row["whole"], row["used"], row["weight"], row["rate"], row["score"]]


def _indicator_rows(lines: list[LineShown]) -> Iterator[list[Cell | str]]:
    """一级指标 spans its run; its longest name breaks between words."""
    for run in _runs(lines):
        name = run[0]["level1"].replace("满意度指标", "满意度\n指标")
        for place, line in enumerate(run):
            first: list[Cell | str] = [] if place else [Cell(name, rowspan=len(run))]
            yield [*first, *_indicator_cells(line)]


def _indicator_cells(line: LineShown) -> list[Cell | str]:
    values = [line["level2"], line["level3"], line["target"], line["actual"], line["weight"], line["score"]]
    return [*values, Cell(line["reason"], align="left" if line["reason"] else None)]
