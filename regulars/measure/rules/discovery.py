"""Of a hundred products compared, five differ by chance: what may be called a finding when many are looked at."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

FALSE = 0.05  # of what is called a finding, the share that may be chance


def adjusted(p: Sequence[float]) -> list[float]:
    """Each p-value as the share of false findings among those at least as sure (Benjamini and Hochberg 1995).

    The least of p m ÷ rank over itself and all larger ones, m the number of comparisons. What is at most ``FALSE`` is
    called a finding. SciPy has the same and takes two seconds to load, which a turn would pay every night.
    """
    told = np.asarray(p, dtype=np.float64)
    order = np.argsort(told, kind="stable")
    scaled = told[order] * len(told) / np.arange(1, len(told) + 1)
    least = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    found = np.empty(len(told))
    found[order] = least
    return [float(each) for each in found]
