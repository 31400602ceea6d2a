"""Intervals hold the truth of made-up brands about as often as they say: a small version of the two
benchmarks.
"""

import pytest

from benchmarks import coverage_second_visit, coverage_value


@pytest.mark.slow
def test_intervals_of_90_day_orders_and_value_hold_what_came() -> None:
    held = [coverage_value.brand(seed) for seed in range(1, 13)]
    for what in (0, 1):
        assert sum(row[what][0] for row in held) >= 9, "12 brands at 95 %: fewer than 9 has probability .0002"
        assert all(row[what][1] < 1.5 for row in held), "an interval of any width would hold"


@pytest.mark.slow
def test_the_interval_of_the_cohort_share_holds_the_brands_own() -> None:
    held = 0
    for seed in range(1, 9):
        truth = coverage_second_visit.share(seed, larger=5, immature=False).estimate
        found = coverage_second_visit.share(seed)
        held += found.low <= truth <= found.high
    assert held >= 5, "8 brands at 93 %: fewer than 5 has probability .001"
