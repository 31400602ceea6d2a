"""When is a customer late, and when lost: judged by their own usual gap and the brand's own returns, never by
fixed days.

A gap is judged only by what was known before it began, so a stage once passed through never changes with
later visits under the same rhythm.
"""

import math
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from regulars.core.refused import Refused
from regulars.know.rules.newton import Floats
from regulars.know.rules.survival import kaplan_meier

LATE_ERROR = 1 / 3  # of first gaps that end with a return, so many were called late before ...
LOST_ERROR = 1 / 10  # ... and so many lost; after n visits an n-th of it
VISITS_FROM = (1, 2, 3, 5, 10, 20)  # how many visits someone has made: each group has its own patience
SLICES = 20  # a gap is counted in twentieths of the usual gap
FEWEST_GAPS = 100
FEWEST_AT_RISK = 30
HEAVIEST_PRIOR = 1000.0


@dataclass(frozen=True)
class Credibility:
    """The brand's mean gap between visits (days) and how many own gaps weigh as much as it does."""

    mean: float
    weight: float

    def usual_gap(self, gaps: npt.ArrayLike, total: npt.ArrayLike) -> Floats:
        """The usual gap (days) of customers with so many gaps of so many days in all (n,): (k m + total) / (k
        + gaps).
        """
        n, days = np.asarray(gaps, dtype=np.float64), np.asarray(total, dtype=np.float64)
        usual: Floats = (self.weight * self.mean + days) / (self.weight + n)
        return usual


@dataclass(frozen=True)
class Patience:
    """Who has made at least `visits` visits is late, then lost, after these multiples of their usual gap."""

    visits: int
    late: float
    lost: float
    gaps: int


@dataclass(frozen=True)
class Rhythm:
    """All that stages need of the brand: the prior of the usual gap, and the patience by visits made,
    ascending.
    """

    credibility: Credibility
    patience: tuple[Patience, ...]

    def told(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return asdict(self)

    @classmethod
    def of(cls, told: dict[str, Any]) -> "Rhythm":
        """What `told` told."""
        patience = tuple(Patience(**group) for group in told["patience"])
        return cls(Credibility(**told["credibility"]), patience)

    def late_after(self, visits: int, usual_gap: float) -> int:
        """Days since the last visit after which someone is late (cooling)."""
        return max(1, math.ceil(self._patience(visits).late * usual_gap))

    def lost_after(self, visits: int, usual_gap: float) -> int:
        """Days since the last visit after which someone is lost; always after being late."""
        return max(self.late_after(visits, usual_gap) + 1, math.ceil(self._patience(visits).lost * usual_gap))

    def _patience(self, visits: int) -> Patience:
        return [group for group in self.patience if group.visits <= visits][-1]


def credibility(
    gaps: npt.ArrayLike,
    customers: npt.ArrayLike,
    total: npt.ArrayLike,
    total_squares: npt.ArrayLike,
    squares: npt.ArrayLike,
) -> Credibility:
    """The brand's mean gap and its weight, from sums over the customers with each number of gaps (n,) each.

    `gaps` number of gaps of a customer, `customers` how many have it, `total` sum of their gaps (days),
    `total_squares` sum of each customer's total squared, `squares` sum of the gaps squared. Weight k =
    variance within customers / variance between their means (Buehlmann and Straub 1970; exact where gaps are
    exponential and their means inverse gamma: Jewell 1974). Refuses fewer than 100 gaps, or fewer than 30
    customers with two gaps.
    """
    n, c, s, ss, q = (
        np.asarray(column, dtype=np.float64) for column in (gaps, customers, total, total_squares, squares)
    )
    all_gaps, people = float(n @ c), float(c.sum())
    twice = float(c[n >= 2].sum())
    if all_gaps < FEWEST_GAPS or twice < FEWEST_AT_RISK:
        raise Refused(
            "only %(gaps)d returns have been seen, and %(twice)d customers came back twice; a rhythm needs %(needed)d"
            " returns and %(needed_twice)d customers who came back twice",
            gaps=int(all_gaps),
            twice=int(twice),
            needed=FEWEST_GAPS,
            needed_twice=FEWEST_AT_RISK,
        )
    explained = float((ss / n).sum())
    within = (float(q.sum()) - explained) / (all_gaps - people)
    spread = explained - float(s.sum()) ** 2 / all_gaps - (people - 1.0) * within
    between = spread / (all_gaps - float(c @ n**2) / all_gaps)
    weight = min(within / between, HEAVIEST_PRIOR) if between > 0 else HEAVIEST_PRIOR
    weight = max(weight, 1e-3)
    mean = float((s / (n + weight)).sum() / (c * n / (n + weight)).sum())
    return Credibility(mean, weight)


def rounded(credibility: Credibility) -> Credibility:
    """Mean and weight to two digits: more than that of a usual gap means nothing."""
    return Credibility(float(f"{credibility.mean:.2g}"), float(f"{credibility.weight:.2g}"))


def rhythm(
    credibility: Credibility,
    visits: npt.ArrayLike,
    slices: npt.ArrayLike,
    returned: npt.ArrayLike,
    open_: npt.ArrayLike,
    history: int,
) -> Rhythm:
    """The brand's patience, from gaps counted in twentieths of the usual gap that was known when each began.

    `visits` visits made before the gap, `slices` its length in twentieths, `returned` gaps of that length
    that ended with a visit, `open_` gaps that have lasted so long and are still open: (n,) each; `history`
    days of data. By `late` a share 1 - 1 / (3 visits) of the gaps that ever end have ended, by `lost` 1 - 1 /
    (10 visits) (Kaplan-Meier, because open gaps count too). Divided by the visits, because a weekly guest has a
    hundred gaps, of which five are among the longest in twenty and mean nothing: a false alarm may cost each
    guest the same, however often they come. A group with fewer than 100 returns for each of
    its visits takes the group before it. Refuses a history shorter than the time after which a newcomer is
    lost, because then nobody has been watched for so long.
    """
    v, b, back, waiting = (
        np.asarray(column, dtype=np.float64) for column in (visits, slices, returned, open_)
    )
    found: list[Patience] = []
    bounds = [*VISITS_FROM, math.inf]
    for low, high in pairwise(bounds):
        mine = (v >= low) & (v < high)
        if back[mine].sum() >= FEWEST_GAPS * low:
            found.append(_patience(int(low), b[mine], back[mine], waiting[mine]))
    if not found:
        mine = v >= 1
        if back[mine].sum() < FEWEST_GAPS:
            raise Refused(
                "only %(gaps)d returns have been seen; a rhythm needs %(needed)d, %(more)d more",
                gaps=int(back[mine].sum()),
                needed=FEWEST_GAPS,
                more=int(FEWEST_GAPS - back[mine].sum()),
            )
        found.append(_patience(1, b[mine], back[mine], waiting[mine]))
    first, *later = found
    whole = Rhythm(credibility, (Patience(1, first.late, first.lost, first.gaps), *later))
    needed = whole.lost_after(1, credibility.mean)
    if history < needed:
        raise Refused(
            "these %(history)d days of history are too short to tell who is lost: %(more)d more are needed",
            history=history,
            needed=needed,
            more=needed - history,
        )
    return whole


def _patience(visits: int, slices: Floats, returned: Floats, waiting: Floats) -> Patience:
    length = int(slices.max()) + 1
    events = np.bincount(slices.astype(np.int64), weights=returned, minlength=length)
    ended = events + np.bincount(slices.astype(np.int64), weights=waiting, minlength=length)
    at_risk = np.cumsum(ended[::-1])[::-1]
    enough = max(int(np.sum(at_risk >= FEWEST_AT_RISK)), 1)  # beyond, single customers would make the curve
    curve = kaplan_meier(np.arange(enough), at_risk[:enough], events[:enough])
    share = curve.back / curve.back[-1]
    late = int(np.searchsorted(share, 1.0 - LATE_ERROR / visits))
    lost = int(np.searchsorted(share, 1.0 - LOST_ERROR / visits))
    return Patience(visits, (late + 1) / SLICES, (lost + 1) / SLICES, int(returned.sum()))
