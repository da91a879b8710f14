"""Figures whose value is known apart from the sentence: from the report's own tables, or from the data.  Pure.

`Known` says what people call it; a sentence that names it with another number is an error that names both.  What speaks
of another time, of one place or of a part only is left alone.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from budget.crosscheck.agreement import PERIOD, PLACE, Key, keys_of
from budget.crosscheck.facts import LEAD, TAIL, Fact, Facts
from budget.crosscheck.finding import Finding, Part
from budget.crosscheck.ratios import is_level, quote_around

PART_OF = re.compile("类|涉|其中|剔除|部分|之后|新增|平均每|每[件条人个]|(?:[按及限]时|按期|提前|一次|首次|重复)$")
COMMON_PLACE = re.compile("各|街镇|每个|全|城市社区|示范社区|智慧社区|其他|单位")
WHOLE_YEAR = re.compile(r"全年|12月31日|年末|年底|截至目前")
DAY = re.compile(r"\d{1,2}月\d{1,2}日")
QUOTES = {ord("“"): None, ord("”"): None}
FILLER = re.compile(
    r"[“”\"※]|^(?:全区|全年|全市|我区|我中心|中心|各街镇|各级|累计|目前|当前|今年以来|今年|本年度?|年内|年初|实际|已经|已|基本|共计?|总计|合计"
    r"|截至|\d{4}年度?|年度|\d{1,2}月\d{1,2}日|[、的]|区|共有|安排|发送|创建|接入|通过|完成|评选出?|评出|年|区级|政务)+"
)


@dataclass(frozen=True, slots=True)
class Known:
    """`value` is in the base unit of facts (yuan, pieces, per cent), `printed` as people read it.

    `names` is a pattern of the whole name as it stands before the number; `keys` are subject and measure in one word
    (工单受理), for sentences that name the one and then the other; `topic` is what the sentence must have spoken of last
    (a fund) where the words before the number do not say it themselves.
    """

    label: str
    value: Decimal
    printed: str
    units: frozenset[str]
    source: str  # where the value stands: “数据表”
    names: str = "$."
    keys: tuple[str, ...] = ()
    topic: str = ""
    places: int = 0  # decimals of the value in the unit it is printed in


Read = tuple[Fact, Finding | None]


def check_known(facts: Facts, known: Iterable[Known], year: str) -> Iterator[Read]:
    """Every fact that names a known figure, with the finding if it says something else."""
    figures = list(known)
    topics = [figure.topic for figure in figures if figure.topic]
    keys = {fact.start: key for fact, key in keys_of(facts, year)}
    for fact in facts.all:
        if fact.vague or (fact.is_rate and not is_level(fact)) or elsewhere(fact, facts, year):
            continue
        fits = [fit(fact, figure, keys.get(fact.start), facts, topics) for figure in figures]
        if best := max(fits, default=0):
            named = [figure for figure, length in zip(figures, fits, strict=True) if length == best]
            agreed = any(agrees(fact, figure) for figure in named)
            yield fact, None if agreed else differing(fact, named[0], facts)


def fit(fact: Fact, figure: Known, key: Key | None, facts: Facts, topics: list[str]) -> int:
    """How much of the words before the number is this figure's name: “按时办结率” is not only 办结率.  0 is not at all."""
    if fact.unit not in figure.units:
        return 0
    if key and not key.qualifier and f"{key.subject}{key.measure}" in figure.keys and not named_places(fact.label):
        return max(len(key.measure), len(figure.label))
    words = named_words(fact)
    if figure.topic:
        return topic_fit(fact, figure, words, last_topic(fact, facts, topics))
    if any(re.search(topic, fact.label) for topic in topics):
        return 0
    if not fact.is_rate:
        return len(words) if words and re.fullmatch(figure.names, words) else 0
    found = re.search(f"(?:{figure.names})$", words)
    return len(found[0]) if found and not of_a_part(words[: found.start()]) else 0


def topic_fit(fact: Fact, figure: Known, words: str, spoken: str) -> int:
    """A fund's figure: the fund is the one spoken of last, and the words beside it are the measure's alone."""
    rest = re.sub(f"^.*?(?:{figure.topic})(?:专项|项目|经费)*(?:为公共专项)?", "", words)
    return len(words) if spoken == figure.topic and re.fullmatch(figure.names, rest) else 0


def of_a_part(words: str) -> bool:
    """Whether the words before a rate's name narrow it: 物业类…, 某某街道…"""
    return bool(PART_OF.search(words)) or bool(named_places(words))


def named_places(words: str) -> list[str]:
    return [match[0] for match in PLACE.finditer(words) if not COMMON_PLACE.search(match[0])]


def named_words(fact: Fact) -> str:
    """The words before a number without lead and tail, without quotation marks."""
    words = TAIL.sub("", fact.label).rpartition("：")[2]
    return FILLER.sub("", LEAD.sub("", FILLER.sub("", words)))


def last_topic(fact: Fact, facts: Facts, topics: list[str]) -> str:
    """The topic named last before the number, in its sentence."""
    start, _ = facts.text.sentence_span(fact.start)
    words = facts.text.clean[start : fact.start]
    places = {topic: match.end() for topic in topics for match in re.finditer(topic, words)}
    return max(places, key=lambda topic: places[topic], default="")


def elsewhere(fact: Fact, facts: Facts, year: str) -> bool:
    """Whether its sentence speaks of one place, another time or another day before it comes to the number."""
    start, _ = facts.text.sentence_span(fact.start)
    before = facts.text.clean[start : fact.start - len(fact.label)]
    words = fact.label if WHOLE_YEAR.search(fact.label) else before + fact.label
    periods = {match[0].removeprefix(year) for match in PERIOD.finditer(words)} - {""}
    days = {match[0] for match in DAY.finditer(words)} - {"12月31日"}
    return bool(days or named_places(before) or {period for period in periods if not period.startswith("每")})


def rounded(value: Decimal, quantum: Decimal) -> Decimal:
    return (value / quantum).quantize(Decimal(1), ROUND_HALF_UP) * quantum


def agrees(fact: Fact, figure: Known) -> bool:
    """Equal at the precision in which it is written."""
    return rounded(figure.value, fact.quantum) == fact.value


def differing(fact: Fact, figure: Known, facts: Facts) -> Finding:
    quantum = Decimal(1).scaleb(-max(fact.decimals, figure.places))
    right = format((figure.value / fact.scale).quantize(quantum, ROUND_HALF_UP), "f")
    label = figure.label.translate(QUOTES)
    advice = f"“{label}”文中为{fact.number}{fact.written_unit}，{figure.source}为{figure.printed}，请核对后改正。"
    part = Part(label, figure.printed, "")
    quote = quote_around(fact, [], facts)
    return Finding("figure", quote, fact.number, right, (part,), "error", advice, fact.start)
