"""Which products are bought together more, or less, than chance: large baskets hold everything, so like stands by like.

Lift as the field has it calls nearly every pair of a restaurant a match, because a table of six orders six dishes;
where baskets are small it calls nearly none. It is told; what is *found* is found among baskets of one size.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import erfc, exp, log, sqrt

from scipy.special import ndtri

from regulars.core.refused import Refused


@dataclass(frozen=True)
class Lift:
    """Baskets with both ÷ those expected were the two bought independently; its interval and two-sided p."""

    estimate: float
    low: float
    high: float
    p: float


def lift(both: float, expected: float, none: float, one: float, two: float, confidence: float = 0.95) -> Lift:
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
    error, z = sqrt(variance), float(ndtri(0.5 + confidence / 2.0))
    p = erfc(abs(log(estimate)) / error / sqrt(2.0))
    return Lift(estimate, estimate * exp(-z * error), estimate * exp(z * error), p)


def variance_terms(baskets: float, a: float, b: float, both: float) -> tuple[float, float, float]:
    """``none``, ``one``, ``two`` of `lift` for one store's counts; stores add up."""
    p_a, p_b, p_ab = a / baskets, b / baskets, both / baskets
    none = baskets * (p_ab - p_ab**2)
    one = baskets * (4 * p_ab * p_a * p_b - 2 * p_ab * (p_a + p_b))
    two = baskets * (
        p_ab * (p_a + p_b) ** 2 + (p_a - p_ab) * p_b**2 + (p_b - p_ab) * p_a**2 - 4 * p_a**2 * p_b**2
    )
    return none, one, two


def among_alike(held: float, alike: float, variance: float, confidence: float = 0.95) -> Lift | None:
    """How often both lay in baskets ÷ how often they would by chance in baskets of the same store and size.

    In n baskets that hold k different products each, with p the shares of them that hold one, chance puts both into
    n p_a p_b (k − 1) ÷ k (1 + p_a ÷ k + p_b ÷ k − Σ(p ÷ k)²): the pairs of a basket shared out by how many places each
    product fills, none beside itself (quasi-independence, Goodman 1968, to first order). ``variance`` is that of the
    count given the two products' own counts; of its logarithm variance ÷ (held × alike). None where nothing varies.
    """
    if held <= 0 or alike <= 0 or variance <= 0:
        return None
    estimate, error = held / alike, sqrt(variance / (held * alike))
    z = float(ndtri(0.5 + confidence / 2.0))
    p = erfc(abs(log(estimate)) / error / sqrt(2.0))
    return Lift(estimate, estimate * exp(-z * error), estimate * exp(z * error), p)
