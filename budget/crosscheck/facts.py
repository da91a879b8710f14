"""Figures of a report as facts: a number with its unit, the words before it and its place.  Pure.

Made once by `facts_of` and read by every check of this package.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from budget.crosscheck.finding import Part, plain
from budget.crosscheck.text import Text

SCALES = {"": Decimal(1), "百": Decimal(100), "千": Decimal(1000), "万": Decimal(10_000), "亿": Decimal(100_000_000)}
# Counting words that mean the same when figures are compared.
SAME_UNIT = {"名": "人", "位": "人", "单": "件", "条": "件", "起": "件", "宗": "件", "例": "件"}
COUNTED = (
    "人次|件次|户次|人|名|位|件|条|单(?!位)|起|宗|例|个(?!月|季度|工作日|百分点|小时|年)|户|家|批(?!次)|批次|次|路|处|份|项|支|场|期|套|台|辆"
    "|篇|幢|栋|所|组|张"
)
FIGURE = re.compile(
    r"(?<![\d第A-Za-z.\-—–~～#])(?:百分之(?P<spoken>[零〇一二两三四五六七八九十百点\d.]+)"
    r"|(?P<number>\d+(?:\.\d+)?)(?P<vague>余|多)?"
    rf"(?:(?P<percent>%)|(?P<scale>[百千万亿]?)(?P<vaguer>余|多)?(?P<unit>元|{COUNTED}))"
    r"|(?P<worded>[一二两三四五六七八九十]{1,3})(?P<worded_unit>批|件|条|人|名|户|家|起|个(?!月|季度|工作日|百分点|小时|年)))"
)
VAGUE_BEFORE = re.compile(
    r"(?:大?约|将?近|超|超过|逾|突破|不足|[不高低少大小多]{1,2}于|至少|至多|最多|不超过|以上|[-—–~～]|(?<=[\d件条人个户次元%])[至到])$"
)
VAGUE_AFTER = re.compile(r"(?:以上|以下|以内|左右|上下|[-—–~～至])")
SEPARATOR = re.compile(r"[，。；、,;！？!?/\n\t（）]")
AFTER = re.compile(r"[，。；、,;！？!?/\n\t（）+=]|中(?!心)")  # “20件工单中办结10件”: the noun is 工单
LEAD = re.compile("^(?:其中|其|即|[一二三四五六]是|截至目前|截至)+(?!他)")
TAIL = re.compile(
    "(?:仅|只有|只|高达|达到?了?|提升至|提高到|上升到|下降到|升至|降至|约|为|是|共计?|的|：|:|=|已|均|分别|了)+$"
)
ITEM = re.compile(r"^(?:\d{1,2}[.、]|（\d{1,2}）)")
BRIDGE = re.compile(r"[、和与及，,以]{1,2}")


@dataclass(frozen=True, slots=True)
class Fact:
    """`value` is in the base unit (yuan, pieces, per cent); `number` and `written_unit` are as printed."""

    start: int
    end: int
    number: str
    value: Decimal
    scale: Decimal
    unit: str
    written_unit: str
    label: str
    noun: str
    depth: int
    vague: bool = False
    worded: bool = False

    @property
    def decimals(self) -> int:
        return len(self.number.partition(".")[2])

    @property
    def exact(self) -> bool:
        return not (self.vague or self.worded)

    @property
    def is_rate(self) -> bool:
        return self.unit == "%"

    @property
    def quantum(self) -> Decimal:
        """One unit of the last printed digit, in the base unit."""
        return self.scale.scaleb(-self.decimals)

    def shown(self, value: Decimal) -> str:
        """Another value in the unit of this fact."""
        return plain(value / self.scale)

    def part(self) -> Part:
        return Part(self.name or "（未写名称）", self.number, self.written_unit)

    @property
    def name(self) -> str:
        """The words before it without those that only lead in or lead over: “其中办结率仅为” is 办结率."""
        return TAIL.sub("", LEAD.sub("", self.label))


class Facts:
    """All facts of a text in order, with the questions the checks ask."""

    def __init__(self, text: Text) -> None:
        self.text = text
        self.all = list(facts_of(text))

    @cached_property
    def by_sentence(self) -> dict[int, list[Fact]]:
        groups: dict[int, list[Fact]] = {}
        for fact in self.all:
            groups.setdefault(self.text.sentence(fact.start), []).append(fact)
        return groups

    @cached_property
    def by_section(self) -> dict[int, list[Fact]]:
        groups: dict[int, list[Fact]] = {}
        for fact in self.all:
            groups.setdefault(self.text.section(fact.start), []).append(fact)
        return groups

    def sentence_of(self, fact: Fact) -> list[Fact]:
        return self.by_sentence[self.text.sentence(fact.start)]

    def sentences_back(self, fact: Fact, most: int) -> Iterator[list[Fact]]:
        """The facts before this one in its own sentence, then those of earlier sentences of the section."""
        own, section = self.text.sentence(fact.start), self.text.section(fact.start)
        yield [other for other in self.by_sentence[own] if other.end <= fact.start]
        for n in range(own - 1, max(own - most, 0) - 1, -1):
            group = self.by_sentence.get(n, [])
            if group and self.text.section(group[0].start) != section:
                return
            yield group

    def run(self, fact: Fact) -> list[Fact]:
        """The facts listed with this one under one label: “分别为90%、75%”."""
        group = [other for other in self.sentence_of(fact) if other.unit == fact.unit]
        at = group.index(fact)
        first = at
        while first and self.follows(group[first - 1], group[first]):
            first -= 1
        last = at
        while last + 1 < len(group) and self.follows(group[last], group[last + 1]):
            last += 1
        return group[first : last + 1]

    def follows(self, before: Fact, after: Fact) -> bool:
        return bool(BRIDGE.fullmatch(self.text.clean[before.end : after.start]))


def facts_of(text: Text) -> Iterator[Fact]:
    """Every figure with a unit, outside tables; a figure listed under the label of the one before it takes that label."""
    before: Fact | None = None
    depth, counted = 0, 0
    for match in FIGURE.finditer(text.clean):
        between = text.mask[counted : match.start()]
        depth, counted = max(0, depth + between.count("（") - between.count("）")), match.start()
        if "\n" in between:
            depth = 0
        if in_row(text, match.start()):
            continue
        label = label_before(text, match.start())
        if not label and before and BRIDGE.fullmatch(text.clean[before.end : match.start()]):
            label = before.label
        before = made(match, text, label, depth)
        yield before


def in_row(text: Text, at: int) -> bool:
    start = text.clean.rfind("\n", 0, at) + 1
    end = text.clean.find("\n", at)
    return "\t" in text.clean[start : end if end >= 0 else len(text.clean)]


def label_before(text: Text, at: int) -> str:
    """The words of the clause before a figure; for a figure that opens a bracket, those before the bracket."""
    if text.mask[at - 1 : at] == "（":
        at -= 1
    separators = list(SEPARATOR.finditer(text.mask, max(0, at - 80), at))
    return ITEM.sub("", text.clean[separators[-1].end() if separators else max(0, at - 80) : at])


def made(match: re.Match[str], text: Text, label: str, depth: int) -> Fact:
    number = match["number"] or chinese_decimal(match["spoken"] or match["worded"])
    unit = match["unit"] or match["worded_unit"] or "%"
    scale = SCALES[match["scale"] or ""]
    rest = text.mask[match.end() :][:40]
    vague = match["vague"] or match["vaguer"] or VAGUE_BEFORE.search(label) or VAGUE_AFTER.match(rest)
    return Fact(
        start=match.start(),
        end=match.end(),
        number=number,
        value=Decimal(number) * scale,
        scale=scale,
        unit=SAME_UNIT.get(unit, unit),
        written_unit=(match["scale"] or "") + unit,
        label=label,
        noun=AFTER.split(text.clean[match.end() : match.end() + 40], maxsplit=1)[0],
        depth=depth,
        vague=bool(vague),
        worded=bool(match["worded"]),
    )


def chinese_decimal(words: str) -> str:
    """“九十二点九四” or “五” or “98.5” in Arabic figures."""
    if re.fullmatch(r"\d+(\.\d+)?", words):
        return words
    whole, _, fraction = words.partition("点")
    digits = {char: str(n) for n, char in enumerate("零一二三四五六七八九")} | {"〇": "0", "两": "2"}
    tail = "".join(digits.get(char, "") for char in fraction)
    return str(chinese_whole(whole, digits)) + (f".{tail}" if tail else "")


def chinese_whole(words: str, digits: dict[str, str]) -> int:
    if words == "百":
        return 100
    hundreds, _, rest = words.rpartition("百")
    tens, ten, ones = rest.rpartition("十")
    value = 100 * int(digits.get(hundreds, "0"))
    if ten:
        value += 10 * int(digits.get(tens.lstrip("零〇") or "一", "1"))
    return value + int(digits.get(ones.lstrip("零〇"), "0"))
