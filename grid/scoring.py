"""The arithmetic of the quarterly assessment: points, score, quota, rank and grade.

Pure: plain values in, plain values out; no Django, no database.  Called by grid.assessing and its tests.
An indicator whose denominator is 0 is neutral (中性): its weight is left out and the rest is scaled up to 100.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

HUNDRED = Decimal(100)
MANUAL = "manual:"  # before the name of an indicator that people enter
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Item:
    """One indicator of a scheme: full marks at `full`, none at `zero`, in proportion between."""

    label: str
    weight: Decimal
    figure: str
    full: Decimal = HUNDRED
    zero: Decimal = Decimal(0)

    @classmethod
    def parse(cls, line: str) -> Item:
        """ "走访|15|grid_visit_rate|100|0"; ValueError in Chinese for anything else."""
        parts = [part.strip() for part in line.split("|")]
        if not 3 <= len(parts) <= 5 or not parts[0] or not parts[2]:
            raise ValueError(f"“{line}”应为“名称|权重|指标|满分值|零分值”的形式。")
        try:
            numbers = [Decimal(part) for part in (parts[1], *parts[3:])]
        except ArithmeticError:
            raise ValueError(f"“{line}”的权重、满分值、零分值应为数字。") from None
        item = cls(parts[0], numbers[0], parts[2], *numbers[1:])
        if item.weight <= 0 or item.full == item.zero:
            raise ValueError(f"“{line}”的权重应大于0，满分值与零分值不能相同。")
        return item

    def points(self, value: Decimal) -> Decimal:
        share = (value - self.zero) / (self.full - self.zero)
        return self.weight * min(Decimal(1), max(Decimal(0), share))


@dataclass(frozen=True, slots=True)
class Scheme:
    """A scheme as the arithmetic needs it (考核办法 of one level)."""

    items: tuple[Item, ...]
    quota: int
    pass_mark: Decimal = Decimal(60)
    bonus_cap: Decimal = Decimal(5)
    least_weight: Decimal = Decimal(50)  # so much must be measurable for 优秀
    tie_breakers: tuple[str, ...] = ()  # labels of items, compared one after the other; the last is always the code


@dataclass(frozen=True, slots=True)
class Measure:
    """What was counted for one indicator of one grid; `denominator` None for a plain count."""

    numerator: Decimal
    denominator: Decimal | None = None

    @property
    def value(self) -> Decimal | None:
        if self.denominator is None:
            return self.numerator
        return self.numerator * HUNDRED / self.denominator if self.denominator else None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A grid with everything its score depends on."""

    key: int
    code: str
    town: str  # its code
    measures: Mapping[str, Measure]  # by figure name; a missing one is neutral
    bonus: Decimal = Decimal(0)
    deduction: Decimal = Decimal(0)
    veto: str = ""  # the reason of 一票否决


@dataclass(frozen=True, slots=True)
class Line:
    """One indicator of one grid's score sheet; `points` None where it is neutral."""

    item: Item
    measure: Measure | None
    points: Decimal | None

    def plain(self) -> dict[str, Any]:
        """As JSON keeps it."""
        measure, value = self.measure, self.measure.value if self.measure else None
        return {
            "label": self.item.label,
            "figure": self.item.figure,
            "weight": str(self.item.weight),
            "numerator": None if measure is None else str(measure.numerator),
            "denominator": None if measure is None or measure.denominator is None else str(measure.denominator),
            "value": None if value is None else str(half_up(value)),
            "points": None if self.points is None else str(half_up(self.points)),
        }


@dataclass(slots=True)
class Result:
    """A grid's score sheet; rank and grade are given when all are known."""

    candidate: Candidate
    lines: list[Line]
    bonus: Decimal
    score: Decimal
    measured: Decimal  # weight that could be measured
    rank: int = 0
    grade: str = "basic"
    reason: str = ""
    _order: tuple[Any, ...] = field(default=())


def half_up(value: Decimal, step: Decimal = _CENT) -> Decimal:
    return value.quantize(step, ROUND_HALF_UP)


def assess(scheme: Scheme, candidates: Iterable[Candidate]) -> list[Result]:
    """Score, rank within the town, and grade all grids of one level."""
    results = [mark(scheme, candidate) for candidate in candidates]
    by_town: dict[str, list[Result]] = {}
    for result in results:
        by_town.setdefault(result.candidate.town, []).append(result)
    for members in by_town.values():
        members.sort(key=lambda result: result._order)
        _give_ranks(members)
    _give_grades(scheme, by_town)
    return sorted(results, key=lambda result: result.candidate.code)


def mark(scheme: Scheme, candidate: Candidate) -> Result:
    """The score sheet of one grid, before rank and grade."""
    lines = [_line(item, candidate.measures.get(item.figure)) for item in scheme.items]
    measured = sum((line.item.weight for line in lines if line.points is not None), Decimal(0))
    earned = sum((line.points for line in lines if line.points is not None), Decimal(0))
    bonus = min(candidate.bonus, scheme.bonus_cap)
    base = earned * HUNDRED / measured if measured else scheme.pass_mark
    score = half_up(max(Decimal(0), base + bonus - candidate.deduction))
    result = Result(candidate, lines, bonus, score, measured)
    result._order = (-score, *_tie_break(scheme, lines), candidate.code)
    return result


def _line(item: Item, measure: Measure | None) -> Line:
    value = measure.value if measure else None
    return Line(item, measure, None if value is None else item.points(value))


def _tie_break(scheme: Scheme, lines: Sequence[Line]) -> list[Decimal]:
    """Better first; a neutral indicator ranks behind a measured one."""
    shares: dict[str, Decimal] = {}
    for line in lines:
        shares[line.item.label] = Decimal(1) if line.points is None else -line.points / line.item.weight
    return [shares.get(label, Decimal(0)) for label in scheme.tie_breakers]


def _give_ranks(ordered: Sequence[Result]) -> None:
    """Same score, same rank; the next rank is skipped."""
    for place, result in enumerate(ordered, start=1):
        before = ordered[place - 2] if place > 1 else None
        result.rank = before.rank if before and before.score == result.score else place


def _give_grades(scheme: Scheme, by_town: Mapping[str, Sequence[Result]]) -> None:
    able = {town: [one for one in members if _can_excel(scheme, one)] for town, members in by_town.items()}
    sizes = {town: len(members) for town, members in by_town.items()}
    seats = split_quota(scheme.quota, sizes, {town: len(members) for town, members in able.items()})
    for town, members in by_town.items():
        best = {one.candidate.key for one in able[town][: seats[town]]}
        for result in members:
            result.grade, result.reason = _grade(scheme, result, result.candidate.key in best)


def _can_excel(scheme: Scheme, result: Result) -> bool:
    return not result.candidate.veto and result.score >= scheme.pass_mark and result.measured >= scheme.least_weight


def _grade(scheme: Scheme, result: Result, excellent: bool) -> tuple[str, str]:
    if result.candidate.veto:
        return "basic", f"一票否决：{result.candidate.veto}"
    if result.score < scheme.pass_mark:
        return "basic", f"得分低于{scheme.pass_mark}分"
    if excellent:
        return "excellent", ""
    if not result.measured:
        return "qualified", "本季度没有可计的指标，按中性处理"
    thin = result.measured < scheme.least_weight
    return "qualified", f"可计指标权重不足{scheme.least_weight}，不参评优秀" if thin else ""


def split_quota(quota: int, sizes: Mapping[str, int], capacities: Mapping[str, int] | None = None) -> dict[str, int]:
    """名额分配: `quota` seats among towns in proportion to their grids by largest remainder (最大余数法).

    No town gets more than its capacity (its grids that may be excellent); a seat it cannot fill goes to the next largest
    remainder.  Where all capacities together are less than the quota, all of them are given.  The lower code breaks a tie.
    """
    limits = (
        dict(sizes)
        if capacities is None
        else {town: min(capacities.get(town, 0), size) for town, size in sizes.items()}
    )
    whole = sum(sizes.values())
    exact = {town: Fraction(quota * size, whole) if whole else Fraction(0) for town, size in sizes.items()}
    seats = {town: min(int(share), limits[town]) for town, share in exact.items()}
    left = min(quota, sum(limits.values())) - sum(seats.values())
    queue = sorted(exact, key=lambda town: (int(exact[town]) - exact[town], town))
    while left:
        for town in queue:
            if left and seats[town] < limits[town]:
                seats[town] += 1
                left -= 1
    return seats
