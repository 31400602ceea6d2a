"""Customers who leave for good after a visit: BG/NBD and MBG/NBD, one model but for whether the first visit counts.

In BG/NBD nobody leaves after the first visit (so whoever came once is here for ever); in MBG/NBD one may. With m the
visits after which one might have left (x, or x + 1) both have one likelihood; it needs the histogram of x, that of T
where nothing competes, and the different histories elsewhere.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import digamma, expit, gammaln, polygamma

from regulars.know.rules.histories import Statistics, histogram
from regulars.know.rules.model import Outlook
from regulars.know.rules.newton import Curvature, Floats

BLOCK = 8192


@dataclass(frozen=True)
class BetaGeometric:
    """Visits come at rate lambda ~ Gamma(r, alpha) a unit of time; after each visit that counts the customer leaves
    for good with chance p ~ Beta(a, b). `first`: 1 where the first visit counts too, else 0.
    """

    name: str
    first: int
    parameters: tuple[str, ...] = ("r", "alpha", "a", "b")

    def start(self, statistics: Statistics) -> Floats:
        exposure = float(statistics.customers @ statistics.T)
        visits = float(statistics.customers @ statistics.x)
        return np.array([0.5, 0.5 * exposure / visits, 0.8, 2.0])

    def surface(self, statistics: Statistics) -> Callable[[Floats], Curvature]:
        return Surface(statistics, self.first)

    def outlook(self, parameters: Floats, x: Floats, t_x: Floats, T: Floats) -> Outlook:
        """Fader, Hardie and Lee 2008, "Computing P(alive) using the BG/NBD model"; MBG/NBD: Batislam, Denizel and
        Filiztekin 2007, equation 7.
        """
        r, alpha, a, b = parameters
        chances = x + self.first
        never = chances == 0
        odds = np.log(a) - np.log(np.where(never, 1.0, b + chances - 1.0))
        odds = odds + (r + x) * (np.log(alpha + T) - np.log(alpha + t_x))
        nothing = np.zeros(x.shape)
        return Outlook(
            alive=np.where(never, 1.0, expit(-odds)),
            shape=r + x,
            clock=alpha + T,
            leave=nothing + a,
            remain=b + chances,
            fade=nothing,
            span=nothing + 1.0,
        )


class Surface:
    """The log-likelihood with its derivatives; what does not depend on the parameters is counted once, here."""

    def __init__(self, statistics: Statistics, first: int = 0) -> None:
        chances = statistics.x + first
        once = chances == 0
        self.x, self.customers_by_x = histogram(statistics.x, statistics.customers)
        self.chances = self.x + first
        self.T_once, self.customers_once = histogram(statistics.T[once], statistics.customers[once])
        self.n = float(statistics.customers.sum())
        columns = (statistics.x, chances, statistics.t_x, statistics.T, statistics.customers)
        self.again = tuple(column[~once] for column in columns)

    def __call__(self, parameters: Floats) -> Curvature:
        height, gradient, hessian = self._gammas(parameters)
        self._add_once(parameters, gradient, hessian)
        height -= float(parameters[0] * (self.customers_once @ np.log(parameters[1] + self.T_once)))
        columns = self.again
        for begin in range(0, columns[0].size, BLOCK):  # a block's temporaries stay in the processor's cache
            x, m, t, T, customers = (column[begin : begin + BLOCK] for column in columns)
            height += _add_again(parameters, x, m, t, T, customers, gradient, hessian)
        hessian = np.triu(hessian) + np.triu(hessian, 1).T
        return height, gradient, hessian

    def _gammas(self, parameters: Floats) -> Curvature:
        r, alpha, a, b = parameters
        x, m, count, n = self.x, self.chances, self.customers_by_x, self.n
        height = float(count @ (gammaln(r + x) + gammaln(b + m) - gammaln(a + b + m)))
        height += float(n * (r * np.log(alpha) - gammaln(r) + gammaln(a + b) - gammaln(b)))
        ab = n * digamma(a + b) - count @ digamma(a + b + m)
        gradient = np.array(
            [
                count @ digamma(r + x) - n * digamma(r) + n * np.log(alpha),
                n * r / alpha,
                ab,
                ab + count @ digamma(b + m) - n * digamma(b),
            ]
        )
        hessian = np.zeros((4, 4))
        hessian[0, 0] = count @ polygamma(1, r + x) - n * polygamma(1, r)
        hessian[0, 1] = n / alpha
        hessian[1, 1] = -n * r / alpha**2
        both = n * polygamma(1, a + b) - count @ polygamma(1, a + b + m)
        hessian[2, 2] = hessian[2, 3] = both
        hessian[3, 3] = both + count @ polygamma(1, b + m) - n * polygamma(1, b)
        return height, gradient, hessian

    def _add_once(self, parameters: Floats, gradient: Floats, hessian: Floats) -> None:
        r, alpha = parameters[0], parameters[1]
        inverse = 1.0 / (alpha + self.T_once)
        gradient[0] -= self.customers_once @ np.log(alpha + self.T_once)
        gradient[1] -= r * (self.customers_once @ inverse)
        hessian[0, 1] -= self.customers_once @ inverse
        hessian[1, 1] += r * (self.customers_once @ inverse**2)


def _add_again(
    parameters: Floats,
    x: Floats,
    chances: Floats,
    t: Floats,
    T: Floats,
    customers: Floats,
    gradient: Floats,
    hessian: Floats,
) -> float:
    """Add the part of those who may have left, in which left-after-the-last-visit competes with still-here.

    `odds` is the logarithm of left against still here; its derivatives are in `slopes` and the four bends
    below.
    """
    r, alpha, a, b = parameters
    now, then, left = alpha + T, alpha + t, b + chances - 1.0
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


BG_NBD = BetaGeometric("BG/NBD", 0)
MBG_NBD = BetaGeometric("MBG/NBD", 1)
