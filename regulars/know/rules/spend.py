"""What a visit is worth: the Gamma-Gamma model, fitted on the sums of repeat spend, which are all its
likelihood reads.

Only repeat days count: the first day made someone a customer, and its basket is not a draw from their habit.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.special import digamma, gammaln, polygamma

from regulars.core.refused import Refused
from regulars.know.rules.newton import Curvature, Floats, climb

FEWEST_REPEATERS = 50
ALIKE = 1e6  # q, where customers are as good as alike


@dataclass(frozen=True)
class SpendStatistics:
    """Repeat visit days x (> 0), the sum spent on them (> 0, minor units), and how many customers share both:
    (n,) each.
    """

    x: Floats
    spend: Floats
    customers: Floats

    @classmethod
    def of(
        cls, x: npt.ArrayLike, spend: npt.ArrayLike, customers: npt.ArrayLike | None = None
    ) -> "SpendStatistics":
        """Take columns as they come; rows without repeat or without positive spend tell nothing and are left
        out.
        """
        xs, sums = (np.asarray(column, dtype=np.float64) for column in (x, spend))
        counts = np.ones(xs.shape) if customers is None else np.asarray(customers, dtype=np.float64)
        tells = (xs > 0) & (sums > 0)
        return cls(xs[tells], sums[tells], counts[tells])


@dataclass(frozen=True)
class SpendFit:
    """A fitted Gamma-Gamma: parameters (p, q, v), standard errors and covariance on the natural scale.

    A visit's spend is Gamma(p, nu), and nu varies between customers as Gamma(q, v).
    """

    parameters: Floats
    standard_errors: Floats
    covariance: Floats
    log_likelihood: float
    n: int
    converged: bool
    evaluations: int

    @property
    def p(self) -> float:
        return float(self.parameters[0])

    @property
    def q(self) -> float:
        return float(self.parameters[1])

    @property
    def v(self) -> float:
        return float(self.parameters[2])


def fit(statistics: SpendStatistics) -> SpendFit:
    """Maximum likelihood of Gamma-Gamma (Fader and Hardie 2013, "The Gamma-Gamma Model of Monetary Value",
    equation 1a).

    Where customers differ no more than chance makes them, the likelihood rises without end as q does: then its limit is
    taken, in which every customer's visits are worth the brand's mean. Refuses fewer than 50 customers with repeat
    spend, and a likelihood that has no top elsewhere.
    """
    n = float(statistics.customers.sum())
    if n < FEWEST_REPEATERS:
        raise Refused(
            "only %(repeaters)d customers have spent on a second day; %(needed)d are needed before what a"
            " visit is worth can be told, %(more)d more",
            repeaters=int(n),
            needed=FEWEST_REPEATERS,
            more=int(FEWEST_REPEATERS - n),
        )
    mean = float(statistics.customers @ statistics.spend) / float(statistics.customers @ statistics.x)
    summit = climb(_Surface(statistics), np.array([3.0, 3.0, 2.0 * mean / 3.0]))
    if not summit.converged:
        limit = _alike(statistics, mean)
        if limit.log_likelihood >= summit.height - 1e-6 * abs(summit.height):
            return limit
        raise Refused(
            "the spend of these %(repeaters)d customers does not tell habit from chance (the likelihood has no top);"
            " more repeat visits are needed",
            repeaters=int(n),
        )
    errors = np.sqrt(np.diag(summit.covariance))
    return SpendFit(
        summit.parameters, errors, summit.covariance, summit.height, int(n), True, summit.evaluations
    )


def _alike(statistics: SpendStatistics, mean: float) -> SpendFit:
    """The limit of q without end: every customer's visits are worth the brand's `mean` (minor units), Gamma(p).

    p is where the slope of the likelihood is nought; beside it only the mean is uncertain, and v carries that.
    """
    x, weight = statistics.x, statistics.customers
    logs = np.log(statistics.spend)

    def slope(log_p: float) -> float:
        p = float(np.exp(log_p))
        return float(weight @ (x * (np.log(p / mean) - digamma(p * x) + logs)))

    p = float(np.exp(brentq(slope, np.log(1e-3), np.log(1e6))))
    v = mean * (ALIKE - 1.0) / p
    visits = float(weight @ x)
    told = float(weight @ (x**2 * polygamma(1, p * x))) - visits / p
    covariance = np.diag([1.0 / told, 0.0, v**2 / (p * visits)])
    at = np.array([p, ALIKE, v])
    height = _Surface(statistics)(at)[0]
    n = int(weight.sum())
    return SpendFit(at, np.sqrt(np.diag(covariance)), covariance, height, n, True, 0)


class _Surface:
    """The log-likelihood in (p, q, v) with derivatives; only log(v + spend) depends on single customers."""

    def __init__(self, statistics: SpendStatistics) -> None:
        self.x, place = np.unique(statistics.x, return_inverse=True)
        self.each_x, self.spend, self.customers = statistics.x, statistics.spend, statistics.customers
        self.counts = np.bincount(place, weights=self.customers).astype(np.float64)
        logs = np.log(self.spend)
        self.n = float(self.customers.sum())
        self.x_logs = float(self.customers @ (self.each_x * logs))
        self.fixed = -float(
            self.customers @ (logs - np.log(self.each_x))
        )  # of the density of the mean, not of the sum

    def __call__(self, parameters: Floats) -> Curvature:
        p, q, v = (float(value) for value in parameters)
        x, count, n, weight = self.x, self.counts, self.n, self.customers
        total = v + self.spend
        logs, inverse = np.log(total), 1.0 / total
        weight_x = weight * self.each_x
        log_sum, x_log_sum = float(weight @ logs), float(weight_x @ logs)
        inverse_sum, x_inverse_sum = float(weight @ inverse), float(weight_x @ inverse)
        squares = float((p * weight_x + q * weight) @ inverse**2)
        height = float(count @ (gammaln(p * x + q) - gammaln(p * x)))
        height += (
            n * float(q * np.log(v) - gammaln(q)) + p * self.x_logs + self.fixed - p * x_log_sum - q * log_sum
        )
        gradient = np.array(
            [
                count @ (x * (digamma(p * x + q) - digamma(p * x))) + self.x_logs - x_log_sum,
                count @ digamma(p * x + q) - n * digamma(q) + n * np.log(v) - log_sum,
                n * q / v - p * x_inverse_sum - q * inverse_sum,
            ]
        )
        both = polygamma(1, p * x + q)
        pp, pq, pv = count @ (x**2 * (both - polygamma(1, p * x))), count @ (x * both), -x_inverse_sum
        qq, qv, vv = count @ both - n * polygamma(1, q), n / v - inverse_sum, -n * q / v**2 + squares
        return height, gradient, np.array([[pp, pq, pv], [pq, qq, qv], [pv, qv, vv]])


def expected_spend(fit: SpendFit, x: npt.ArrayLike, spend: npt.ArrayLike) -> Floats:
    """Expected spend of each customer's next visit (n,), minor units, from x repeat days with `spend` in all.

    Fader and Hardie 2013, equation 5: the customer's own mean drawn towards the brand's. Refuses q <= 1,
    where the brand's mean does not exist.
    """
    own, share = _habit(fit, x, spend, 1.0)
    expected: Floats = fit.p * share / (own - 1.0)
    return expected


def spend_moments(
    fit: SpendFit, x: npt.ArrayLike, spend: npt.ArrayLike, tamest: float = 2.2
) -> tuple[Floats, Floats, Floats]:
    """Of each customer's visits to come, (n,) each: expected spend, variance of a visit around the own habit,
    and second moment of the habit (minor units, squared).

    The two last exist only where q + p x > 2; nearer than `tamest` they are taken at `tamest`, so that a
    brand of very uneven spend gets a wide interval rather than none.
    """
    own, share = _habit(fit, x, spend, 1.0)
    tame = np.maximum(own, tamest)
    square = share**2 / ((tame - 1.0) * (tame - 2.0))
    expected: Floats = fit.p * share / (own - 1.0)
    return expected, fit.p * square, fit.p**2 * square


def _habit(fit: SpendFit, x: npt.ArrayLike, spend: npt.ArrayLike, least: float) -> tuple[Floats, Floats]:
    """The posterior of nu: Gamma(q + p x, v + spend)."""
    xs, sums = np.asarray(x, dtype=np.float64), np.maximum(np.asarray(spend, dtype=np.float64), 0.0)
    own = np.atleast_1d(fit.q + fit.p * xs)
    if own.size and own.min() <= least:
        raise Refused(
            "a few customers' spend is so uneven that its mean does not exist (q = %(q).3f)", q=fit.q
        )
    return own, np.atleast_1d(fit.v + sums)
