"""Visits to come: published predictions, the oracle, and the distribution behind them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.special import hyp2f1

from regulars.core.refused import Refused
from regulars.know.rules import lifetime, orders
from regulars.know.rules.lifetime import Fit, Statistics
from tests.know.cdnow import log


def made(r, alpha, a, b):
    return Fit(np.array([r, alpha, a, b]), np.zeros(4), np.zeros((4, 4)), 0.0, 1, True, 0)


@pytest.fixture(scope="module")
def cdnow():
    history = log()
    return history, lifetime.fit(Statistics.of(history.x, history.t_x, history.T))


def test_customer_1516_is_expected_as_published(cdnow):
    _, fit = cdnow
    assert orders.expected_orders(fit, 26, 30.86, 31, 52)[0] == pytest.approx(25.759, abs=1e-3)
    assert orders.probability_alive(fit, 26, 30.86, 31)[0] == pytest.approx(0.96892, abs=1e-5)


def test_the_39_weeks_held_out_are_forecast_as_published(cdnow):
    history, fit = cdnow
    expected = orders.expected_orders(fit, history.x, history.t_x, history.T, 39)
    assert expected.sum() == pytest.approx(1653.4, abs=0.1)
    assert np.corrcoef(expected, history.after)[0, 1] == pytest.approx(0.6256, abs=1e-4)
    assert np.abs(expected - history.after).mean() == pytest.approx(0.7855, abs=1e-4)
    assert history.after.sum() == 1882


@given(
    st.floats(0.1, 3), st.floats(1, 100), st.floats(0.2, 0.95) | st.floats(1.05, 4), st.floats(0.5, 5),
    st.integers(0, 40), st.floats(0, 1), st.floats(10, 400), st.floats(0.01, 1),
)  # fmt: skip
def test_the_sum_over_counts_is_the_published_formula(r, alpha, a, b, x, share, T, ahead):
    t_x = share * T if x else 0.0
    horizon = ahead * (alpha + T)  # farther ahead the hypergeometric function itself loses its digits
    z = horizon / (alpha + T + horizon)
    here = (a + b + x - 1) / (a - 1)
    here *= 1 - ((alpha + T) / (alpha + T + horizon)) ** (r + x) * hyp2f1(r + x, b + x, a + b + x - 1, z)
    gone = (a / (b + x - 1)) * ((alpha + T) / (alpha + t_x)) ** (r + x) if x else 0.0
    assert_allclose(
        orders.expected_orders(made(r, alpha, a, b), x, t_x, T, horizon),
        here / (1 + gone),
        rtol=1e-6,
        atol=1e-8,
    )


@given(
    st.floats(0.3, 3),
    st.floats(5, 80),
    st.floats(0.3, 3),
    st.floats(0.5, 4),
    st.integers(0, 30),
    st.floats(0, 1),
)
def test_chances_of_counts_are_a_distribution_with_that_mean_and_variance(r, alpha, a, b, x, share):
    fit = made(r, alpha, a, b)
    history = (x, share * 200 if x else 0.0, 200)
    chances = orders.count_chances(fit, *history, 90)[0]
    counts = np.arange(chances.size)
    coming = orders.coming(fit, *history, 90)
    assert chances.min() > -1e-12
    assert chances.sum() == pytest.approx(1.0)
    assert chances @ counts == pytest.approx(coming.mean[0])
    assert chances @ counts**2 - (chances @ counts) ** 2 == pytest.approx(coming.variance[0], abs=1e-6)
    assert chances[: int(coming.low[0])].sum() <= 0.025 + 1e-9
    assert chances[: int(coming.high[0]) + 1].sum() >= 0.975 - 1e-9


def test_a_very_frequent_customer_with_a_short_past_does_not_underflow():
    fit = made(0.5, 10.0, 0.01, 5.0)
    near = orders.expected_orders(fit, 900, 30, 30, 700.0)[0]
    assert 10_000 < near < 900.5 / 40 * 700


def test_who_comes_more_is_expected_more_and_who_stayed_away_less(cdnow):
    _, fit = cdnow
    often = orders.expected_orders(fit, [1, 2, 4], [30, 30, 30], [35, 35, 35], 13)
    away = orders.expected_orders(fit, [4, 4, 4], [30, 20, 10], [35, 35, 35], 13)
    assert (np.diff(often) > 0).all()
    assert (np.diff(away) < 0).all()


def test_a_horizon_of_no_days_is_refused(cdnow):
    with pytest.raises(Refused, match="positive number of days"):
        orders.expected_orders(cdnow[1], 1, 1, 2, 0)
