"""Visits to come: published predictions, the oracle, and the distribution behind them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.integrate import quad
from scipy.special import hyp2f1

from regulars.core.refused import Refused
from regulars.know.rules import lifetime, orders
from regulars.know.rules.beta_geometric import BG_NBD, MBG_NBD
from regulars.know.rules.lifetime import MODELS, Fit, Statistics
from regulars.know.rules.model import Model
from regulars.know.rules.newton import Floats
from regulars.know.rules.pareto import PARETO_NBD
from tests.know.cdnow import History, log

Fits = tuple[History, dict[str, Fit]]


def made(r: float, alpha: float, a: float, b: float, model: Model = BG_NBD) -> Fit:
    return Fit(np.array([r, alpha, a, b]), np.zeros(4), np.zeros((4, 4)), 0.0, 1, True, 0, model)


PUBLISHED: list[tuple[Model, float | None, float | None, float, float, float]] = [
    # customer 1516: visits in 52 weeks, alive; the 39 weeks held out: total, correlation, mean absolute error
    (BG_NBD, 25.759, 0.96892, 1653.4, 0.6256, 0.7855),
    (PARETO_NBD, 25.4563, 0.99792, 1665.5, 0.6302, 0.7545),
    (MBG_NBD, None, None, 1576.7, 0.6273, 0.7648),
]


@pytest.fixture(scope="module")
def cdnow() -> Fits:
    history = log()
    statistics = Statistics.of(history.x, history.t_x, history.T)
    return history, {model.name: lifetime.fit(statistics, model=model) for model in MODELS}


@pytest.mark.parametrize("row", PUBLISHED, ids=lambda row: row[0].name)
def test_customer_1516_and_the_39_weeks_held_out_are_forecast_as_published(
    cdnow: Fits, row: tuple[Model, float | None, float | None, float, float, float]
) -> None:
    history, fits = cdnow
    model, visits, alive, total, correlation, error = row
    fit = fits[model.name]
    if visits:
        assert orders.expected_orders(fit, 26, 30.86, 31, 52)[0] == pytest.approx(visits, abs=1e-3)
        assert orders.probability_alive(fit, 26, 30.86, 31)[0] == pytest.approx(alive, abs=1e-5)
    expected = orders.expected_orders(fit, history.x, history.t_x, history.T, 39)
    assert expected.sum() == pytest.approx(total, abs=0.1)
    assert np.corrcoef(expected, history.after)[0, 1] == pytest.approx(correlation, abs=1e-4)
    assert np.abs(expected - history.after).mean() == pytest.approx(error, abs=1e-4)
    assert history.after.sum() == 1882


@given(
    st.floats(0.1, 3), st.floats(1, 100), st.floats(0.2, 0.95) | st.floats(1.05, 4), st.floats(0.5, 5),
    st.integers(0, 40), st.floats(0, 1), st.floats(10, 400), st.floats(0.01, 1),
)  # fmt: skip
def test_the_sum_over_counts_is_the_published_formula(
    r: float, alpha: float, a: float, b: float, x: int, share: float, T: float, ahead: float
) -> None:
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
    st.floats(0.1, 3), st.floats(1, 100), st.floats(0.2, 0.95) | st.floats(1.05, 4), st.floats(1, 300),
    st.integers(0, 40), st.floats(0, 1), st.floats(10, 400), st.floats(0.01, 1),
)  # fmt: skip
def test_the_sum_over_counts_is_pareto_nbds_published_formula(
    r: float, alpha: float, s: float, beta: float, x: int, share: float, T: float, ahead: float
) -> None:
    fit, horizon = made(r, alpha, s, beta, PARETO_NBD), ahead * (alpha + T)
    t_x = share * T if x else 0.0
    here = (r + x) * (beta + T) / ((alpha + T) * (s - 1))
    here *= 1 - ((beta + T) / (beta + T + horizon)) ** (s - 1)
    alive = orders.probability_alive(fit, x, t_x, T)
    assert_allclose(orders.expected_orders(fit, x, t_x, T, horizon), alive * here, rtol=1e-4, atol=1e-7)


@given(
    st.floats(0.1, 3), st.floats(1, 100), st.floats(0.2, 4), st.floats(1, 300),
    st.integers(0, 40), st.floats(0, 1), st.floats(10, 400),
)  # fmt: skip
def test_pareto_nbds_chance_of_being_here_is_that_of_integrating_over_the_day_of_leaving(
    r: float, alpha: float, s: float, beta: float, x: int, share: float, T: float
) -> None:
    t_x = share * T if x else 0.0

    def left(tau: float) -> float:
        ratio: float = ((alpha + T) / (alpha + tau)) ** (r + x) * ((beta + T) / (beta + tau)) ** (s + 1)
        return s / (beta + T) * ratio

    near = t_x + (T - t_x) * np.array([0.01, 0.1])
    gone = quad(left, t_x, T, points=near, epsrel=1e-10, limit=400)[0] if t_x < T else 0.0
    alive = orders.probability_alive(made(r, alpha, s, beta, PARETO_NBD), x, t_x, T)[0]
    assert alive == pytest.approx(1 / (1 + gone), rel=1e-6)


@pytest.mark.parametrize("model", MODELS)
@given(
    r=st.floats(0.3, 3),
    alpha=st.floats(5, 80),
    a=st.floats(0.3, 3),
    b=st.floats(0.5, 4),
    x=st.integers(0, 30),
    share=st.floats(0, 1),
)
def test_chances_of_counts_are_a_distribution_with_that_mean_and_variance(
    model: Model, r: float, alpha: float, a: float, b: float, x: int, share: float
) -> None:
    fit = made(r, alpha, a, b * (50 if model is PARETO_NBD else 1), model)
    history = (x, share * 200 if x else 0.0, 200.0)
    chances = orders.count_chances(fit, *history, 90)[0]
    counts = np.arange(chances.size)
    coming = orders.coming(fit, *history, 90)
    assert chances.min() > -1e-12
    assert chances.sum() == pytest.approx(1.0)
    assert chances @ counts == pytest.approx(coming.mean[0])
    assert chances @ counts**2 - (chances @ counts) ** 2 == pytest.approx(coming.variance[0], abs=1e-6)
    assert chances[: int(coming.low[0])].sum() <= 0.025 + 1e-9
    assert chances[: int(coming.high[0]) + 1].sum() >= 0.975 - 1e-9
    each = [orders.chance_of(fit, *history, 90, count)[0] for count in range(min(chances.size, 4))]
    assert_allclose(each, chances[: len(each)], atol=1e-12)


def futures(
    fit: Fit, x: float, t_x: float, T: float, horizon: float, size: int = 40_000
) -> tuple[Floats, Floats]:
    """First day and number of visits of so many futures of one customer, drawn from what is believed of them."""
    chance = np.random.default_rng(3)
    now = fit.outlook(*(np.array([float(value)]) for value in (x, t_x, T)))
    here = chance.random(size) < now.alive
    rate = chance.gamma(now.shape, 1 / now.clock, size)
    end = np.full(size, horizon)
    drop = np.zeros(size)
    if now.fade[0]:
        end = np.minimum(end, chance.exponential(1.0, size) / chance.gamma(now.fade, 1 / now.span, size))
    else:
        drop = chance.beta(now.leave, now.remain, size)
    first, count, day = np.full(size, np.inf), np.zeros(size), np.zeros(size)
    while here.any():
        day += chance.exponential(1.0, size) / rate
        here &= day < end
        first = np.where(here & (count == 0), day, first)
        count += here
        here &= chance.random(size) >= drop
    return first, count


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("history", [(8, 180.0, 195.0), (2, 60.0, 80.0)])
def test_counts_and_the_next_visit_are_those_of_drawn_futures(
    model: Model, history: tuple[float, float, float]
) -> None:
    fit = made(0.8, 20.0, 0.6, 120.0 if model is PARETO_NBD else 3.0, model)
    first, count = futures(fit, *history, 365.0)
    chances = orders.count_chances(fit, *history, 365)[0]
    met = np.bincount(count.astype(int), minlength=chances.size)[: chances.size] / count.size
    assert np.abs(met - chances).max() < 0.01
    told = orders.next_visit(fit, *history)
    came = first[np.isfinite(first)]
    assert told.chance[0] == pytest.approx(came.size / first.size, abs=0.01)
    assert told.chance[0] > 0.5
    assert (came < told.median[0]).mean() == pytest.approx(0.5, abs=0.01)
    assert (came < told.low[0]).mean() == pytest.approx(0.025, abs=0.004)
    assert (came < told.high[0]).mean() == pytest.approx(0.975, abs=0.004)


def test_nobody_is_given_a_day_for_a_visit_that_will_sooner_not_be(cdnow: Fits) -> None:
    fit = cdnow[1][PARETO_NBD.name]
    told = orders.next_visit(fit, [12, 12], [30, 5], [31, 31], within=52)
    assert told.chance[0] > 0.9
    assert 0 < told.low[0] < told.median[0] < told.high[0] < 52
    assert told.chance[1] < 0.5
    assert np.isnan([told.median[1], told.low[1], told.high[1]]).all()


def test_a_very_frequent_customer_with_a_short_past_does_not_underflow() -> None:
    fit = made(0.5, 10.0, 0.01, 5.0)
    near = orders.expected_orders(fit, 900, 30, 30, 700.0)[0]
    assert 10_000 < near < 900.5 / 40 * 700


def test_who_comes_more_is_expected_more_and_who_stayed_away_less(cdnow: Fits) -> None:
    fit = cdnow[1][BG_NBD.name]
    often = orders.expected_orders(fit, [1, 2, 4], [30, 30, 30], [35, 35, 35], 13)
    away = orders.expected_orders(fit, [4, 4, 4], [30, 20, 10], [35, 35, 35], 13)
    assert (np.diff(often) > 0).all()
    assert (np.diff(away) < 0).all()


def test_a_horizon_of_no_days_is_refused(cdnow: Fits) -> None:
    with pytest.raises(Refused, match="positive number of days"):
        orders.expected_orders(cdnow[1][BG_NBD.name], 1, 1, 2, 0)
