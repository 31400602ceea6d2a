"""Do those who had something come back sooner than others alike? One comparison over all strata, without a model."""

from __future__ import annotations

from dataclasses import dataclass
from math import erfc, exp, sqrt

import numpy as np
import numpy.typing as npt

from regulars.core.refused import Refused
from regulars.know.rules.newton import Floats

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


def at_risk(ended: npt.ArrayLike) -> Floats:
    """Who is still watched when a period begins: those whose watching ends in it or later; (strata, periods)."""
    counts = np.asarray(ended, dtype=np.float64)
    return counts[:, ::-1].cumsum(axis=1)[:, ::-1]


def compare(
    everybody: npt.ArrayLike, returned: npt.ArrayLike, having: npt.ArrayLike, having_returned: npt.ArrayLike
) -> Comparison | None:
    """The stratified log-rank test (Mantel 1966; Peto and Peto 1972) from counts (strata, periods).

    ``everybody``: whose watching ended in the period, for whatever reason; ``returned``: those of them who came back in
    it; the other two: the same of those who had it. In each stratum and period the returns among those who had it are
    hypergeometric; ratio = exp((O − E) ÷ V) with 1 ÷ √V as the standard error of its logarithm (Yusuf and others 1985).
    None where no stratum has both sides at risk when somebody returns. Refuses more of those than of all.
    """
    n, d = at_risk(everybody), np.asarray(returned, dtype=np.float64)
    n1, d1 = at_risk(having), np.asarray(having_returned, dtype=np.float64)
    if (n1 > n).any() or (d1 > d).any() or (d > n).any():
        raise Refused("more had it than there were; count everybody with those who had it")
    both = (n1 > 0) & (n1 < n) & (d > 0)
    n, d, n1, d1 = n[both], d[both], n1[both], d1[both]
    share = n1 / n
    variance = float((d * share * (1.0 - share) * (n - d) / np.maximum(n - 1.0, 1.0)).sum())
    observed, expected = float(d1.sum()), float((d * share).sum())
    if variance <= 0.0:
        return None
    distance, error = (observed - expected) / variance, 1.0 / sqrt(variance)
    p = erfc(abs(observed - expected) / sqrt(2.0 * variance))
    low, high = exp(distance - Z * error), exp(min(distance + Z * error, 700.0))
    return Comparison(observed, expected, exp(min(distance, 700.0)), low, high, p)
