"""A share with its interval, told only where enough people stand behind it."""

from __future__ import annotations

from collections.abc import Mapping
from math import sqrt

from regulars.core.refused import Refused
from regulars.measure.rules.periods import ENOUGH

Z = 1.959963984540054  # the 97.5 % point of the normal distribution


def wilson(hits: int, n: int) -> tuple[float, float]:
    """The 95 % interval of a share of ``hits`` among ``n`` (Wilson 1927): stays within 0 and 1, also at their ends.

    Refuses counts that cannot be.
    """
    if not 0 <= hits <= n or n == 0:
        raise Refused("%(hits)s among %(n)s is not a share; count again", hits=hits, n=n)
    p, z2 = hits / n, Z * Z / n
    centre, half = (p + z2 / 2) / (1 + z2), Z * sqrt(p * (1 - p) / n + z2 / (4 * n)) / (1 + z2)
    return (0.0 if hits == 0 else centre - half), (1.0 if hits == n else centre + half)


def share(part: float, whole: float) -> float | None:
    """``part`` ÷ ``whole``; None where there is no whole."""
    return part / whole if whole else None


def which_are_told(by_early: Mapping[bool, int]) -> tuple[bool, str]:
    """Whether customers first seen in a store's first 90 days of identification are to be counted, and the note.

    ``by_early`` counts the customers of a slice by whether they were. They are left out where enough others remain;
    where not, they are kept and the number is marked, and below ``ENOUGH`` of either nothing is told.
    """
    early, others = by_early.get(True, 0), by_early.get(False, 0)
    if others >= ENOUGH:
        return False, ""
    if early + others < ENOUGH:
        return True, "too_few"
    return True, "new_not_meaningful"
