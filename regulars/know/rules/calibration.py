"""How far the brand's own forecasts have been off lately, and what that says about the one made today.

A model's standard error knows chance and the doubt about its parameters, not that its shape is wrong or that
the brand changed under it. So the same model is fitted as of 90 and 180 days ago and its forecast held
against what then happened. Older origins are left out on purpose: they judge a younger model on a brand that
identified fewer of its guests.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from regulars.core.refused import Refused
from regulars.know.rules.value import Total

ORIGINS = 2
KINSHIP = (
    0.3  # of one period's miss, what is expected to last into the next: a refitted model learns the rest
)


@dataclass(frozen=True)
class Backtest:
    """What would have been forecast at an earlier day, and what the days after brought."""

    forecast: Total
    actual: float


@dataclass(frozen=True)
class Calibration:
    """On the logarithmic scale: how much actual exceeds forecast (`lean`), its variance, and the degrees of
    freedom behind that variance.
    """

    lean: float
    variance: float
    freedom: float


@dataclass(frozen=True)
class Interval:
    """A calibrated forecast of a total: the estimate with its interval, and the model's own expectation."""

    estimate: float
    low: float
    high: float
    expected: float


def calibrate(backtests: Sequence[Backtest]) -> Calibration:
    """What the latest two backtests (newest first, at steps of the horizon) say about the next forecast.

    The logarithm of actual / forecast is taken as a lean that varies about zero with variance tau squared and
    a third of which lasts from one period to the next, seen through the forecast's own error; tau squared is
    what the squared misses leave over that error (DerSimonian and Laird 1986), the lean its conditional mean
    (a Gaussian process of two points). Refuses fewer than two backtests, and a past in which nothing came or
    nothing was expected.
    """
    if len(backtests) < ORIGINS:
        raise Refused(
            "a forecast of the whole base needs %(needed)d earlier ones to be held against, and there are %(found)d;"
            " wait until the history is longer",
            needed=ORIGINS,
            found=len(backtests),
        )
    latest = backtests[:ORIGINS]
    if any(past.actual <= 0 or past.forecast.expected <= 0 for past in latest):
        raise Refused(
            "in a past period nothing came or nothing was expected, so no forecast can be held against it"
        )
    miss = np.array([np.log(past.actual / past.forecast.expected) for past in latest])
    error = np.array([_relative(past.forecast) for past in latest])
    tau = max(0.0, float(np.mean(miss**2 - error)))
    apart = np.abs(np.subtract.outer(np.arange(ORIGINS), np.arange(ORIGINS)))
    weights = np.linalg.solve(
        tau * KINSHIP**apart + np.diag(error), tau * KINSHIP ** (1.0 + np.arange(ORIGINS))
    )
    variance = tau - float(weights @ (tau * KINSHIP ** (1.0 + np.arange(ORIGINS))))
    return Calibration(float(weights @ miss), max(variance, 0.0), float(ORIGINS))


def forecast(total: Total, calibration: Calibration, confidence: float = 0.95) -> Interval:
    """The total with an interval that also holds what the model did not know in the past.

    The interval is symmetric in the logarithm; its quantile is Student's, with Satterthwaite's (1946) degrees
    of freedom, because a lean known from two periods is hardly known.
    """
    if total.expected <= 0:
        raise Refused("nothing is expected of this base, so there is nothing to forecast")
    own = _relative(total)
    whole = own + calibration.variance
    freedom = whole**2 * calibration.freedom / max(calibration.variance**2, 1e-300)
    reach = float(stdtrit(min(freedom, 1e9), 0.5 + confidence / 2.0)) * float(np.sqrt(whole))
    estimate = total.expected * float(np.exp(calibration.lean))
    return Interval(
        estimate, estimate * float(np.exp(-reach)), estimate * float(np.exp(reach)), total.expected
    )


def _relative(total: Total) -> float:
    """The variance of the logarithm, to first order."""
    return total.variance / total.expected**2
