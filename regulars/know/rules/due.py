"""When to speak to a newcomer who has not come back: read off how the brand's own newcomers return."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from regulars.core.refused import Refused
from regulars.know.rules.survival import Curve

YEAR = 365
PART = (
    1 / 6
)  # of those who come back within the window: so many have come by themselves before anybody speaks
ENOUGH = 30  # newcomers still watched at a day, below which the curve is not read there
SHORTEST = 60  # days of watching below which the brand is too young: most who return come later


@dataclass(frozen=True)
class Due:
    """The day after the first visit, and the window (days) that "come back" meant."""

    day: int
    window: int


def due_day(curve: Curve) -> Due:
    """The first day by which one in six of those had come back who come back within a year.

    Within the longest time that thirty newcomers have been watched for, where that is shorter. Refuses a brand that
    has not watched thirty newcomers for 60 days, or of whose newcomers nobody came back.
    """
    watched = curve.day[curve.at_risk >= ENOUGH]
    longest = int(watched[-1]) if watched.size else 0
    if longest < SHORTEST:
        raise Refused(
            "thirty newcomers have been watched for %(seen)d days; the day on which to write to them can be told"
            " after %(least)d",
            seen=longest,
            least=SHORTEST,
        )
    window = min(YEAR, longest)
    share = curve.share(window).estimate
    if share <= 0:
        raise Refused("no newcomer has come back within %(window)d days", window=window)
    at = int(np.argmax(curve.back >= PART * share - 1e-12))  # 1 − .9 is a little less than .1
    return Due(int(curve.day[at]), window)


def points(curve: Curve, window: int, most: int = 60) -> list[list[float]]:
    """At most so many of the curve's days up to ``window``, evenly spread: [day, share back, low, high]."""
    days = np.flatnonzero(curve.day <= window)
    chosen = (
        days[np.unique(np.linspace(0, len(days) - 1, min(most, len(days))).round().astype(int))]
        if len(days)
        else days
    )
    columns = (curve.day, curve.back, curve.low, curve.high)
    return [[round(float(column[at]), 4) for column in columns] for at in chosen]
