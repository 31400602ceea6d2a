"""Which identifiers are one customer: a function of the set of sightings, never of the order they came in.

An *account* is what a person owns by name: a member card or a source's own record number (an anchor). Two people who
each own an account stay two. Everything else (phone, e-mail, wallet token …) follows an account it was registered
with, or the only one it was ever seen with; seen with more accounts than its limit it joins nobody, backwards too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from regulars.identify.rules.strength import ANCHORS, STRENGTH, place

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

ACCOUNT_LIMIT = {"phone": 3, "email": 3, "wechat_unionid": 2, "wechat_openid": 2, "payment_token": 2}
PEER_LIMIT = 12  # distinct identifiers of one other kind that one without an account may be seen with

# Why an identifier stands where it does; kept with each link.
ACCOUNT, REGISTERED, ONLY_ACCOUNT, TOGETHER, ALONE = (
    "account",
    "registered",
    "only account",
    "seen together",
    "alone",
)
OVER_LIMIT, SEVERAL, EXCLUDED = "seen with too many", "several accounts", "excluded"
RULES = (ACCOUNT, REGISTERED, ONLY_ACCOUNT, TOGETHER, ALONE, OVER_LIMIT, SEVERAL, EXCLUDED)


@dataclass(frozen=True)
class Pairs:
    """Identifiers seen together: positions ``a`` and ``b`` of the nodes, and whether it was on a person's record."""

    a: Ints
    b: Ints
    on_record: Flags


@dataclass(frozen=True)
class Groups:
    """For each node the group it belongs to (−1: it joins nobody) and the position in ``RULES`` that says why."""

    group: Ints
    rule: Ints


def groups(kinds: Sequence[str] | Ints, pairs: Pairs, excluded: Flags) -> Groups:
    """Join identifiers into customers, each group named by its lowest node.

    ``kinds``: each node's identifier type, by name or by ``place``; ``pairs``: what was seen together;
    ``excluded``: the shop's own.
    """
    n = len(kinds)
    kind = (
        kinds if isinstance(kinds, np.ndarray) else np.array([place(name) for name in kinds], dtype=np.int64)
    )
    theirs = ~(excluded[pairs.a] | excluded[pairs.b])
    pairs = Pairs(pairs.a[theirs], pairs.b[theirs], pairs.on_record[theirs])
    anchor = np.isin(kind, [place(name) for name in ANCHORS])
    both = anchor[pairs.a] & anchor[pairs.b] & pairs.on_record
    account = _components(n, pairs.a[both], pairs.b[both])
    rule = np.where(anchor, RULES.index(ACCOUNT), RULES.index(ALONE)).astype(np.int64)

    # Accounts each other identifier was seen with, registered ones apart.
    one, other, on_record = _directed(pairs)
    to_account = ~anchor[one] & anchor[other]
    seen = _distinct(one[to_account], account[other[to_account]])
    registered = _distinct(one[to_account & on_record], account[other[to_account & on_record]])
    times = np.bincount(seen[0], minlength=n)
    limit = np.array([*(ACCOUNT_LIMIT.get(name, 0) for name in STRENGTH), 0])[kind]
    over = ~anchor & (times > limit)
    over |= _too_many_peers(kind, anchor, one, other)

    group = np.where(anchor & ~excluded, account, -1)
    rule[over] = RULES.index(OVER_LIMIT)
    rule[excluded] = RULES.index(EXCLUDED)
    over |= excluded
    for owner, reason in ((registered, REGISTERED), (seen, ONLY_ACCOUNT)):
        owners = np.bincount(owner[0], minlength=n)
        ours = (owners[owner[0]] == 1) & ~over[owner[0]] & (group[owner[0]] < 0)
        group[owner[0][ours]] = owner[1][ours]
        rule[owner[0][ours]] = RULES.index(reason)
    several = ~anchor & ~over & (group < 0) & (times > 0)
    rule[several] = RULES.index(SEVERAL)
    _join_the_rest(n, anchor, over | several, pairs, group, rule)
    return Groups(group, rule)


def _join_the_rest(n: int, anchor: Flags, out: Flags, pairs: Pairs, group: Ints, rule: Ints) -> None:
    """Identifiers never seen with an account: joined among themselves, and to a neighbour's account if it is one."""
    free = (group < 0) & ~out
    inside = free[pairs.a] & free[pairs.b]
    component = _components(n, pairs.a[inside], pairs.b[inside])
    one, other, _ = _directed(pairs)
    outward = free[one] & ~free[other] & ~anchor[other] & (group[other] >= 0)
    beside = _distinct(component[one[outward]], group[other[outward]])
    neighbours = np.bincount(beside[0], minlength=n)
    single = neighbours[beside[0]] == 1
    joined = np.full(n, -1, dtype=np.int64)
    joined[beside[0][single]] = beside[1][single]

    sizes = np.bincount(component[free], minlength=n)
    mine = component[free]
    alone = sizes[mine] == 1
    group[free] = np.where(joined[mine] >= 0, joined[mine], mine)
    rule[free] = np.where((joined[mine] >= 0) | ~alone, RULES.index(TOGETHER), RULES.index(ALONE))
    # Between two accounts' identifiers nobody can tell: each stays by itself rather than making a third person of both.
    torn = np.flatnonzero(free)[(neighbours[mine] > 1) & ~alone]
    group[torn] = torn


def _too_many_peers(kind: Ints, anchor: Flags, one: Ints, other: Ints) -> Flags:
    """Which identifiers were seen with more than ``PEER_LIMIT`` of one other kind, as a shop's phone is."""
    n = len(kind)
    over = np.zeros(n, dtype=bool)
    free, of_one, of_other = ~anchor[one], kind[one], kind[other]
    for each in range(len(STRENGTH)):
        theirs = free & (of_other == each) & (of_one != each)
        nodes, _ = _distinct(one[theirs], other[theirs])
        over |= np.bincount(nodes, minlength=n) > PEER_LIMIT
    return over & ~anchor


def _directed(pairs: Pairs) -> tuple[Ints, Ints, Flags]:
    return (
        np.concatenate([pairs.a, pairs.b]),
        np.concatenate([pairs.b, pairs.a]),
        np.concatenate([pairs.on_record, pairs.on_record]),
    )


def _distinct(left: Ints, right: Ints) -> tuple[Ints, Ints]:
    """The different pairs of two columns of positions, in order; both in one number, which sorts faster than two."""
    if not len(left):
        return left.astype(np.int64), right.astype(np.int64)
    base = int(right.max()) + 1
    first, second = np.divmod(np.unique(left.astype(np.int64) * base + right), base)
    return first, second


def _components(n: int, a: Ints, b: Ints) -> Ints:
    """Each node's component, named by its lowest node so that a name never depends on what else is there."""
    graph = coo_array((np.ones(len(a), dtype=np.int8), (a, b)), shape=(n, n))
    labels = connected_components(graph, directed=False)[1] if n else np.zeros(0, dtype=np.int64)
    lowest = np.full(n, n, dtype=np.int64)
    np.minimum.at(lowest, labels, np.arange(n))
    return np.asarray(lowest[labels], dtype=np.int64)


@dataclass(frozen=True)
class Numbers:
    """Each node's customer (0: nobody), the new numbers, and which old numbers became an alias of which."""

    customer: Ints
    new: Ints
    was: Ints
    now: Ints

    @property
    def merged(self) -> dict[int, int]:
        """Each number that became an alias → whose."""
        return dict(zip(self.was.tolist(), self.now.tolist(), strict=True))


def numbers(group: Ints, had: Ints, seen_at: Ints, last: int) -> Numbers:
    """Give each group its number: the lowest it already has, else the next after ``last``, oldest group first.

    ``had``: each node's present number (0: none); ``seen_at``: when it was first seen (any unit), which decides who
    keeps a number when a group falls apart. Nodes must come in a fixed order (by hash), so that ties fall alike.
    """
    customer = np.zeros(len(group), dtype=np.int64)
    inside = np.flatnonzero(group >= 0)
    names, position = np.unique(group[inside], return_inverse=True)
    final = np.zeros(len(names), dtype=np.int64)

    # An old number stays with the group of its longest-known identifier.
    kept = inside[had[inside] > 0]
    at = np.searchsorted(inside, kept)
    order = np.lexsort((kept, seen_at[kept], had[kept]))
    numbers_, first = np.unique(had[kept][order], return_index=True)
    owner = position[at][order][first]
    lowest = np.lexsort((numbers_, owner))
    _, leading = np.unique(owner[lowest], return_index=True)
    final[owner[lowest][leading]] = numbers_[lowest][leading]
    moved = final[owner] != numbers_

    unnumbered = np.flatnonzero(final == 0)
    age = np.full(len(names), np.iinfo(np.int64).max, dtype=np.int64)
    np.minimum.at(age, position, seen_at[inside])
    new = np.arange(last + 1, last + 1 + len(unnumbered), dtype=np.int64)
    final[unnumbered[np.lexsort((names[unnumbered], age[unnumbered]))]] = new
    customer[inside] = final[position]
    return Numbers(customer, new, numbers_[moved], final[owner][moved])
