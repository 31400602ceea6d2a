"""How much of a change each factor of a product made, so that the parts sum to the change exactly."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations
from math import factorial, prod

from regulars.core.refused import Refused


def contributions(before: Sequence[float], after: Sequence[float]) -> list[float]:
    """The share of each factor in the change of their product: Shapley's value (Shapley 1953; Sun 1998 for products).

    ``before`` and ``after`` hold the factors in one order, (k,) each with k up to 6; the result has their order and the
    unit of the product, and sums to its change. Each factor is moved in every possible order and its effects averaged,
    so that no order is favoured and factors of zero or below do no harm. Refuses lists of different length.
    """
    if len(before) != len(after) or not 1 <= len(before) <= 6:
        raise Refused(
            "a product needs one to six factors, the same before and after; it has %(before)s and %(after)s",
            before=len(before),
            after=len(after),
        )
    parts = [0.0] * len(before)
    for order in permutations(range(len(before))):
        now = list(before)
        product = prod(now)
        for moved in order:
            now[moved] = after[moved]
            parts[moved] += prod(now) - product
            product = prod(now)
    return [part / factorial(len(before)) for part in parts]
