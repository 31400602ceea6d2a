"""How many visits are still to come under a fitted BG/NBD, as a whole distribution rather than one average.

Someone still here at T visits M ~ negative binomial times unless the G-th visit is their last, G ~
beta-geometric, so the count is min(M, G) and P(count >= k | here) = P(G >= k) P(M >= k). Summing these gives
the mean (equal to Fader, Hardie and Lee 2005, equation 10, without its hypergeometric function and its pole
at a = 1), the second moment and every quantile.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import betainc, expit

from regulars.core.refused import Refused
from regulars.know.rules.lifetime import Fit
from regulars.know.rules.newton import Floats

NEGLIGIBLE = 1e-12
MOST_VISITS = 20_000


@dataclass(frozen=True)
class Coming:
    """Visits to come, one entry a history: mean, variance, and the smallest counts reaching 2.5 and 97.5 %
    (n,).
    """

    mean: Floats
    variance: Floats
    low: Floats
    high: Floats


def probability_alive(fit: Fit, x: npt.ArrayLike, t_x: npt.ArrayLike, T: npt.ArrayLike) -> Floats:
    """Chance that each customer has not left for good (n,); the model gives 1 to those who came once.

    Fader, Hardie and Lee 2008, "Computing P(alive) using the BG/NBD model".
    """
    xs, ts, Ts = _columns(x, t_x, T)
    once = xs == 0
    odds = np.log(fit.a) - np.log(np.where(once, 1.0, fit.b + xs - 1.0))
    odds = odds + (fit.r + xs) * (np.log(fit.alpha + Ts) - np.log(fit.alpha + ts))
    alive: Floats = np.where(once, 1.0, expit(-odds))
    return alive


def expected_orders(
    fit: Fit, x: npt.ArrayLike, t_x: npt.ArrayLike, T: npt.ArrayLike, horizon: float
) -> Floats:
    """Expected visits of each customer within `horizon` (in the unit of T) from now (n,)."""
    return coming(fit, x, t_x, T, horizon).mean


def coming(
    fit: Fit, x: npt.ArrayLike, t_x: npt.ArrayLike, T: npt.ArrayLike, horizon: float, confidence: float = 0.95
) -> Coming:
    """Mean, variance and interval of each customer's visits within `horizon` from now, given the fitted
    parameters.
    """
    xs, ts, Ts = _columns(x, t_x, T)
    alive = probability_alive(fit, xs, ts, Ts)
    mean, second = np.zeros(xs.shape), np.zeros(xs.shape)
    low, high = np.zeros(xs.shape), np.zeros(xs.shape)
    tail = (1.0 - confidence) / 2.0
    for k, rows, reach in _reaching(fit, xs, Ts, horizon):
        reached = alive[rows] * reach
        mean[rows] += reached
        second[rows] += (2 * k - 1) * reached
        low[rows] += reached > 1.0 - tail  # P(count <= k - 1) is still below the lower tail
        high[rows] += reached > tail
    return Coming(mean, second - mean**2, low, high)


def count_chances(fit: Fit, x: npt.ArrayLike, t_x: npt.ArrayLike, T: npt.ArrayLike, horizon: float) -> Floats:
    """P(count = 0, 1, 2 ...) of each customer's visits within `horizon`, as a matrix (n, most visits + 1)."""
    xs, ts, Ts = _columns(x, t_x, T)
    alive = probability_alive(fit, xs, ts, Ts)
    columns = [np.ones(xs.shape)]
    for _, rows, reach in _reaching(fit, xs, Ts, horizon):
        column = np.zeros(xs.shape)
        column[rows] = alive[rows] * reach
        columns.append(column)
    columns.append(np.zeros(xs.shape))
    return -np.diff(np.stack(columns, axis=1), axis=1)


def _reaching(
    fit: Fit, x: Floats, T: Floats, horizon: float
) -> Iterator[tuple[int, npt.NDArray[np.intp], Floats]]:
    """For k = 1, 2 ... the rows that may still reach k visits, and their chance of it if they are here now."""
    if not horizon > 0:
        raise Refused(
            "a horizon of %(horizon)s days lies not ahead; give a positive number of days", horizon=horizon
        )
    quit_ = (fit.alpha + T) / (fit.alpha + T + horizon)
    shape = fit.r + x
    exact = shape * np.log(quit_) < -650.0  # would underflow: take the incomplete beta function instead
    chance = np.where(exact, 0.0, np.exp(np.maximum(shape * np.log(quit_), -700.0)))
    rows = np.arange(x.size)
    more, stay = np.where(exact, 1.0, 1.0 - chance), np.ones(x.shape)
    for k in range(1, MOST_VISITS):
        if exact.any():
            more = np.where(exact, betainc(float(k), shape, 1.0 - quit_), more)
        reach = stay * more
        keep = reach > NEGLIGIBLE
        if not keep.any():
            return
        if keep.mean() < 0.7:
            rows, exact = rows[keep], exact[keep]
            shape, quit_, chance, more, stay, x, reach = (
                column[keep] for column in (shape, quit_, chance, more, stay, x, reach)
            )
        yield k, rows, reach
        chance = chance * (shape + k - 1.0) / k * (1.0 - quit_)
        more = np.maximum(more - chance, 0.0)
        stay = stay * (fit.b + x + k - 1.0) / (fit.a + fit.b + x + k - 1.0)


def _columns(x: npt.ArrayLike, t_x: npt.ArrayLike, T: npt.ArrayLike) -> tuple[Floats, Floats, Floats]:
    xs, ts, Ts = np.broadcast_arrays(*(np.atleast_1d(np.asarray(c, dtype=np.float64)) for c in (x, t_x, T)))
    return xs, ts, Ts
