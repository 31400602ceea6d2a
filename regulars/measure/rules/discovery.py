"""Of a hundred products compared, five differ by chance: what may be called a finding when many are looked at."""

from __future__ import annotations

from collections.abc import Sequence

FALSE = 0.05  # of what is called a finding, the share that may be chance


def adjusted(p: Sequence[float]) -> list[float]:
    """Each p-value as the share of false findings among those at least as sure (Benjamini and Hochberg 1995).

    What is at most ``FALSE`` is called a finding. SciPy's statistics are loaded here because they take two seconds.
    """
    if not p:
        return []
    from scipy.stats import false_discovery_control

    return [float(each) for each in false_discovery_control(p, method="bh")]
