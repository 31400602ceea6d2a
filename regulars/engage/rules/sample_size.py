"""How many people two arms need, and so in how many weeks a gain can be known."""

from __future__ import annotations

import math
from statistics import NormalDist

POWER = 0.80
TWO_SIDED = 0.05


def people_needed(share: float, gain: float, treated_share: float = 0.5) -> int:
    """People in both arms together, so that a gain of that size is found in 80 of 100 tests, two-sided at 5 %.

    ``share``: of the control arm who come back; ``gain``: treated less control, in share (0.03 is three points). Two
    proportions with unequal arms (Fleiss, Levin and Paik 2003, Statistical Methods for Rates and Proportions, section
    4.4, without the correction for continuity). Nobody is enough for no gain, nor for one that passes all or nothing:
    ValueError.
    """
    treated = share + gain
    if not 0 < treated_share < 1 or gain == 0 or not 0 <= share <= 1 or not 0 <= treated <= 1:
        raise ValueError("a sample size needs two arms, shares between 0 and 1 and a gain")
    ratio = (1 - treated_share) / treated_share  # controls for each treated
    pooled = (treated + ratio * share) / (1 + ratio)
    normal = NormalDist()
    alpha, beta = normal.inv_cdf(1 - TWO_SIDED / 2), normal.inv_cdf(POWER)
    root = alpha * math.sqrt((1 + ratio) * pooled * (1 - pooled))
    root += beta * math.sqrt(ratio * treated * (1 - treated) + share * (1 - share))
    first = root**2 / (ratio * gain**2)
    return math.ceil(first) + math.ceil(ratio * first)


def weeks_until_known(people: int, weekly: float, outcome_days: int) -> int | None:
    """Weeks until so many have entered, at so many a week, and the last were watched; None where nobody enters."""
    if weekly <= 0:
        return None
    return math.ceil(people / weekly + outcome_days / 7)
