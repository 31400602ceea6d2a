"""Two arms as they were assigned, told from sums: who came back, what they spent, whether that can be believed.

Every comparison is a function of n, Σy, Σy², Σx, Σx², Σxy of each arm, and sums of stores or days add up.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
import numpy.typing as npt
from scipy.special import chdtrc, ndtr, stdtrit

from regulars.core.refused import Refused
from regulars.measure.rules.shares import Z

FEW = 20  # people back (or away) in an arm below which Welch's interval is too narrow
WORTH_ADJUSTING = 0.01  # of the variance; a covariate that saves less is left alone
UNLIKELY = 0.001  # a split less likely than this blocks the result (Fabijan and others 2019)


@dataclass(frozen=True)
class Sums:
    """An arm in six numbers: people, and over them Σy, Σy², Σx, Σx², Σxy; y the outcome, x what was known before."""

    n: int = 0
    y: float = 0.0
    yy: float = 0.0
    x: float = 0.0
    xx: float = 0.0
    xy: float = 0.0

    @classmethod
    def of(cls, outcome: npt.ArrayLike, before: npt.ArrayLike | None = None) -> Sums:
        """The sums of an outcome (n,) and, where there is one, of a covariate (n,) known before entry."""
        y = np.asarray(outcome, dtype=np.float64)
        x = np.zeros_like(y) if before is None else np.asarray(before, dtype=np.float64)
        return cls(len(y), *(float(each) for each in (y.sum(), y @ y, x.sum(), x @ x, x @ y)))

    def __add__(self, other: Sums) -> Sums:
        return Sums(
            self.n + other.n, self.y + other.y, self.yy + other.yy,
            self.x + other.x, self.xx + other.xx, self.xy + other.xy,
        )  # fmt: skip

    @property
    def mean(self) -> float:
        """Σy ÷ n."""
        return self.y / self.n

    def spread(self) -> tuple[float, float, float]:
        """The sums of squares about the means: of y, of x, and of their product; none below zero by rounding."""
        yy, xx = self.yy - self.y**2 / self.n, self.xx - self.x**2 / self.n
        return max(yy, 0.0), max(xx, 0.0), self.xy - self.x * self.y / self.n


@dataclass(frozen=True)
class Difference:
    """Treated less control: ``estimate`` between ``low`` and ``high``, its standard error, and how it was told.

    ``saved`` is the share of the variance that the covariate took away, 0 where none was used.
    """

    estimate: float
    low: float
    high: float
    error: float
    method: str
    saved: float = 0.0


def compare_shares(back1: int, n1: int, back0: int, n0: int, *, bound: float = Z) -> Difference:
    """The difference of two shares, treated (``back1`` of ``n1``) less control, in shares.

    ``bound`` is the |z| of the interval: 1.96 for 95 % at one look, wider where looks are many. Welch (1947) on zeros
    and ones where both arms have 20 people back and 20 not; below that Newcombe's method 10 (1998), from Wilson's
    intervals, which needs no such numbers. Refuses counts that cannot be.
    """
    if not (0 <= back1 <= n1 and 0 <= back0 <= n0 and n1 and n0):
        raise Refused(
            "%(back1)s of %(n1)s and %(back0)s of %(n0)s cannot be compared; count again",
            back1=back1, n1=n1, back0=back0, n0=n0,
        )  # fmt: skip
    if min(back1, n1 - back1, back0, n0 - back0) >= FEW:
        ones = Sums(n1, back1, back1), Sums(n0, back0, back0)
        return compare_means(*ones, bound=bound)
    p1, p0 = back1 / n1, back0 / n0
    (low1, high1), (low0, high0) = _wilson(p1, n1, bound), _wilson(p0, n0, bound)
    error = sqrt(p1 * (1 - p1) / n1 + p0 * (1 - p0) / n0)
    low = p1 - p0 - sqrt((p1 - low1) ** 2 + (high0 - p0) ** 2)
    high = p1 - p0 + sqrt((high1 - p1) ** 2 + (p0 - low0) ** 2)
    return Difference(p1 - p0, low, high, error, "newcombe")


def _wilson(p: float, n: int, z: float) -> tuple[float, float]:
    z2 = z * z
    centre, half = (
        (p + z2 / (2 * n)) / (1 + z2 / n),
        z * sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n),
    )
    return centre - half, centre + half


def compare_means(treated: Sums, control: Sums, *, bound: float = Z) -> Difference:
    """The difference of two means, treated less control, in the outcome's unit, with Welch's interval (1947).

    ``bound`` is the |z| of the interval; Student's t of Satterthwaite's degrees of freedom with the same tail is used.
    Where the covariate x saves at least 1 % of the variance both arms are adjusted by it, θ = cov(x, y) ÷ var(x)
    pooled within the arms (CUPED; Deng, Xu, Kohavi and Walker 2013, equation 5): x must have been known at entry.
    Refuses an arm of fewer than two.
    """
    if min(treated.n, control.n) < 2:
        raise Refused("an arm of fewer than two people has no spread; wait for more")
    spreads = [arm.spread() for arm in (treated, control)]
    yy, xx, xy = (sum(each) for each in zip(*spreads, strict=True))
    saved = xy * xy / (xx * yy) if xx > 0 and yy > 0 else 0.0
    theta = xy / xx if saved >= WORTH_ADJUSTING else 0.0
    variances, means = [], []
    for arm, (own_yy, own_xx, own_xy) in zip((treated, control), spreads, strict=True):
        left = max(own_yy - 2 * theta * own_xy + theta * theta * own_xx, 0.0)
        variances.append(left / (arm.n - 1) / arm.n)
        means.append(arm.mean - theta * arm.x / arm.n)
    estimate, error = means[0] - means[1], sqrt(sum(variances))
    half = error * _student(bound, variances, (treated.n, control.n))
    method = "cuped" if theta else "welch"
    return Difference(estimate, estimate - half, estimate + half, error, method, saved if theta else 0.0)


def _student(bound: float, variances: list[float], people: tuple[int, int]) -> float:
    """The t that leaves as much outside as ``bound`` standard errors of a normal do."""
    whole = sum(variances)
    if whole == 0:
        return bound
    freedom = whole**2 / sum(each**2 / (n - 1) for each, n in zip(variances, people, strict=True))
    return float(-stdtrit(freedom, ndtr(-bound)))


def sample_ratio(treated: int, control: int, planned: float) -> float:
    """How likely a split this far from the planned share of treated is by chance: χ² of one degree of freedom.

    1 where nobody has entered, so that an empty play is not blamed.
    """
    n = treated + control
    if not n:
        return 1.0
    if not 0 < planned < 1:
        return 1.0 if (treated == n) == (planned >= 1) and (control == n) == (planned <= 0) else 0.0
    off = treated - n * planned
    return float(chdtrc(1, off * off / (n * planned * (1 - planned))))
