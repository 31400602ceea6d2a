"""What is said of small slices is nearer to the truth than what they say themselves, and as sure as it claims."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.measure.rules.figure import FigureRow
from regulars.measure.rules.shrunk import shrunk_means, shrunk_rows, shrunk_shares

WORLDS = [  # slices, fewest and most people of one, the brand's share, how much alike its slices are (people)
    (3, 20, 200, 0.3, 50.0),
    (6, 30, 300, 0.3, 50.0),
    (30, 30, 300, 0.3, 20.0),
    (30, 30, 300, 0.3, 200.0),
    (40, 1, 40, 0.1, 20.0),
    (100, 5, 100, 0.6, 50.0),
]


@pytest.mark.parametrize(("slices", "fewest", "most", "share", "alike"), WORLDS)
def test_shares_are_nearer_to_the_truth_and_their_intervals_hold_it(
    slices: int, fewest: int, most: int, share: float, alike: float
) -> None:
    chance = np.random.default_rng(7)
    held, drawn, raw = [], [], []
    for _ in range(150):
        truth = chance.beta(alike * share, alike * (1 - share), slices)
        people = np.exp(chance.uniform(np.log(fewest), np.log(most), slices)).astype(int)
        hits = chance.binomial(people, truth)
        found = shrunk_shares(hits, people)
        held.append(((found.low <= truth) & (truth <= found.high)).mean())
        drawn.append(((found.estimate - truth) ** 2).mean())
        raw.append(((hits / people - truth) ** 2).mean())
    assert np.mean(drawn) < 0.85 * np.mean(raw)
    assert 0.90 <= np.mean(held) <= 0.99


@pytest.mark.parametrize(("slices", "apart"), [(3, 10.0), (10, 10.0), (40, 30.0)])
def test_means_are_nearer_to_the_truth_and_their_intervals_hold_it(slices: int, apart: float) -> None:
    chance = np.random.default_rng(11)
    held, drawn, raw = [], [], []
    for _ in range(150):
        truth = chance.normal(500, apart, slices)
        n = np.exp(chance.uniform(np.log(5), np.log(200), slices)).astype(int)
        spent = [chance.normal(each, 100, many) for each, many in zip(truth, n, strict=True)]
        total = np.array([each.sum() for each in spent])
        found = shrunk_means(n, total, [float(each @ each) for each in spent])
        held.append(((found.low <= truth) & (truth <= found.high)).mean())
        drawn.append(((found.estimate - truth) ** 2).mean())
        raw.append(((total / n - truth) ** 2).mean())
    assert np.mean(drawn) < 0.85 * np.mean(raw)
    assert 0.90 <= np.mean(held) <= 0.99


def test_slices_that_are_alike_become_one_and_slices_that_differ_stay_apart() -> None:
    alike = shrunk_shares([30, 31, 29, 30, 33, 27], [100] * 6)
    assert np.ptp(alike.estimate) < 0.02
    apart = shrunk_shares([5, 95, 10, 90, 50], [100] * 5)
    assert np.abs(apart.estimate - np.array([0.05, 0.95, 0.10, 0.90, 0.50])).max() < 0.02
    assert alike.weight > 100 > apart.weight


@given(
    st.lists(
        st.integers(0, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
        min_size=2,
        max_size=8,
    )
)
def test_a_share_drawn_lies_between_its_own_and_the_brands(slices: list[tuple[int, int]]) -> None:
    hits, people = (np.array(column, dtype=np.float64) for column in zip(*slices, strict=True))
    found = shrunk_shares(hits, people)
    assert ((found.low >= 0) & (found.low <= found.estimate) & (found.estimate <= found.high)).all()
    assert (found.high <= 1).all()
    told = people > 0
    if told.any():
        own = hits[told] / people[told]
        least, most = own.min(), own.max()
        slack = 3 / (people[told].sum() + 3)  # nobody back at all is not taken for a share of nought
        assert (found.estimate[told] >= least - slack).all()
        assert (found.estimate[told] <= most + slack).all()


def test_a_slice_of_nobody_is_told_as_the_brand_and_no_slices_tell_nothing() -> None:
    found = shrunk_shares([30, 40, 0], [100, 100, 0])
    assert found.estimate[2] == pytest.approx(found.mean, abs=0.02)
    assert found.high[2] - found.low[2] > found.high[0] - found.low[0]
    nobody = shrunk_shares([0, 0], [0, 0])
    assert (nobody.low[0], nobody.high[0]) == (0, 1)


def test_rows_stand_beside_the_rows_of_slices_also_where_these_are_too_few() -> None:
    day = date(2026, 8, 31)
    store = FigureRow("m", "store", "A", "", "90", 0.5, 200, day)
    few = FigureRow("m", "store", "B", "", "90", None, 4, day, note="too_few")
    alone = FigureRow("m", "offer", "spring", "", "90", 0.5, 100, day)
    brand = FigureRow("m", "", "", "", "90", 0.5, 204, day)
    rows = shrunk_rows([(store, 100, 200), (few, 0, 4), (alone, 50, 100), (brand, 100, 204)])
    assert [(row.slice, row.part, row.n, row.note) for row in rows] == [
        ("A", "shrunk:90", 200, ""),
        ("B", "shrunk:90", 4, ""),
    ]
    told, small = rows
    assert small.value is not None
    assert 0.2 < small.value < 0.5
    assert (small.high or 0) - (small.low or 0) > (told.high or 0) - (told.low or 0)
