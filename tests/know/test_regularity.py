"""Regularity: the shape behind the gaps comes back whatever each customer's rate, and chance is not called a clump."""

from __future__ import annotations

import numpy as np
import pytest

from regulars.core.refused import Refused
from regulars.know.rules.regularity import (
    GRID,
    chance_bounds,
    clumpiness,
    expected_clumpiness,
    gamma_shape,
)


def sums_of(first: np.ndarray, second: np.ndarray) -> tuple[int, float, float]:
    off = first / (first + second) - 0.5
    return len(off), float((off**2).sum()), float((off**4).sum())


@pytest.mark.parametrize("shape", [0.5, 1.0, 2.0, 5.0])
def test_the_shape_comes_back_though_every_customer_has_a_rate_of_their_own(shape: float) -> None:
    draw = np.random.default_rng(7)
    covered = 0
    for _ in range(200):
        scale = draw.gamma(0.5, 100, 600)
        first, second = draw.gamma(shape, scale), draw.gamma(shape, scale)
        seen = first + second < 150  # who was not watched long enough to come twice is missing
        told = gamma_shape(*sums_of(first[seen], second[seen]))
        covered += told.low <= shape <= told.high
    assert 180 <= covered <= 198


def test_a_metronome_has_no_upper_bound_that_few_could_give() -> None:
    told = gamma_shape(3, 1e-3, 1e-6)
    assert told.estimate > 100
    assert told.high == float("inf")


def test_one_customer_tells_no_regularity() -> None:
    with pytest.raises(Refused):
        gamma_shape(1, 0.1, 0.01)


def test_even_visits_are_at_nothing_and_one_clump_is_near_one() -> None:
    assert clumpiness([10.0] * 9, 10.0) == pytest.approx(0.0, abs=1e-12)
    assert clumpiness([1.0] * 9, 3000.0) > 0.95
    assert clumpiness([1.0] * 9, 3000.0) > clumpiness([10.0] * 5 + [1.0] * 4, 300.0)
    with pytest.raises(Refused):
        clumpiness([0.0, 3.0], 4.0)


@pytest.mark.parametrize(("visits", "days"), [(2, 400), (7, 4000), (40, 400), (120, 400), (12, 30)])
def test_by_chance_alone_one_in_ten_lies_outside_however_dense_the_visits(visits: int, days: int) -> None:
    draw = np.random.default_rng(visits)
    told = []
    for _ in range(3000):
        at = np.sort(draw.choice(days, visits, replace=False)) + 1
        each = np.diff(np.concatenate([[0], at, [days + 1]]))
        told.append(clumpiness(each[:-1], each[-1]))
    if visits * 100 < days:
        assert np.mean(told) == pytest.approx(expected_clumpiness(visits), abs=0.01)
    low, high = chance_bounds([visits], [visits / days])
    assert 0.03 < (np.array(told) < low).mean() < 0.07
    assert 0.03 < (np.array(told) > high).mean() < 0.07


def test_bounds_stay_where_the_simulation_ends() -> None:
    low, high = chance_bounds(np.array([GRID[-1], 5000]), np.array([0.0, 0.0]))
    assert (low[0], high[0]) == (low[1], high[1])
    assert chance_bounds([5], [1.0]) == chance_bounds([5], [0.75])
