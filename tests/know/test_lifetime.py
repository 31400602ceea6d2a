"""BG/NBD: the published figures of CDNOW, the derivatives, and what is refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from regulars.core.refused import Refused
from regulars.know.rules import lifetime
from regulars.know.rules.beta_geometric import BG_NBD
from regulars.know.rules.lifetime import Statistics
from tests.know.cdnow import log, summary

PARAMETERS = st.tuples(*[st.floats(0.2, 8.0)] * 4)
HISTORIES = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 300), st.integers(0, 400)), min_size=1, max_size=12
)


def test_the_log_of_cdnow_gives_the_published_parameters_errors_and_likelihood():
    history = log()
    fit = lifetime.fit(Statistics.of(history.x, history.t_x, history.T))
    assert_allclose(fit.parameters, [0.2426, 4.4136, 0.7929, 2.4259], rtol=1e-3)
    assert_allclose(fit.standard_errors, [0.012557, 0.378221, 0.185719, 0.705345], rtol=1e-3)
    assert fit.log_likelihood == pytest.approx(-9582.4292, abs=1e-3)
    assert fit.n == 2357


def test_the_summary_of_cdnow_gives_the_published_parameters_and_likelihood():
    history = summary()
    fit = lifetime.fit(Statistics.of(history.x, history.t_x, history.T))
    assert_allclose(fit.parameters, [0.2426, 4.4135, 0.7929, 2.4258], rtol=1e-3)
    assert fit.log_likelihood == pytest.approx(-9582.4256, abs=1e-3)


def test_days_instead_of_weeks_change_only_the_unit_of_alpha():
    history = log()
    weeks = lifetime.fit(Statistics.of(history.x, history.t_x, history.T))
    days = lifetime.fit(Statistics.of(history.x, 7 * history.t_x, 7 * history.T))
    assert_allclose(days.parameters, weeks.parameters * [1, 7, 1, 1], rtol=1e-6)


def test_counting_equal_histories_changes_nothing():
    histories = Statistics.of([2, 0, 2, 2], [10, 0, 10, 9], [20, 30, 20, 20])
    assert histories.x.tolist() == [0, 2, 2]
    assert histories.customers.tolist() == [1, 1, 2]


@given(PARAMETERS, HISTORIES)
def test_gradient_and_hessian_are_the_slopes_of_the_likelihood(parameters, rows):
    x, t, more = (np.asarray(column, dtype=float) for column in zip(*rows, strict=True))
    t = np.where(x > 0, t, 0.0)
    surface = BG_NBD.surface(Statistics.of(x, t, t + more))
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


def test_simulated_customers_give_back_the_parameters_they_were_drawn_with():
    chance = np.random.default_rng(7)
    r, alpha, a, b, size = 0.6, 40.0, 0.9, 2.2, 40_000
    rate, drop, T = (
        chance.gamma(r, 1 / alpha, size),
        chance.beta(a, b, size),
        chance.integers(100, 700, size) * 1.0,
    )
    x, t_x, now, here = np.zeros(size), np.zeros(size), np.zeros(size), np.ones(size, dtype=bool)
    while here.any():
        now = now + chance.exponential(1.0, size) / rate
        here &= now < T
        x, t_x = x + here, np.where(here, now, t_x)
        here &= chance.random(size) >= drop
    fit = lifetime.fit(Statistics.of(x, t_x, T))
    assert np.all(abs(fit.parameters - [r, alpha, a, b]) < 4 * fit.standard_errors)


def test_a_brand_with_too_few_returns_is_told_how_many_more_it_needs():
    with pytest.raises(Refused, match=r"only 2 of 10 customers have come back; 50 are needed .* 48 more"):
        lifetime.fit(Statistics.of([0] * 8 + [1, 1], [0] * 8 + [5, 9], [20] * 10))


def test_customers_who_are_all_alike_have_no_likelihood_with_a_top():
    with pytest.raises(Refused, match="no top"):
        lifetime.fit(Statistics.of([10] * 100, [100] * 100, [110] * 100))


def test_a_last_visit_after_today_is_refused_with_its_row():
    with pytest.raises(Refused, match=r"1 histories cannot be .* such row is 1"):
        Statistics.of([1, 1], [5, 30], [20, 20])
