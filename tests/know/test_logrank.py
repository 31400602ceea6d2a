"""The log-rank test against lifelines and a plain loop, its level where nothing differs, and its silence."""

from __future__ import annotations

import ibis
import numpy as np
import pyarrow as pa
import pytest
from lifelines.statistics import logrank_test

from regulars.core.refused import Refused
from regulars.know.rules.logrank import Comparison, compared
from regulars.know.tables.newcomers import PERIOD, returns_by_product
from regulars.know.tables.visits import day_number
from tests.know.sold import on

AS_OF = on(400)


def sums(
    period: np.ndarray, back: np.ndarray, had: np.ndarray, stratum: np.ndarray
) -> tuple[int, float, float]:
    """O, E and V as the formula has them, one stratum and period after another."""
    observed, expected, variance = 0, 0.0, 0.0
    for place in np.unique(stratum):
        for week in np.unique(period):
            at_risk = (stratum == place) & (period >= week)
            now = at_risk & (period == week) & back
            n, n1, d = at_risk.sum(), (at_risk & had).sum(), now.sum()
            if 0 < n1 < n:
                observed += (now & had).sum()
                expected += d * n1 / n
                variance += d * n1 / n * (1 - n1 / n) * (n - d) / (n - 1)
    return int(observed), expected, variance


def told(period: np.ndarray, back: np.ndarray, had: np.ndarray, stratum: np.ndarray) -> Comparison:
    found = compared(*sums(period, back, had, stratum))
    assert found is not None
    return found


def test_one_stratum_is_what_lifelines_says() -> None:
    draw = np.random.default_rng(3)
    had = draw.random(500) < 0.3
    day = draw.exponential(np.where(had, 60, 40)).astype(int)
    cut = draw.integers(20, 100, 500)
    period, back = np.minimum(day, cut), day <= cut
    each = told(period, back, had, np.zeros(500, dtype=int))
    oracle = logrank_test(period[had], period[~had], back[had], back[~had])
    assert each.p == pytest.approx(oracle.p_value, rel=1e-9)
    assert each.ratio < 1.0


def test_the_table_counts_what_the_formula_says() -> None:
    draw = np.random.default_rng(6)
    people, window = 800, 60
    first = day_number(AS_OF) - draw.integers(5, 200, people)
    wait = draw.exponential(50, people).astype(int) + 1
    seen = first + wait <= day_number(AS_OF)
    stratum, had = draw.integers(0, 7, people), draw.random(people) < 0.3
    newcomers = pa.table(
        {
            "customer_id": np.arange(people),
            "day_1": first,
            "day_2": pa.array(first + wait, mask=~seen),
            "stratum": stratum.astype(str),
        }
    )
    those = np.flatnonzero(had)
    pairs = pa.table({"customer_id": np.append(those, [1, 2]), "product_id": ["A"] * len(those) + ["B", "B"]})
    table = returns_by_product(ibis.memtable(newcomers), ibis.memtable(pairs), AS_OF, 2, window, 30)
    (row,) = table.to_pyarrow().to_pylist()
    watched = np.minimum(np.where(seen, wait, day_number(AS_OF) - first), window)
    observed, expected, variance = sums(watched // PERIOD, seen & (wait <= window), had, stratum)
    assert (row["product_id"], row["people"], row["observed"]) == ("A", had.sum(), observed)
    assert (row["expected"], row["variance"]) == pytest.approx((expected, variance), rel=1e-9)


def test_a_difference_of_places_is_not_taken_for_one_of_dishes() -> None:
    draw = np.random.default_rng(4)
    station = draw.random(4000) < 0.5
    had = draw.random(4000) < np.where(station, 0.6, 0.1)
    day = draw.exponential(np.where(station, 300, 60)).astype(int)
    period, back = np.minimum(day, 90), day <= 90
    crude = told(period, back, had, np.zeros(4000, dtype=int))
    held = told(period, back, had, station.astype(int))
    assert crude.p < 1e-6
    assert held.p > 0.05
    assert held.low < 1.0 < held.high


def test_where_nothing_differs_one_in_twenty_is_called_different_and_the_ratio_covers_one() -> None:
    draw = np.random.default_rng(5)
    called = covered = 0
    for _ in range(200):
        had, stratum = draw.random(300) < 0.2, draw.integers(0, 3, 300)
        day = draw.exponential(30 * (1 + stratum)).astype(int)
        each = told(np.minimum(day, 60) // 7, day <= 60, had, stratum)
        called += each.p < 0.05
        covered += each.low < 1.0 < each.high
    assert called == 200 - covered
    assert 2 <= called <= 20  # 0.998 of a binomial with one in twenty


def test_where_all_had_it_or_nobody_came_nothing_is_told() -> None:
    assert compared(0, 0.0, 0.0) is None
    with pytest.raises(Refused):
        compared(-1, 0.0, 0.0)
