"""What pairwise votes say: how sure it is that more would choose the version that leads, and how many more would tell.

Fans, those who raised it and ordinary guests are groups of their own; nothing here adds them up.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

SURE = 0.975
MOST = 200  # further votes; beyond that more tasting is not the way


@dataclass(frozen=True)
class Tally:
    """The votes of one group: the version that leads (None: level), its votes of all, how sure, how many more."""

    group: str
    leads: str | None
    wins: int
    votes: int
    sure: float
    more: int | None  # None: not within ``MOST``


def certainty(wins: int, votes: int) -> float:
    """P(p > 1/2) for a share p of which ``wins`` of ``votes`` were seen, from a uniform prior (Laplace 1774).

    The posterior is Beta(wins + 1, votes − wins + 1); its tail above one half is the chance that a fair coin thrown
    votes + 1 times shows at most ``wins`` heads: 6 of 8 give 0.910.
    """
    if not 0 <= wins <= votes:
        raise ValueError(f"{wins} of {votes}")
    throws, ways, total = votes + 1, 1, 1
    for heads in range(wins):
        ways = ways * (throws - heads) // (heads + 1)
        total += ways
    return total / float(2**throws)


def more_needed(wins: int, votes: int, sure: float = SURE) -> int | None:
    """How many further votes at the same share would make it so sure; 0 when it is, None when not within ``MOST``.

    Votes are whole, so the share is kept rounded down: 6 of 8 become 12 of 16.
    """
    for more in range(MOST + 1):
        total = votes + more
        if certainty(wins * total // votes if votes else 0, total) >= sure:
            return more
    return None


def tallies(votes: Iterable[tuple[str, str]]) -> list[Tally]:
    """Votes (group, ``a`` or ``b``) counted group by group, groups in the order of their names."""
    counted: dict[str, dict[str, int]] = defaultdict(lambda: {"a": 0, "b": 0})
    for group, prefers in votes:
        counted[group][prefers] += 1
    return [_tally(group, counted[group]) for group in sorted(counted)]


def _tally(group: str, counts: dict[str, int]) -> Tally:
    total = counts["a"] + counts["b"]
    if counts["a"] == counts["b"]:
        return Tally(group, None, counts["a"], total, certainty(counts["a"], total), None)
    leads = max("a", "b", key=lambda version: counts[version])
    wins = counts[leads]
    return Tally(group, leads, wins, total, certainty(wins, total), more_needed(wins, total))
