"""Consistency: a figure named twice must agree, and no part may exceed its whole.  Pure.

A figure is the same where subject (工单, 哨单, a fund …), what was done with it (受理, 办结 …), qualifying words, unit,
place and period are the same; whatever is uncertain about that is left alone.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from budget.crosscheck.facts import Fact, Facts
from budget.crosscheck.finding import Finding
from budget.crosscheck.ratios import quote_around, rate_name, shown

SUBJECTS = (
    ("攻坚哨", "攻坚哨"),
    ("哨单", "哨单|雷锋哨|吹哨"),
    ("短信", "短信"),
    ("工单", "工单|诉求件|热线件"),
    ("四级网格", "四级网格"),
    ("三级网格", "三级网格"),
    ("视频", "视频"),
    ("示范社区", "示范社区"),
)
MEASURES = (
    ("受理", "受理|接收|接到|收到"),
    ("办结", "办结"),
    ("立案", "立案"),
    ("采集", "采集(?:上报)?|上报"),
    ("推送", "推送"),
    ("联系", "(?:对接)?联系|对接"),
    ("发送", "发送|发出"),
    ("交办", "(?:梳理)?交办|梳理"),
    ("解决", "解决"),
    ("评选", "评选|优秀"),
    ("接入", "接入"),
    ("派发", "派[发单]"),
    ("签收", "签收"),
    ("回访", "回访"),
    ("预算", "预算(?:金额|安排|数|资金)?"),
    ("使用", "(?:实际)?(?:使用|支出|执行)(?:资金|数)?"),
)
# Words that do not change what is counted.
NOISE = re.compile(
    "全区|全年|全市|我区|我中心|中心|各街镇|街镇|各级|累计|目前|当前|今年以来|已经|已|基本|实际|共计|总计|合计|共|总|[一二三四五六]是"
    "|12345|政务服务便民|政务|热线|问题|诉求|来电|提醒|各类|群众|与投诉人|投诉人|实有|在职|条|件|资金|金额|专项|为|的|达|了|有|优秀|个"
    r"|截至?[至到]?|\d+年度?|\d+月|\d+日|[※“”\"：\d两三四五六七八九十]|年末|年底|社会治理|批"
)
PLACE = re.compile(r"[\u4e00-\u9fff]{2,6}?(?:街道(?!和|及)|镇(?!街)|社区|村|局|小区|单位)")
PERIOD = re.compile(
    r"(?:\d{4}年)?(?:第?[一二三四1-4]季度|[上下]半年|\d{1,2}月份?(?!\d*日)|\d{1,2}月至\d{1,2}月)|上年|去年|同期|上月|往年|每(?:季度|[年月周天日])|\d{4}年"
)
MONEY = re.compile(
    r"(?:全年|年初|调整后的?)?(?:预算(?:金额|安排|数)?|(?:实际|已|共)(?:使用|支出|执行)(?:资金|数)?)(?:为|是|：|共)*$"
)
STANDING = re.compile(
    "..(?:人员|雇员|士官|经费支出|经费|补助支出|经费总?支出)$"
)  # names that are a figure by themselves
SCOPE_ALL = re.compile(r"12月31日|全年")
# Each is at most what stands before it.
CHAINS = (("受理", "办结"), ("采集", "立案"), ("立案", "办结"), ("推送", "联系"), ("交办", "解决"), ("派发", "签收"))
PARTS_OF_WHOLE = re.compile("其中|其他|其余|另")


@dataclass(frozen=True, slots=True)
class Key:
    """What a figure says, apart from its value."""

    subject: str
    measure: str
    qualifier: str
    unit: str
    scope: tuple[str, ...]


def check_agreement(facts: Facts) -> Iterator[Finding]:
    year = report_year(facts)
    keyed = [(key, fact) for fact, key in keys_of(facts, year)]
    first: dict[Key, Fact] = {}
    for key, fact in keyed:
        known = first.setdefault(key, fact)
        if known is not fact and not same_value(known, fact):
            yield disagreement(known, fact, facts)
    yield from check_chains(keyed, facts)


def report_year(facts: Facts) -> str:
    match = re.search(r"20\d\d(?=年)", facts.text.clean)
    return f"{match[0]}年" if match else ""


def keys_of(facts: Facts, year: str) -> Iterator[tuple[Fact, Key]]:
    """The key of every figure that names its subject, itself or through the figures just before it."""
    before: tuple[Fact, Key] | None = None
    for group in facts.by_sentence.values():
        topic: tuple[str, str] | None = None
        for fact in group:
            subject, measure, qualifier = described(fact, facts)
            topic = (subject, qualifier) if subject else topic or inherited(fact, before, facts)
            understood = bool(subject) or not qualifier
            if measure and topic and understood and not fact.vague and not PARTS_OF_WHOLE.search(fact.label):
                key = Key(topic[0], measure, topic[1], fact.unit, scope(fact, facts, year))
                before = fact, key
                yield fact, key


def inherited(fact: Fact, before: tuple[Fact, Key] | None, facts: Facts) -> tuple[str, str] | None:
    """“…43个问题。…已解决38个问题”: the same noun in the next sentence speaks of the same things."""
    if not before or not fact.noun or before[0].noun != fact.noun or before[0].unit != fact.unit:
        return None
    if facts.text.sentence(fact.start) - facts.text.sentence(before[0].start) > 2:
        return None
    return before[1].subject, before[1].qualifier


def described(fact: Fact, facts: Facts) -> tuple[str, str, str]:
    """Subject, measure and what other words qualify them."""
    if fact.is_rate:
        return described_rate(fact)
    if fact.unit in {"人", "元"} and STANDING.search(name := NOISE.sub("", fact.label)):
        return name, "数", ""
    if fact.unit == "元":
        return described_money(fact, facts)
    rest = PLACE.sub("", PERIOD.sub("", fact.label.rpartition("：")[2] + fact.noun))
    subject, rest = taken(rest, SUBJECTS)
    measure, rest = taken(rest, MEASURES)
    for _, pattern in SUBJECTS:
        rest = re.sub(pattern, "", rest)
    return subject, measure, NOISE.sub("", rest)


def described_rate(fact: Fact) -> tuple[str, str, str]:
    """A satisfaction or contact rate needs no subject; a closing or usage rate takes that of its sentence."""
    name = rate_name(fact) or ""
    subject, _ = taken(fact.label, SUBJECTS)
    if re.search("满意[度率]|联系率|(?:问题|诉求|工单)解决率", name):
        core = re.sub("问题|群众|工单|热线|诉求|社会", "", name).replace("满意率", "满意度")
        return subject or "工单", core, ""
    core_match = re.search("(?:按时|按期|及时|限时)?(?:办结|立案|响应|签收|使用|执行|解决)率$", name)
    return subject, core_match[0] if core_match else "", ""


def described_money(fact: Fact, facts: Facts) -> tuple[str, str, str]:
    """The subject of money is the fund named before its measure: 社会治理日常事务 | 预算金额."""
    words = PERIOD.sub("", fact.label)
    match = MONEY.search(words)
    if not match or re.search("合计|共计|总", words):
        return "", "", ""
    measure, _ = taken(match[0], MEASURES)
    return fund_name(words[: match.start()]) or quoted_fund(fact, facts), measure, ""


def fund_name(words: str) -> str:
    name = re.sub("^(?:其中|其|涉及|为|该|本|[一二三四五六]是)|[“”]", "", words)
    return name.removesuffix("专项") if len(name) >= 3 else ""


def quoted_fund(fact: Fact, facts: Facts) -> str:
    """“为‘热线+网格’专项，预算金额400万元”: the fund is named in the clause before."""
    start, _ = facts.text.sentence_span(fact.start)
    names = re.findall(r"“([^”]+)”专项，$", facts.text.clean[start : fact.start - len(fact.label)])
    return names[-1] if names else ""


def taken(words: str, names: tuple[tuple[str, str], ...]) -> tuple[str, str]:
    """The first name whose pattern occurs, and the words without it."""
    for name, pattern in names:
        if re.search(pattern, words):
            return name, re.sub(pattern, "", words, count=1)
    return "", words


def scope(fact: Fact, facts: Facts, year: str) -> tuple[str, ...]:
    """Places and periods named from the beginning of the sentence on; the report's own year is no period."""
    start, _ = facts.text.sentence_span(fact.start)
    words = facts.text.clean[start : fact.start]
    periods = {m[0].removeprefix(year) for m in PERIOD.finditer(words)} - {"", "12月"}
    if SCOPE_ALL.search(words):
        periods = {period for period in periods if not period.endswith("月")}
    places = [m[0] for m in PLACE.finditer(words) if not re.search("各|街镇|每个|全", m[0])]
    return (*sorted(periods), *places[-1:])


def same_value(one: Fact, other: Fact) -> bool:
    """Equal, or equal when the finer is rounded as the coarser is printed (99.6 and 99.58, 6.82万 and 68249)."""
    coarse, fine = (one, other) if one.quantum >= other.quantum else (other, one)
    steps = (fine.value / coarse.quantum).quantize(Decimal(1), ROUND_HALF_UP)
    return steps * coarse.quantum == coarse.value or one.value == other.value


def disagreement(known: Fact, fact: Fact, facts: Facts) -> Finding:
    here, there = quote_around(fact, [], facts), quote_around(known, [], facts)
    advice = f"同一数据前后不一致：前文“{there}”，此处“{here}”，请以台账为准统一。"
    parts = (known.part(), fact.part())
    return Finding("consistency", here, fact.number, known.number, parts, "error", advice, fact.start)


def check_chains(keyed: list[tuple[Key, Fact]], facts: Facts) -> Iterator[Finding]:
    """A later step of the process cannot count more than the step before it."""
    for n, (key, fact) in enumerate(keyed):
        uppers = [upper for upper, lower in CHAINS if lower == key.measure]
        for known, whole in reversed(keyed[:n]):
            near = facts.text.sentence(fact.start) - facts.text.sentence(whole.start) <= 2
            if not near or known.measure not in uppers or known.unit != key.unit or known.subject != key.subject:
                continue
            if fact.value > whole.value:
                yield exceeded(fact, whole, facts)
            break


def exceeded(fact: Fact, whole: Fact, facts: Facts) -> Finding:
    quote = quote_around(fact, [whole], facts)
    advice = f"{fact.part().name}{shown(fact)}多于{whole.part().name}{shown(whole)}，请核对。"
    parts = (whole.part(), fact.part())
    return Finding("consistency", quote, fact.number, whole.number, parts, "error", advice, fact.start)
