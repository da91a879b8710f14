"""Ratios: each printed percentage is computed again from the printed parts.  Pure.

`RATES` says for each kind of rate which words name its numerator and its denominators (best first); a rate without a
rule of its own takes its stem: “回收率” is 回收 over what was there before.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from functools import lru_cache
from itertools import takewhile

from budget.crosscheck.facts import Fact, Facts
from budget.crosscheck.finding import Finding, Part, plain
from budget.crosscheck.fractions import fraction_of

BACK = 6  # sentences in which the parts of a rate are looked for
RATE_NAME = re.compile(
    r"(?P<name>[\u4e00-\u9fff]{0,8}?(?:(?:(?<!效)|(?<=有效))率|满意度|占比|比重|比例))"
    r"(?:（[^）]*）)?(?:的)?(?:已|均|也|全年|总体|平均|同样)?(?:分别)?(?:达到了?|提升至|提高到|上升到|下降到|升至|降至|高达|约?为|仅为?|只有|是|达|：|:|=)*$"
)
CHANGE = re.compile(
    r"(?:同比|环比|比上年|比去年|较上年|较去年|增长率?|下降|上升|提高|降低|增幅|降幅|提升|减少|增加)了?$"
)
LIMIT = re.compile(r"不(?:得|能|应)?[低高少大]于|以上|达标|目标|要求|指标值")


@dataclass(frozen=True, slots=True)
class Rate:
    """`numerators` and each of `denominators` are patterns over the words before a figure."""

    names: str
    numerators: str
    denominators: tuple[str, ...]
    money: bool = False
    any_base: bool = False  # no rule says which denominator is right: one that fits is


RATES = (
    Rate(
        "使用率|执行率|支出率|支付率|拨付率|支出进度|执行进度",
        r"(?:实际|已|累计|共|全年|年度|资金|经费|预算)*(?:使用|支出|执行|支付|拨付|列支|实付|完成)(?!率)",
        (r"全年预算|调整后?的?预算|预算调整", r"预算|安排|下达|计划|合同(?:总?金额|总?价)|额度|到位"),
        money=True,
    ),
    Rate("按时办结率|按期办结率|及时办结率", "(?:按时|按期|及时|限时)办结", ("应办结", "办结", "受理|派")),
    Rate("结余率|结转率", "结余|结转|剩余", ("预算|安排|下达",), money=True),
    Rate("完成率", "完成|实际", ("应完成", "计划|任务|目标", "受理|交办|派[发单]|梳理|共")),
    Rate("出勤率|到会率|到岗率|参会率|到场率|参训率", "实到|出勤|到会|到岗|参会|到场|参训", ("应",)),
    Rate(
        "办结率|结案率|处置率|办理率|销号率",
        "办结|结案|处置|办理|销号",
        ("应(?:办结|完成|处置|办理)", "立案", "受理|接[收到件]|派[发单]|交办|转办", "采集|上报|收集|梳理|任务|计划|共"),
    ),
    Rate("立案率", "立案", ("应立案", "采集|上报|受理|收集|报送")),
    Rate("响应率", "响应|联系|对接", ("应响应|应联系", "推送|派[发单]", "受理|接[收到]")),
    Rate("联系率", "(?:及时)?联系|对接", ("应联系", "推送|派[发单]|受理|接[收到]")),
    Rate("解决率", "(?<!未)解决", ("应解决|有效回访|回访|回复", "交办|梳理|问题|受理|共")),
    Rate("满意率|满意度", "(?<!不)满意(?!度|率)", ("评价|参评|回访|测评|调查|受访|有效", "受理|共")),
    Rate("签收率", "签收", ("应签收", "派[发单]|下派|受理")),
    Rate("回访率", "回访", ("应回访", "办结|完成")),
    Rate("退单率|退回率", "退[单回]", ("派[发单]|受理",)),
    Rate("返工率|重办率", "返工|重办", ("办结|回访",)),
    Rate("派准率|准确率", "(?:一次)?(?:派准|准确)", ("派[发单]", "共|总")),
)
EXPLAINED = re.compile("，?(?:即|也就是|其中)")
SHARE = Rate("占比|比重|比例|占", ".", ("共|总|合计|全部|累计",))
EXPLICIT = re.compile(
    r"(?P<a>\d+(?:\.\d+)?)(?:万?元|件|条|个|人)?(?:÷|/)(?P<b>\d+(?:\.\d+)?)(?:万?元|件|条|个|人)?(?:[×xX*]100%)?"
    r"[=＝≈](?P<rate>\d+(?:\.\d+)?)%"
)


@dataclass(slots=True)
class Parts:
    """The parts found for one rate; `others` are denominators it might have been computed from instead."""

    numerator: Fact
    denominator: Fact
    others: list[Fact] = field(default_factory=list)
    any_base: bool = False

    def explain(self, rate: Fact) -> bool:
        return (
            bool(self.denominator.value)
            and rounded(percent(self.numerator, self.denominator), rate.decimals) == rate.value
        )


def check_ratios(facts: Facts) -> Iterator[Finding]:
    """Findings for every rate of the running text, and for quotients written out."""
    used: set[tuple[str, int]] = set()
    for fact in facts.all:
        if not is_level(fact):
            continue
        name = rate_name(fact)
        if beside := parts_beside(fact, name, facts):
            yield from compared(fact, name or "比率", beside, facts)
        elif name:
            yield from check_named(fact, name, facts, used)
    yield from check_explicit(facts)


def parts_beside(rate: Fact, name: str | None, facts: Facts) -> Parts | None:
    """“98.39%（53476/54351）”; written the other way round it is read so, where that explains the rate."""
    found = fraction_of(rate, rule_for(name).numerators if name else "$.", facts)
    if found is None:
        return None
    straight, turned = Parts(*found), Parts(found[1], found[0])
    return turned if turned.explain(rate) else straight


def check_named(fact: Fact, name: str, facts: Facts, used: set[tuple[str, int]]) -> Iterator[Finding]:
    rule = rule_for(name)
    parts = parts_of(fact, rule, facts, used)
    if parts:
        used |= {(rule.names, parts.numerator.start), (rule.names, parts.denominator.start)}
        yield from compared(fact, name, parts, facts)
    else:
        yield from lonely(fact, name, facts)


def is_level(fact: Fact) -> bool:
    """Whether a percentage says how much; limits, changes and vague figures do not."""
    return fact.is_rate and fact.exact and not CHANGE.search(fact.label) and not LIMIT.search(fact.label)


def rate_name(fact: Fact) -> str | None:
    """The name of the rate a percentage gives a value to."""
    if not is_level(fact):
        return None
    if match := RATE_NAME.search(fact.label):
        return match["name"]
    return "占" if re.search(r"占[\u4e00-\u9fff]{0,12}的?(?:为|约|近)?$", fact.label) else None


@lru_cache(maxsize=256)
def rule_for(name: str) -> Rate:
    for rule in (*RATES, SHARE):
        if re.search(f"(?:{rule.names})$", name):
            return rule
    stem = name.removesuffix("率")[-2:]
    return Rate(name, re.escape(stem), (f"应{stem}|应", "共|总|合计|计划|抽|发放|参加|全部", "."), any_base=True)


def parts_of(rate: Fact, rule: Rate, facts: Facts, used: set[tuple[str, int]]) -> Parts | None:
    """Numerator and denominator nearest to the rate: in a bracket behind it, in its sentence, in sentences before.

    Where these do not explain it, those that follow it in its sentence may (“使用率75%，其中预算…，使用…”).
    """
    if rule is SHARE:
        return share_parts(rate, facts)
    groups = [bracket_after(rate, facts), *facts.sentences_back(rate, BACK)]
    if not rule.money:  # counts change their subject from sentence to sentence, a fund's money does not
        groups = groups[: 3 if counts_nothing(groups[1]) else 2]
    before = parts_in(groups, rate, rule, facts, used)
    if before and before.explain(rate):
        return before
    explained = EXPLAINED.match(facts.text.clean, rate.end)
    behind = facts_after(rate, facts)
    after = parts_in([behind, *(groups if explained and behind else [])], rate, rule, facts, used)
    return after if after and (before is None or after.explain(rate)) else before


def parts_in(
    groups: list[list[Fact]], rate: Fact, rule: Rate, facts: Facts, used: set[tuple[str, int]]
) -> Parts | None:
    numerator = nearest_numerator(rate, rule, groups, facts)
    if numerator is None or (rule.names, numerator.start) in used:
        return None
    for n, group in enumerate(groups):
        found = denominators(rule, numerator, group, facts)
        if found and not (n > 1 and (rule.names, found[0].start) in used):
            return Parts(numerator, found[0], found[1:], rule.any_base)
    return None


def facts_after(rate: Fact, facts: Facts) -> list[Fact]:
    """What follows a rate that opens its sentence and is the only one in it, or that “即” or “其中” explains."""
    group = facts.sentence_of(rate)
    alone = group[0] is rate and sum(fact.is_rate for fact in group) == 1
    if not alone and not EXPLAINED.match(facts.text.clean, rate.end):
        return []
    return list(takewhile(lambda fact: not fact.is_rate, group[group.index(rate) + 1 :]))


def counts_nothing(group: list[Fact]) -> bool:
    return all(fact.is_rate or fact.unit == "元" for fact in group)


def bracket_after(rate: Fact, facts: Facts) -> list[Fact]:
    """“使用率75%（预算12万元，使用9万元）”."""
    if facts.text.clean[rate.end : rate.end + 1] != "（":
        return []
    return [f for f in facts.sentence_of(rate) if f.start > rate.end and f.depth > rate.depth]


def nearest_numerator(rate: Fact, rule: Rate, groups: list[list[Fact]], facts: Facts) -> Fact | None:
    """Of a list of rates (“分别为…”) each takes its own of an equally long list."""
    rates = facts.run(rate)
    for group in groups:
        for fact in reversed(group):
            if not usable(fact, rule) or not is_numerator(fact, rule):
                continue
            listed = facts.run(fact)
            if len(rates) == 1:
                return fact
            if len(listed) == len(rates):
                return listed[rates.index(rate)]
    return None


def usable(fact: Fact, rule: Rate) -> bool:
    return fact.exact and not fact.is_rate and (fact.unit == "元") == rule.money


def is_numerator(fact: Fact, rule: Rate) -> bool:
    return bool(re.search(rule.numerators, fact.label)) and not is_whole(fact, rule)


def is_whole(fact: Fact, rule: Rate) -> bool:
    """Whether the words name the denominator although they hold the numerator's word: 应办结, 预算安排支出."""
    if rule.money:
        return bool(
            re.search(r"预算(?:金额|数|安排|总额|资金|额|为|合计|下达|共|总)|安排|计划", fact.label)
        ) and not re.search(r"实际|已|执行数|支出数|使用数", fact.label)
    return bool(re.search(r"应(?:办|完|处|联|签|回|响|解)|未|尚|待", fact.label))


def denominators(rule: Rate, numerator: Fact, group: list[Fact], facts: Facts) -> list[Fact]:
    """Candidates of one sentence, best first: by the rule's order, then by nearness to the numerator."""
    listed = facts.run(numerator)
    at = listed.index(numerator)
    found: list[Fact] = []
    for pattern in rule.denominators:
        for fact in sorted(group, key=lambda f: (is_total(f) != is_total(numerator), abs(f.start - numerator.start))):
            if not fits(fact, numerator, rule, pattern):
                continue
            others = facts.run(fact)
            chosen = others[at] if len(listed) > 1 and len(others) == len(listed) else fact
            if chosen not in found:
                found.append(chosen)
    return found


def is_total(fact: Fact) -> bool:
    """A total is the denominator of a total only: 专项资金合计900万元 is not the budget of one fund."""
    return bool(re.search("合计|共计|总计|总额|小计", fact.label))


def fits(fact: Fact, numerator: Fact, rule: Rate, pattern: str) -> bool:
    if fact is numerator or not usable(fact, rule) or fact.unit != numerator.unit:
        return False
    words = fact.label if pattern != "共|总" else fact.label[-4:]
    return bool(re.search(pattern, words)) and not is_numerator(fact, rule)


def share_parts(rate: Fact, facts: Facts) -> Parts | None:
    """占比: the figure just before, over the total before it in the sentence (or in the one before)."""
    here = [f for f in facts.sentence_of(rate) if f.end <= rate.start and f.exact and not f.is_rate]
    if not here or len(facts.run(rate)) > 1:
        return None
    part = here[-1]
    totals_after = [f for f in facts.sentence_of(rate) if f.start > rate.end and re.match("合计|共计|总计|共", f.label)]
    groups = [here[:-1], totals_after, *list(facts.sentences_back(here[0], 1))[1:]]
    for group in sorted(groups, key=lambda group: not any(is_sum(f) for f in group)):
        wholes = [f for f in group if f.unit == part.unit and f.exact and f.value > part.value]
        totals = [f for f in wholes if is_sum(f)]
        if totals or wholes:
            first = (totals or wholes)[0]
            return Parts(part, first, [f for f in wholes if f is not first])
    return None


def is_sum(fact: Fact) -> bool:
    return bool(re.search("共|总|合计|全部|累计", fact.label))


def compared(rate: Fact, name: str, parts: Parts, facts: Facts) -> Iterator[Finding]:
    """Nothing if the rate holds; else an error, or a note where another denominator explains it."""
    if not parts.denominator.value:
        return
    computed = percent(parts.numerator, parts.denominator)
    right = rounded(computed, rate.decimals)
    if right == rate.value:
        yield from precision_note(rate, name, parts, computed, facts)
        return
    other = next(
        (f for f in parts.others if f.value and rounded(percent(parts.numerator, f), rate.decimals) == rate.value), None
    )
    advice = other_base(name, parts, other) if other else diagnosis(rate, name, parts, computed)
    yield ratio_finding(rate, parts, format(right, "f"), "note" if other else "error", advice, facts)


def percent(numerator: Fact, denominator: Fact) -> Decimal:
    return 100 * numerator.value / denominator.value


def rounded(value: Decimal, decimals: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def diagnosis(rate: Fact, name: str, parts: Parts, computed: Decimal) -> str:
    """Why the printed value may be what it is, and what to look at."""
    right = rounded(computed, rate.decimals)
    sum_ = f"{shown(parts.numerator)}÷{shown(parts.denominator)}={plain(rounded(computed, 4))}%"
    if computed.quantize(Decimal(1).scaleb(-rate.decimals), ROUND_DOWN) == rate.value:
        return f"{name}原文为{rate.number}%，按{sum_}，系截去尾数而未四舍五入，应为{right}%。"
    back = rate.value * parts.denominator.value / 100
    back_text = plain(rounded(back / parts.numerator.scale, max(parts.numerator.decimals, 0)))
    return (
        f"{name}原文为{rate.number}%，按{sum_}，应为{right}%；如{rate.number}%无误，"
        f"则{parts.numerator.part().name}应约为{back_text}{parts.numerator.written_unit}，请核对分子、分母和比率。"
    )


def shown(fact: Fact) -> str:
    return f"{fact.number}{fact.written_unit}"


def other_base(name: str, parts: Parts, other: Fact) -> str:
    return (
        f"{name}与“{other.part().name}{shown(other)}”为分母时相符，与“{parts.denominator.part().name}"
        f"{shown(parts.denominator)}”为分母时不符，请注明口径。"
    )


def ratio_finding(rate: Fact, parts: Parts, computed: str, severity: str, advice: str, facts: Facts) -> Finding:
    return Finding(
        "ratio",
        quote_around(rate, [parts.numerator, parts.denominator], facts),
        rate.number,
        computed,
        (parts.numerator.part(), parts.denominator.part()),
        "error" if severity == "error" else "note",
        advice,
        rate.start,
    )


def quote_around(fact: Fact, parts: Iterable[Fact], facts: Facts) -> str:
    """The report's words from the first part in the same sentence to the figure."""
    start, end = facts.text.sentence_span(fact.start)
    inside = [f for f in (*parts, fact) if start <= f.start < end]
    first, last = min(inside, key=lambda f: f.start), max(inside, key=lambda f: f.end)
    begin = max(start, first.start - len(first.label))
    return facts.text.quote(begin, closed(facts.text.clean, begin, last.end))


def closed(text: str, begin: int, end: int) -> int:
    """The end of a quotation, the bracket it opened included."""
    opened = text.count("（", begin, end) > text.count("）", begin, end)
    return end + 1 if opened and text.startswith("）", end) else end


def precision_note(rate: Fact, name: str, parts: Parts, computed: Decimal, facts: Facts) -> Iterator[Finding]:
    """The same report prints most rates finer: worth a word, not wrong."""
    usual = usual_decimals(facts)
    if rate.decimals < usual and rounded(computed, usual) != rate.value:
        fine = format(rounded(computed, usual), "f")
        advice = f"{name}{rate.number}%按其位数四舍五入无误；文中其他比率多保留{usual}位小数，可统一写为{fine}%。"
        yield ratio_finding(rate, parts, rate.number, "note", advice, facts)


def usual_decimals(facts: Facts) -> int:
    places = [f.decimals for f in facts.all if rate_name(f)]
    return max(set(places), key=lambda n: (places.count(n), n)) if places else 0


def lonely(rate: Fact, name: str, facts: Facts) -> Iterator[Finding]:
    """A rate whose parts the report does not print cannot be checked; one above 100 is wrong all the same."""
    impossible = rate.value > 100 and not re.search("使用率|执行率|增长|完成率|支出|占", name)
    advice = (
        f"{name}为{rate.number}%，超过100%，请核对。"
        if impossible
        else f"文中没有“{rate.part().name}”的分子和分母，无法核对，请对照台账。"
    )
    quote = quote_around(rate, [], facts)
    yield Finding("ratio", quote, rate.number, None, (), "error" if impossible else "note", advice, rate.start)


def check_explicit(facts: Facts) -> Iterator[Finding]:
    """Quotients written out: 9÷12=75%."""
    for match in EXPLICIT.finditer(facts.text.clean):
        a, b, printed = Decimal(match["a"]), Decimal(match["b"]), Decimal(match["rate"])
        if not b:
            continue
        right = rounded(100 * a / b, -int(printed.as_tuple().exponent))
        if right != printed:
            parts = (Part("分子", match["a"], ""), Part("分母", match["b"], ""))
            advice = f"算式{match['a']}÷{match['b']}应为{right}%，原文为{match['rate']}%。"
            quote = facts.text.quote(match.start(), match.end())
            yield Finding("ratio", quote, match["rate"], str(right), parts, "error", advice, match.start())
