"""Reads sightings into the graph of identifiers: all of them, or what is new beside what the last turn kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import ibis
import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from regulars.gather.tables import current, fallen, several, stand
from regulars.identify import tables
from regulars.identify.rules import merging as rules
from regulars.lake.computed import IDENTIFIER_PAIRS, IDENTIFIERS
from regulars.lake.engine import Lake

Ints = npt.NDArray[np.int64]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
AT_ONCE = 20_000_000  # sightings in one piece of a reading from nothing
NODES = pa.schema(
    [IDENTIFIERS.schema.field(name) for name in ("identifier_type", "identifier_hash", *tables.WITNESS)]
)
PAIRS = pa.schema([IDENTIFIER_PAIRS.schema.field(name) for name in rules.OCCASION])


@dataclass(frozen=True)
class Read:
    """The graph, and ``IDENTIFIER_BATCHES``: the landings it was read from."""

    graph: rules.Graph
    batches: pa.Table
    from_one: bool  # no order has a version below 1


def read(*, lake: Lake, since: int | None) -> Read:
    """The graph of all sightings that stand. With ``since`` only those of later landings are read beside what was kept
    then, and what corrections and replaced imports since make necessary; the graph is the same."""
    sightings, orders = lake.table("sightings"), lake.table("orders")
    there = lake.rows(sightings.select("batch").union(orders.select("batch")).distinct().order_by("batch"))
    there = np.asarray(there["batch"])
    had = lake.rows(lake.table("identifier_batches"))
    gone = had.filter(pc.invert(pc.is_in(had["batch"], value_set=pa.array(there))))
    # Without the landing that corrected them, orders stand as they stood before it.
    from_one = lake.rows(orders.filter(orders.version < 1).count()).as_py() == 0
    if since is None or "identifiers" not in lake.head.tables or pc.any(gone["corrects"]).as_py():
        found, told = _from_nothing(lake, from_one)
        corrects = np.zeros(0, dtype=np.int64)
    else:
        found, told = _new(lake, since, gone["batch"], from_one)
        corrects = np.asarray(had.filter(had["corrects"])["batch"])
    corrects = np.union1d(corrects, np.asarray(lake.rows(told.select("batch").distinct())["batch"]))
    batches = pa.table({"batch": pa.array(there), "corrects": pa.array(np.isin(there, corrects))})
    return Read(found, batches, from_one)


def _new(lake: Lake, since: int, gone: pa.ChunkedArray, from_one: bool) -> tuple[rules.Graph, ir.Table]:
    sightings, orders = lake.table("sightings"), lake.table("orders")
    new = lake.keep("seen_since", sightings.filter(sightings.batch > since))
    came = orders.filter(orders.batch > since).select("source", "order_id").distinct()
    told = lake.keep("told_again", several(orders, lake.keep("came_since", came), from_one=from_one))
    before = kept(lake)
    lost = before.without(*_fallen(lake, told, gone))
    said = _said(lake, lake.keep("seen_now", stand(_whole(lake, new, told, since), told)))
    wanted, earliest = lost.wanting(before, said)
    found = lost.joined(said)
    if len(wanted):
        again = _sightings_of(lake, wanted, earliest)
        on = again.filter(again.kind == "order").select("source", order_id="ref_id").distinct()
        of_them = several(orders, lake.keep("orders_again", on), from_one=from_one)
        found = found.joined(_said(lake, stand(again, lake.keep("told_of_them", of_them))))
    return found.standing(), told


def _sightings_of(lake: Lake, hashes: pa.Array, earliest: int) -> ir.Table:
    """All sightings of identifiers that were not seen before an instant, µs."""
    keys = lake.keep("read_again", pa.table({"identifier_hash": hashes}))
    sightings = lake.table("sightings")
    at = ibis.literal(EPOCH + timedelta(microseconds=earliest), type="timestamp('UTC', 6)")
    late = sightings.filter((sightings.seen_at >= at) | sightings.seen_at.isnull())
    return lake.keep("seen_again", late.semi_join(keys, "identifier_hash"))


def kept(lake: Lake) -> rules.Graph:
    """The graph that the last turn left."""
    nodes, pairs = lake.rows(lake.table("identifiers")), lake.rows(lake.table("identifier_pairs"))
    a, b = (np.asarray(pairs[name]) for name in ("node_a", "node_b"))
    return rules.Graph(rules.nodes_of(nodes.select([*NODES.names, "seen_at"])), rules.pairs_of(a, b, pairs))


def _from_nothing(lake: Lake, from_one: bool) -> tuple[rules.Graph, ir.Table]:
    sightings = lake.table("sightings")
    told = lake.keep("told_again", several(lake.table("orders"), from_one=from_one))
    found = rules.empty(NODES, PAIRS)
    for piece in _pieces(lake, sightings):
        found = found.joined(_said(lake, stand(piece, told)))
    return found, told


def _pieces(lake: Lake, sightings: ir.Table) -> Iterator[ir.Table]:
    """All sightings, in pieces that fit into memory and never part what was seen on one occasion."""
    pieces = -(-lake.rows(sightings.count()).as_py() // AT_ONCE)
    if pieces < 2:
        yield sightings
        return
    few = sightings.filter(sightings.identifier_hash.endswith("000")).select("ref_id").distinct()
    names = np.sort(np.asarray(lake.rows(few)["ref_id"].to_pylist(), dtype=object))
    cuts = sorted({names[len(names) * n // pieces] for n in range(1, pieces)}) if len(names) else []
    for low, high in zip([None, *cuts], [*cuts, None], strict=True):
        piece = sightings if low is None else sightings.filter(sightings.ref_id >= low)
        yield piece if high is None else piece.filter(piece.ref_id < high)


def _said(lake: Lake, seen: ir.Table) -> rules.Graph:
    return rules.graph_of(lake.rows(tables.nodes(seen)), lake.rows(tables.pairs(seen)))


def _whole(lake: Lake, new: ir.Table, told: ir.Table, since: int) -> ir.Table:
    """New sightings with the older ones of the same occasions: a record that names a card and, later, a phone."""
    on = new.filter(new.kind != "order").select("kind", "source", "ref_id").distinct()
    order = told.select("source", ref_id="order_id", kind=ibis.literal("order")).distinct()
    both = lake.keep("occasions", on.union(order.select("kind", "source", "ref_id")))
    kinds = sorted(lake.rows(both.select("kind").distinct())["kind"].to_pylist())
    if "order" in kinds and not _speaks_of_old(lake, told, since):
        kinds.remove("order")
    if not kinds:
        return new
    sightings = lake.table("sightings")
    old = sightings.filter((sightings.batch <= since) & sightings.kind.isin(kinds))
    return new.union(old.semi_join(both, ("kind", "source", "ref_id")))


def _speaks_of_old(lake: Lake, told: ir.Table, since: int) -> bool:
    """Whether an order's highest version stands twice, before and now, so that both say who was seen on it."""
    speaks = current(told)
    times = speaks.group_by("source", "ref_id").agg(old=speaks.batch.min(), new=speaks.batch.max())
    return bool(lake.rows(times.filter((times.old <= since) & (times.new > since)).count()).as_py())


def _fallen(lake: Lake, told: ir.Table, gone: pa.ChunkedArray) -> tuple[Ints, Ints]:
    """Nodes, and keys of pairs, whose witness is gone: its landing was taken out, or a later version replaced it."""
    out = lake.keep("batches_gone", pa.table({"batch": gone.cast(pa.int64())}))
    nodes, pairs = lake.table("identifiers"), lake.table("identifier_pairs")
    fell = ibis.union(*(each.select("node") for each in (nodes.semi_join(out, "batch"), fallen(nodes, told))))
    lost = []
    for end in ("batch_a", "batch_b"):
        ends = pairs.select("node_a", "node_b", "kind", "source", "ref_id", batch=end)
        lost += [ends.semi_join(out, "batch"), fallen(ends, told)]
    both = lake.rows(ibis.union(*(each.select("node_a", "node_b") for each in lost)))
    keys = np.asarray(both["node_a"]) << rules.WIDE | np.asarray(both["node_b"])
    return np.asarray(lake.rows(fell)["node"]), keys
