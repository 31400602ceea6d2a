"""The brand's clock: closed days, changed recognition, feasts, and what a year ago says of the days ahead."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from regulars.know.rules.clock import Trade, clock, plain
from regulars.know.rules.newton import Floats

YEARS = np.arange(800)


def trade(orders: npt.ArrayLike, share: float | Floats = 0.5) -> Trade:
    counts = np.asarray(orders, dtype=float)
    days = np.flatnonzero(counts)
    return Trade.of(days, counts[days], (counts * share)[days]).until(counts.size - 1)


def test_days_without_any_order_do_not_pass() -> None:
    orders = np.full(100, 200.0)
    orders[40:47] = 0
    told = clock(trade(orders))
    assert told.read[-1] == pytest.approx(93)
    assert told.gone(60) == pytest.approx(53)
    x, t_x, T = told.histories([3, 0], [50, 0], [80, 20])
    assert (x.tolist(), t_x.tolist(), T.tolist()) == ([3, 0], [43, 0], [73, 20])


def test_a_year_of_half_the_recognition_counts_half() -> None:
    share = np.where(np.arange(500) < 364, 0.3, 0.6)
    told = clock(trade(np.full(500, 300.0), share))
    assert told.read[363] == pytest.approx(182, abs=0.5)
    assert told.gone(136) == pytest.approx(136, abs=0.5)


def test_chance_alone_is_no_change_of_recognition() -> None:
    chance = np.random.default_rng(4)
    orders = chance.poisson(60, 700).astype(float)
    known = chance.binomial(orders.astype(int), 0.4).astype(float)
    told = clock(Trade.of(np.arange(700), orders, known))
    assert_allclose(np.diff(told.read), 1.0)


def test_a_feast_comes_again_and_lost_records_do_not() -> None:
    orders = np.full(800, 200.0)
    feast, lost = slice(500, 507), slice(650, 657)
    orders[feast] = orders[lost] = 0
    orders[493:500] = orders[507:514] = 120.0
    told = clock(trade(orders))
    shut = np.flatnonzero(told.coming == 0) + 800 - 364
    assert shut.tolist() == list(range(500, 507))


def test_a_weekday_that_is_always_shut_stays_shut() -> None:
    orders = np.where(YEARS[:200] % 7 == 3, 0.0, 100.0)
    told = clock(trade(orders))
    assert [int(day) % 7 for day in 200 + np.flatnonzero(told.coming == 0)] == [3] * 52
    assert told.ahead(7) == pytest.approx(6)


def test_the_same_days_a_year_ago_make_the_days_ahead_half_as_much_busier_as_they_were() -> None:
    orders = np.full(800, 400.0)
    orders[436:526] = 600.0
    told = clock(trade(orders))
    around = np.mean(orders[436 - 137 : 526 + 137])
    assert told.ahead(90) == pytest.approx(90 * np.sqrt(600 / around))


def test_days_ahead_are_told_from_the_clock_and_back() -> None:
    orders = np.where(YEARS[:200] % 7 == 3, 0.0, 100.0)
    told = clock(trade(orders))
    back = told.days(np.array([told.ahead(30), np.nan, 1e9]))
    assert back[0] == pytest.approx(30, abs=1)
    assert np.isnan(back[1])
    assert back[2] == 364


@given(st.lists(st.integers(0, 50), min_size=30, max_size=120))
def test_histories_by_any_clock_stay_possible(orders: list[int]) -> None:
    if not any(orders):
        return
    told = clock(trade(orders, 0.4))
    size = told.read.size
    T = np.arange(size)
    for share in (0.0, 0.5, 1.0):
        _, t_x, age = told.histories(np.ones(size), (T * share).astype(int), T)
        assert (t_x >= 0).all()
        assert (t_x <= age).all()


def test_on_the_wall_every_day_is_a_day() -> None:
    told = plain(100, 199)
    assert [column.tolist() for column in told.histories([1], [20], [50])] == [[1], [20], [50]]
    assert (told.ahead(90), told.gone(30)) == (90, 30)
