"""How often each customer comes and whether they still will: the BG/NBD model, fitted on counts instead of
customers.

A base of a million customers has few different histories (x repeat visits, the last at t_x, watched for T),
and the likelihood needs no more than these with their counts; that, and exact derivatives, is where the speed
comes from.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import digamma, expit, gammaln, polygamma

from regulars.core.refused import Refused
from regulars.know.rules.newton import Curvature, Floats, climb

FEWEST_REPEATERS = 50
BLOCK = 8192


@dataclass(frozen=True)
class Statistics:
    """Different histories and how many customers share each: four arrays of one length.

    x repeat visit days, t_x time from first to last visit, T time from first visit to now (t_x and T in one
    unit; the brand uses days), customers the count.
    """

    x: Floats
    t_x: Floats
    T: Floats
    customers: Floats

    @classmethod
    def of(
        cls, x: npt.ArrayLike, t_x: npt.ArrayLike, T: npt.ArrayLike, customers: npt.ArrayLike | None = None
    ) -> "Statistics":
        """Count equal histories; without `customers` each row is one customer. Refuses impossible rows."""
        xs, ts, Ts = (np.asarray(column, dtype=np.float64) for column in (x, t_x, T))
        counts = np.ones(xs.shape) if customers is None else np.asarray(customers, dtype=np.float64)
        if not (xs.shape == ts.shape == Ts.shape == counts.shape):
            raise Refused(
                "x, t_x, T and customers must be equally long; they have %(lengths)s rows",
                lengths=[xs.size, ts.size, Ts.size, counts.size],
            )
        wrong = (
            (xs < 0)
            | (ts < 0)
            | (ts > Ts)
            | ((xs == 0) & (ts != 0))
            | ~np.isfinite(xs + ts + Ts)
            | (counts < 0)
        )
        if wrong.any():
            raise Refused(
                "%(rows)d histories cannot be (a last visit after today or before the first);"
                " the first such row is %(row)d",
                rows=int(wrong.sum()),
                row=int(np.flatnonzero(wrong)[0]),
            )
        order = np.lexsort((Ts, ts, xs))
        xs, ts, Ts, counts = xs[order], ts[order], Ts[order], counts[order]
        new = np.ones(xs.shape, dtype=bool)
        new[1:] = (np.diff(xs) != 0) | (np.diff(ts) != 0) | (np.diff(Ts) != 0)
        starts = np.flatnonzero(new)
        return cls(xs[new], ts[new], Ts[new], np.add.reduceat(counts, starts) if starts.size else counts)


@dataclass(frozen=True)
class Fit:
    """A fitted BG/NBD: parameters (r, alpha, a, b), their standard errors and covariance on the natural
    scale.

    Visits come at rate lambda ~ Gamma(r, alpha) a unit of time; after each repeat visit the customer leaves
    for good with chance p ~ Beta(a, b).
    """

    parameters: Floats
    standard_errors: Floats
    covariance: Floats
    log_likelihood: float
    n: int
    converged: bool
    evaluations: int

    @property
    def r(self) -> float:
        return float(self.parameters[0])

    @property
    def alpha(self) -> float:
        return float(self.parameters[1])

    @property
    def a(self) -> float:
        return float(self.parameters[2])

    @property
    def b(self) -> float:
        return float(self.parameters[3])


def fit(statistics: Statistics, start: npt.ArrayLike | None = None) -> Fit:
    """Maximum likelihood of BG/NBD (Fader, Hardie and Lee 2005, Marketing Science 24:275, equation 6).

    `start` may be a former fit's parameters. Refuses fewer than 50 customers who came back, and data in which
    the likelihood has no top (then the parameters are not told by the data at all).
    """
    n = float(statistics.customers.sum())
    repeaters = float(statistics.customers[statistics.x > 0].sum())
    if repeaters < FEWEST_REPEATERS:
        raise Refused(
            "only %(repeaters)d of %(customers)d customers have come back; %(needed)d are needed before their rhythm"
            " can be told, %(more)d more",
            repeaters=int(repeaters),
            customers=int(n),
            needed=FEWEST_REPEATERS,
            more=int(FEWEST_REPEATERS - repeaters),
        )
    surface = _Surface(statistics)
    exposure = float(statistics.customers @ statistics.T)
    visits = float(statistics.customers @ statistics.x)
    default = [0.5, 0.5 * exposure / visits, 0.8, 2.0]
    summit = climb(surface, np.asarray(default if start is None else start, dtype=np.float64))
    if not summit.converged:
        raise Refused(
            "the visits of these %(customers)d customers do not tell how their rhythms differ or when they leave (the"
            " likelihood has no top); a history about twice as long is needed",
            customers=int(n),
            repeaters=int(repeaters),
        )
    return Fit(
        parameters=summit.parameters,
        standard_errors=np.sqrt(np.diag(summit.covariance)),
        covariance=summit.covariance,
        log_likelihood=summit.height,
        n=int(n),
        converged=True,
        evaluations=summit.evaluations,
    )


class _Surface:
    """The log-likelihood with its derivatives; what does not depend on the parameters is counted once, here."""

    def __init__(self, statistics: Statistics) -> None:
        once = statistics.x == 0
        self.x, self.customers_by_x = _histogram(statistics.x, statistics.customers)
        self.T_once, self.customers_once = _histogram(statistics.T[once], statistics.customers[once])
        self.n = float(statistics.customers.sum())
        again = ~once
        self.again = tuple(
            column[again] for column in (statistics.x, statistics.t_x, statistics.T, statistics.customers)
        )

    def __call__(self, parameters: Floats) -> Curvature:
        height, gradient, hessian = self._gammas(parameters)
        self._add_once(parameters, gradient, hessian)
        height -= float(parameters[0] * (self.customers_once @ np.log(parameters[1] + self.T_once)))
        columns = self.again
        for begin in range(0, columns[0].size, BLOCK):  # a block's temporaries stay in the processor's cache
            x, t, T, customers = (column[begin : begin + BLOCK] for column in columns)
            height += _add_again(parameters, x, t, T, customers, gradient, hessian)
        hessian = np.triu(hessian) + np.triu(hessian, 1).T
        return height, gradient, hessian

    def _gammas(self, parameters: Floats) -> Curvature:
        r, alpha, a, b = parameters
        x, count, n = self.x, self.customers_by_x, self.n
        height = float(count @ (gammaln(r + x) + gammaln(b + x) - gammaln(a + b + x)))
        height += float(n * (r * np.log(alpha) - gammaln(r) + gammaln(a + b) - gammaln(b)))
        ab = n * digamma(a + b) - count @ digamma(a + b + x)
        gradient = np.array(
            [
                count @ digamma(r + x) - n * digamma(r) + n * np.log(alpha),
                n * r / alpha,
                ab,
                ab + count @ digamma(b + x) - n * digamma(b),
            ]
        )
        hessian = np.zeros((4, 4))
        hessian[0, 0] = count @ polygamma(1, r + x) - n * polygamma(1, r)
        hessian[0, 1] = n / alpha
        hessian[1, 1] = -n * r / alpha**2
        both = n * polygamma(1, a + b) - count @ polygamma(1, a + b + x)
        hessian[2, 2] = hessian[2, 3] = both
        hessian[3, 3] = both + count @ polygamma(1, b + x) - n * polygamma(1, b)
        return height, gradient, hessian

    def _add_once(self, parameters: Floats, gradient: Floats, hessian: Floats) -> None:
        r, alpha = parameters[0], parameters[1]
        inverse = 1.0 / (alpha + self.T_once)
        gradient[0] -= self.customers_once @ np.log(alpha + self.T_once)
        gradient[1] -= r * (self.customers_once @ inverse)
        hessian[0, 1] -= self.customers_once @ inverse
        hessian[1, 1] += r * (self.customers_once @ inverse**2)


def _add_again(
    parameters: Floats, x: Floats, t: Floats, T: Floats, customers: Floats, gradient: Floats, hessian: Floats
) -> float:
    """Add the part of those who came back, in which left-after-the-last-visit competes with still-here.

    `odds` is the logarithm of left against still here; its derivatives are in `slopes` and the four bends
    below.
    """
    r, alpha, a, b = parameters
    now, then, left = alpha + T, alpha + t, b + x - 1.0
    inverse_now, inverse_then, log_now = 1.0 / now, 1.0 / then, np.log(now)
    shape = r + x
    gap = log_now - np.log(then)
    odds = np.log(a) - np.log(left) + shape * gap
    gone = expit(odds)
    weight = customers * gone
    spread = weight * (1.0 - gone)
    away = inverse_now - inverse_then
    slopes = np.stack([gap, shape * away, np.full_like(x, 1.0 / a), -1.0 / left])
    gradient += slopes @ weight
    gradient[0] -= customers @ log_now
    gradient[1] -= customers @ (shape * inverse_now)
    hessian += (slopes * spread) @ slopes.T
    hessian[0, 1] += weight @ away - customers @ inverse_now
    hessian[1, 1] += weight @ (shape * (inverse_then**2 - inverse_now**2)) + customers @ (
        shape * inverse_now**2
    )
    hessian[2, 2] -= float(weight.sum()) / a**2
    hessian[3, 3] += weight @ (1.0 / left**2)
    return float(customers @ (np.logaddexp(0.0, odds) - shape * log_now))


def _histogram(values: Floats, counts: Floats) -> tuple[Floats, Floats]:
    different, place = np.unique(values, return_inverse=True)
    return different, np.bincount(place, weights=counts, minlength=different.size).astype(np.float64)
