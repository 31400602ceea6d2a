"""The three models: the published figures of CDNOW, the derivatives, and what is refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from regulars.core.refused import Refused
from regulars.know.rules import lifetime
from regulars.know.rules.beta_geometric import BG_NBD, MBG_NBD
from regulars.know.rules.lifetime import MODELS, Statistics
from regulars.know.rules.model import Model
from regulars.know.rules.pareto import PARETO_NBD
from tests.know.cdnow import log, summary

PARAMETERS = st.tuples(*[st.floats(0.2, 8.0)] * 4)
HISTORIES = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 300), st.integers(0, 400)), min_size=1, max_size=12
)


def test_the_log_of_cdnow_gives_the_published_parameters_errors_and_likelihood() -> None:
    history = log()
    fit = lifetime.fit(Statistics.of(history.x, history.t_x, history.T))
    assert_allclose(fit.parameters, [0.2426, 4.4136, 0.7929, 2.4259], rtol=1e-3)
    assert_allclose(fit.standard_errors, [0.012557, 0.378221, 0.185719, 0.705345], rtol=1e-3)
    assert fit.log_likelihood == pytest.approx(-9582.4292, abs=1e-3)
    assert fit.n == 2357


def test_the_summary_of_cdnow_gives_the_published_parameters_and_likelihood() -> None:
    history = summary()
    fit = lifetime.fit(Statistics.of(history.x, history.t_x, history.T))
    assert_allclose(fit.parameters, [0.2426, 4.4135, 0.7929, 2.4258], rtol=1e-3)
    assert fit.log_likelihood == pytest.approx(-9582.4256, abs=1e-3)


@pytest.mark.parametrize(
    ("model", "parameters", "log_likelihood"),
    [
        (PARETO_NBD, [0.5533, 10.5777, 0.6062, 11.6687], -9594.9762),
        (MBG_NBD, [0.5248, 6.1831, 0.8914, 1.6140], -9582.1357),
    ],
)
def test_the_log_of_cdnow_gives_the_other_models_published_figures(
    model: Model, parameters: list[float], log_likelihood: float
) -> None:
    history = log()
    fit = lifetime.fit(Statistics.of(history.x, history.t_x, history.T), model=model)
    assert_allclose(fit.parameters, parameters, rtol=1e-3)
    assert fit.log_likelihood == pytest.approx(log_likelihood, abs=1e-3)


@pytest.mark.parametrize("model", MODELS)
def test_a_standard_error_is_the_spread_of_fits_to_samples_drawn_again(model: Model) -> None:
    history = log()
    statistics = Statistics.of(history.x, history.t_x, history.T)
    fit = lifetime.fit(statistics, model=model)
    chance = np.random.default_rng(5)
    n = int(statistics.customers.sum())
    shares = statistics.customers / n
    again = [
        Statistics(statistics.x, statistics.t_x, statistics.T, chance.multinomial(n, shares).astype(float))
        for _ in range(60)
    ]
    fits = np.array([np.log(lifetime.fit(drawn, fit.parameters, model).parameters) for drawn in again])
    assert_allclose(fits.std(axis=0), fit.standard_errors / fit.parameters, rtol=0.45)


def test_days_instead_of_weeks_change_only_the_unit_of_alpha() -> None:
    history = log()
    weeks = lifetime.fit(Statistics.of(history.x, history.t_x, history.T))
    days = lifetime.fit(Statistics.of(history.x, 7 * history.t_x, 7 * history.T))
    assert_allclose(days.parameters, weeks.parameters * [1, 7, 1, 1], rtol=1e-6)


def test_counting_equal_histories_changes_nothing() -> None:
    histories = Statistics.of([2, 0, 2, 2], [10, 0, 10, 9], [20, 30, 20, 20])
    assert histories.x.tolist() == [0, 2, 2]
    assert histories.customers.tolist() == [1, 1, 2]


@pytest.mark.parametrize("model", MODELS)
@given(parameters=PARAMETERS, rows=HISTORIES)
def test_gradient_and_hessian_are_the_slopes_of_the_likelihood(
    model: Model, parameters: tuple[float, ...], rows: list[tuple[int, int, int]]
) -> None:
    x, t, more = (np.asarray(column, dtype=float) for column in zip(*rows, strict=True))
    t = np.where(x > 0, t, 0.0)
    surface = model.surface(Statistics.of(x, t, t + more))
    at = np.asarray(parameters)
    _, gradient, hessian = surface(at)
    step = 1e-5 * at
    for axis in range(4):
        move = np.zeros(4)
        move[axis] = step[axis]
        up, down = surface(at + move), surface(at - move)
        scale = 1.0 + abs(gradient).max() + abs(hessian).max()
        assert_allclose((up[0] - down[0]) / (2 * step[axis]), gradient[axis], rtol=1e-4, atol=1e-5 * scale)
        assert_allclose((up[1] - down[1]) / (2 * step[axis]), hessian[axis], rtol=1e-4, atol=1e-5 * scale)


def drawn(model: Model, parameters: tuple[float, float, float, float], size: int) -> Statistics:
    """Customers of a model, step by step; (leave, stay) is (a, b), or (s, beta) of Pareto/NBD."""
    r, alpha, leave, stay = parameters
    chance = np.random.default_rng(7)
    rate, T = chance.gamma(r, 1 / alpha, size), chance.integers(100, 700, size) * 1.0
    drop = np.zeros(size) if model is PARETO_NBD else chance.beta(leave, stay, size)
    end = T.copy()
    if model is PARETO_NBD:
        end = np.minimum(T, chance.exponential(1.0, size) / chance.gamma(leave, 1 / stay, size))
    x, t_x, now = np.zeros(size), np.zeros(size), np.zeros(size)
    here = chance.random(size) >= drop if model is MBG_NBD else np.ones(size, dtype=bool)
    while here.any():
        now = now + chance.exponential(1.0, size) / rate
        here &= now < end
        x, t_x = x + here, np.where(here, now, t_x)
        here &= chance.random(size) >= drop
    return Statistics.of(x, t_x, T)


@pytest.mark.parametrize(
    ("model", "parameters"),
    [
        (BG_NBD, (0.6, 40.0, 0.9, 2.2)),
        (MBG_NBD, (0.6, 40.0, 0.9, 2.2)),
        (PARETO_NBD, (0.6, 40.0, 0.7, 120.0)),
    ],
)
def test_simulated_customers_give_back_the_parameters_they_were_drawn_with(
    model: Model, parameters: tuple[float, float, float, float]
) -> None:
    fit = lifetime.fit(drawn(model, parameters, 40_000), model=model)
    assert np.all(abs(fit.parameters - parameters) < 4 * fit.standard_errors)


def test_histories_with_fractions_and_too_large_for_one_number_are_counted_alike() -> None:
    whole = Statistics.of([1, 2, 1], [10**9, 10**8, 10**9], [10**15, 10**12, 10**15])
    parts = Statistics.of([1, 2, 1], [0.25, 0.5, 0.25], [1.5, 1.5, 1.5])
    assert whole.customers.tolist() == parts.customers.tolist() == [2, 1]
    assert whole.T.tolist() == [10**15, 10**12]
    assert parts.t_x.tolist() == [0.25, 0.5]


@given(HISTORIES)
def test_counting_weighted_rows_is_counting_them_one_by_one(rows: list[tuple[int, int, int]]) -> None:
    x, t, more = (np.asarray(column, dtype=float) for column in zip(*rows, strict=True))
    t = np.where(x > 0, t, 0.0)
    once = Statistics.of(x, t, t + more)
    weighted = Statistics.of(once.x, once.t_x, once.T, once.customers)
    for name in ("x", "t_x", "T", "customers"):
        assert getattr(once, name).tolist() == getattr(weighted, name).tolist()
    assert once.customers.sum() == len(rows)


def test_a_brand_with_too_few_returns_is_told_how_many_more_it_needs() -> None:
    with pytest.raises(Refused, match=r"only 2 of 10 customers have come back; 50 are needed .* 48 more"):
        lifetime.fit(Statistics.of([0] * 8 + [1, 1], [0] * 8 + [5, 9], [20] * 10))


def test_customers_who_are_all_alike_have_no_likelihood_with_a_top() -> None:
    with pytest.raises(Refused, match="no top"):
        lifetime.fit(Statistics.of([10] * 100, [100] * 100, [110] * 100))


def test_a_last_visit_after_today_is_refused_with_its_row() -> None:
    with pytest.raises(Refused, match=r"1 histories cannot be .* such row is 1"):
        Statistics.of([1, 1], [5, 30], [20, 20])
