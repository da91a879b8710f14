"""What a quarter's assessment stands on: its days, its cut-off, and the versions of the rules of its time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from grid.models import Assessment
from grid.rules import SCHEMES, Calendar
from wangcheng.common import clock
from wangcheng.common.figures.periods import Period
from wangcheng.common.models import Policy
from wangcheng.common.policy.registry import in_force, rule_set, version_in_force

_QUARTER = re.compile(r"^(20\d\d)Q([1-4])$")


@dataclass(frozen=True, slots=True)
class Basis:
    """The days counted, first to last (the cut-off), and the rules with their snapshot."""

    kind: str
    quarter: str
    first: date
    last: date
    rules: Any  # SchemeLevel3, SchemeLevel4 or ZeroComplaintRules
    snapshot: dict[str, Any]  # key → {"policy", "version", "values"}, as the assessment keeps it

    @property
    def cutoff(self) -> datetime:
        """The last moment that counts."""
        return clock.at(self.last + timedelta(days=1)) - timedelta(microseconds=1)

    @property
    def period(self) -> Period:
        return Period.parse(f"{self.first}..{self.last}", self.cutoff)


def parse_quarter(text: str) -> tuple[int, int]:
    """ "2022Q4" → (2022, 4); ValueError in Chinese for anything else."""
    found = _QUARTER.match(text.strip())
    if found is None:
        raise ValueError(f"季度“{text}”无法识别，应为2022Q4的形式。")
    return int(found[1]), int(found[2])


def cutoff_day(year: int, quarter: int) -> date:
    """截止日: by the version in force at the quarter's natural end."""
    natural_end = date(year + quarter // 4, quarter % 4 * 3 + 1, 1) - timedelta(days=1)
    return in_force(Calendar, natural_end).cutoff(year, quarter)


def quarter_on(day: date) -> str:
    """The quarter in which what happens on `day` is assessed: after a cut-off it is the next one."""
    year, number = day.year, (day.month + 2) // 3
    if day <= cutoff_day(year, number):
        return f"{year}Q{number}"
    return f"{year + number // 4}Q{number % 4 + 1}"


def basis_for(quarter: str, kind: str) -> Basis:
    """The days of the quarter, from the day after the cut-off before, and the rules in force on its cut-off day."""
    year, number = parse_quarter(quarter)
    last = cutoff_day(year, number)
    before = cutoff_day(year, number - 1) if number > 1 else cutoff_day(year - 1, 4)
    rules, policy_id = version_in_force(SCHEMES[kind], last)
    policy = Policy.objects.get(pk=policy_id)
    snapshot = {policy.key: {"policy": policy.pk, "version": policy.version, "values": policy.values}}
    return Basis(kind, quarter, before + timedelta(days=1), last, rules, snapshot)


def frozen_basis(assessment: Assessment) -> Basis:
    """The same as the assessment kept it: later versions of the rules change nothing."""
    ((key, kept),) = assessment.rules.items()
    rules = rule_set(key).parse(kept["values"])
    return Basis(assessment.kind, assessment.quarter, assessment.first, assessment.last, rules, assessment.rules)
