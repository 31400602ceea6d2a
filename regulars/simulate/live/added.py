"""Visits that would not have been without what the brand did: they come on top of a life that was drawn before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from regulars.simulate.draw import Ints


@dataclass(frozen=True)
class Added:
    """One such visit; `cause` is the response that brought it, `revived` where a mended dish kept a household."""

    household: int
    identity: int
    number: int  # of the household's visits
    time: float  # days since the warm-up began
    store: int
    cause: str
    known: bool  # whether the till learns who it is
    ticket: bool = False  # whether the party is in the queue system, with who it is
    dish: bool = False
    fault: bool = False
    mended: int = 0

    @property
    def day(self) -> int:
        """The business date, as days since the warm-up began."""
        return int(self.time)

    @property
    def visit_no(self) -> str | None:
        """The number of its ticket, where it has one."""
        return f"B{self.day:05d}-{self.household:08d}" if self.ticket else None


def rows(added: Iterable[Added]) -> list[dict[str, Any]]:
    """As plain rows, to be kept in a file."""
    return [asdict(each) for each in added]


def read(kept: Iterable[dict[str, Any]]) -> list[Added]:
    """From plain rows."""
    return [Added(**each) for each in kept]


def keys(who: Ints, day: Ints, horizon: int) -> Ints:
    """Person and day as one sorted number, so that a window is one search."""
    key: Ints = np.sort(np.asarray(who, dtype=np.int64) * (horizon + 1) + np.asarray(day, dtype=np.int64))
    return key


def between(sorted_keys: Ints, who: Ints, day: Ints, within: int, horizon: int) -> Ints:
    """How often each of `who` is there after `day` and up to `within` days later."""
    base = np.asarray(who, dtype=np.int64) * (horizon + 1)
    first = np.minimum(np.maximum(day, 0), horizon)
    last = np.minimum(first + within, horizon)
    found: Ints = np.searchsorted(sorted_keys, base + last, side="right") - np.searchsorted(
        sorted_keys, base + first, side="right"
    )
    return found
