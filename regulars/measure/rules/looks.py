"""How far apart two arms must be at each look, so that looking often does not find what is not there."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from math import sqrt

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

from regulars.core.refused import Refused

ALPHA = 0.05
NODES = 161  # points of the integral over what has not been stopped yet; four digits of every published bound
FARTHEST = 9.0  # standard errors; beyond it nothing is spent that a computer can tell from nothing
EARLIEST = 0.1  # of the plan; before it a bound of six standard errors says nothing but "wait"
APART = 0.04  # of the plan between two looks, so that a plan has at most 23 and their sum stays exact
Floats = npt.NDArray[np.float64]


def spent(fraction: float, alpha: float = ALPHA) -> float:
    """The false alarms allowed up to a ``fraction`` of the plan (0 to 1], both sides together.

    O'Brien and Fleming's shape as a spending function, each side α/2 (Lan and DeMets 1983, α₁*).
    """
    return float(4.0 * ndtr(ndtri(alpha / 4.0) / sqrt(min(fraction, 1.0))))


def bounds(fractions: Sequence[float], alpha: float = ALPHA) -> list[float]:
    """The |z| that ends a test at each look, looks told as fractions of the plan, ascending, the last at most 1.

    Found one after another by numeric integration over the paths that no earlier look has ended (Armitage, McPherson
    and Rowe 1969). Looks may fall when they like: what comes later does not change a bound. Refuses fractions that do
    not rise.
    """
    if any(not 0 < one < 2 for one in fractions) or any(later <= one for one, later in pairwise(fractions)):
        raise Refused(
            "looks at %(fractions)s of the plan do not rise from above 0", fractions=list(fractions)
        )
    return list(_bounds(tuple(float(one) for one in fractions), alpha))


@lru_cache(maxsize=256)
def _bounds(fractions: tuple[float, ...], alpha: float) -> tuple[float, ...]:
    points, weights = np.polynomial.legendre.leggauss(NODES)
    found: list[float] = []
    at, mass = np.zeros(1), np.ones(1)  # the sum so far, and the probability of being there still
    before, used = 0.0, 0.0
    for fraction in fractions:
        step, allowed = sqrt(fraction - before), spent(fraction, alpha)
        bound = _bound(at, mass, step, sqrt(fraction), allowed - used)
        found.append(bound)
        reach = bound * sqrt(fraction)
        new = points * reach
        density = np.exp(-0.5 * ((new[:, None] - at[None, :]) / step) ** 2) @ mass / (step * sqrt(2 * np.pi))
        at, mass = new, density * weights * reach
        before, used = fraction, allowed
    return tuple(found)


def _bound(at: Floats, mass: Floats, step: float, root: float, allowed: float) -> float:
    """The |z| beyond which ``allowed`` of the probability lies."""

    def beyond(z: float) -> float:
        reach = z * root
        outside = ndtr((at - reach) / step) + ndtr((-at - reach) / step)
        return float(outside @ mass) - allowed

    if beyond(FARTHEST) >= 0:
        return FARTHEST
    return float(brentq(beyond, 0.0, FARTHEST, xtol=1e-10)) if beyond(0.0) > 0 else 0.0


def is_due(fraction: float, before: float) -> bool:
    """Whether the data have grown enough since the look at ``before`` for another one at ``fraction``."""
    if before >= 1.0 or fraction < EARLIEST:
        return False
    return fraction >= 1.0 or fraction - before >= APART
