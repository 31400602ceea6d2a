"""The seven links of the loop, from heard to back: how far voices get, how long it takes, where they end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

LINKS = ("heard", "answered", "mended", "finding", "changed", "told", "back")
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Link:
    """One link: voices that got this ``far`` (to it or beyond), those who ``ended`` at the one before, and the median
    ``days`` from heard to it of those it was noted of (None: of nobody)."""

    name: str
    far: int
    ended: int
    days: float | None
    noted: int


def links(days: Sequence[Floats]) -> list[Link]:
    """The links from, for each in order, the days since heard at which each voice reached it (n,), nan where not.

    A voice may pass over a link (nobody mends a review at the table), so it has got as far as the last it reached.
    """
    table = np.vstack(days) if len(days[0]) else np.zeros((len(LINKS), 0))
    reached = ~np.isnan(table)
    last = np.where(reached, np.arange(len(LINKS))[:, None], 0).max(axis=0) if table.size else np.zeros(0)
    far = [int((last >= at).sum()) for at in range(len(LINKS))]
    return [
        Link(
            name,
            far[at],
            far[at - 1] - far[at] if at else 0,
            float(np.median(table[at][reached[at]])) if reached[at].any() else None,
            int(reached[at].sum()),
        )
        for at, name in enumerate(LINKS)
    ]
