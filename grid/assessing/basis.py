"""What a quarter's assessment stands on: its days, its cut-off, and the versions of the rules of its time."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, cast

from grid.models import Assessment
from grid.rules import SCHEMES, Calendar, LevelScheme, ZeroComplaintRules, figures_of
from wangcheng.common import clock
from wangcheng.common.figures.periods import Period
from wangcheng.common.figures.registry import get, known
from wangcheng.common.figures.ruled import SHIPPED
from wangcheng.common.models import Policy
from wangcheng.common.policy.registry import in_force, rule_set, version_in_force

Rules = LevelScheme | ZeroComplaintRules
_QUARTER = re.compile(r"^(20\d\d)Q([1-4])$")


@dataclass(frozen=True, slots=True)
class Basis:
    """The days counted, first to last (the cut-off), and the rules with their snapshot."""

    kind: str
    quarter: str
    first: date
    last: date
    rules: Any  # SchemeLevel3, SchemeLevel4 or ZeroComplaintRules
    snapshot: dict[str, Any]  # key → {"policy", "version", "values"} of the scheme and what rules its figures

    @property
    def cutoff(self) -> datetime:
        """The last moment that counts."""
        return clock.at(self.last + timedelta(days=1)) - timedelta(microseconds=1)

    @property
    def period(self) -> Period:
        days = Period.parse(f"{self.first}..{self.last}", self.cutoff)
        return days.counted_by(_versions(self.rules, self.snapshot))


def _versions(rules: Rules, snapshot: Mapping[str, Any]) -> tuple[int, ...]:
    """The policy versions by which the figures of an assessment counted.

    One made before its figures' rules were a policy kept none of them: it counted what the shipped values say.
    """
    keys = _ruling(rules)
    held = tuple(snapshot[key]["policy"] for key in keys if key in snapshot)
    return held if len(held) == len(keys) else (*held, SHIPPED)


def _ruling(rules: Rules) -> dict[str, type[Any]]:
    """The rule sets that say what the figures of an assessment count, by key."""
    kinds = [get(name).ruled_by for name in figures_of(rules) if known(name)]
    return {kind.policy_key: kind for kind in kinds if kind is not None}


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


def begins(quarter: str) -> date:
    """The first day that counts: the one after the cut-off of the quarter before."""
    year, number = parse_quarter(quarter)
    before = cutoff_day(year, number - 1) if number > 1 else cutoff_day(year - 1, 4)
    return before + timedelta(days=1)


def basis_for(quarter: str, kind: str) -> Basis:
    """The days of the quarter, from the day after the cut-off before, and the rules in force on its cut-off day."""
    year, number = parse_quarter(quarter)
    last = cutoff_day(year, number)
    rules, policy_id = version_in_force(SCHEMES[kind], last)
    versions = [policy_id, *(version_in_force(ruling, last)[1] for ruling in _ruling(rules).values())]
    policies = Policy.objects.in_bulk(versions)
    return Basis(kind, quarter, begins(quarter), last, rules, dict(_kept(policies[key]) for key in versions))


def _kept(policy: Policy) -> tuple[str, dict[str, Any]]:
    return policy.key, {"policy": policy.pk, "version": policy.version, "values": policy.values}


def frozen_basis(assessment: Assessment) -> Basis:
    """The same as the assessment kept it: later versions of the rules change nothing."""
    rules = frozen_rules(assessment)
    return Basis(assessment.kind, assessment.quarter, assessment.first, assessment.last, rules, assessment.rules)


def frozen_rules(assessment: Assessment) -> Rules:
    """The scheme as the assessment kept it, typed."""
    key: str = SCHEMES[assessment.kind].policy_key
    return cast("Rules", rule_set(key).parse(assessment.rules[key]["values"]))


def frozen_versions(assessment: Assessment) -> tuple[int, ...]:
    """The policy versions by which its figures counted; none before it was calculated."""
    return _versions(frozen_rules(assessment), assessment.rules) if assessment.rules else ()
