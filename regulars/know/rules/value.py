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
HALVINGS = 12
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
    curve where zero is likely. The beta-prime does not depend on the money, so it is found once for each
    different visit history.
    """
    lone, place, _ = _different(base)
    shares = np.zeros((3, lone.x.size))
    tail = (1.0 - confidence) / 2.0
    for begin in range(0, lone.x.size, BLOCK):
        rows = slice(begin, begin + BLOCK)
        chances = orders.count_chances(fit, lone.x[rows], lone.t_x[rows], lone.T[rows], horizon)
        own = spend_fit.q + spend_fit.p * lone.x[rows]
        shares[0, rows] = chances @ np.arange(chances.shape[1])
        counts, grouped = _grouped(chances)
        shares[1, rows] = _quantile(counts, grouped, spend_fit.p, own, tail)
        shares[2, rows] = _quantile(counts, grouped, spend_fit.p, own, 1.0 - tail)
    coming, low, high = shares[:, place]
    scale = spend_fit.v + np.maximum(base.spend, 0.0)
    mean = coming * spend.expected_spend(spend_fit, base.x, base.spend)
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


def _quantile(counts: Floats, chances: Floats, p: float, own: Floats, level: float) -> Floats:
    """The level's quantile of z / (1 + z), z the scaled sum: 0 where no visit at all is likelier than the
    level.
    """
    found = np.zeros(own.shape)
    open_ = chances[:, 0] < level
    if not open_.any():
        return found
    chances, own = chances[open_], own[open_]
    most = counts[chances.shape[1] - 1 - np.argmax(chances[:, ::-1] > RARE, axis=1)]
    low, high = np.zeros(own.shape), betaincinv(p * np.maximum(most, 1), own, 0.9999)
    at_low, at_high = chances[:, 0].copy(), np.ones(own.shape)
    for _ in range(HALVINGS):
        middle = (low + high) / 2.0
        below = _below(counts, chances, p, own, middle)
        up = below < level
        low, at_low = np.where(up, middle, low), np.where(up, below, at_low)
        high, at_high = np.where(up, high, middle), np.where(up, at_high, below)
    found[open_] = low + (high - low) * (level - at_low) / (at_high - at_low)
    return found


def _below(counts: Floats, chances: Floats, p: float, own: Floats, share: Floats) -> Floats:
    """P(z / (1 + z) <= share), the counts in turn; those too rare to move a quantile are left out."""
    below = chances[:, 0].copy()
    for k in range(1, chances.shape[1]):
        some = np.flatnonzero(chances[:, k] > RARE)
        below[some] += chances[some, k] * betainc(p * counts[k], own[some], share[some])
    return below


def _odds(share: Floats) -> Floats:
    return share / (1.0 - share)
