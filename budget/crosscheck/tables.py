"""Tables of a report: ratios per row, totals per column.  Pure.

A table is a run of lines with tabs (that is how `read_report` writes those of docx and html).  Columns are known by
the words of their header, so the 绩效自评表 with its several headers is read like any other table.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from budget.crosscheck.facts import COUNTED, Facts
from budget.crosscheck.finding import Finding, Part, plain
from budget.crosscheck.text import Text

Role = Literal["initial", "planned", "spent", "rate", "full", "score"]
ROLES: tuple[tuple[Role, str], ...] = (
    ("rate", "执行率|使用率|支出率"),
    ("initial", "年初预算"),
    ("planned", "预算"),
    ("spent", "执行数|实际支出|支出数|使用数|使用金额|实际使用|已使用|执行金额|实际执行"),
    ("full", "分值|满分|权重"),
    ("score", "得分|评分"),
)
TOTAL_ROW = re.compile(r"^(?:总分|合计|总计|总得分|共计)[（）\dA-Z+分]*$")
NOT_ADDED = re.compile(r"率|比|排名|名次|序号|度|均|编号|年份|时间|指标值|完成值")
WITHIN = re.compile(r"^其中|^小计")
SUBTOTAL = re.compile(r"^小计$")
WAN = Decimal(10_000)

Row = tuple[int, list[str]]


@dataclass(slots=True)
class Sheet:
    """What is known while a table is read from top to bottom."""

    header: list[str] = field(default_factory=list)
    body: list[Row] = field(default_factory=list)  # the rows since the header
    lot: list[Row] = field(default_factory=list)  # the rows since the header or the last 小计
    top: Row | None = None  # a total that stands above what it adds up
    fulls: list[Decimal] = field(default_factory=list)  # 分值 and 得分 of the whole table, across its headers
    scores: list[Decimal] = field(default_factory=list)


def check_tables(facts: Facts) -> Iterator[Finding]:
    for rows in facts.text.rows():
        sheet = Sheet()
        for row in rows:
            yield from check_row(row, sheet, facts.text)
        yield from check_top(sheet, facts.text)


def check_row(row: Row, sheet: Sheet, text: Text) -> Iterator[Finding]:
    cells = row[1]
    if is_header(cells):
        yield from check_top(sheet, text)
        sheet.header, sheet.body, sheet.lot = cells, [], []
    elif any(TOTAL_ROW.match(cell.strip()) for cell in cells[:3]):
        if sheet.body:
            yield from check_total_row(row, sheet, text)
        else:
            sheet.top = row
        yield from check_execution(row, sheet, text)
    elif any(SUBTOTAL.match(cell.strip()) for cell in cells[:3]):
        yield from check_columns_of(row, sheet, sheet.lot, text)
        sheet.lot = []
    else:
        yield from check_execution(row, sheet, text)
        remember(row, sheet)


def is_header(cells: list[str]) -> bool:
    """Words and no figures; at least two different ones."""
    words = {cell.strip() for cell in cells} - {""}
    return len(words) >= 2 and not any(number(word) is not None for word in words)


def role_of(header: str) -> Role | None:
    return next((role for role, pattern in ROLES if re.search(pattern, header)), None)


def number(cell: str) -> Decimal | None:
    """The value of a cell that holds nothing but a figure; units and the per cent sign are let pass."""
    match = re.fullmatch(rf"(-?\d+(?:\.\d+)?)(?:万元|元|分|%|{COUNTED})?", cell.strip())
    return Decimal(match[1]) if match else None


def by_role(cells: list[str], header: list[str]) -> dict[Role, str]:
    """The first figure of each role in this row."""
    found: dict[Role, str] = {}
    for cell, head in zip(cells, header, strict=False):
        role = role_of(head)
        if role and role not in found and number(cell) is not None:
            found[role] = cell.strip()
    return found


def name_of(cells: list[str]) -> str:
    return next((cell.strip() for cell in cells if cell.strip() and number(cell) is None), "")


def check_execution(row: Row, sheet: Sheet, text: Text) -> Iterator[Finding]:
    """执行率 = 全年执行数 ÷ 全年预算数 (年初预算数 where there is no other), 得分 = 分值 × 执行率, at most 分值."""
    at, cells = row
    found = by_role(cells, sheet.header)
    planned = found.get("planned") or found.get("initial")
    if not planned or "spent" not in found or not (whole := number(planned)):
        return
    quotient = (number(found["spent"]) or Decimal(0)) / whole * factor(found["spent"], planned, row, sheet)
    parts = (Part("执行数", found["spent"], ""), Part("预算数", planned, ""))
    if "rate" in found and not rate_holds(found["rate"], quotient):
        right = rounded_like(found["rate"].rstrip("%"), quotient * 100)
        advice = f"表中“{name_of(cells)}”的执行率原文为{found['rate']}，按{found['spent']}÷{planned}应为{right}%。"
        yield made("ratio", at, cells, text, found["rate"].rstrip("%"), right, parts, "error", advice)
    yield from check_score(row, found, quotient, parts, text)


def factor(spent: str, planned: str, row: Row, sheet: Sheet) -> Decimal:
    """Between 元 and 万元, where both are said in the cell or above it; nothing is taken for granted."""
    cells = [cell.strip() for cell in row[1]]
    below, above = (unit_of(cell, sheet.header[cells.index(cell)]) for cell in (spent, planned))
    return {("元", "万元"): 1 / WAN, ("万元", "元"): WAN}.get((below, above), Decimal(1))


def unit_of(cell: str, head: str) -> str:
    match = re.search("万元|元", cell) or re.search("万元|元", head)
    return match[0] if match else ""


def rate_holds(printed: str, quotient: Decimal) -> bool:
    """A rate without a per cent sign may be printed as a fraction (0.93) or in per cent (92.94)."""
    bare = printed.rstrip("%")
    values = [quotient * 100] if printed.endswith("%") else [quotient * 100, quotient]
    return any(Decimal(bare) == Decimal(rounded_like(bare, value)) for value in values)


def rounded_like(printed: str, value: Decimal) -> str:
    """`value` half-up with as many decimals as `printed` has."""
    decimals = len(printed.partition(".")[2])
    return format(value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP), "f")


def check_score(
    row: Row, found: dict[Role, str], quotient: Decimal, parts: tuple[Part, ...], text: Text
) -> Iterator[Finding]:
    """财预〔2020〕10号 gives the share of the points; other rules exist, so a difference is a note."""
    if "full" not in found or "score" not in found:
        return
    full, score = Decimal(found["full"].rstrip("分%")), found["score"].rstrip("分")
    right = rounded_like(score, min(full, full * quotient))
    if Decimal(score) != Decimal(right):
        at, cells = row
        advice = f"表中“{name_of(cells)}”的预算执行得分原文为{score}分，按分值{plain(full)}乘以执行率应为{right}分，"
        advice += "如另有计分办法请注明。"
        yield made("ratio", at, cells, text, score, right, parts, "note", advice)


def remember(row: Row, sheet: Sheet) -> None:
    cells = row[1]
    if any(WITHIN.match(cell.strip()) for cell in cells):
        return
    sheet.body.append(row)
    sheet.lot.append(row)
    found = by_role(cells, sheet.header)
    if full := found.get("full"):
        sheet.fulls.append(Decimal(full.rstrip("分%")))
        sheet.scores += [Decimal(found["score"].rstrip("分"))] if "score" in found else []


def check_total_row(row: Row, sheet: Sheet, text: Text) -> Iterator[Finding]:
    """分值 and 得分 add up over the whole table, every other column over the rows below its header."""
    found = by_role(row[1], sheet.header)
    for role, values in (("full", sheet.fulls), ("score", sheet.scores)):
        if role in found and len(values) >= 2:
            yield from added("分值" if role == "full" else "得分", found[role].rstrip("分%"), values, row, text)
    yield from check_columns_of(row, sheet, sheet.body, text)


def check_top(sheet: Sheet, text: Text) -> Iterator[Finding]:
    """A total above its rows, once these are known; one that stands below them again has been checked there."""
    if sheet.top and sheet.body:
        yield from check_columns_of(sheet.top, sheet, sheet.body, text)
    sheet.top = None


def check_columns_of(row: Row, sheet: Sheet, rows: list[Row], text: Text) -> Iterator[Finding]:
    """Each column of a total over the rows that it adds up."""
    for n, head in enumerate(sheet.header[: len(row[1])]):
        value = row[1][n].strip()
        repeated = n and sheet.header[n - 1] == head and row[1][n - 1].strip() == value
        if role_of(head) in {"full", "score", "rate"} or NOT_ADDED.search(head) or number(value) is None or repeated:
            continue
        yield from added(head, value, column(rows, n), row, text)


def column(rows: list[Row], n: int) -> list[Decimal]:
    """The figures of a column; none if one of its cells holds words."""
    cells = [row[n].strip() if n < len(row) else "" for _, row in rows]
    values = [number(cell) for cell in cells if cell not in {"", "-", "—", "/", "——"}]
    return [value for value in values if value is not None] if None not in values else []


def added(head: str, printed: str, values: list[Decimal], row: Row, text: Text) -> Iterator[Finding]:
    total = sum(values, Decimal(0))
    value = number(printed)
    if len(values) < 2 or value is None or value == total:
        return
    coarse = any(v != v.to_integral_value() for v in values)
    slack = abs(value - total) <= Decimal("0.005") * len(values) and coarse
    parts = tuple(Part(head, plain(v), "") for v in values)
    advice = f"表中“{head}”合计原文为{printed}，各行相加为{plain(total)}，请核对。"
    if slack:
        advice += "差额在各行四舍五入的范围内，可注明“因四舍五入，合计与分项略有差异”。"
    yield made("sum", row[0], row[1], text, printed, plain(total), parts, "note" if slack else "error", advice)


def made(
    kind: Literal["ratio", "sum"],
    at: int,
    cells: list[str],
    text: Text,
    printed: str,
    computed: str,
    parts: tuple[Part, ...],
    severity: Literal["error", "note"],
    advice: str,
) -> Finding:
    quote = text.quote(at, at + len("\t".join(cells))) if any(cells) else ""
    return Finding(kind, once_each(quote), printed, computed, parts, severity, advice, at)


def once_each(quote: str) -> str:
    """A cell over several columns is repeated in the row; it is quoted once."""
    words = quote.split(" ")
    return " ".join(word for n, word in enumerate(words) if word and (n == 0 or word != words[n - 1]))
