"""Values of slices from their sums: what kind of number it is decides its interval and how it is drawn to the brand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from regulars.know.rules.survival import kaplan_meier
from regulars.measure.rules.shares import Z, wilson
from regulars.measure.rules.shrunk import Shrunk, shrunk_means, shrunk_shares

Floats = npt.NDArray[np.float64]
Columns = dict[str, Floats]


def totals(top: Floats) -> Columns:
    """A sum is what it is: ``value`` alone."""
    return {"value": top}


def ratios(top: Floats, bottom: Floats) -> Columns:
    """``value`` = top ÷ bottom, nan where there is no bottom; no interval, for its rows are not draws of one kind."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return {"value": np.where(bottom > 0, top / bottom, np.nan)}


def shares(top: Floats, bottom: Floats) -> Columns:
    """Shares of counted things: ``value``, Wilson's ``low`` and ``high`` (nan: nothing was counted), and shrunk."""
    ends = [
        wilson(int(hits), int(n)) if n and 0 <= hits <= n else (np.nan, np.nan)
        for hits, n in zip(top, bottom, strict=True)
    ]
    low, high = np.array(ends, dtype=np.float64).reshape(-1, 2).T
    return ratios(top, bottom) | {"low": low, "high": high} | _drawn(shrunk_shares(top, bottom))


def means(top: Floats, bottom: Floats, squares: Floats) -> Columns:
    """Means of ``bottom`` things with sum ``top`` and sum of ``squares``: with the interval of a mean, and shrunk."""
    told = ratios(top, bottom)
    value = told["value"]
    with np.errstate(invalid="ignore", divide="ignore"):
        error = np.sqrt(np.maximum(squares - bottom * value**2, 0.0) / (bottom * (bottom - 1.0)))
    half = Z * np.where(bottom > 1, error, np.nan)
    return told | {"low": value - half, "high": value + half} | _drawn(shrunk_means(bottom, top, squares))


def waits(slices: Sequence[Mapping[int, tuple[int, int]]], within: int) -> tuple[Floats, Columns]:
    """Of each slice the share back within so many days (Kaplan and Meier) and how many were watched.

    A slice leads days watched to how many ended then and how many of these were back. Nan where nobody has been watched
    so long. Shrunk with p (1 − p) ÷ variance for the people: as many as would tell as surely had all been watched.
    """
    told: dict[str, list[float]] = {name: [] for name in ("value", "low", "high", "top", "bottom")}
    for cells in slices:
        days = sorted(cells)
        ended, events = np.array([cells[day] for day in days], dtype=np.float64).T
        curve = kaplan_meier(days, ended[::-1].cumsum()[::-1], events)
        row = (np.nan, np.nan, np.nan, 0.0, 0.0)
        if days[-1] >= within or curve.back[-1] == 1.0:
            share = curve.share(min(within, days[-1]))
            p, error = share.estimate, share.standard_error
            people = p * (1.0 - p) / error**2 if error > 0 else float(ended.sum())
            row = (p, share.low, share.high, p * people, people)
        for name, value in zip(told, row, strict=True):
            told[name].append(value)
    columns = {name: np.array(values, dtype=np.float64) for name, values in told.items()}
    drawn = _drawn(shrunk_shares(columns.pop("top"), columns.pop("bottom")))
    watched = np.array([sum(n for n, _ in cells.values()) for cells in slices], dtype=np.float64)
    return watched, columns | drawn


def _drawn(shrunk: Shrunk) -> dict[str, Any]:
    return {"shrunk": shrunk.estimate, "shrunk_low": shrunk.low, "shrunk_high": shrunk.high}
