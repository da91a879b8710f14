"""Figures whose rules are a policy: which version counts a period, whoever asks (page, list, API, command, assessment).

The version in force on the period's last day, which for a quarter of the assessment is its cut-off day, as for every
other rule of the assessment.  A period of several quarters (a year) is counted by the version of its end.
"""

from __future__ import annotations

from datetime import date
from typing import TypeVar

from wangcheng.common.figures.periods import Period
from wangcheng.common.policy.registry import in_force, version

T = TypeVar("T")
SHIPPED = 0  # the last of a period's versions: counted before these rules were a policy, by the values now shipped


def rules_for(cls: type[T], period: Period) -> T:
    """The rules `period` is counted by; of days before the first version, the shipped values."""
    for key in period.versions:
        found = version(key) if key != SHIPPED else cls()
        if isinstance(found, cls):
            return found
    return rules_on(cls, period.last)


def rules_on(cls: type[T], day: date) -> T:
    try:
        return in_force(cls, day)
    except LookupError:
        return cls()
