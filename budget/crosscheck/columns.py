"""Columns of a table that follow from each other: a rate from its two parts, a change from two years, a total of the row.

Pure.  What a column follows from is guessed from the words of the header and believed where another row bears it out.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import product

from budget.crosscheck.facts import Facts
from budget.crosscheck.finding import Finding, Part, plain
from budget.crosscheck.ratios import rule_for
from budget.crosscheck.tables import NOT_ADDED, TOTAL_ROW, Row, is_header, made, name_of, number, role_of, rounded_like
from budget.crosscheck.text import Text

RATE = re.compile(r"(?:率|满意度)(?:[（(]?%[)）]?)?$")
CHANGE = re.compile("^(?:同比|环比)?(?:增长|增减|增幅|变化|升降)?(?:率|幅度)?(?:[（(]?%[)）]?)?$")
NOW, THEN = re.compile("本年|本期|今年|本月|本季"), re.compile("上年|上期|去年|上月|上季|同期")
TOTAL = re.compile("^(?:合计|总计|小计|共计)")


@dataclass(slots=True)
class Block:
    """A header and the rows below it, totals included."""

    header: list[str]
    rows: list[Row] = field(default_factory=list)

    def value(self, row: Row, n: int) -> Decimal | None:
        return number(row[1][n]) if n < len(row[1]) else None

    def columns(self, pattern: str | re.Pattern[str]) -> list[int]:
        """Columns of amounts and counts whose header has these words."""
        return [n for n, head in enumerate(self.header) if re.search(pattern, head) and not RATE.search(head)]


def check_columns(facts: Facts) -> Iterator[Finding]:
    for rows in facts.text.rows():
        for block in blocks(rows):
            yield from rate_columns(block, facts.text)
            yield from change_columns(block, facts.text)
            yield from row_totals(block, facts.text)


def blocks(rows: list[Row]) -> Iterator[Block]:
    block: Block | None = None
    for row in rows:
        if is_header(row[1]):
            if block:
                yield block
            block = Block([cell.strip() for cell in row[1]])
        elif block:
            block.rows.append(row)
    if block:
        yield block


def rate_columns(block: Block, text: Text) -> Iterator[Finding]:
    """办结率 = 办结 ÷ 受理; the budget's own rates are checked by `tables`."""
    for n, head in enumerate(block.header):
        if not RATE.search(head) or role_of(head) == "rate":
            continue
        rule = rule_for(re.sub("[（(]?%[)）]?$", "", head))
        above = [c for c in block.columns(rule.numerators)]
        below = list(dict.fromkeys(c for pattern in rule.denominators for c in block.columns(pattern)))
        pairs = [pair for pair in product(above, below) if pair[0] != pair[1]]
        yield from derived(block, n, pairs, lambda now, then: 100 * now / then, "÷", text)


def change_columns(block: Block, text: Text) -> Iterator[Finding]:
    """同比 = (本年 - 上年) ÷ 上年."""
    for n, head in enumerate(block.header):
        if head and CHANGE.match(head):
            pairs = list(product(block.columns(NOW), block.columns(THEN)))
            yield from derived(block, n, pairs, lambda now, then: 100 * (now - then) / then, "比", text)


Rule = Callable[[Decimal, Decimal], Decimal]


def derived(block: Block, n: int, pairs: list[tuple[int, int]], rule: Rule, word: str, text: Text) -> Iterator[Finding]:
    """The rows that differ from the pair of columns that explains the most of them, or from the only pair."""

    def holds(row: Row, pair: tuple[int, int]) -> bool | None:
        printed = row[1][n].strip().rstrip("%") if n < len(row[1]) else ""
        now, then = (block.value(row, c) for c in pair)
        if number(printed) is None or now is None or not then:
            return None
        return Decimal(printed) == Decimal(rounded_like(printed, rule(now, then)))

    explained = {pair: sum(holds(row, pair) is True for row in block.rows) for pair in pairs}
    if not pairs or (len(pairs) > 1 and not any(explained.values())):
        return
    best = max(pairs, key=lambda pair: explained[pair])
    for row in block.rows:
        if holds(row, best) is False:
            yield finding(row, block, n, best, rule, word, text)


def finding(row: Row, block: Block, n: int, pair: tuple[int, int], rule: Rule, word: str, text: Text) -> Finding:
    at, cells = row
    now, then = (cells[c].strip() for c in pair)
    printed = cells[n].strip().rstrip("%")
    right = rounded_like(printed, rule(number(now) or Decimal(0), number(then) or Decimal(0)))
    parts = tuple(Part(block.header[c], cells[c].strip(), "") for c in pair)
    advice = f"表中“{name_of(cells)}”的{block.header[n]}原文为{cells[n].strip()}，按{now}{word}{then}应为{right}%。"
    return made("ratio", at, cells, text, printed, right, parts, "error", advice)


def row_totals(block: Block, text: Text) -> Iterator[Finding]:
    """A column 合计 adds up the others; believed where half of the rows bear it out."""
    totals = [n for n, head in enumerate(block.header) if TOTAL.match(head)]
    if len(totals) != 1:
        return
    n = totals[0]
    added = [c for c, head in enumerate(block.header) if c != n and head and not NOT_ADDED.search(head)]
    rows = [row for row in block.rows if not TOTAL_ROW.match(name_of(row[1]))]
    sums = [(row, total, parts_of(block, row, added)) for row in rows if (total := block.value(row, n)) is not None]
    wrong = [(row, parts) for row, total, parts in sums if len(parts) > 1 and total != sum(parts)]
    if 2 * len(wrong) <= len(sums):
        yield from (unequal(row, n, parts, block, text) for row, parts in wrong)


def parts_of(block: Block, row: Row, columns: list[int]) -> list[Decimal]:
    return [value for c in columns if (value := block.value(row, c)) is not None]


def unequal(row: Row, n: int, parts: list[Decimal], block: Block, text: Text) -> Finding:
    at, cells = row
    total, right = cells[n].strip(), plain(sum(parts, Decimal(0)))
    advice = f"表中“{name_of(cells)}”的{block.header[n]}原文为{total}，同行各项相加为{right}，请核对。"
    printed = tuple(Part(name_of(cells), plain(part), "") for part in parts)
    return made("sum", at, cells, text, total, right, printed, "error", advice)
