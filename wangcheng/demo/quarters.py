"""The four quarters' assessments of the invented year, each calculated, checked, published and made final in its time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from grid.actions import assessments
from grid.models import Assessment
from wangcheng.common import clock
from wangcheng.common.models import User

QUARTERS = (  # quarter, day of calculation, day of publication, day it became final
    ("2022Q1", date(2022, 4, 6), date(2022, 4, 11), date(2022, 4, 20)),
    ("2022Q2", date(2022, 7, 4), date(2022, 7, 7), date(2022, 7, 18)),
    ("2022Q3", date(2022, 10, 8), date(2022, 10, 11), date(2022, 10, 20)),
    ("2022Q4", date(2022, 12, 16), date(2022, 12, 19), date(2022, 12, 27)),
)


def assess_quarters(passed: Callable[[], None]) -> None:
    """Through the same actions as a live quarter; `passed` is called after each."""
    assessor = User.objects.get(username="assessor")
    for quarter, calculated, published, final in QUARTERS:
        for kind in Assessment.Kind.values:
            _assess(quarter, kind, assessor, (_morning(calculated), _morning(published), _morning(final)))
        passed()


def _morning(day: date) -> datetime:
    return clock.at(day, 10)


def _assess(quarter: str, kind: str, by: User, moments: tuple[datetime, datetime, datetime]) -> None:
    calculated, published, final = moments
    with clock.frozen(calculated):
        case = assessments.compute(quarter, kind, by=by)
        for _ in range(3):
            assessments.review(case.pk, by=by)
    with clock.frozen(published):
        assessments.publish(case.pk, by=by)
    with clock.frozen(final):
        assessments.finalise(case.pk, by=by)
