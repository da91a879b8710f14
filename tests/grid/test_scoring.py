"""Points, quota, rank and grade: the pure arithmetic of the quarterly assessment."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grid.scoring import Candidate, Item, Measure, Result, Scheme, assess, mark, split_quota

VISITS = Item.parse("走访|60|visits|100|0")
EVENTS = Item.parse("事件|40|events|100|0")
SCHEME = Scheme((VISITS, EVENTS), quota=1, tie_breakers=("事件",))

towns = st.dictionaries(
    st.integers(1, 99).map(str), st.tuples(st.integers(1, 300), st.integers(0, 300)), min_size=1, max_size=20
)


def rate(done: int, due: int) -> Measure:
    return Measure(Decimal(done), Decimal(due))


def grid(key: int, visits: Measure | None, events: Measure | None, town: str = "1", **more: object) -> Candidate:
    measures = {name: one for name, one in (("visits", visits), ("events", events)) if one is not None}
    return Candidate(key, f"{key:03}", town, measures, **more)  # type: ignore[arg-type]


def by_key(results: list[Result]) -> dict[int, Result]:
    return {result.candidate.key: result for result in results}


def test_points_are_in_proportion_between_zero_and_full_marks() -> None:
    fewer_is_better = Item.parse("诉求量|5|tickets|0|60")
    assert fewer_is_better.points(Decimal(0)) == 5
    assert fewer_is_better.points(Decimal(15)) == Decimal("3.75")
    assert fewer_is_better.points(Decimal(100)) == 0
    assert Item.parse("满意度|5|satisfaction|100|60").points(Decimal(90)) == Decimal("3.75")


def test_the_score_adds_up_the_points() -> None:
    assert mark(SCHEME, grid(1, rate(1, 2), rate(3, 4))).score == Decimal("60.00")


def test_an_indicator_without_a_denominator_is_neutral_and_the_rest_is_scaled_up() -> None:
    result = mark(SCHEME, grid(1, rate(1, 2), rate(0, 0)))
    assert result.score == Decimal("50.00")
    assert [line.points for line in result.lines] == [Decimal(30), None]


def test_the_score_is_rounded_half_up_to_two_places() -> None:
    assert mark(SCHEME, grid(1, rate(1, 3), None)).score == Decimal("33.33")
    assert mark(SCHEME, grid(1, rate(2, 3), None)).score == Decimal("66.67")
    assert mark(SCHEME, grid(1, rate(10001, 80000), None)).score == Decimal("12.50")


def test_a_bonus_is_capped_and_a_deduction_never_leads_below_zero() -> None:
    assert mark(SCHEME, grid(1, rate(1, 2), rate(1, 2), bonus=Decimal(9))).score == 55
    assert mark(SCHEME, grid(1, rate(0, 2), rate(0, 2), deduction=Decimal(9))).score == 0


def test_same_score_same_rank_and_the_next_is_skipped() -> None:
    good, poor = rate(9, 10), rate(7, 10)
    results = by_key(assess(SCHEME, [grid(1, good, good), grid(2, good, good), grid(3, poor, poor)]))
    assert [results[key].rank for key in (1, 2, 3)] == [1, 1, 3]


def test_a_tie_goes_to_the_better_tie_breaker_and_last_to_the_grid_code() -> None:
    even = [grid(2, rate(8, 10), rate(8, 10)), grid(1, rate(8, 10), rate(8, 10))]
    assert by_key(assess(SCHEME, even))[1].grade == "excellent"
    # same 80 points, but grid 9 has more of them from the events
    events = [grid(1, rate(10, 10), rate(5, 10)), grid(9, rate(2, 3), rate(10, 10))]
    assert {key: one.grade for key, one in by_key(assess(SCHEME, events)).items()} == {1: "qualified", 9: "excellent"}


def test_ranks_are_given_within_each_town() -> None:
    results = by_key(assess(SCHEME, [grid(1, rate(9, 10), None), grid(2, rate(7, 10), None, town="2")]))
    assert [results[1].rank, results[2].rank] == [1, 1]


def test_below_the_pass_mark_is_basic_however_many_seats_are_free() -> None:
    (result,) = assess(SCHEME, [grid(1, rate(59, 100), rate(59, 100))])
    assert (result.grade, result.reason) == ("basic", "得分低于60分")
    assert assess(SCHEME, [grid(1, rate(60, 100), rate(60, 100))])[0].grade == "excellent"


def test_a_veto_makes_the_best_grid_basic() -> None:
    (result,) = assess(SCHEME, [grid(1, rate(1, 1), rate(1, 1), veto="瞒报事故")])
    assert (result.grade, result.reason) == ("basic", "一票否决：瞒报事故")


def test_a_grid_of_which_too_little_could_be_measured_is_not_excellent() -> None:
    (result,) = assess(SCHEME, [grid(1, None, rate(1, 1))])
    assert (result.score, result.grade) == (100, "qualified")
    (nothing,) = assess(SCHEME, [grid(1, None, None)])
    assert (nothing.score, nothing.grade) == (60, "qualified")


def test_the_quota_is_split_by_largest_remainder() -> None:
    assert split_quota(10, {"a": 50, "b": 30, "c": 21}) == {"a": 5, "b": 3, "c": 2}
    assert split_quota(3, {"b": 10, "a": 10}) == {"a": 2, "b": 1}
    assert split_quota(7, {"a": 53, "b": 24, "c": 23}) == {"a": 4, "b": 2, "c": 1}


def test_seats_a_town_cannot_fill_go_to_the_next_largest_remainder() -> None:
    sizes = {"a": 60, "b": 25, "c": 15}  # 6 · 2.5 · 1.5
    assert split_quota(10, sizes, {"a": 4, "b": 25, "c": 15}) == {"a": 4, "b": 4, "c": 2}


@given(towns, st.integers(0, 2000))
def test_all_seats_are_given_as_long_as_anyone_can_take_them(places: dict[str, tuple[int, int]], quota: int) -> None:
    sizes = {town: size for town, (size, _) in places.items()}
    limits = {town: limit for town, (_, limit) in places.items()}
    seats = split_quota(quota, sizes, limits)
    room = sum(min(size, limits[town]) for town, size in sizes.items())
    assert sum(seats.values()) == min(quota, room)
    assert all(0 <= seats[town] <= min(size, limits[town]) for town, size in sizes.items())


@given(towns, st.integers(0, 300))
def test_without_limits_nobody_is_a_whole_seat_away_from_the_exact_share(
    places: dict[str, tuple[int, int]], quota: int
) -> None:
    sizes = {town: size for town, (size, _) in places.items()}
    whole = sum(sizes.values())
    seats = split_quota(min(quota, whole), sizes)
    assert all(abs(seats[town] - Fraction(min(quota, whole) * size, whole)) < 1 for town, size in sizes.items())


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 4)), min_size=1, max_size=60), st.integers(0, 70))
def test_nobody_is_excellent_before_a_better_grid_of_the_same_town(grids: list[tuple[int, int]], quota: int) -> None:
    scheme = Scheme((VISITS, EVENTS), quota=quota)
    results = assess(scheme, [grid(n, rate(done, 20), rate(1, 1), str(town)) for n, (done, town) in enumerate(grids)])
    for town in {str(town) for _, town in grids}:
        members = [one for one in results if one.candidate.town == town]
        chosen = [one.score for one in members if one.grade == "excellent"]
        passed_over = [one.score for one in members if one.grade == "qualified"]
        assert not chosen or not passed_over or min(chosen) >= max(passed_over)


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("走访|15", "应为“名称|权重|指标"),
        ("走访|十五|visits", "应为数字"),
        ("走访|0|visits", "权重应大于0"),
        ("走访|5|visits|60|60", "不能相同"),
        ("|5|visits", "应为“名称|权重|指标"),
    ],
)
def test_a_line_of_a_scheme_that_makes_no_sense_is_refused(line: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint.replace("|", r"\|")):
        Item.parse(line)


def test_where_scores_are_equal_a_measured_indicator_goes_before_a_neutral_one() -> None:
    measured, neutral = grid(2, rate(8, 10), rate(8, 10)), grid(1, rate(8, 10), rate(0, 0))
    found = by_key(assess(SCHEME, [neutral, measured]))
    assert found[1].score == found[2].score == Decimal("80.00")
    assert (found[1].grade, found[2].grade) == ("qualified", "excellent")
