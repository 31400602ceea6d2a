"""The log-rank test against lifelines, its level where nothing differs, and its silence where nothing can be told."""

from __future__ import annotations

import numpy as np
import pytest
from lifelines.statistics import logrank_test

from regulars.core.refused import Refused
from regulars.know.rules.logrank import Comparison, compare


def counted(period: np.ndarray, back: np.ndarray, had: np.ndarray, stratum: np.ndarray) -> Comparison | None:
    shape = (int(stratum.max()) + 1, int(period.max()) + 1)
    cells = []
    for who in (had | True, had):
        for counts in (who, who & back):
            grid = np.zeros(shape)
            np.add.at(grid, (stratum[counts], period[counts]), 1)
            cells.append(grid)
    return compare(*cells)


def test_one_stratum_is_what_lifelines_says() -> None:
    draw = np.random.default_rng(3)
    had = draw.random(500) < 0.3
    day = draw.exponential(np.where(had, 60, 40)).astype(int)
    cut = draw.integers(20, 100, 500)
    period, back = np.minimum(day, cut), day <= cut
    told = counted(period, back, had, np.zeros(500, dtype=int))
    oracle = logrank_test(period[had], period[~had], back[had], back[~had])
    assert told is not None
    assert told.p == pytest.approx(oracle.p_value, rel=1e-9)
    assert told.ratio < 1.0


def test_a_difference_of_places_is_not_taken_for_one_of_dishes() -> None:
    draw = np.random.default_rng(4)
    station = draw.random(4000) < 0.5
    had = draw.random(4000) < np.where(station, 0.6, 0.1)
    day = draw.exponential(np.where(station, 300, 60)).astype(int)
    period, back = np.minimum(day, 90), day <= 90
    crude = counted(period, back, had, np.zeros(4000, dtype=int))
    held = counted(period, back, had, station.astype(int))
    assert crude is not None
    assert held is not None
    assert crude.p < 1e-6
    assert held.p > 0.05
    assert held.low < 1.0 < held.high


def test_where_nothing_differs_one_in_twenty_is_called_different_and_the_ratio_covers_one() -> None:
    draw = np.random.default_rng(5)
    called = covered = 0
    for _ in range(400):
        had, stratum = draw.random(300) < 0.2, draw.integers(0, 6, 300)
        day = draw.exponential(30 * (1 + stratum)).astype(int)
        told = counted(np.minimum(day, 60), day <= 60, had, stratum)
        assert told is not None
        called += told.p < 0.05
        covered += told.low < 1.0 < told.high
    assert called == 400 - covered
    assert 8 <= called <= 34  # 0.998 of a binomial with one in twenty


def test_where_all_had_it_or_nobody_came_nothing_is_told() -> None:
    assert compare([[2.0, 3.0]], [[1.0, 0.0]], [[2.0, 3.0]], [[1.0, 0.0]]) is None
    assert compare([[2.0, 3.0]], [[0.0, 0.0]], [[1.0, 1.0]], [[0.0, 0.0]]) is None
    with pytest.raises(Refused):
        compare([[2.0]], [[1.0]], [[3.0]], [[1.0]])
