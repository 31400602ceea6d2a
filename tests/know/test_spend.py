"""Gamma-Gamma: the published figures of CDNOW, the derivatives, and what is refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from regulars.core.refused import Refused
from regulars.know.rules import spend
from regulars.know.rules.spend import SpendStatistics
from tests.know.cdnow import log, summary


def test_the_log_of_cdnow_gives_the_published_parameters_and_likelihood() -> None:
    history = log()
    fit = spend.fit(SpendStatistics.of(history.x, history.x * history.spend))
    assert_allclose(fit.parameters, [6.2496, 3.7442, 15.4435], rtol=1e-3)
    assert fit.log_likelihood == pytest.approx(-4055.9177, abs=1e-3)
    assert fit.n == 946


def test_the_summary_of_cdnow_gives_the_published_parameters_and_likelihood() -> None:
    history = summary()
    fit = spend.fit(SpendStatistics.of(history.x, history.x * history.spend))
    assert_allclose(fit.parameters, [6.2488, 3.7446, 15.4477], rtol=1e-3)
    assert fit.log_likelihood == pytest.approx(-4055.9232, abs=1e-3)


@given(
    st.tuples(*[st.floats(0.3, 8.0)] * 3),
    st.lists(st.tuples(st.integers(1, 30), st.floats(0.5, 200.0)), min_size=1, max_size=10),
)
def test_gradient_and_hessian_are_the_slopes_of_the_likelihood(
    parameters: tuple[float, ...], rows: list[tuple[int, float]]
) -> None:
    x, total = zip(*rows, strict=True)
    surface = spend._Surface(SpendStatistics.of(x, total))
    at = np.asarray(parameters)
    _, gradient, hessian = surface(at)
    for axis in range(3):
        move = np.zeros(3)
        move[axis] = 1e-5 * at[axis]
        up, down = surface(at + move), surface(at - move)
        scale = 1.0 + abs(gradient).max() + abs(hessian).max()
        assert_allclose((up[0] - down[0]) / (2 * move[axis]), gradient[axis], rtol=1e-4, atol=1e-5 * scale)
        assert_allclose((up[1] - down[1]) / (2 * move[axis]), hessian[axis], rtol=1e-4, atol=1e-5 * scale)


def test_little_known_spend_is_drawn_towards_the_brands_mean() -> None:
    history = log()
    fit = spend.fit(SpendStatistics.of(history.x, history.x * history.spend))
    brand = spend.expected_spend(fit, 0, 0)[0]
    once, often = spend.expected_spend(fit, [1, 20], [100, 2000])
    assert brand < once < often < 100


def test_rows_without_a_repeat_or_without_money_tell_nothing() -> None:
    assert SpendStatistics.of([0, 1, 2], [5, -3, 7]).x.tolist() == [2]


def test_too_few_repeaters_are_told_how_many_more() -> None:
    with pytest.raises(Refused, match=r"only 3 customers .* 47 more"):
        spend.fit(SpendStatistics.of([1, 1, 2], [5, 6, 7]))


def test_customers_who_differ_no_more_than_chance_are_worth_the_brands_mean() -> None:
    chance = np.random.default_rng(5)
    x = chance.integers(1, 6, 4000)
    sums = chance.gamma(4.0 * x, 2500.0)  # a visit of 10,000 on average, whoever makes it
    # Sums that lie nearer to their mean than chance would have them: the likelihood rises as q does, without end.
    tamer = x * 10_000.0 + (sums - x * 10_000.0) * np.sqrt(x) ** -0.5
    found = spend.fit(SpendStatistics.of(x, tamer))
    assert found.converged
    told = spend.expected_spend(found, [1, 5], [4000, 90_000])
    assert_allclose(told, tamer.sum() / x.sum(), rtol=1e-3)
    assert found.standard_errors[2] > 0
