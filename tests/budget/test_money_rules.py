"""The arithmetic of the money as properties: cents, nodes, execution, warnings."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budget.rules import (
    PerformanceRules,
    cents,
    execution_rate,
    execution_score,
    indicator_score,
    payable,
    progress_warning,
    year_end_warning,
)

MONEY = st.decimals(min_value=0, max_value=10**9, places=2)
SOME = st.decimals(min_value=Decimal("0.01"), max_value=10**9, places=2)
PER_CENT = st.decimals(min_value=0, max_value=100, places=2)
TEN = Decimal(10)
RULES = PerformanceRules()


@given(MONEY, PER_CENT, PER_CENT, st.lists(MONEY, max_size=4))
def test_a_node_never_pays_less_than_nothing_or_more_than_its_share(
    amount: Decimal, share: Decimal, score: Decimal, reductions: list[Decimal]
) -> None:
    due = payable(amount, share, score, reductions)
    assert 0 <= due <= cents(amount * share / 100)
    assert due == cents(due)


@given(MONEY, PER_CENT, PER_CENT, PER_CENT, MONEY)
def test_a_better_score_never_pays_less_and_a_reduction_never_more(
    amount: Decimal, share: Decimal, one: Decimal, other: Decimal, reduction: Decimal
) -> None:
    worse, better = sorted((one, other))
    assert payable(amount, share, worse) <= payable(amount, share, better)
    assert payable(amount, share, better, [reduction]) <= payable(amount, share, better)


def test_a_node_pays_by_score_what_is_left_after_the_reduction() -> None:
    assert payable(Decimal(500000), Decimal(60), Decimal("87.5"), [Decimal(180000)]) == Decimal("105000.00")
    assert payable(Decimal("100.01"), Decimal(50), Decimal(100)) == Decimal("50.01")  # half-up


@given(MONEY, SOME)
def test_execution_earns_in_proportion_and_at_most_its_weight(used: Decimal, whole: Decimal) -> None:
    score = execution_score(used, whole, TEN)
    assert score is not None
    assert 0 <= score <= TEN
    assert (score == TEN) == (used * 10 / whole >= Decimal("9.995"))


@given(MONEY)
def test_without_a_budget_there_is_neither_rate_nor_score(used: Decimal) -> None:
    assert execution_rate(used, Decimal(0)) is None
    assert execution_score(used, Decimal(0), TEN) is None
    assert year_end_warning(RULES, used, Decimal(0), Decimal(90)) == "yellow"


@given(SOME, MONEY, st.sampled_from(["ge", "le", "eq"]))
def test_an_indicator_earns_between_nothing_and_its_weight(target: Decimal, actual: Decimal, comparator: str) -> None:
    assert 0 <= indicator_score(TEN, target, actual, comparator) <= TEN


@pytest.mark.parametrize(
    ("comparator", "target", "actual", "score"),
    [("ge", "95", "95", "10"), ("ge", "100", "50", "5.00"), ("le", "10", "20", "5.00"), ("le", "10", "3", "10"),
     ("eq", "4", "4", "10"), ("eq", "4", "3", "7.50"), ("eq", "4", "9", "0.00"), ("ge", "3", "2", "6.67")],
)  # fmt: skip
def test_a_missed_target_earns_its_part(comparator: str, target: str, actual: str, score: str) -> None:
    assert indicator_score(TEN, Decimal(target), Decimal(actual), comparator) == Decimal(score)


@pytest.mark.parametrize(
    ("used", "others", "warning"),
    [("100", "90", ""), ("95", "90", ""), ("94", "90", "red"), ("80", "60", ""), ("79", "60", "yellow")],
)
def test_the_year_ends_red_when_points_outrun_spending_and_yellow_when_much_is_left(
    used: str, others: str, warning: str
) -> None:
    assert year_end_warning(RULES, Decimal(used), Decimal(100), Decimal(others)) == warning


@pytest.mark.parametrize(("used", "warning"), [("29.99", "red"), ("30", "yellow"), ("39.99", "yellow"), ("40", "")])
def test_at_half_the_year_spending_is_measured_against_half_the_budget(used: str, warning: str) -> None:
    assert progress_warning(RULES, Decimal(used), Decimal(100), 6) == warning


@pytest.mark.parametrize(
    ("score", "grade"), [("90", "优"), ("89.99", "良"), ("80", "良"), ("60", "中"), ("59.99", "差")]
)
def test_grades_begin_at_their_lines(score: str, grade: str) -> None:
    assert RULES.grade(Decimal(score)) == grade
