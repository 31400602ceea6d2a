"""The brand's own clock: time runs only while the brand is open, and as fast as it recognises its guests.

The models take a visit that nobody recorded for one that was not made. Weeks that are missing from the record look
like absence, and half of the visits of the year before recognition doubled look like a slower life. Measured on this
clock a guest's rhythm stays what it is; what is expected in the days ahead is then how far the clock will go in them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from regulars.know.rules.newton import Floats

YEAR = 364  # 52 weeks, so that weekdays fall on weekdays
SEEN = 7  # days on which another share of recognised orders must have been seen
EVIDENCE = 30.0  # twice the gain in log-likelihood that makes a change of the share one
NOTED = 0.1  # a smaller change of the share, as a logarithm, is none
NEAR = 14  # days beside a closing in which trade shows whether it was a feast
LOWER = 0.95  # of the usual day's orders
AROUND = 137  # days beside last year's 90, with which they are a year


@dataclass(frozen=True)
class Trade:
    """The brand's kept orders by day, day number `first` and those after it without a gap: all, and those of known
    customers (d,).
    """

    first: int
    orders: Floats
    identified: Floats

    @classmethod
    def of(cls, days: npt.ArrayLike, orders: npt.ArrayLike, identified: npt.ArrayLike) -> Trade:
        """From rows by day number in any order, added where a day has several; days without a row had no order."""
        numbers = np.asarray(days, dtype=np.int64)
        first = int(numbers.min())
        counts = [
            np.bincount(numbers - first, weights=np.asarray(column, dtype=np.float64)).astype(np.float64)
            for column in (orders, identified)
        ]
        return cls(first, *counts)

    def until(self, day: int) -> Trade:
        """What was known by the end of a day."""
        size = max(day - self.first + 1, 0)
        short = max(size - self.orders.size, 0)
        orders, identified = (np.pad(column[:size], (0, short)) for column in (self.orders, self.identified))
        return Trade(self.first, orders, identified)


@dataclass(frozen=True)
class Clock:
    """`read` is the clock at the end of each day from day number `first` on, in days like the last one (d,); `coming`
    how far it is expected to go in each of the next 364 days.
    """

    first: int
    read: Floats
    coming: Floats

    def histories(
        self, x: npt.ArrayLike, t_x: npt.ArrayLike, T: npt.ArrayLike, ago: int = 0
    ) -> tuple[Floats, Floats, Floats]:
        """Histories in days, as of so many days before the clock's last, by the clock; to the whole day, so that few
        differ.
        """
        xs, ts, Ts = (np.asarray(column).astype(np.int64) for column in (x, t_x, T))
        last = self.read.size - 1 - ago
        begun = np.clip(last - Ts, 0, last)
        seen = np.rint(self.read[np.clip(begun + ts, 0, last)] - self.read[begun])
        return xs.astype(np.float64), seen, np.rint(self.read[last] - self.read[begun])

    def ahead(self, days: float) -> float:
        """How far it is expected to go in so many days from now; beyond a year as in the year."""
        whole = int(days)
        years, rest = divmod(whole, self.coming.size)
        return float(years * self.coming.sum() + self.coming[:rest].sum())

    def days(self, ahead: Floats) -> Floats:
        """The days from now in which it is expected to have gone so far (n,); NaN stays NaN, a year is the most."""
        gone = np.concatenate([[0.0], np.cumsum(self.coming)])
        return np.where(np.isnan(ahead), np.nan, np.interp(ahead, gone, np.arange(gone.size)))

    def gone(self, days: int) -> float:
        """How far it went in the last so many days."""
        return float(self.read[-1] - self.read[-1 - days])


def clock(trade: Trade) -> Clock:
    """The clock of a brand as known by the end of its trade's last day."""
    open_ = trade.orders > 0
    share = _shares(trade)
    speed = np.where(open_, share, 0.0)
    now = speed[open_][-1] if open_.any() and speed[open_][-1] > 0 else 1.0
    return Clock(trade.first, np.cumsum(speed / now), _coming(trade.orders, open_))


def plain(first: int, last: int) -> Clock:
    """The clock on the wall, for a brand of whose trade nothing is known but its customers' days."""
    return Clock(first, np.arange(1.0, last - first + 2.0), np.ones(YEAR))


def _shares(trade: Trade) -> Floats:
    """The share of orders that were of known customers, by day: level between the days on which it changed.

    Changes are found by splitting where the binomial likelihood gains most, as long as it gains enough (Scott and
    Knott 1974).
    """
    orders = np.concatenate([[0.0], np.cumsum(trade.orders)])
    known = np.concatenate([[0.0], np.cumsum(trade.identified)])
    share = np.zeros(trade.orders.size)
    parts = [(0, trade.orders.size)]
    while parts:
        begin, end = parts.pop()
        at = np.arange(begin + SEEN, end - SEEN + 1)
        whole = (known[end] - known[begin], orders[end] - orders[begin])
        if at.size:
            left, right = (
                (known[at] - known[begin], orders[at] - orders[begin]),
                (
                    known[end] - known[at],
                    orders[end] - orders[at],
                ),
            )
            gain = 2.0 * (_likelihood(*left) + _likelihood(*right) - _likelihood(*whole))
            best = int(gain.argmax())
            before, after = (side[0][best] / max(side[1][best], 1.0) for side in (left, right))
            changed = abs(np.log(max(after, 1e-9) / max(before, 1e-9)))
            if gain[best] > EVIDENCE and changed > NOTED:
                parts += [(begin, int(at[best])), (int(at[best]), end)]
                continue
        share[begin:end] = whole[0] / max(whole[1], 1.0)
    return share


def _likelihood(known: npt.ArrayLike, orders: npt.ArrayLike) -> Floats:
    k, n = np.asarray(known, dtype=np.float64), np.asarray(orders, dtype=np.float64)
    share = np.clip(k / np.maximum(n, 1.0), 1e-9, 1.0 - 1e-9)
    told: Floats = k * np.log(share) + (n - k) * np.log(1.0 - share)
    return told


def _coming(orders: Floats, open_: npt.NDArray[np.bool_]) -> Floats:
    """The pace of the next 364 days: shut on weekdays that are usually shut and where the brand kept a feast a year
    ago, and as busy as the same 90 days were then beside the year around them, of which half is believed.
    """
    size = orders.size
    weeks = [
        open_[size - 1 - back :: -7][:8] for back in range(7)
    ]  # of the weekday of each of the last seven days
    usual = np.array([days.mean() >= 0.5 if days.size else True for days in weeks])
    pace = np.array([float(usual[(-1 - ahead) % 7]) for ahead in range(YEAR)])
    if size < YEAR or not open_.any():
        return pace
    ago = size - YEAR + np.arange(YEAR)
    pace[_feasts(orders, open_)[ago]] = 0.0
    if size >= YEAR + AROUND:
        for begin in range(0, YEAR, 90):
            days = ago[begin : begin + 90]
            around = np.arange(max(days[0] - AROUND, 0), min(days[-1] + AROUND + 1, size))
            busy, year = _busy(orders[days]), _busy(orders[around])
            pace[begin : begin + 90] *= np.sqrt(busy / year) if busy and year else 1.0
    return pace


def _feasts(orders: Floats, open_: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Days without an order beside which trade was lower too; amid usual trade the record is taken for lost."""
    feast = np.zeros(orders.size, dtype=bool)
    edges = np.flatnonzero(np.diff(np.concatenate([[True], open_, [True]]).astype(np.int8)))
    usual = _busy(orders)
    for begin, end in zip(edges[::2], edges[1::2], strict=True):
        beside = np.concatenate([orders[max(begin - NEAR, 0) : begin], orders[end : end + NEAR]])
        feast[begin:end] = 0 < _busy(beside) < LOWER * usual
    return feast


def _busy(orders: Floats) -> float:
    """Orders of a day on which there were any."""
    some = orders[orders > 0]
    return float(some.mean()) if some.size else 0.0
