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


@pytest.mark.parametrize("visits", [2, 7, 40])
def test_by_chance_alone_the_mean_is_the_closed_form_and_one_in_ten_lies_outside(visits: int) -> None:
    draw = np.random.default_rng(visits)
    days = 4000
    told = []
    for _ in range(3000):
        at = np.sort(draw.choice(days, visits, replace=False)) + 1
        each = np.diff(np.concatenate([[0], at, [days + 1]]))
        told.append(clumpiness(each[:-1], each[-1]))
    assert np.mean(told) == pytest.approx(expected_clumpiness(visits), abs=0.01)
    low, high = chance_bounds([visits])
    outside = ((np.array(told) < low) | (np.array(told) > high)).mean()
    assert 0.08 < outside < 0.12


def test_bounds_narrow_with_visits_and_stay_where_the_simulation_ends() -> None:
    low, high = chance_bounds(np.array([*GRID, 5000]))
    assert (np.diff(high - low)[1:] <= 0).all()
    assert (low[-1], high[-1]) == (low[-2], high[-2])
