"""How many visits are still to come and when the next is, as whole distributions rather than averages, by any model.

For someone still here at T, visits within u days are negative binomial unless they leave: after a visit (the G-th is
their last, G beta-geometric) or on a day of its own. So P(count >= k | here) = P(G >= k) times the mean of
P(M_u >= k) over the day u on which they leave or the horizon ends. Summing these gives the published expectations
(Fader, Hardie and Lee 2005, equation 10; Batislam, Denizel and Filiztekin 2007, equation 9; Schmittlein, Morrison and
Colombo 1987, equation 22) without their hypergeometric functions and poles, the second moment and every quantile.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import betainc

from regulars.core.refused import Refused
from regulars.know.rules.lifetime import Fit
from regulars.know.rules.model import Outlook
from regulars.know.rules.newton import Floats

NEGLIGIBLE = 1e-12
MOST_VISITS = 20_000
YEAR = 365.0
_nodes, _weights = np.polynomial.legendre.leggauss(16)
POINTS, WEIGHTS = (1.0 + _nodes) / 2.0, _weights / 2.0
STEPS = 64  # of the next visit's curve, closer together where it is steep


@dataclass(frozen=True)
class Coming:
    """Visits to come, one entry a history: mean, variance, and the smallest counts reaching 2.5 and 97.5 %
    (n,).
    """

    mean: Floats
    variance: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True)
class Next:
    """The next visit, one entry a history, in the unit of T from now (n,): chance that there is one within a year;
    given that, the time by which half of those would have come, with the 2.5 and 97.5 % quantiles. The three are NaN
    where none within the year is likelier than one.
    """

    chance: Floats
    median: Floats
    low: Floats
    high: Floats


def probability_alive(fit: Fit, x: npt.ArrayLike, t_x: npt.ArrayLike, T: npt.ArrayLike) -> Floats:
    """Chance that each customer has not left for good (n,); BG/NBD gives 1 to those who came once."""
    return fit.outlook(*_columns(x, t_x, T)).alive


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
    now = fit.outlook(*_columns(x, t_x, T))
    mean, second, low, high = np.zeros((4, now.alive.size))
    tail = (1.0 - confidence) / 2.0
    for k, rows, reach in _reaching(now, horizon):
        reached = now.alive[rows] * reach
        mean[rows] += reached
        second[rows] += (2 * k - 1) * reached
        low[rows] += reached > 1.0 - tail  # P(count <= k - 1) is still below the lower tail
        high[rows] += reached > tail
    return Coming(mean, second - mean**2, low, high)


def count_chances(fit: Fit, x: npt.ArrayLike, t_x: npt.ArrayLike, T: npt.ArrayLike, horizon: float) -> Floats:
    """P(count = 0, 1, 2 ...) of each customer's visits within `horizon`, as a matrix (n, most visits + 1)."""
    return counts_of(fit.outlook(*_columns(x, t_x, T)), horizon)


def counts_of(now: Outlook, horizon: float) -> Floats:
    """The same of an outlook."""
    columns = [np.ones(now.alive.shape)]
    for _, rows, reach in _reaching(now, horizon):
        column = np.zeros(now.alive.shape)
        column[rows] = now.alive[rows] * reach
        columns.append(column)
    columns.append(np.zeros(now.alive.shape))
    return -np.diff(np.stack(columns, axis=1), axis=1)


def chance_of(
    fit: Fit,
    x: npt.ArrayLike,
    t_x: npt.ArrayLike,
    T: npt.ArrayLike,
    horizon: float,
    counts: npt.ArrayLike,
) -> Floats:
    """P(count = counts) of each customer's visits within `horizon` (n,)."""
    now = fit.outlook(*_columns(x, t_x, T))
    wanted = np.atleast_1d(np.asarray(counts, dtype=np.int64))
    chance = (wanted == 0).astype(np.float64)
    for k, rows, reach in _reaching(now, horizon):
        reached = now.alive[rows] * reach
        chance[rows] += np.where(wanted[rows] == k, reached, 0.0)
        chance[rows] -= np.where(wanted[rows] == k - 1, reached, 0.0)
    told: Floats = np.maximum(chance, 0.0)
    return told


def next_visit(
    fit: Fit, x: npt.ArrayLike, t_x: npt.ArrayLike, T: npt.ArrayLike, within: float = YEAR
) -> Next:
    """When each customer's next visit is to be expected, if it is, within a year (or `within`) from now."""
    now = fit.outlook(*_columns(x, t_x, T))
    ends = within * np.linspace(0.0, 1.0, STEPS + 1) ** 2
    waiting = np.exp(-now.shape * np.log1p(ends[:, None] / now.clock))
    middle = (ends[1:] + ends[:-1])[:, None] / 2.0
    staying = np.exp(-now.fade * np.log1p(middle / now.span))
    curve = np.vstack([np.zeros(now.alive.shape), np.cumsum(-np.diff(waiting, axis=0) * staying, axis=0)])
    chance = now.alive * curve[-1]
    told = [np.where(chance > 0.5, _crossing(curve, ends, p), np.nan) for p in (0.5, 0.025, 0.975)]
    return Next(chance, *told)


def _crossing(curve: Floats, ends: Floats, share: float) -> Floats:
    """Where each column of a rising curve reaches a share of its last value, between its points in a straight line."""
    wanted = share * curve[-1]
    step = np.clip((curve < wanted).sum(axis=0), 1, ends.size - 1)
    each = np.arange(curve.shape[1])
    before, after = curve[step - 1, each], curve[step, each]
    part = (wanted - before) / np.maximum(after - before, 1e-300)
    found: Floats = ends[step - 1] + part * (ends[step] - ends[step - 1])
    return found


def _reaching(now: Outlook, horizon: float) -> Iterator[tuple[int, npt.NDArray[np.intp], Floats]]:
    """For k = 1, 2 ... the rows that may still reach k visits, and their chance of it if they are here now."""
    if not np.all(np.asarray(horizon) > 0):
        raise Refused(
            "a horizon of %(horizon)s days lies not ahead; give a positive number of days", horizon=horizon
        )
    until, weight = _until(now, horizon)  # (points, n): those who leave in time are seen for a shorter while
    leave, remain = now.leave, now.remain
    quit_ = now.clock / (now.clock + until)
    shape = np.broadcast_to(now.shape, until.shape)
    exact = shape * np.log(quit_) < -650.0  # would underflow: take the incomplete beta function instead
    chance = np.where(exact, 0.0, np.exp(np.maximum(shape * np.log(quit_), -700.0)))
    rows = np.arange(now.alive.size)
    more, stay = np.where(exact, 1.0, 1.0 - chance), np.ones(now.alive.shape)
    for k in range(1, MOST_VISITS):
        if exact.any():
            more = np.where(exact, betainc(float(k), shape, 1.0 - quit_), more)
        reach = stay * (more[0] if len(more) == 1 else (weight * more).sum(axis=0))
        keep = reach > NEGLIGIBLE
        if not keep.any():
            return
        if keep.mean() < 0.7:
            rows, stay, leave, remain, reach = (column[keep] for column in (rows, stay, leave, remain, reach))
            exact, weight = exact[:, keep], weight[:, keep]
            shape, quit_, chance, more = (column[:, keep] for column in (shape, quit_, chance, more))
        yield k, rows, reach
        chance = chance * ((shape + (k - 1.0)) * ((1.0 - quit_) / k))
        more = np.maximum(more - chance, 0.0)
        stay = stay * ((remain + (k - 1.0)) / (leave + remain + (k - 1.0)))


def _until(now: Outlook, horizon: float) -> tuple[Floats, Floats]:
    """How long each is here to visit, and the chance of it: the horizon, and where some leave in time, days before."""
    if not now.fade.any():
        return np.full((1, now.alive.size), horizon), np.ones((1, now.alive.size))
    days = horizon * POINTS[:, None]
    leaving = now.fade / (now.span + days) * np.exp(-now.fade * np.log1p(days / now.span))
    staying = np.exp(-now.fade * np.log1p(horizon / now.span))
    until = np.vstack([np.broadcast_to(days, leaving.shape), np.full(staying.shape, horizon)])
    return until, np.vstack([leaving * horizon * WEIGHTS[:, None], staying])


def _columns(x: npt.ArrayLike, t_x: npt.ArrayLike, T: npt.ArrayLike) -> tuple[Floats, Floats, Floats]:
    xs, ts, Ts = np.broadcast_arrays(*(np.atleast_1d(np.asarray(c, dtype=np.float64)) for c in (x, t_x, T)))
    return xs, ts, Ts
