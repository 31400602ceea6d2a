"""How regular visits are: by how alike the gaps of one customer are, never by how long, which differs for everybody."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import log, sqrt

import numpy as np
import numpy.typing as npt
from scipy.special import digamma

from regulars.core.refused import Refused
from regulars.know.rules.newton import Floats

Z = 1.959963984540054
DRAWS, SEED = 4_000, 2015
GRID = (2, 3, 4, 6, 9, 14, 22, 35, 60, 100, 200)  # visits after the first
DENSITIES = (0.0, 0.03, 0.06, 0.1, 0.15, 0.2, 0.3, 0.4, 0.55, 0.75)


@dataclass(frozen=True)
class Shape:
    """The gamma shape of the gaps within a customer: 1 is a memoryless Poisson process, above it habit, below clumps.

    ``low`` and ``high`` bound it at 95 %; ``high`` is infinite where the data cannot exclude a metronome.
    """

    estimate: float
    low: float
    high: float


def gamma_shape(customers: int, squares: float, fourths: float) -> Shape:
    """The shape k from each customer's first two gaps (Wheat and Morrison 1990, "Estimating purchase regularity").

    M = first ÷ (first + second) is Beta(k, k) whatever the customer's own rate, and independent of the sum, so that who
    was watched long enough to show two gaps does not bend it. Var(M) = 1 ÷ (4 (2k + 1)), hence
    k = (1 − 4v) ÷ (8v), v the mean of (M − ½)². ``squares`` and ``fourths`` are the sums of (M − ½)² and (M − ½)⁴ over
    ``customers``; the interval is that of v (normal), taken through the same formula. Refuses fewer than two customers.
    """
    if customers < 2 or squares <= 0:
        raise Refused("%(customers)s customers with three visits tell no regularity", customers=customers)
    v = squares / customers
    error = sqrt(max(fourths / customers - v * v, 0.0) / (customers - 1))
    lower, upper = v - Z * error, min(v + Z * error, 0.25)
    return Shape(_shape(v), _shape(upper), _shape(lower) if lower > 0 else float("inf"))


def _shape(v: float) -> float:
    return (1.0 - 4.0 * v) / (8.0 * v)


def clumpiness(gaps: npt.ArrayLike, open_gap: float) -> float:
    """The entropy measure C of Zhang, Bradlow and Small (2015, equation 3): 0 evenly spread, 1 all in one clump.

    1 + Σ xᵢ ln xᵢ ÷ ln(n + 1) over the n ``gaps`` (days) after the first visit and the ``open_gap`` from the last visit
    to the day after the window, each divided by their sum. The window opens with the first visit, which is no event.
    Refuses gaps that are not above nothing, and none.
    """
    each = np.append(np.asarray(gaps, dtype=np.float64), open_gap)
    if each.size < 2 or (each <= 0).any():
        raise Refused("clumpiness needs at least one gap, and gaps of at least a day")
    x = each / each.sum()
    return float(1.0 + (x * np.log(x)).sum() / log(each.size))


def expected_clumpiness(visits: int) -> float:
    """The mean of C where ``visits`` after the first fall by chance alone: spacings are Dirichlet(1, …, 1), so
    1 + (ψ(2) − ψ(n + 2)) ÷ ln(n + 1)."""
    return float(1.0 + (digamma(2.0) - digamma(visits + 2.0)) / log(visits + 1.0))


@cache
def _bounds() -> tuple[Floats, Floats]:
    """The 5 % and 95 % points of C by chance alone, at the visits of ``GRID`` and the densities of ``DENSITIES``."""
    draw = np.random.default_rng(SEED)
    told = np.empty((2, len(GRID), len(DENSITIES)))
    for row, visits in enumerate(GRID):
        for column, density in enumerate(DENSITIES):
            shape = (DRAWS, visits + 1)
            x = draw.geometric(density, shape) if density else draw.standard_exponential(shape)
            x = x / x.sum(axis=1, keepdims=True)
            c = 1.0 + (x * np.log(x)).sum(axis=1) / log(visits + 1.0)
            told[:, row, column] = np.quantile(c, (0.05, 0.95))
    return told[0], told[1]


def chance_bounds(visits: npt.ArrayLike, density: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Between which C lies nine times in ten when visits fall by chance alone; (n,) each.

    ``visits`` after the first, ``density`` the share of the days watched that they fill: nobody comes twice on a day,
    so that who comes on half of all days cannot come otherwise than evenly. Simulated as in Zhang, Bradlow and Small
    (2015, section 3), gaps geometric; linear between what was simulated in ln(visits) and in density.
    """
    n = np.log(np.clip(np.asarray(visits, dtype=np.float64), GRID[0], GRID[-1]))
    d = np.clip(np.asarray(density, dtype=np.float64), 0.0, DENSITIES[-1])
    grid, densities = np.log(np.array(GRID, dtype=np.float64)), np.array(DENSITIES)
    row = np.clip(np.searchsorted(grid, n, side="right") - 1, 0, len(grid) - 2)
    column = np.clip(np.searchsorted(densities, d, side="right") - 1, 0, len(densities) - 2)
    down = (n - grid[row]) / (grid[row + 1] - grid[row])
    across = (d - densities[column]) / (densities[column + 1] - densities[column])

    def between(told: Floats) -> Floats:
        near = told[row, column] * (1 - across) + told[row, column + 1] * across
        far = told[row + 1, column] * (1 - across) + told[row + 1, column + 1] * across
        found: Floats = near * (1 - down) + far * down
        return found

    low, high = _bounds()
    return between(low), between(high)
