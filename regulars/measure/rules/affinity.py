"""Which products are bought together more, or less, than their own popularity in each store explains."""

from __future__ import annotations

from dataclasses import dataclass
from math import erfc, exp, log, sqrt

from regulars.core.refused import Refused

Z = 1.959963984540054


@dataclass(frozen=True)
class Lift:
    """Baskets with both ÷ those expected were the two bought independently; its 95 % interval and two-sided p."""

    estimate: float
    low: float
    high: float
    p: float


def lift(both: float, expected: float, none: float, one: float, two: float) -> Lift:
    """Lift over stores: λ = ΣO ÷ ΣE, E = n_a n_b ÷ n within each store, so that a menu only some stores have is no tie.

    Var(ln λ) = (none + one λ + two λ²) ÷ O² by the delta method on the multinomial of each store, where, p being shares
    of its n baskets, and summed over stores (`variance_terms`):
    none = n (p_ab − p_ab²), one = n (4 p_ab p_a p_b − 2 p_ab (p_a + p_b)),
    two = n (p_ab (p_a + p_b)² + (p_a − p_ab) p_b² + (p_b − p_ab) p_a² − 4 p_a² p_b²).
    In a single store that is 1/O − 1/n_a − 1/n_b + (2 λ − 1)/n. Refuses a pair that was never bought together.
    """
    if both <= 0 or expected <= 0:
        raise Refused("no basket holds both, so there is no lift to tell")
    estimate = both / expected
    variance = max(none + one * estimate + two * estimate * estimate, 0.0) / both**2
    if variance == 0.0:  # whoever has one has the other, always: nothing varies
        return Lift(estimate, estimate, estimate, 0.0 if estimate != 1.0 else 1.0)
    error = sqrt(variance)
    p = erfc(abs(log(estimate)) / error / sqrt(2.0))
    return Lift(estimate, estimate * exp(-Z * error), estimate * exp(Z * error), p)


def variance_terms(baskets: float, a: float, b: float, both: float) -> tuple[float, float, float]:
    """``none``, ``one``, ``two`` of `lift` for one store's counts; stores add up."""
    p_a, p_b, p_ab = a / baskets, b / baskets, both / baskets
    none = baskets * (p_ab - p_ab**2)
    one = baskets * (4 * p_ab * p_a * p_b - 2 * p_ab * (p_a + p_b))
    two = baskets * (
        p_ab * (p_a + p_b) ** 2 + (p_a - p_ab) * p_b**2 + (p_b - p_ab) * p_a**2 - 4 * p_a**2 * p_b**2
    )
    return none, one, two
