"""Money to come: its mean, its quantiles and the total, against drawing from the models themselves."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from regulars.know.rules import lifetime, spend, value
from regulars.know.rules.lifetime import Fit, Statistics
from regulars.know.rules.newton import Floats
from regulars.know.rules.spend import SpendFit, SpendStatistics
from regulars.know.rules.value import Histories
from tests.know.cdnow import log

VISITS = Fit(np.array([0.8, 30.0, 0.9, 2.5]), np.zeros(4), np.zeros((4, 4)), 0.0, 1, True, 0)
SPEND = SpendFit(np.array([5.0, 4.0, 9000.0]), np.zeros(3), np.zeros((3, 3)), 0.0, 1, True, 0)
ROWS = [(0, 0, 40, 0), (1, 30, 60, 2500), (6, 200, 210, 40_000), (25, 300, 302, 90_000)]
X, T_X, T, MONEY = np.array(ROWS).T
BASE = Histories.of(X, T_X, T, MONEY)


def drawn(row: int, horizon: float, size: int = 60_000) -> Floats:
    """Money of so many futures of one customer, drawn step by step from the posterior."""
    chance = np.random.default_rng(row)
    x, t_x, T, money = ROWS[row]
    r, alpha, a, b = VISITS.parameters
    p, q, v = SPEND.parameters
    gone = (a / (b + x - 1)) * ((alpha + T) / (alpha + t_x)) ** (r + x) if x else 0.0
    here = chance.random(size) < 1 / (1 + gone)
    rate, drop = chance.gamma(r + x, 1 / (alpha + T), size), chance.beta(a, b + x, size)
    nu, now, total = chance.gamma(q + p * x, 1 / (v + money), size), np.zeros(size), np.zeros(size)
    while here.any():
        now += chance.exponential(1.0, size) / rate
        here &= now < horizon
        total += np.where(here, chance.gamma(p, 1.0, size) / nu, 0.0)
        here &= chance.random(size) >= drop
    return total


@pytest.mark.parametrize("row", range(len(ROWS)))
def test_the_interval_of_a_customers_money_is_that_of_drawn_futures(row: int) -> None:
    found, futures = value.values(VISITS, SPEND, BASE, 90), drawn(row, 90)
    assert found.mean[row] == pytest.approx(futures.mean(), rel=0.03)
    assert (futures < found.low[row]).mean() <= 0.027
    assert (futures > found.high[row]).mean() == pytest.approx(0.025, abs=0.003)


def test_the_total_has_the_mean_and_variance_of_drawn_futures() -> None:
    total = value.total_value(VISITS, SPEND, BASE, 90)
    futures = np.sum([drawn(row, 90) for row in range(len(ROWS))], axis=0)
    assert total.expected == pytest.approx(futures.mean(), rel=0.02)
    assert total.variance == pytest.approx(futures.var(), rel=0.06)


def test_equal_customers_counted_once_give_the_same_total() -> None:
    twice = Histories.of(*(np.repeat(column, 2) for column in (X, T_X, T, MONEY)))
    counted = Histories.of(X, T_X, T, MONEY, customers=np.full(len(ROWS), 2.0))
    for total in (value.total_value(VISITS, SPEND, twice, 90), value.total_value(VISITS, SPEND, counted, 90)):
        once = value.total_value(VISITS, SPEND, BASE, 90)
        assert_allclose((total.expected, total.variance), (2 * once.expected, 2 * once.variance))


def test_the_forecast_of_cdnow_carries_the_doubt_about_its_parameters() -> None:
    history = log()
    fit = lifetime.fit(Statistics.of(history.x, history.t_x, history.T))
    spent = spend.fit(SpendStatistics.of(history.x, history.x * history.spend))
    base = Histories.of(history.x, history.t_x, history.T, history.x * history.spend)
    visits = value.total_orders(fit, base, 39)
    assert visits.expected == pytest.approx(1653.4, abs=0.1)
    sure = replace(fit, covariance=0 * fit.covariance)
    chance_alone = value.total_orders(sure, base, 39)
    assert visits.variance > chance_alone.variance > visits.expected
    assert value.total_value(fit, spent, base, 39).expected == pytest.approx(
        value.expected_value(fit, spent, base, 39).sum()
    )


def test_the_models_own_interval_of_cdnow_misses_the_1882_that_came_and_the_page_says_so() -> None:
    history = log()
    fit = lifetime.fit(Statistics.of(history.x, history.t_x, history.T))
    base = Histories.of(history.x, history.t_x, history.T, history.x * history.spend)
    visits = value.total_orders(fit, base, 39)
    reach = 1.96 * visits.variance**0.5
    assert visits.expected - reach == pytest.approx(1454, abs=1)
    assert visits.expected + reach == pytest.approx(1853, abs=1)
