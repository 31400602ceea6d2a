"""Lift: the interval holds what it says, over stores as in one, and a menu that one store has is no tie."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from math import log

import numpy as np
import pyarrow as pa
import pytest
from scipy.stats import false_discovery_control

from regulars.core.refused import Refused
from regulars.measure.metrics.affinity import ALIKE, METRIC, PLAIN
from regulars.measure.rules.affinity import Lift, lift, variance_terms
from regulars.measure.rules.discovery import FALSE, adjusted


def over_stores(stores: Sequence[tuple[float, float, float, float]]) -> Lift:
    terms = np.array([variance_terms(*store) for store in stores]).sum(axis=0)
    both = sum(store[3] for store in stores)
    expected = sum(a * b / n for n, a, b, _both in stores)
    return lift(both, expected, *terms)


def test_in_one_store_the_variance_is_the_closed_form() -> None:
    n, a, b, both = 1000, 200, 150, 60
    told = over_stores([(n, a, b, both)])
    assert told.estimate == pytest.approx(60 * 1000 / (200 * 150))
    variance = 1 / both - 1 / a - 1 / b + (2 * told.estimate - 1) / n
    assert (log(told.high) - log(told.low)) / 2 / 1.959963984540054 == pytest.approx(variance**0.5)


def test_the_interval_holds_the_true_lift_nineteen_times_in_twenty() -> None:
    draw = np.random.default_rng(11)
    shares = [(0.30, 0.20, 1.4), (0.05, 0.40, 1.4), (0.15, 0.10, 1.4)]
    held = 0
    for _ in range(400):
        stores = []
        for (p_a, p_b, true), n in zip(shares, (400, 900, 2500), strict=True):
            p_ab = p_a * p_b * true
            cells = draw.multinomial(n, [p_ab, p_a - p_ab, p_b - p_ab, 1 - p_a - p_b + p_ab])
            stores.append((n, cells[0] + cells[1], cells[0] + cells[2], cells[0]))
        told = over_stores(stores)
        held += told.low <= 1.4 <= told.high
    assert 366 <= held <= 393  # 0.998 of a binomial with 19 in 20


def test_products_that_only_one_store_has_are_not_bought_together() -> None:
    told = over_stores([(1000, 500, 400, 200), (9000, 0, 0, 0)])
    assert told.estimate == pytest.approx(1.0)
    assert over_stores([(10000, 500, 400, 200)]).estimate == pytest.approx(10.0), "as counted without stores"


def test_who_always_takes_both_varies_in_nothing() -> None:
    told = over_stores([(10, 10, 10, 10)])
    assert (told.estimate, told.low, told.high, told.p) == (1.0, 1.0, 1.0, 1.0)


def test_never_together_is_refused() -> None:
    with pytest.raises(Refused):
        over_stores([(100, 10, 10, 0)])


def test_among_many_comparisons_few_by_chance_are_called_findings() -> None:
    assert adjusted([]) == []
    assert adjusted([0.01, 0.02, 0.03, 0.5]) == pytest.approx([0.04, 0.04, 0.04, 0.5])
    draw = np.random.default_rng(1)
    many = list(draw.random(50) ** 3)
    assert adjusted(many) == pytest.approx(list(false_discovery_control(many)))
    any_found = sum(min(adjusted(list(draw.random(200)))) <= FALSE for _ in range(300))
    assert any_found <= 30


def test_where_no_pair_lay_together_often_nothing_is_told() -> None:
    empty = pa.table({name: pa.array([], pa.int64()) for name in ("product_a", "product_b", *PLAIN, *ALIKE)})
    told = METRIC.figures(empty, date(2026, 10, 31))
    assert {(row.part, row.value, row.note) for row in told} == {
        (part, None, "too_few") for part in ("pairs", "together", "apart")
    }
