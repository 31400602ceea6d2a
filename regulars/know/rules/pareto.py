"""Customers who leave at a rate in time, whether they visit or not: Pareto/NBD, without its hypergeometric function.

The likelihood of a history is that of being here throughout plus an integral over the day of leaving, whose integrand
is a product of two powers. By Gauss-Legendre points it becomes a sum of terms whose logarithms have simple derivatives,
so gradient and Hessian are weighted means and covariances of these; the usual closed form has neither, and
cancels where alpha is near beta.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import digamma, gammaln, polygamma

from regulars.know.rules.histories import Statistics, histogram
from regulars.know.rules.model import Outlook
from regulars.know.rules.newton import Curvature, Floats

BLOCK = 512
LEAST_DECAY = 1e-3
VANISHED = 40.0
_nodes, _weights = np.polynomial.legendre.leggauss(16)
POINTS, WEIGHTS = (1.0 + _nodes) / 2.0, _weights / 2.0


@dataclass(frozen=True)
class Pareto:
    """Visits come at rate lambda ~ Gamma(r, alpha), leaving at rate mu ~ Gamma(s, beta), both a unit of time."""

    name: str = "Pareto/NBD"
    parameters: tuple[str, ...] = ("r", "alpha", "s", "beta")

    def start(self, statistics: Statistics) -> Floats:
        exposure = float(statistics.customers @ statistics.T)
        visits = float(statistics.customers @ statistics.x)
        return np.array(
            [0.5, 0.5 * exposure / visits, 0.5, 0.5 * exposure / float(statistics.customers.sum())]
        )

    def surface(self, statistics: Statistics) -> Callable[[Floats], Curvature]:
        return Surface(statistics)

    def outlook(self, parameters: Floats, x: Floats, t_x: Floats, T: Floats) -> Outlook:
        """Schmittlein, Morrison and Colombo 1987, Management Science 33:1, equations 11 to 13."""
        r, alpha, s, beta = parameters
        alive = np.empty(x.shape)
        for begin in range(0, x.size, BLOCK):
            rows = slice(begin, begin + BLOCK)
            _, _, height = _terms(parameters, x[rows], t_x[rows], T[rows])
            alive[rows] = _shares(height)[0][0]
        nothing = np.zeros(x.shape)
        return Outlook(
            alive=alive,
            shape=r + x,
            clock=alpha + T,
            leave=nothing,
            remain=nothing + 1.0,
            fade=nothing + s,
            span=beta + T,
        )


class Surface:
    """The log-likelihood with its derivatives; what does not depend on single histories is counted once, here."""

    def __init__(self, statistics: Statistics) -> None:
        self.each = statistics
        self.x, self.customers_by_x = histogram(statistics.x, statistics.customers)
        self.n = float(statistics.customers.sum())

    def __call__(self, parameters: Floats) -> Curvature:
        r, alpha, s, beta = parameters
        x, count, n = self.x, self.customers_by_x, self.n
        height = float(count @ gammaln(r + x) + n * (r * np.log(alpha) + s * np.log(beta) - gammaln(r)))
        gradient = np.array(
            [
                count @ digamma(r + x) - n * digamma(r) + n * np.log(alpha),
                n * r / alpha,
                n * np.log(beta),
                n * s / beta,
            ]
        )
        hessian = np.diag(
            [
                count @ polygamma(1, r + x) - n * polygamma(1, r),
                -n * r / alpha**2,
                0.0,
                -n * s / beta**2,
            ]
        )
        hessian[0, 1] = hessian[1, 0] = n / alpha
        hessian[2, 3] = hessian[3, 2] = n / beta
        columns = (self.each.x, self.each.t_x, self.each.T, self.each.customers)
        for begin in range(0, columns[0].size, BLOCK):  # a block's temporaries stay in the processor's cache
            x, t, T, customers = (column[begin : begin + BLOCK] for column in columns)
            height += _add(parameters, x, t, T, customers, gradient, hessian)
        return height, gradient, hessian


def _terms(parameters: Floats, x: Floats, t: Floats, T: Floats) -> tuple[Floats, Floats, Floats]:
    """alpha and beta plus the time of each term, and its logarithm: still here at T (row 0), left at each of the
    points between t and T (points + 1, n). Fader and Hardie 2005, "A Note on Deriving the Pareto/NBD Model".

    In y, the logarithm of time, the integrand falls about as exp(-decay y); points laid evenly in the logarithm of
    1 + decay y, as far as it has not vanished, see that fall and what comes after it, so that 16 do for any history.
    """
    r, alpha, s, beta = parameters
    least = min(alpha, beta)
    scale = least + t
    length = np.log1p((T - t) / scale)  # in y = log((least + tau) / (least + t))
    decay = np.maximum((r + x) * scale / (alpha + t) + (s + 1.0) * scale / (beta + t) - 1.0, LEAST_DECAY)
    reach = np.log1p(np.minimum(decay * length, VANISHED))
    even = np.exp(reach * POINTS[:, None])
    grown = scale * np.exp((even - 1.0) / decay)
    step = WEIGHTS[:, None] * grown * even * (reach / decay)
    now = np.vstack([alpha + T, grown + (alpha - least)])
    span = np.vstack([beta + T, grown + (beta - least)])
    log_now, log_span = np.log(now), np.log(span)
    height = -(r + x) * log_now - s * log_span
    with np.errstate(divide="ignore"):  # seen today: the integral has no length, and its terms no weight
        height[1:] += np.log(s * step) - log_span[1:]
    return now, span, height


def _shares(height: Floats) -> tuple[Floats, Floats]:
    """Each term's share of the likelihood, and the likelihood's logarithm (n,)."""
    top = height.max(axis=0)
    shares = np.exp(height - top)
    whole = shares.sum(axis=0)
    return shares / whole, top + np.log(whole)


def _add(
    parameters: Floats, x: Floats, t: Floats, T: Floats, customers: Floats, gradient: Floats, hessian: Floats
) -> float:
    """Add the terms' part: gradient and Hessian are means of the terms' slopes and bends, and their covariance."""
    r, _, s, _ = parameters
    now, span, height = _terms(parameters, x, t, T)
    log_now, log_span = np.log(now), np.log(span)
    shares, logs = _shares(height)
    left = np.ones((height.shape[0], 1))
    left[0] = 0.0
    inverse_now, inverse_span = 1.0 / now, 1.0 / span
    weight = (
        shares * customers
    )  # no matrix products here: on blocks this small they would wait for other threads
    slopes = (-log_now, -(r + x) * inverse_now, left / s - log_span, -(s + left) * inverse_span)
    means = [(slope * shares).sum(axis=0) for slope in slopes]
    for row in range(4):
        weighted = slopes[row] * weight
        gradient[row] += weighted.sum()
        for column in range(row, 4):
            spread = float((weighted * slopes[column]).sum()) - float(
                (means[row] * means[column]) @ customers
            )
            hessian[row, column] += spread
            hessian[column, row] += spread if column > row else 0.0
    away = weight * inverse_now
    later = weight * inverse_span
    for row, column, bend in ((0, 1, -float(away.sum())), (2, 3, -float(later.sum()))):
        hessian[row, column] += bend
        hessian[column, row] += bend
    hessian[1, 1] += (away * (r + x) * inverse_now).sum()
    hessian[2, 2] -= float(weight[1:].sum()) / s**2
    hessian[3, 3] += (later * (s + left) * inverse_span).sum()
    return float(customers @ logs)


PARETO_NBD = Pareto()
