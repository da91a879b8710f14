"""Fractions beside a rate: “98.39%（53476/54351）”, “20件中办结10件，办结率50%”, “50%，即分子10、分母20”.  Pure.

Called by `ratios` only; a rate whose parts stand beside it needs no rule about names.
"""

import re
from dataclasses import replace
from decimal import Decimal

from budget.crosscheck.facts import COUNTED, SAME_UNIT, SCALES, Fact, Facts

NUMBER = r"\d+(?:\.\d+)?"
UNIT = rf"(?P<{{0}}_scale>[百千万亿]?)(?P<{{0}}_unit>元|{COUNTED})?"
ABOVE = rf"(?<![\d./])(?P<above>{NUMBER}){UNIT.format('above')}"
BELOW = rf"(?P<below>{NUMBER}){UNIT.format('below')}(?![\d./])"
WORDS = r"[\u4e00-\u9fff“”]{0,10}?"
QUOTIENT = rf"{ABOVE}{WORDS}[/÷∶]{WORDS}{BELOW}"
OUT_OF = rf"(?<![\d./]){BELOW}{WORDS}(?:中|里)，?(?P<did>{WORDS}){ABOVE}(?P<done>{WORDS})"
NAMED = rf"分子(?:为|是|：)?{ABOVE}[，、；]?分母(?:为|是|：)?{BELOW}"
NAMED_BACK = rf"分母(?:为|是|：)?{BELOW}[，、；]?分子(?:为|是|：)?{ABOVE}"
NEXT = r"(?:（[^（）\d]{0,10}|，?(?:即|也就是|系|按|=|：))"
BETWEEN = r"[）]?[，、：（]?(?:即|合|折合)?[^\d，。；（）=≈×*]{0,16}"  # equations are checked as such
AFTER = tuple(re.compile(NEXT + shape) for shape in (QUOTIENT, NAMED, NAMED_BACK))
BEFORE = tuple(re.compile(f"{shape}{BETWEEN}$") for shape in (QUOTIENT, NAMED, NAMED_BACK))
OUT_OF_AFTER, OUT_OF_BEFORE = re.compile(NEXT + OUT_OF), re.compile(f"{OUT_OF}{BETWEEN}$")
REACH = 60  # characters before a rate


def fraction_of(rate: Fact, numerators: str, facts: Facts) -> tuple[Fact, Fact] | None:
    """Numerator and denominator written beside the rate; “20件中…10件” only where it speaks of `numerators`."""
    text = facts.text.clean
    start = max(facts.text.sentence_span(rate.start)[0], rate.start - REACH)
    found = next((match for shape in AFTER if (match := shape.match(text, rate.end))), None)
    found = found or next((match for shape in BEFORE if (match := shape.search(text, start, rate.start))), None)
    if found is None:
        found = OUT_OF_AFTER.match(text, rate.end) or OUT_OF_BEFORE.search(text, start, rate.start)
        if found is None or not re.search(numerators, found["did"] + found["done"]):
            return None
    return part(found, "above", "分子", rate), part(found, "below", "分母", rate)


def part(match: re.Match[str], name: str, label: str, rate: Fact) -> Fact:
    """One of the two as a fact; a unit that only the other bears is its own too."""
    other = "below" if name == "above" else "above"
    unit = match[f"{name}_unit"] or match[f"{other}_unit"] or ""
    scale = match[f"{name}_scale"] if match[f"{name}_unit"] else match[f"{other}_scale"]
    start, end = match.start(name), match.end(f"{name}_unit" if match[f"{name}_unit"] else name)
    return replace(
        rate, start=start, end=end, number=match[name], scale=SCALES[scale or ""], unit=SAME_UNIT.get(unit, unit),
        value=SCALES[scale or ""] * Decimal(match[name]), written_unit=(scale or "") + unit, label=label, noun="",
    )  # fmt: skip
