"""同比、环比: a printed change is computed again where its sentence prints both values.  Pure.

The earlier value is the one figure of the sentence whose words say so (上年, 上月 …); with none or several of them nothing
is said.
"""

import re
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from budget.crosscheck.facts import Fact, Facts
from budget.crosscheck.finding import Finding, Part, plain

NUMBER = r"(?P<number>\d+(?:\.\d+)?)"
UP, DOWN = "增长|上升|提高|提升|增加|增幅|升高", "下降|降低|减少|降幅|回落"
CHANGE = re.compile(
    rf"(?:(?P<up>{UP})|(?P<down>{DOWN}))率?(?:了|达|为|约为)*(?:{NUMBER}%|(?P<points>\d+(?:\.\d+)?)个百分点)"
)
CHANGE_WORDS = re.compile(f"(?:{UP}|{DOWN})率?了?$")
EARLIER = re.compile(r"上年|去年|上月|同期|上季度?|上期|上一|往年|由$|从$")


class Pair(NamedTuple):
    """What is compared."""

    now: Fact
    then: Fact


def check_changes(facts: Facts) -> Iterator[Finding]:
    for group in facts.by_sentence.values():
        start, end = facts.text.sentence_span(group[0].start)
        for match in CHANGE.finditer(facts.text.clean, start, end):
            if pair := compared(match, group):
                yield from judged(match, pair, start, facts)


def compared(match: re.Match[str], group: list[Fact]) -> Pair | None:
    """The value before the change and the only earlier value of its unit."""
    values = [fact for fact in group if fact.exact and not match.start() <= fact.start < match.end()]
    values = [fact for fact in values if fact.is_rate == bool(match["points"]) and not CHANGE_WORDS.search(fact.label)]
    now = [fact for fact in values if fact.end <= match.start() and not EARLIER.search(fact.label)]
    then = [fact for fact in values if EARLIER.search(fact.label)]
    same = [fact for fact in then if now and fact.unit == now[-1].unit]
    return Pair(now[-1], same[0]) if len(same) == 1 and same[0].value else None


def judged(match: re.Match[str], pair: Pair, start: int, facts: Facts) -> Iterator[Finding]:
    printed = match["number"] or match["points"]
    difference = pair.now.value - pair.then.value
    exact = difference if match["points"] else 100 * difference / pair.then.value
    signed = -Decimal(printed) if match["down"] else Decimal(printed)
    quantum = Decimal(1).scaleb(-len(printed.partition(".")[2]))
    right = exact.quantize(quantum, ROUND_HALF_UP)
    if right != signed:
        yield finding(match, pair, right, printed, start, facts)


def finding(match: re.Match[str], pair: Pair, right: Decimal, printed: str, start: int, facts: Facts) -> Finding:
    now, then = (f"{fact.number}{fact.written_unit}" for fact in pair)
    unit = "个百分点" if match["points"] else "%"
    word = "下降" if right < 0 else "增长"
    advice = f"变化原文为“{match[0]}”，按本期{now}与上期{then}计算应为{word}{plain(abs(right))}{unit}，请核对。"
    begin = max(start, min(fact.start - len(fact.label) for fact in pair))
    last = max(match.end(), *(fact.end for fact in pair))
    parts = (
        Part("本期", pair.now.number, pair.now.written_unit),
        Part("上期", pair.then.number, pair.then.written_unit),
    )
    quote = facts.text.quote(begin, last)
    return Finding("ratio", quote, printed, format(abs(right), "f"), parts, "error", advice, match.start())
