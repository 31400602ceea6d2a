"""Identifiers and pairs kept from the last turn, and what new sightings say of them, made one; columns, not rows.

What a fact says (seen first then; seen together) is shown by one occasion, kept with it as its witness. While the
witness stands nothing can take the fact back, so only facts whose witness fell are read again from all sightings.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Hashes = npt.NDArray[np.bytes_]
Keys = npt.NDArray[Any]  # hashes, or two places in one number

OCCASION = ("batch_a", "batch_b", "kind", "source", "ref_id")  # the witness of a pair
WIDE = 31  # bits of a node's place in a pair's key
GONE = np.iinfo(np.int64).max  # rank of a fact whose witness fell: whatever is said of it is better


def hashes_of(column: pa.ChunkedArray | pa.Array) -> Hashes:
    """Hashes as text of a fixed width, which NumPy compares and searches as text compares."""
    whole = _whole(column)
    if not len(whole):
        return np.zeros(0, dtype="S1")
    whole = whole.cast(pa.string())
    lengths = pc.binary_length(whole)
    width = pc.max(lengths).as_py()
    if width and pc.min(lengths).as_py() == width:
        start = int(np.frombuffer(whole.buffers()[1], dtype=np.int32)[whole.offset])
        return np.frombuffer(whole.buffers()[2], dtype=f"S{width}", count=len(whole), offset=start)
    return np.array(whole.to_pylist(), dtype=f"S{width or 1}")


def found(wanted: Keys, among: Keys) -> Ints:
    """The place of each wanted value in a sorted column, −1 where it is not."""
    if not len(among):
        return np.full(len(wanted), -1, dtype=np.int64)
    at = np.minimum(np.searchsorted(among, wanted), len(among) - 1)
    return np.where(among[at] == wanted, at, -1).astype(np.int64)


@dataclass(frozen=True)
class Facts:
    """Facts sorted by ``key``, each with its rank (the lower says more) and ``rows``, what else is kept of it."""

    key: Keys
    rank: Ints
    rows: pa.Table

    def merged(self, said: Facts) -> tuple[Facts, Ints]:
        """These and what is ``said`` now, of a key the lower rank; and where each of these went."""
        at = found(said.key, self.key)
        there, new = at >= 0, at < 0
        better = there.copy()
        better[there] = said.rank[there] < self.rank[at[there]]
        if not better.any() and not new.any():
            return self, np.arange(len(self.key))
        take = np.arange(len(self.key))
        take[at[better]] = len(self.key) + np.flatnonzero(better)
        before = np.searchsorted(self.key, said.key[new])
        take = np.insert(take, before, len(self.key) + np.flatnonzero(new))
        rank = np.concatenate([self.rank, said.rank])[take]
        width = np.result_type(self.key.dtype, said.key.dtype) if len(self.key) else said.key.dtype
        key = np.concatenate([self.key.astype(width, copy=False), said.key.astype(width, copy=False)])[take]
        rows = pa.concat_tables([self.rows, said.rows.cast(self.rows.schema)]).combine_chunks()
        moved = np.arange(len(self.key)) + np.searchsorted(before, np.arange(len(self.key)), side="right")
        return Facts(key, rank, rows.take(pa.array(take))), moved

    def without(self, fell: Flags) -> Facts:
        """Those whose witness stands; of the others the rank is forgotten, not the key."""
        return Facts(self.key, np.where(fell, GONE, self.rank), self.rows)

    def wanting(self, before: Ints, said: Facts) -> Flags:
        """Which of these have lost their witness for good: what is ``said`` now does not say as much as ``before``."""
        lost: Flags = self.rank == GONE
        at = found(self.key[lost], said.key)
        again = at >= 0
        again[again] = said.rank[at[again]] <= before[lost][again]
        lost[lost] = ~again
        return lost

    def standing(self) -> tuple[Facts, Flags]:
        """These without what nothing shows any more; and which those are."""
        gone = self.rank == GONE
        if not gone.any():
            return self, gone
        return Facts(self.key[~gone], self.rank[~gone], self.rows.filter(pa.array(~gone))), gone


def sorted_facts(key: Keys, rank: Ints, rows: pa.Table) -> Facts:
    """Facts in the order of their keys; those that lie in it already are not moved."""
    if len(key) < 2 or bool((key[:-1] < key[1:]).all()):
        return Facts(key, rank, rows)
    order = np.argsort(key, kind="stable")
    return Facts(key[order], rank[order], rows.take(pa.array(order)))


@dataclass(frozen=True)
class Graph:
    """Identifiers (key: hash, rank: when first seen, µs) and pairs of them (key: the two places, the lower first; rank:
    0 where a person's record names both, else 1)."""

    nodes: Facts
    pairs: Facts

    @property
    def ends(self) -> tuple[Ints, Ints]:
        """The two places of each pair."""
        return self.pairs.key >> WIDE, self.pairs.key & ((1 << WIDE) - 1)

    def joined(self, said: Graph) -> Graph:
        """This and what new sightings say."""
        nodes, moved = self.nodes.merged(said.nodes)
        new = _placed(said, found(said.nodes.key, nodes.key))
        return Graph(nodes, _placed(self, moved).merged(new)[0])

    def without(self, nodes: Ints, pairs: Ints) -> Graph:
        """This, with the witnesses of some nodes and of some pairs (by their keys) fallen."""
        fell = np.zeros(len(self.nodes.key), dtype=bool)
        fell[nodes] = True
        return Graph(self.nodes.without(fell), self.pairs.without(np.isin(self.pairs.key, pairs)))

    def wanting(self, before: Graph, said: Graph) -> tuple[pa.Array, int]:
        """What has to be read again, its witness having fallen and new sightings not saying as much as ``before``: the
        hashes, and the instant (µs) before which none of them was seen."""
        wanted = self.nodes.wanting(before.nodes.rank, said.nodes)
        pairs = _placed(said, found(said.nodes.key, self.nodes.key))
        lost = self.pairs.wanting(before.pairs.rank, pairs)
        a, b = self.ends
        wanted[a[lost]] = wanted[b[lost]] = True
        earliest = int(before.nodes.rank[wanted].min()) if wanted.any() else 0
        return _whole(self.nodes.rows["identifier_hash"]).filter(pa.array(wanted)), earliest

    def standing(self) -> Graph:
        """This without what nothing shows any more."""
        nodes, gone = self.nodes.standing()
        pairs, _ = self.pairs.standing()
        return Graph(nodes, _placed(Graph(nodes, pairs), np.where(gone, -1, np.cumsum(~gone) - 1)))


def _placed(graph: Graph, places: Ints) -> Facts:
    """A graph's pairs when its nodes have gone to these places, −1 nowhere: pairs with such an end are left out."""
    a, b = (places[end] for end in graph.ends)
    left = (a >= 0) & (b >= 0)
    if not left.all():
        rows = graph.pairs.rows.filter(pa.array(left))
        return Facts((a << WIDE | b)[left], graph.pairs.rank[left], rows)
    return Facts(a << WIDE | b, graph.pairs.rank, graph.pairs.rows)


def graph_of(nodes: pa.Table, pairs: pa.Table) -> Graph:
    """What ``tables.nodes`` and ``tables.pairs`` say."""
    known = nodes_of(nodes)
    hashes = _whole(known.rows["identifier_hash"])
    a, b = (np.asarray(pc.index_in(_whole(pairs[name]), value_set=hashes)) for name in ("hash_a", "hash_b"))
    return Graph(known, pairs_of(a, b, pairs))


def nodes_of(rows: pa.Table) -> Facts:
    """Rows with identifier_hash and seen_at as facts."""
    seen = np.asarray(rows["seen_at"].cast(pa.timestamp("us", "UTC")).cast(pa.int64()))
    return sorted_facts(hashes_of(rows["identifier_hash"]), seen, rows.drop(["seen_at"]))


def pairs_of(a: Ints, b: Ints, rows: pa.Table) -> Facts:
    """Rows with on_record and a witness as facts; ``a`` and ``b`` are the places of their nodes."""
    key = a.astype(np.int64) << WIDE | b.astype(np.int64)
    return sorted_facts(key, 1 - np.asarray(rows["on_record"].cast(pa.int64())), rows.select(OCCASION))


def empty(nodes: pa.Schema, pairs: pa.Schema) -> Graph:
    """Nothing seen yet."""
    none = np.zeros(0, dtype=np.int64)
    return Graph(
        Facts(np.zeros(0, dtype="S1"), none, nodes.empty_table()), Facts(none, none, pairs.empty_table())
    )


def _whole(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    """A column in one piece."""
    if not isinstance(column, pa.ChunkedArray):
        return column
    if column.num_chunks == 1:
        return column.chunk(0)
    return pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)
