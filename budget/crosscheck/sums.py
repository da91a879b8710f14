"""Sums: a printed total is added up again from the printed parts.  Pure.

Four shapes: parts and then their total in one sentence; a total and then “其中 …”; a total of a section and the amounts
of its items; an equation written out.  What remains (“其余5个”) is checked too.
"""

import re
from collections.abc import Iterator
from decimal import Decimal

from budget.crosscheck.facts import Fact, Facts
from budget.crosscheck.finding import Finding, Part, plain
from budget.crosscheck.ratios import quote_around, shown

TOTAL_WORD = re.compile("合计|共计|总计|总共|共有|总数|总额|共|小计")
# What may stand around the word of a bare total; a verb beside it (“联系共…”) makes it a figure of its own.
FILLER = re.compile(
    r"以上|上述|前述|全部|全区|全中心|中心|各类|各项|各级|[两三四五六七八九十]项|工作|人员|人数|职工|干部|编制|在职|在岗|在编|实有|现有"
    r"|专项|项目|资金|经费|预算|金额|安排|支出|使用|执行|实际|年度|全年|当年|数|额|为|有|是|达|的|总|：|[\d年]"
)
CLASSIFIERS = {"个", "处", "项", "家", "所", "组", "支", "场", "次", "期", "份", "批"}
STATE = re.compile(  # words of progress: such figures overlap, they do not add up
    "办结|立案|解决|满意|联系|响应|签收|处置|完成|回访|推送|使用|执行|整改|销号|安装|接入|评选|按时|按期|及时|超期|逾期"
)
AMONG = re.compile(r"其中|包括|分别[为是]|分为|由|包含|：")
AND_SO_ON = re.compile(r"^[\u4e00-\u9fff]{0,6}等")
NEARLY = Decimal("0.9")  # a “其中” list of three or more that covers this much was meant to be complete
REST = re.compile(r"^(?:其余|其他|其它|剩余|余下|还有|尚有|未\S{1,4}的?)")


def check_sums(facts: Facts) -> Iterator[Finding]:
    seen: set[int] = set()
    for check in (inline_totals, among_lists, section_totals):
        for total, finding in check(facts):
            if total.start not in seen:
                seen.add(total.start)
                yield finding
    yield from check_equations(facts)
    yield from check_rests(facts)


def measure(fact: Fact) -> str | None:
    """Whether money was planned or spent: the two are never added together."""
    if fact.unit != "元":
        return None
    planned = re.search(r"预算|安排|计划|下达", fact.label)
    if re.search(r"使用|支出|执行|支付|拨付|列支|实付", fact.label):
        return "planned" if planned and not re.search(r"实际|已|执行数|支出数", fact.label) else "spent"
    return "planned" if planned or re.search("专项资金|项目资金", fact.label) else None


def is_bare_total(fact: Fact) -> bool:
    """“共40人”, “以上三项合计900万元”; not “与投诉人联系共690条”."""
    rest = TOTAL_WORD.sub("", fact.label, count=1)
    return bool(TOTAL_WORD.search(fact.label)) and not FILLER.sub("", TOTAL_WORD.sub("", rest))


def finding(total: Fact, parts: list[Fact], facts: Facts, severity: str, advice: str) -> Finding:
    value = total.shown(sum((part.value for part in parts), Decimal(0)))
    quote = quote_around(total, parts, facts)
    printed = tuple(part.part() for part in parts)
    return Finding(
        "sum", quote, total.number, value, printed, "error" if severity == "error" else "note", advice, total.start
    )


def advice_for(total: Fact, parts: list[Fact]) -> str:
    computed = total.shown(sum((part.value for part in parts), Decimal(0)))
    equation = "+".join(shown(part) for part in parts)
    return f"合计原文为{shown(total)}，按{equation}应为{computed}{total.written_unit}，请核对合计数和各分项。"


# Parts first, then their total: “20人，6人，…，共40人”


def inline_totals(facts: Facts) -> Iterator[tuple[Fact, Finding]]:
    for group in facts.by_sentence.values():
        for n, total in enumerate(group):
            if not total.exact or total.is_rate or not is_bare_total(total):
                continue
            parts = parts_before(total, group[:n], facts)
            if len(parts) >= 2 and not any_tail_matches(total, parts):
                yield total, finding(total, parts, facts, "error", advice_for(total, parts))


def parts_before(total: Fact, group: list[Fact], facts: Facts) -> list[Fact]:
    """The figures of the same kind since the total before; none if one of them is vague or counts other things."""
    parts: list[Fact] = []
    for fact in reversed(group):
        if fact.unit != total.unit or fact.depth != total.depth or fact.worded:
            continue
        if is_bare_total(fact):
            break
        if measure(total) and measure(fact) != measure(total):
            continue
        parts.insert(0, fact)
    if any(part.vague or (STATE.search(part.label) and measure(part) is None) for part in parts):
        return []
    return parts if same_things(total, parts) and len({measure(part) for part in parts}) <= 1 else []


def same_things(total: Fact, parts: list[Fact]) -> bool:
    """个, 处, 项 … count anything: streets and villages are not added up to grids."""
    if total.unit not in CLASSIFIERS:
        return True
    nouns = {fact.noun[-2:] for fact in (*parts, total) if fact.noun}
    return len(nouns) <= 1


def any_run_matches(total: Fact, items: list[Fact]) -> bool:
    """The items of a section may be followed or preceded by those of something else."""
    return any(agrees(total, items[:n]) or agrees(total, items[-n:]) for n in range(2, len(items) + 1))


def any_tail_matches(total: Fact, parts: list[Fact]) -> bool:
    return any(agrees(total, parts[n:]) for n in range(len(parts) - 1))


def agrees(total: Fact, parts: list[Fact]) -> bool:
    """Equal, or equal within the rounding of parts printed more coarsely than the total."""
    difference = abs(sum((part.value for part in parts), Decimal(0)) - total.value)
    coarse = [part.quantum / 2 for part in (*parts, total) if part.scale > 1 and part.decimals]
    return difference == 0 or (len(coarse) > 2 and difference < min(coarse) * 2 and total.scale != parts[0].scale)


# The total first, then its parts: “900万元，其中：…300万元、…450万元、…150万元”


def among_lists(facts: Facts) -> Iterator[tuple[Fact, Finding]]:
    for group in facts.by_sentence.values():
        for n, whole in enumerate(group[:-1]):
            if whole.exact and not whole.is_rate and (marker := marker_after(whole, group[n + 1], facts)):
                parts = parts_after(whole, group[n + 1 :], facts)
                yield from ((whole, f) for f in judged(whole, parts, marker, facts))


def marker_after(whole: Fact, following: Fact, facts: Facts) -> str:
    between = facts.text.mask[whole.end : following.start]
    match = AMONG.search(between)
    return match[0] if match else ""


def parts_after(whole: Fact, group: list[Fact], facts: Facts) -> list[Fact]:
    """The figures of the list: same unit, same bracket, until another 其中 or total."""
    depth = group[0].depth
    parts: list[Fact] = []
    last = whole
    for fact in group:
        between = facts.text.mask[last.end : fact.start]
        if fact.depth < depth or (parts and re.search("其中|；", between) and fact.unit != whole.unit):
            break
        if parts and ("其中" in between or TOTAL_WORD.search(fact.label)):
            break
        last = fact
        if fact.unit == whole.unit and fact.depth == depth and not fact.worded:
            parts.append(fact)
    return parts


def judged(whole: Fact, parts: list[Fact], marker: str, facts: Facts) -> Iterator[Finding]:
    kinds = {measure(part) for part in parts} - {None}
    if len(parts) < 2 or any(part.vague or STATE.search(part.label) for part in parts) or len(kinds) > 1:
        return
    if (kinds and measure(whole) and kinds != {measure(whole)}) or not same_things(whole, parts):
        return
    total = sum((part.value for part in parts), Decimal(0))
    if total > whole.value:
        yield finding(whole, parts, facts, "error", advice_for(whole, parts))
    elif total < whole.value and not AND_SO_ON.match(facts.text.clean[parts[-1].end :][:8]):
        complete = marker not in {"其中", "包括", "包含"} or (len(parts) >= 3 and total >= NEARLY * whole.value)
        hint = "" if complete else "如所列只是其中一部分，可不理会。"
        yield finding(whole, parts, facts, "error" if complete else "note", advice_for(whole, parts) + hint)


# A total for a whole section: “专项资金合计900万元 … 预算金额300万元。… 预算金额450万元 …”


def section_totals(facts: Facts) -> Iterator[tuple[Fact, Finding]]:
    for group in facts.by_section.values():
        for kind in ("planned", "spent"):
            money = [f for f in group if f.exact and measure(f) == kind and f.depth == 0]
            totals = [f for f in money if re.search("合计|共计|总计|总额|总共|共", f.label)]
            if len(totals) == 1:
                parts = items_of(totals[0], money, kind)
                if len(parts) >= 2 and not any_run_matches(totals[0], parts):
                    yield totals[0], finding(totals[0], parts, facts, "error", advice_for(totals[0], parts))


def items_of(total: Fact, money: list[Fact], kind: str) -> list[Fact]:
    """The amounts of the items after the total (or before it, where it closes the section); 三公 is inside others."""
    words = (
        r"预算(?:金额|数|资金|额|安排|为)?(?:为|是|：)?$"
        if kind == "planned"
        else r"(?:实际|已)(?:使用|支出|执行|支付)|支出$"
    )
    items = [f for f in money if f is not total and re.search(words, f.label) and "三公" not in f.label]
    after = [f for f in items if f.start > total.start]
    return after if len(after) >= 2 else [f for f in items if f.start < total.start]


# Written out, and what remains


EQUATION = re.compile(
    r"(?<![\d.+])(\d+(?:\.\d+)?(?:(?:万元|元|人|件|条|个)?\+\d+(?:\.\d+)?)+)(?:万元|元|人|件|条|个)?[=＝](\d+(?:\.\d+)?)(?![\d.%])"
)


def check_equations(facts: Facts) -> Iterator[Finding]:
    """“20+6+14=40”."""
    for match in EQUATION.finditer(facts.text.clean):
        numbers = re.findall(r"\d+(?:\.\d+)?", match[1])
        computed = sum(map(Decimal, numbers), Decimal(0))
        if computed != Decimal(match[2]):
            advice = f"算式{match[1]}应等于{plain(computed)}，原文为{match[2]}。"
            quote = facts.text.quote(match.start(), match.end())
            parts = tuple(Part("加数", number, "") for number in numbers)
            yield Finding("sum", quote, match[2], plain(computed), parts, "error", advice, match.start())


def check_rests(facts: Facts) -> Iterator[Finding]:
    """“交办43个，已解决38个，其余5个”: done and rest make the whole."""
    for group in facts.by_sentence.values():
        for n, rest in enumerate(group):
            before = [f for f in group[:n] if f.unit == rest.unit and f.exact and f.depth == rest.depth]
            if rest.unit == "元" or rest.is_rate or not rest.exact or not REST.match(rest.label) or not before:
                continue
            earlier = [
                f for g in list(facts.sentences_back(group[0], 1))[1:] for f in g if f.unit == rest.unit and f.exact
            ]
            done, wholes = before[-1], [*before[:-1], *earlier[-1:]]
            wholes = [f for f in wholes if f.value > done.value]
            if wholes and STATE.search(done.label) and not any(f.value == done.value + rest.value for f in wholes):
                whole = wholes[-1]
                yield finding(whole, [done, rest], facts, "error", advice_for(whole, [done, rest]))
