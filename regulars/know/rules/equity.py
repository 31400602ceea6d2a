"""Customer equity: what everybody known is expected to bring, and who changed it since an earlier day.

Both days are valued by today's models, so the difference is that of the customers and not of a refitted parameter.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from regulars.know.rules.newton import Floats

KINDS = ("new", "lost", "more", "less", "gone")
ALIVE = 0.5


@dataclass(frozen=True)
class Valued:
    """Customers on a day, (n,) each: number (ascending), expected money (minor units), chance of still being one, and
    whether their stage says that they have been lost since the earlier day.
    """

    customer: npt.NDArray[np.int64]
    value: Floats
    alive: Floats
    lost: npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Change:
    """Equity then and now, and for each of `KINDS` what it moved (minor units) and how many customers it is; how many
    were known then.

    new: not known then; lost: lost since by their stage, or likelier gone than not while it was the other way round
    then; gone: under no number of their own any more (merged or erased); more and less: all others, by sign. Then plus
    all five is now.
    """

    then: float
    now: float
    moved: dict[str, float]
    customers: dict[str, int]
    known_then: int


def changed(then: Valued, now: Valued) -> Change:
    """Take the difference apart, customer by customer; `then.lost` is not read."""
    everybody = np.union1d(then.customer, now.customer)
    was, has_been = _column(everybody, then.customer, then.value)
    is_, stands = _column(everybody, now.customer, now.value)
    alive_then, _ = _column(everybody, then.customer, then.alive)
    alive_now, _ = _column(everybody, now.customer, now.alive)
    staged, _ = _column(everybody, now.customer, now.lost.astype(np.float64))
    difference = is_ - was
    left = (staged > 0) | ((alive_now < ALIVE) & (alive_then >= ALIVE))
    kinds = np.select(
        [stands & ~has_been, ~stands, left, difference > 0], [0, 4, 1, 2], default=3
    )  # in the order of KINDS
    moved = np.bincount(kinds, weights=difference, minlength=len(KINDS))
    counts = np.bincount(kinds, minlength=len(KINDS))
    return Change(
        float(then.value.sum()),
        float(now.value.sum()),
        {kind: float(moved[place]) for place, kind in enumerate(KINDS)},
        {kind: int(counts[place]) for place, kind in enumerate(KINDS)},
        then.customer.size,
    )


def _column(
    everybody: npt.NDArray[np.int64], customer: npt.NDArray[np.int64], column: Floats
) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """A column for everybody, nought for those who are not there, and who is."""
    there = np.zeros(everybody.size, dtype=bool)
    whole = np.zeros(everybody.size)
    place = np.searchsorted(everybody, customer)
    there[place], whole[place] = True, column
    return whole, there
