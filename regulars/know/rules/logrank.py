"""Do those who had something come back sooner than others alike? One comparison over all strata, without a model."""

from __future__ import annotations

from dataclasses import dataclass
from math import erfc, exp, sqrt

from regulars.core.refused import Refused

Z = 1.959963984540054


@dataclass(frozen=True)
class Comparison:
    """``observed`` of those who had it came back, ``expected`` would have if all alike were; ``ratio`` of the rates.

    ``ratio`` below 1: they come back less than those alike; ``low`` and ``high`` bound it at 95 %; ``p`` two-sided.
    """

    observed: float
    expected: float
    ratio: float
    low: float
    high: float
    p: float


def compared(observed: float, expected: float, variance: float) -> Comparison | None:
    """The stratified log-rank test (Mantel 1966; Peto and Peto 1972) from its sums over strata and periods.

    In a stratum and period n are at risk, n₁ of them with it, and d come back, d₁ of them with it; by chance alone d₁
    is hypergeometric: E = d n₁ ÷ n, V = d (n₁ ÷ n) (1 − n₁ ÷ n) (n − d) ÷ (n − 1). O, E, V are summed where both sides
    are at risk: `know.tables.newcomers.returns_by_product`. ratio = exp((O − E) ÷ V), 1 ÷ √V the standard error of its
    logarithm (Yusuf and others 1985). None where V is nothing. Refuses what is less than nothing.
    """
    if min(observed, expected, variance) < 0:
        raise Refused("returns cannot be fewer than none; count again")
    if variance == 0.0:
        return None
    distance, error = (observed - expected) / variance, 1.0 / sqrt(variance)
    p = erfc(abs(observed - expected) / sqrt(2.0 * variance))
    ratio, high = exp(min(distance, 700.0)), exp(min(distance + Z * error, 700.0))
    return Comparison(observed, expected, ratio, exp(distance - Z * error), high, p)
