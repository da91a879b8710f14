"""What the report's own tables say: the 实际完成值 of each indicator and the 执行率 of each fund.  Pure.

A table of this shape holds figures of the whole year by name; a sentence that names one of them must agree.
"""

import re
from collections.abc import Iterator
from decimal import Decimal

from budget.crosscheck.agreement import described
from budget.crosscheck.facts import FIGURE, Fact, Facts, made
from budget.crosscheck.stated import QUOTES, Known
from budget.crosscheck.tables import is_header, name_of, role_of
from budget.crosscheck.text import Text

NAME = re.compile("^(?:三级指标|指标名称|指标|名称)$")
REACHED = re.compile("^(?:实际)?完成(?:值|情况|数)$|^实际值$|^数值$")
SOURCE = "自评表"


def table_figures(facts: Facts) -> Iterator[Known]:
    for rows in facts.text.rows():
        header: list[str] = []
        for at, cells in rows:
            if is_header(cells):
                header = [cell.strip() for cell in cells]
            else:
                yield from row_figures(at, cells, header, facts)


def row_figures(at: int, cells: list[str], header: list[str], facts: Facts) -> Iterator[Known]:
    """An indicator's row has a name and what was reached; a fund's row an execution rate."""
    heads = header[: len(cells)]
    name = next((cells[n].strip() for n, head in enumerate(heads) if NAME.match(head)), "")
    for n, head in enumerate(heads):
        place = at + sum(len(cell) + 1 for cell in cells[:n])
        fact = fact_of(facts.text, place, cells[n], name)
        if fact and name and REACHED.match(head):
            yield reached(fact, name, facts)
        elif fact and fact.is_rate and role_of(head) == "rate" and (fund := name_of(cells[1:] if name else cells)):
            yield executed(fact, fund)


def fact_of(text: Text, place: int, cell: str, name: str) -> Fact | None:
    """A cell that holds nothing but a figure, as if the name stood before it."""
    match = FIGURE.match(text.clean, place)
    return made(match, text, name, 0) if match and match[0] == cell.strip() else None


def reached(fact: Fact, name: str, facts: Facts) -> Known:
    subject, measure, qualifier = described(fact, facts)
    keys = (f"{subject}{measure}",) if subject and measure and not qualifier else ()
    return known(fact, name, re.escape(name), keys)


def executed(fact: Fact, fund: str) -> Known:
    words = re.escape(fund.translate(QUOTES).removesuffix("专项"))
    return known(fact, f"{fund}执行率", f"^{words}(?:专项)?(?:资金|经费)?(?:使用|执行|支出)率")


def known(fact: Fact, label: str, names: str, keys: tuple[str, ...] = ()) -> Known:
    printed = f"{fact.number}{fact.written_unit}"
    places = -int(Decimal(fact.number).as_tuple().exponent)
    return Known(label, fact.value, printed, frozenset({fact.unit}), SOURCE, names, keys, places=places)
