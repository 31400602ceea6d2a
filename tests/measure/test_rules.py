"""Laws of the pure rules: intervals, factors, the triangle's mask, likeness, and what the leak is."""

from __future__ import annotations

from datetime import date
from math import prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.core.refused import Refused
from regulars.measure.rules.alike import Features, alike
from regulars.measure.rules.factors import contributions
from regulars.measure.rules.leak import StageShare, best_quartile, leaks
from regulars.measure.rules.periods import (
    day_number,
    is_over,
    last_day,
    month_number,
    month_text,
    quarter_text,
    seen_until,
    week_text,
)
from regulars.measure.rules.shares import which_are_told, wilson
from regulars.measure.rules.triangle import Cohort, cells

FACTOR = st.floats(-1e6, 1e6, allow_nan=False)


def test_wilson_gives_the_published_intervals() -> None:
    # Newcombe 1998, table I, method 3 (score without continuity correction).
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(15, 148) == pytest.approx((0.0624, 0.1605), abs=5e-5)
    assert wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)
    assert wilson(1, 29) == pytest.approx((0.0061, 0.1718), abs=5e-5)


@given(st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_an_interval_holds_its_share_and_stays_within_nothing_and_all(counts: tuple[int, int]) -> None:
    hits, n = counts
    low, high = wilson(hits, n)
    assert 0 <= low <= hits / n <= high <= 1
    assert wilson(n - hits, n) == pytest.approx((1 - high, 1 - low), abs=1e-12)


@pytest.mark.parametrize("counts", [(0, 0), (3, 2), (-1, 5)])
def test_a_share_that_cannot_be_is_refused(counts: tuple[int, int]) -> None:
    with pytest.raises(Refused, match="is not a share"):
        wilson(*counts)


@given(st.integers(1, 4).flatmap(lambda k: st.tuples(*[st.lists(FACTOR, min_size=k, max_size=k)] * 2)))
def test_contributions_sum_to_the_change(pair: tuple[list[float], list[float]]) -> None:
    before, after = pair
    size = max(prod(max(abs(a), abs(b), 1.0) for a, b in zip(before, after, strict=True)), 1.0)
    assert sum(contributions(before, after)) == pytest.approx(prod(after) - prod(before), abs=1e-9 * size)


@given(st.lists(FACTOR, min_size=3, max_size=3), FACTOR)
def test_a_factor_that_alone_moved_made_the_whole_change(before: list[float], moved: float) -> None:
    parts = contributions(before, [before[0], moved, before[2]])
    assert parts[0] == parts[2] == 0
    assert parts[1] == pytest.approx(prod([before[0], moved, before[2]]) - prod(before), rel=1e-9, abs=1e-6)


def test_two_factors_share_what_they_made_together() -> None:
    # 10 × 5 → 12 × 6: the rectangle of 2 × 1 that neither made alone is halved.
    assert contributions([10, 5], [12, 6]) == [11, 11]


def test_factors_of_different_length_are_refused() -> None:
    with pytest.raises(Refused, match="one to six factors"):
        contributions([1, 2], [1])


@given(st.dates(date(1970, 1, 2), date(2500, 1, 1)))
def test_months_are_numbers_in_the_order_of_days(day: date) -> None:
    month = month_number(day)
    assert month_text(month) == day.isoformat()[:7]
    assert month_number(last_day(month)) == month
    assert month_number(last_day(month).fromordinal(last_day(month).toordinal() + 1)) == month + 1
    assert quarter_text(month // 3).startswith(day.isoformat()[:4] + "-Q")
    assert is_over(month, day) == (day == last_day(month))
    assert seen_until(month - 1, day) == last_day(month - 1)


def test_a_week_is_named_by_its_monday() -> None:
    assert week_text(str(day_number(date(2026, 8, 3)))) == "2026-08-03"


def test_a_month_under_way_has_no_cell_and_an_empty_one_is_nought() -> None:
    cohort = Cohort(month_number(date(2026, 5, 1)), 40, {0: 40, 2: 10, 3: 4})
    assert cells(cohort, date(2026, 8, 30)) == [(0, 1.0), (1, 0.0), (2, 0.25)]
    assert cells(cohort, date(2026, 8, 31)) == [(0, 1.0), (1, 0.0), (2, 0.25), (3, 0.1)]
    assert cells(cohort, date(2026, 5, 30)) == []


def test_early_customers_are_left_out_where_enough_others_remain() -> None:
    assert which_are_told({True: 500, False: 30}) == (False, "")
    assert which_are_told({True: 25, False: 29}) == (True, "new_not_meaningful")
    assert which_are_told({True: 20, False: 9}) == (True, "too_few")


def test_stores_of_one_kind_find_each_other() -> None:
    mall = {f"M{n}": Features(100 + n, 5000, {"dine_in": 0.9, "delivery": 0.1}) for n in range(4)}
    station = {f"T{n}": Features(400 + n, 1500, {"pick_up": 0.9, "delivery": 0.1}) for n in range(4)}
    near = alike(mall | station)
    for store, others in near.items():
        assert [other[0] for other, _ in others] == [store[0]] * 3
        assert store not in [other for other, _ in others]
        assert [distance for _, distance in others] == sorted(distance for _, distance in others)


def test_the_only_store_is_like_no_other() -> None:
    assert alike({"S": Features(100, 5000, {})}) == {"S": []}
    assert alike({}) == {}


def test_two_equal_stores_are_at_no_distance() -> None:
    same = Features(100, 5000, {"dine_in": 1.0})
    assert alike({"A": same, "B": same}) == {"A": [("B", 0.0)], "B": [("A", 0.0)]}


def test_the_leak_is_the_gap_to_the_best_quartile_times_those_concerned() -> None:
    units = (0.4, 0.5, 0.6, 0.7, 0.8)
    assert best_quartile(units) == pytest.approx(0.7)
    identify = StageShare("identify", 0.6, units, 1000, "cause:not_asked")
    know = StageShare("know", 0.2, (0.1, 0.2, 0.3, 0.4, 0.5), 800, "store:S1")
    gather = StageShare("gather", 1.0, (0.9,) * 5, 9000, "")
    found = leaks([identify, gather, know])
    assert [(leak.stage.stage, leak.size) for leak in found] == [
        ("know", pytest.approx(160)),
        ("identify", pytest.approx(100)),
        ("gather", 0),
    ]


def test_a_stage_with_nothing_to_compare_has_no_leak() -> None:
    assert leaks([StageShare("identify", 0.1, (0.9, 0.9, 0.9), 1000, "")]) == []
