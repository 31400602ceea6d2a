"""What customers will bring: visits to come (the model chosen) times what a visit is worth (Gamma-Gamma), one by one
and in all.

The two models are taken as independent, as their authors do; a total carries the chance of every customer and
the doubt about the parameters, but not that the brand itself may change: `rules.calibration` adds that from
the past.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.special import betainc, betaincinv

from regulars.know.rules import orders, spend
from regulars.know.rules.histories import Statistics, different
from regulars.know.rules.lifetime import Fit
from regulars.know.rules.newton import Floats
from regulars.know.rules.spend import SpendFit

TAMEST_TAIL = 2.2
BLOCK = 1024
DRAWN = 33  # points of a curve of money
RARE = 1e-5
ONE_BY_ONE = 25


@dataclass(frozen=True)
class Histories:
    """Customers as the models see them, (n,) each: repeat days, times in days, repeat spend (minor units),
    how many.
    """

    x: Floats
    t_x: Floats
    T: Floats
    spend: Floats
    customers: Floats

    @classmethod
    def of(
        cls,
        x: npt.ArrayLike,
        t_x: npt.ArrayLike,
        T: npt.ArrayLike,
        spend: npt.ArrayLike,
        customers: npt.ArrayLike | None = None,
    ) -> "Histories":
        """From columns of any numeric kind; without `customers` each row is one."""
        xs, ts, Ts, sums = (np.asarray(column, dtype=np.float64) for column in (x, t_x, T, spend))
        counts = np.ones(xs.shape) if customers is None else np.asarray(customers, dtype=np.float64)
        return cls(xs, ts, Ts, sums, counts)


@dataclass(frozen=True)
class Value:
    """Money within a horizon, one entry a history, minor units: mean and the 2.5 and 97.5 % quantiles (n,)."""

    mean: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True)
class Total:
    """A sum over the base: its expectation and the variance of what will be seen around it."""

    expected: float
    variance: float


def expected_value(fit: Fit, spend_fit: SpendFit, base: Histories, horizon: float) -> Floats:
    """Expected money of each customer within `horizon` days (n,), minor units (Fader, Hardie and Lee 2005,
    "RFM and CLV", Journal of Marketing Research 42:415, without discounting: within a year it is smaller than
    the interval).
    """
    coming = orders.expected_orders(fit, base.x, base.t_x, base.T, horizon)
    return coming * spend.expected_spend(spend_fit, base.x, base.spend)


def values(fit: Fit, spend_fit: SpendFit, base: Histories, horizon: float, confidence: float = 0.95) -> Value:
    """Mean and interval of each customer's money within `horizon` days, given the fitted parameters.

    The sum over k visits is Gamma(p k, nu) with nu ~ Gamma(q + p x, v + spend), hence v + spend times a
    beta-prime, and its distribution over k follows by the chances of each count: no simulation, no normal
    curve where zero is likely. Of those still here it depends on x and T alone, so its curve is drawn once for each
    pair of these (T to 2 %), and read where the customer's own chance of being here puts the tail.
    """
    lone, place, _ = _different(base)
    now = fit.outlook(lone.x, lone.t_x, lone.T)
    coming = orders.expected_orders(fit, lone.x, lone.t_x, lone.T, horizon)
    x, _, T, pair = different(lone.x, np.zeros(lone.x.size), _rounded(lone.T))
    tail = (1.0 - confidence) / 2.0
    shares = np.zeros((2, lone.x.size))
    order = np.argsort(pair, kind="stable")
    ends = np.searchsorted(pair[order], np.arange(0, x.size + BLOCK, BLOCK))
    for number, begin in enumerate(range(0, x.size, BLOCK)):
        rows = slice(begin, begin + BLOCK)
        curve = _curve(fit, spend_fit, x[rows], T[rows], horizon)
        each = order[ends[number] : ends[number + 1]]
        for place_, level in enumerate((tail, 1.0 - tail)):
            own = 1.0 - (1.0 - level) / np.maximum(now.alive[each], 1e-12)  # of those still here
            shares[place_, each] = _read(*curve, pair[each] - begin, own)
    low, high = shares[:, place]
    scale = spend_fit.v + np.maximum(base.spend, 0.0)
    mean = coming[place] * spend.expected_spend(spend_fit, base.x, base.spend)
    return Value(mean, scale * _odds(low), scale * _odds(high))


def total_orders(fit: Fit, base: Histories, horizon: float) -> Total:
    """Visits of the whole base within `horizon` days: expectation, variance by chance and by the parameters'
    doubt.
    """
    lone, _, customers = _different(base)
    coming = orders.coming(fit, lone.x, lone.t_x, lone.T, horizon)

    def total(parameters: Floats) -> float:
        moved = replace(fit, parameters=parameters)
        return float(customers @ orders.expected_orders(moved, lone.x, lone.t_x, lone.T, horizon))

    doubt = _by_parameters(total, fit.parameters, fit.covariance)
    return Total(float(customers @ coming.mean), float(customers @ coming.variance) + doubt)


def total_value(fit: Fit, spend_fit: SpendFit, base: Histories, horizon: float) -> Total:
    """Money of the whole base within `horizon` days (minor units; its square for the variance)."""
    lone, place, _ = _different(base)
    coming = orders.coming(fit, lone.x, lone.t_x, lone.T, horizon)
    visits, spread = coming.mean[place], coming.variance[place]
    mean, between, square = spend.spend_moments(spend_fit, base.x, base.spend, TAMEST_TAIL)
    each = visits * between + (spread + visits**2) * square - (visits * mean) ** 2
    worth = np.bincount(place, weights=base.customers * mean, minlength=lone.x.size)

    def by_visits(parameters: Floats) -> float:
        moved = replace(fit, parameters=parameters)
        return float(worth @ orders.expected_orders(moved, lone.x, lone.t_x, lone.T, horizon))

    def by_spend(parameters: Floats) -> float:
        moved = replace(spend_fit, parameters=parameters)
        return float((base.customers * visits) @ spend.expected_spend(moved, base.x, base.spend))

    doubt = _by_parameters(by_visits, fit.parameters, fit.covariance)
    doubt += _by_parameters(by_spend, spend_fit.parameters, spend_fit.covariance)
    return Total(float(base.customers @ (visits * mean)), float(base.customers @ each) + doubt)


def _different(base: Histories) -> tuple[Statistics, npt.NDArray[np.intp], Floats]:
    """The different visit histories of the base, where each row's stands among them, and how many share each."""
    x, t_x, T, place = different(base.x, base.t_x, base.T)
    customers = np.bincount(place, weights=base.customers, minlength=x.size).astype(np.float64)
    return Statistics(x, t_x, T, customers), place, customers


def _by_parameters(total: Callable[[Floats], float], parameters: Floats, covariance: Floats) -> float:
    """The delta method, with slopes by central differences."""
    slopes = np.empty(parameters.size)
    for axis in range(parameters.size):
        step = np.zeros(parameters.size)
        step[axis] = 1e-4 * parameters[axis]
        slopes[axis] = (total(parameters + step) - total(parameters - step)) / (2.0 * step[axis])
    return float(slopes @ covariance @ slopes)


def _grouped(chances: Floats) -> tuple[Floats, Floats]:
    """Counts and their chances; beyond 24 neighbouring counts are taken together at their middle, in groups of 6 %.

    The spend of so many visits spreads wider than such a group, so the quantiles do not notice.
    """
    starts = list(range(min(ONE_BY_ONE, chances.shape[1])))
    while starts[-1] + 1 < chances.shape[1]:
        starts.append(max(starts[-1] + 1, int(starts[-1] * 1.06)))
    starts = [start for start in starts if start < chances.shape[1]]
    ends = [*starts[1:], chances.shape[1]]
    middle = (np.array(starts) + np.array(ends) - 1) / 2.0
    return middle, np.add.reduceat(chances, starts, axis=1)


def _rounded(T: Floats) -> Floats:
    """Times to the nearest of a scale of 2 %, whole up to 50."""
    steps = np.log(np.maximum(T, 50.0) / 50.0) / 0.02
    return np.where(T <= 50.0, np.rint(T), 50.0 * np.exp(0.02 * np.rint(steps)))


def _curve(fit: Fit, spend_fit: SpendFit, x: Floats, T: Floats, horizon: float) -> tuple[Floats, Floats]:
    """For customers still here with x and T: points of z / (1 + z), z the scaled sum, and the chance of no more than
    each (n, points); from nothing on, closer together where it is steep.
    """
    here = replace(fit.outlook(x, np.where(x > 0, T, 0.0), T), alive=np.ones(x.size))
    counts, chances = _grouped(orders.counts_of(here, horizon))
    p, own = spend_fit.p, spend_fit.q + spend_fit.p * x
    most = counts[chances.shape[1] - 1 - np.argmax(chances[:, ::-1] > RARE, axis=1)]
    high = betaincinv(p * np.maximum(most, 1), own, 0.9999)
    points = high[:, None] * np.linspace(0.0, 1.0, DRAWN) ** 1.5
    below = np.stack([_below(counts, chances, p, own, points[:, point]) for point in range(DRAWN)], axis=1)
    return points, below


def _read(points: Floats, below: Floats, row: npt.NDArray[np.intp], level: Floats) -> Floats:
    """Where the curves of these rows reach their levels: 0 where no visit at all is likelier than the level."""
    step = np.zeros(row.size, dtype=np.intp)
    for point in range(1, points.shape[1] - 1):
        step += below[row, point] < level
    start, end = below[row, step], below[row, step + 1]
    part = np.clip((level - start) / np.maximum(end - start, 1e-300), 0.0, 1.0)
    found: Floats = points[row, step] + part * (points[row, step + 1] - points[row, step])
    return np.where(level <= below[row, 0], 0.0, found)


def _below(counts: Floats, chances: Floats, p: float, own: Floats, share: Floats) -> Floats:
    """P(z / (1 + z) <= share), the counts in turn; those too rare to move a quantile are left out."""
    below = chances[:, 0].copy()
    for k in range(1, chances.shape[1]):
        some = np.flatnonzero(chances[:, k] > RARE)
        below[some] += chances[some, k] * betainc(p * counts[k], own[some], share[some])
    return below


def _odds(share: Floats) -> Floats:
    return share / (1.0 - share)
