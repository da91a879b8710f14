"""The report as an official document: text, signature and date, and one performance table a page as annexes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from budget.models import Indicator, PerformanceTable
from budget.performance import Computed, Execution, computed
from budget.report.narrative import Section, fill
from wangcheng.common.documents import Annex, Cell, Column, Document, Heading, Paragraph, Table, numbered
from wangcheng.common.figures.compute import half_up

ISSUER = "长沙市望城区社会治理服务中心"
WAN = Decimal(10000)
WIDTHS = (1.3, 1.5, 2.6, 1.6, 1.6, 1.0, 1.0, 2.4)


def wan(yuan: Decimal) -> str:
    """万元 with two places, half-up."""
    return str(half_up(yuan / WAN))


def build(year: int, sections: Sequence[Section], values: Mapping[str, str], dated_on: date) -> Document:
    """The whole report.  LookupError for a place in the text that no figure fills."""
    tables = [
        computed(table) for table in PerformanceTable.objects.filter(year=year).select_related("fund").order_by("pk")
    ]
    return Document(
        title=f"{year}年度{ISSUER.removeprefix('长沙市')}\n部门整体支出预算绩效自评报告",
        blocks=numbered(_blocks(sections, values)),
        annexes=tuple(Annex(_name(found.table), (performance_table(found),), landscape=True) for found in tables),
        signature=ISSUER,
        date=dated_on,
    )


def _blocks(sections: Sequence[Section], values: Mapping[str, str]) -> Iterator[Heading | Paragraph]:
    for section in sections:
        yield Heading(section["heading"], section["level"])
        for line in fill(section["text"], values).split("\n"):
            if line.strip():
                yield Paragraph(line.strip())


def text_of(sections: Sequence[Section], values: Mapping[str, str]) -> str:
    """The plain text, for the cross-check."""
    blocks = numbered(_blocks(sections, values))
    return "\n".join(block.text for block in blocks if isinstance(block, Heading | Paragraph))


def _name(table: PerformanceTable) -> str:
    return (
        f"{table.year}年度{table.fund.name}项目支出绩效自评表"
        if table.fund
        else f"{table.year}年度部门整体支出绩效自评表"
    )


def performance_table(found: Computed) -> Table:
    """预算执行 above, the indicators below, the total at the foot."""
    rows: list[list[Cell | str]] = [_execution_head(len(found.executions))]
    rows += [_execution_row(row) for row in found.executions]
    rows.append([
        Cell(text, bold=True)
        for text in ("一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分", "偏差原因及改进措施")
    ])  # fmt: skip
    rows += list(_indicator_rows(found))
    rows.append([Cell("总分", colspan=5, bold=True), "100", str(found.total), Cell(f"等级：{found.grade}")])
    return Table.of(
        [Column(width) for width in WIDTHS], rows, header_rows=0, caption=_name(found.table), unit="单位：万元"
    )


def _execution_head(count: int) -> list[Cell | str]:
    heads = ("项目", "年初预算数", "全年预算数（A）", "全年执行数（B）", "分值", "执行率", "得分")
    return [Cell("预算执行", rowspan=count + 1, bold=True), *(Cell(text, bold=True) for text in heads)]


def _execution_row(row: Execution) -> list[Cell | str]:
    counted = row.score is not None
    return [
        row.name,
        wan(row.beginning),
        wan(row.whole),
        wan(row.used),
        str(row.weight) if counted else "—",
        f"{row.rate}%" if row.rate is not None else "—",
        str(row.score) if counted else "—",
    ]


def _indicator_rows(found: Computed) -> Iterator[list[Cell | str]]:
    first: dict[str, int] = {}
    for line in found.lines:
        first[line.indicator.level1] = first.get(line.indicator.level1, 0) + 1
    for line in found.lines:
        row = line.indicator
        cells: list[Cell | str] = []
        if row.level1 in first:
            cells.append(Cell(row.get_level1_display(), rowspan=first.pop(row.level1)))
        yield [
            *cells,
            row.level2,
            row.level3,
            _target(row),
            _said(line.actual, row.unit),
            *_score(row, line.score),
            row.reason,
        ]


def _target(row: Indicator) -> str:
    return f"{row.get_comparator_display()}{_said(row.target, row.unit)}"


def _said(value: Decimal | None, unit: str) -> str:
    if value is None:
        return "—"
    return f"{value:.2f}%" if unit == "%" else f"{value.normalize():f}{unit}"


def _score(row: Indicator, score: Decimal | None) -> tuple[str, str]:
    return f"{row.weight.normalize():f}", "—" if score is None else f"{score.normalize():f}"
