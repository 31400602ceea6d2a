"""A Kaplan–Meier curve as figures: the share within a window, the day by which half are back, with intervals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from regulars.core.refused import Refused
from regulars.know.rules.survival import Curve, kaplan_meier
from regulars.measure.rules.periods import ENOUGH

HALF = 0.5


@dataclass(frozen=True)
class Told:
    """A value with its interval, or none and the note that says why."""

    value: float | None
    low: float | None = None
    high: float | None = None
    note: str = ""


def curve_of(ended: dict[int, int], events: dict[int, int]) -> Curve:
    """The curve from how many were watched so many days and how many of these then came, by day. Not for nobody."""
    days = sorted(ended)
    counts = np.array([ended[day] for day in days])
    at_risk = counts[::-1].cumsum()[::-1]
    return kaplan_meier(days, at_risk, [events.get(day, 0) for day in days])


def within(curve: Curve, window: int, n: int) -> Told:
    """The share back within ``window`` days of ``n`` watched; none below ``ENOUGH``, or while nobody was so long."""
    if n < ENOUGH:
        return Told(None, note="too_few")
    try:
        share = curve.share(min(window, int(curve.day[-1])) if curve.back[-1] == 1.0 else window)
    except Refused:
        return Told(None, note="immature")
    return Told(share.estimate, share.low, share.high)


def median(curve: Curve, n: int, longest: int) -> Told:
    """The day by which half are back, and the days at which the band holds a half (Brookmeyer and Crowley 1982).

    None where fewer than half are back within ``longest`` days; no upper end where the band is not past a half by then.
    """
    if n < ENOUGH:
        return Told(None, note="too_few")
    found = [_first(curve.day, share >= HALF, longest) for share in (curve.back, curve.high, curve.low)]
    if found[0] is None:
        return Told(None, note="fewer_than_half" if curve.day[-1] >= longest else "immature")
    return Told(found[0], found[1], found[2])


def _first(days: np.ndarray, reached: np.ndarray, longest: int) -> float | None:
    at = np.flatnonzero(reached & (days <= longest))
    return float(days[at[0]]) if at.size else None
