"""Forecasts of the whole base: what past misses do to the centre and to the width."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.core.refused import Refused
from regulars.know.rules.calibration import Backtest, calibrate, forecast
from regulars.know.rules.value import Total

NEXT = Total(1000.0, 2500.0)  # 5 % of standard error


def after(*ratios: float) -> tuple[float, float, float]:
    found = forecast(NEXT, calibrate([Backtest(NEXT, 1000.0 * ratio) for ratio in ratios]))
    return found.estimate, found.low, found.high


def test_forecasts_that_were_right_within_their_error_leave_the_model_alone() -> None:
    estimate, low, high = after(1.03, 0.98)
    assert estimate == 1000
    assert (low, high) == pytest.approx((1000 * np.exp(-1.96 * 0.05), 1000 * np.exp(1.96 * 0.05)), rel=1e-3)


def test_a_steady_miss_moves_the_centre_by_less_than_itself_and_widens() -> None:
    estimate, low, high = after(1.3, 1.3)
    assert 1050 < estimate < 1300
    assert high / low > np.exp(2 * 1.96 * 0.05)
    assert low < 1300 < high


def test_misses_to_both_sides_widen_and_hardly_move() -> None:
    estimate, low, high = after(1.25, 0.8)
    assert abs(estimate - 1000) < 120
    assert low < 800
    assert high > 1250


@given(st.floats(0.3, 3.0), st.floats(0.3, 3.0))
def test_the_estimate_lies_within_its_interval_and_the_lean_within_the_misses(
    first: float, second: float
) -> None:
    estimate, low, high = after(first, second)
    assert low < estimate < high
    assert min(first, second, 1.0) * 999 < estimate < max(first, second, 1.0) * 1001


def test_one_past_forecast_is_not_enough_to_be_held_against() -> None:
    with pytest.raises(Refused, match="needs 2 earlier ones to be held against, and there are 1"):
        calibrate([Backtest(NEXT, 1000.0)])


def test_a_quarter_in_which_nothing_came_calibrates_nothing() -> None:
    with pytest.raises(Refused, match="nothing came"):
        calibrate([Backtest(NEXT, 0.0), Backtest(NEXT, 1000.0)])
