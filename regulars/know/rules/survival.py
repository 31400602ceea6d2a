"""What share has come back by each day when some have not been watched that long: Kaplan and Meier's estimate.

Counting only who is mature throws away the newest customers, counting all calls them lost; this does neither.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from regulars.core.refused import Refused
from regulars.know.rules.newton import Floats


@dataclass(frozen=True)
class Share:
    """The share back within `day` days, its interval, and how many were still watched, not yet back, on that
    day.
    """

    day: int
    estimate: float
    low: float
    high: float
    standard_error: float
    at_risk: int


@dataclass(frozen=True)
class Curve:
    """Share back by each day, one entry a day with news, days ascending: all arrays (n,)."""

    day: Floats
    at_risk: Floats
    events: Floats
    back: Floats
    low: Floats
    high: Floats
    standard_error: Floats

    def share(self, within: int) -> Share:
        """The share back within so many days. Refuses a window longer than anybody has been watched."""
        if self.day.size == 0 or within > self.day[-1]:
            seen = int(self.day[-1]) if self.day.size else 0
            raise Refused(
                "nobody has been watched for %(within)d days yet, the longest for %(seen)d;"
                " it can be told in %(more)d days",
                within=within,
                seen=seen,
                more=within - seen,
            )
        at = int(np.searchsorted(self.day, within, side="right")) - 1
        if at < 0:
            return Share(within, 0.0, 0.0, float(self.high[0]), 0.0, int(self.at_risk[0]))
        still = self.at_risk[at] if self.day[at] == within else self.at_risk[min(at + 1, self.day.size - 1)]
        return Share(
            within,
            float(self.back[at]),
            float(self.low[at]),
            float(self.high[at]),
            float(self.standard_error[at]),
            int(still),
        )


def kaplan_meier(
    day: npt.ArrayLike, at_risk: npt.ArrayLike, events: npt.ArrayLike, confidence: float = 0.95
) -> Curve:
    """The share back by each day, from counts by day.

    `day` days since the first visit, `at_risk` customers watched to that day and not back before it, `events`
    those back on it: (n,) each, in any order. Product-limit estimate (Kaplan and Meier 1958, equation 2a),
    variance by Greenwood (1926), interval on the log(-log) scale (Kalbfleisch and Prentice 1980, section
    1.3), which stays within 0 and 1; where nobody or everybody is back, the exact binomial bound. Refuses
    more events than people at risk.
    """
    order = np.argsort(np.asarray(day), kind="stable")
    days, n, d = (np.asarray(column, dtype=np.float64)[order] for column in (day, at_risk, events))
    if ((d > n) | (d < 0) | (n <= 0)).any():
        raise Refused(
            "a day has more customers coming back than there were to come back; count them by customer once"
        )
    if (np.diff(days) <= 0).any():
        raise Refused("a day stands twice in the counts; add its rows up first")
    away: Floats = np.cumprod(1.0 - d / n).astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.cumsum(np.where(n > d, d / (n * np.maximum(n - d, 1e-300)), 0.0))
        log_away = np.log(away)
        width = float(ndtri(0.5 + confidence / 2.0)) * np.sqrt(greenwood) / np.abs(log_away)
        low, high = 1.0 - away ** np.exp(-width), 1.0 - away ** np.exp(width)
    bound = ((1.0 - confidence) / 2.0) ** (1.0 / n)
    low = np.where(away >= 1.0, 0.0, np.where(away <= 0.0, bound, low))
    high = np.where(away >= 1.0, 1.0 - bound, np.where(away <= 0.0, 1.0, high))
    error: Floats = away * np.sqrt(greenwood)
    return Curve(days, n, d, 1.0 - away, low, high, error)
