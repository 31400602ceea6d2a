"""What a distribution of counted values is like: its quantiles, means and ratios, each with an interval."""

from __future__ import annotations

from collections.abc import Mapping
from math import sqrt

from regulars.core.refused import Refused

Z = 1.959963984540054


def quantile(counts: Mapping[int, int], share: float) -> tuple[int, int, int]:
    """The value that ``share`` of those counted do not pass, and the 95 % interval of it, free of any distribution.

    ``counts`` leads a value to how many have it. The interval runs between the order statistics n·share ± z √(n share
    (1 − share)) (normal form of the binomial bounds; Conover 1999, section 3.2). Refuses nothing counted.
    """
    n = sum(counts.values())
    if n == 0:
        raise Refused("nothing was counted, so there is no quantile to tell")
    half = Z * sqrt(n * share * (1.0 - share))
    places = (share * n, share * n - half, share * n + half)
    told = [_at(counts, min(max(place, 1.0), float(n))) for place in places]
    return told[0], told[1], told[2]


def _at(counts: Mapping[int, int], place: float) -> int:
    passed, value = 0, 0
    for value in sorted(counts):
        passed += counts[value]
        if passed >= place - 1e-9:
            break
    return value


def mean(n: int, total: float, squares: float) -> tuple[float, float, float]:
    """The mean of ``n`` values and its 95 % interval from their sum and that of their squares. Refuses fewer than 2."""
    if n < 2:
        raise Refused("%(n)s values have a mean and no interval", n=n)
    centre = total / n
    variance = max(squares - n * centre * centre, 0.0) / (n - 1)
    half = Z * sqrt(variance / n)
    return centre, centre - half, centre + half


def ratio(
    n: int, top: float, bottom: float, top_squares: float, products: float, bottom_squares: float
) -> tuple[float, float, float]:
    """Σy ÷ Σx over ``n`` customers with its 95 % interval: each customer is one draw, however often they came.

    Var(R) = n ÷ (n − 1) × Σ(y − R x)² ÷ (Σx)² (Cochran 1977, equation 6.13), from Σy, Σx, Σy², Σxy, Σx². Refuses
    fewer than two customers and nothing below the line.
    """
    if n < 2 or bottom <= 0:
        raise Refused("%(n)s customers have a share and no interval", n=n)
    share = top / bottom
    spread = max(top_squares - 2.0 * share * products + share * share * bottom_squares, 0.0)
    half = Z * sqrt(n / (n - 1.0) * spread) / bottom
    return share, share - half, share + half
