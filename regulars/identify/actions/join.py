"""Numbers every customer: reads sightings from the lake, writes links and customers on the desk, in one landing."""

from __future__ import annotations

from dataclasses import dataclass

import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from django.db import transaction
from django.db.models import Max

from regulars.desk import bulk
from regulars.desk.spans import visible
from regulars.gather.tables import standing
from regulars.identify.actions.read import read
from regulars.identify.actions.register import customers_of, own_of, registrations
from regulars.identify.models import Customer, Excluded, Joined, Link
from regulars.identify.rules import joining as rules
from regulars.identify.rules import merging
from regulars.identify.rules.strength import STRENGTH
from regulars.lake.engine import Lake
from regulars.lake.landing import Landing

Ints = npt.NDArray[np.int64]
RULES = pa.array(rules.RULES, pa.string())


@dataclass(frozen=True)
class Identified:
    """What a landing writes to the lake, and counts for the turn: identifiers, customers, opened, merged.

    ``changed``: identifiers known before this turn whose customer is another now, as identifier_type,
    identifier_hash, was, now (null: nobody); ``merged``: numbers that became aliases, as was, now. ``kept``: by name
    what the next turn reads instead of all sightings.
    """

    links: pa.Table
    customers: pa.Table
    sightings: ir.Table  # those that stand, not computed
    counts: dict[str, int]
    changed: pa.Table
    merged: pa.Table
    kept: dict[str, pa.Table]
    from_one: bool  # no order has a version below 1


@dataclass(frozen=True)
class Before:
    """The links that pages show, in the order of their hashes: customer (0: nobody) and place of the rule."""

    hashes: merging.Hashes
    rows: pa.Table  # identifier_type, identifier_hash
    customer: Ints
    rule: Ints


def identify(*, lake: Lake, number: int, since: int | None = None) -> Identified:
    """Join the identifiers of the lake into customers and write what changed under landing ``number``.

    ``since``: the landing of the turn that kept what HEAD has in ``identifiers``: only what came after it is read;
    None reads all. Links, customers and numbers are the same either way. The caller holds the writer's lock, and gives
    what comes back to ``land``; what is written shows once HEAD reaches ``number``.
    """
    seen = read(lake=lake, since=since)
    graph, nodes = seen.graph, seen.graph.nodes
    before = _before(lake)
    at = merging.found(nodes.key, before.hashes)
    had = _at(before.customer, at, 0)
    grouped = rules.groups(
        _places(nodes.rows["identifier_type"]),
        _with_words(rules.Pairs(*graph.ends, graph.pairs.rank == 0), nodes.key),
        _excluded(nodes.key),
    )
    _recall(nodes.rows["identifier_hash"], had, grouped.group, lake.head.number)
    last = Customer.objects.aggregate(last=Max("number"))["last"] or 0
    numbered = rules.numbers(grouped.group, had, nodes.rank, last)
    same = (at >= 0) & (_at(before.customer, at, 0) == numbered.customer)
    same &= _at(before.rule, at, -1) == grouped.rule
    gone = np.ones(len(before.hashes), dtype=bool)
    gone[at[same]] = False
    ended = bulk.close(
        Link, number=number, field="identifier_hash", values=_listed(before.rows, gone), ended_by="a turn"
    )
    opened = _open(nodes.rows.filter(pa.array(~same)), numbered.customer[~same], grouped.rule[~same], number)
    _write_customers(numbered, number)
    customer = pa.array(numbered.customer, mask=numbered.customer == 0)
    links = nodes.rows.select(["identifier_type", "identifier_hash"]).append_column("customer_id", customer)
    told = registrations(lake=lake, since=since)
    counts = {
        "identifiers": len(links),
        "customers": len(np.unique(numbered.customer[numbered.customer > 0])),
        "links opened": opened,
        "links ended": ended,
        "merged": len(numbered.was),
    }
    return Identified(
        links=links,
        customers=customers_of(told, nodes.key, numbered.customer),
        sightings=standing(lake.table("sightings"), lake.table("orders"), from_one=seen.from_one),
        counts=counts,
        changed=_changed(before, nodes.key, numbered.customer),
        merged=pa.table({"was": pa.array(numbered.was), "now": pa.array(numbered.now)}),
        kept={**_kept(graph, links, grouped), "identifier_batches": seen.batches, "registrations": told},
        from_one=seen.from_one,
    )


def land(*, identified: Identified, landing: Landing) -> None:
    """Write what identification made to the lake, under the landing that it was numbered by."""
    landing.overwrite("links", identified.links)
    landing.overwrite("customers", identified.customers)
    for name, rows in identified.kept.items():
        landing.overwrite(name, rows)


def whose(identifiers: pa.ChunkedArray, links: pa.Table) -> pa.Array:
    """Each record's customer (null: nobody's), by its own number, which stands first among its ``identifiers``.

    ``identifiers``: a JSON list of hashes each; ``links``: identifier_hash and customer_id, one row an identifier.
    """
    at = pc.index_in(
        own_of(identifiers), value_set=links["identifier_hash"].combine_chunks()
    ).combine_chunks()
    return links["customer_id"].combine_chunks().take(at)


def _before(lake: Lake) -> Before:
    """The links at HEAD: the lake has them since a turn kept them there; until then the desk says."""
    names = ("identifier_type", "identifier_hash", "customer", "rule")
    if "identifiers" in lake.head.tables:
        kept = lake.table("identifiers").rename(customer="customer_id").select(*names)
        rows = lake.rows(kept)
    else:
        rows = bulk.columns(Link.objects.filter(visible(lake.head.number)), *names)
        types = (pa.string(), pa.string(), pa.int64(), pa.string())
        rows = rows.cast(pa.schema(list(zip(names, types, strict=True))))
    facts = merging.sorted_facts(
        merging.hashes_of(rows["identifier_hash"]), np.zeros(len(rows), dtype=np.int64), rows
    )
    customer = np.asarray(pc.fill_null(facts.rows["customer"], 0))
    rule = np.asarray(pc.fill_null(pc.index_in(facts.rows["rule"], value_set=RULES), -1)).astype(np.int64)
    return Before(facts.key, facts.rows.select(["identifier_type", "identifier_hash"]), customer, rule)


def _at(values: Ints, at: Ints, missing: int) -> Ints:
    """The values at places, ``missing`` where a place is −1."""
    return (
        np.where(at >= 0, values[at], missing) if len(values) else np.full(len(at), missing, dtype=np.int64)
    )


def _places(kinds: pa.ChunkedArray) -> Ints:
    return np.asarray(pc.index_in(kinds, value_set=pa.array(STRENGTH, pa.string()))).astype(np.int64)


def _listed(rows: pa.Table, which: npt.NDArray[np.bool_]) -> list[str]:
    hashes: list[str] = rows["identifier_hash"].filter(pa.array(which)).to_pylist()
    return hashes


def _excluded(hashes: merging.Hashes) -> npt.NDArray[np.bool_]:
    """Which of all identifiers the shop's people said are its own."""
    said = sorted(Excluded.objects.values_list("identifier_hash", flat=True))
    out = np.zeros(len(hashes), dtype=bool)
    at = merging.found(np.array(said, dtype="S"), hashes) if said else np.zeros(0, dtype=np.int64)
    out[at[at >= 0]] = True
    return out


def _with_words(pairs: rules.Pairs, hashes: merging.Hashes) -> rules.Pairs:
    """Pairs and what people said by hand, which counts like a record that names both."""
    said = sorted(Joined.objects.filter(apart_at=None).values_list("a_hash", "b_hash"))
    if not said:
        return pairs
    a, b = (merging.found(np.array(end, dtype="S"), hashes) for end in zip(*said, strict=True))
    known = (a >= 0) & (b >= 0)
    return rules.Pairs(
        np.concatenate([pairs.a, a[known]]),
        np.concatenate([pairs.b, b[known]]),
        np.concatenate([pairs.on_record, np.ones(int(known.sum()), dtype=bool)]),
    )


def _recall(hashes: pa.ChunkedArray, had: Ints, group: Ints, head: int) -> None:
    """Give an identifier that left and came back the number it had, if that is nobody's now: numbers stay."""
    closed = Link.objects.filter(until__lte=head, customer__isnull=False)
    back = np.flatnonzero((had == 0) & (group >= 0))
    if not len(back) or not closed.exists():
        return
    wanted = hashes.take(pa.array(back)).to_pylist()
    former: dict[str, int] = {}
    for chunk in bulk.chunks(wanted):
        rows = closed.filter(identifier_hash__in=chunk).order_by("pk")
        former |= {
            digest: customer or 0 for digest, customer in rows.values_list("identifier_hash", "customer")
        }
    numbers = np.array([former.get(each, 0) for each in wanted], dtype=np.int64)
    asked = np.unique(numbers[numbers > 0])
    taken = {0, *asked[np.isin(asked, had)].tolist()}
    for chunk in bulk.chunks(asked.tolist()):
        merged = Customer.objects.filter(number__in=chunk, until__lte=head)
        taken |= set(merged.values_list("number", flat=True))
    free = ~np.isin(numbers, list(taken))
    had[back[free]] = numbers[free]


def _open(rows: pa.Table, customer: Ints, rule: Ints, number: int) -> int:
    """New links; customer 0 is nobody."""
    rows = rows.select(["identifier_type", "identifier_hash"])
    rows = rows.append_column("customer", pa.array(customer, mask=customer == 0))
    return bulk.insert(Link, rows.append_column("rule", RULES.take(pa.array(rule))), batch=number)


def _write_customers(numbered: rules.Numbers, number: int) -> None:
    bulk.insert(Customer, pa.table({"number": pa.array(numbered.new)}), batch=number)
    for chunk in bulk.chunks(sorted(numbered.merged.items())):
        with transaction.atomic():
            for old, final in chunk:
                Customer.objects.filter(number=old).update(merged_into=final, until=number)


def _changed(before: Before, hashes: merging.Hashes, customer: Ints) -> pa.Table:
    now = _at(customer, merging.found(before.hashes, hashes), 0)
    moved = now != before.customer
    was, now = before.customer[moved], now[moved]
    rows = before.rows.filter(pa.array(moved))
    rows = rows.append_column("was", pa.array(was, mask=was == 0))
    return rows.append_column("now", pa.array(now, mask=now == 0))


def _kept(graph: merging.Graph, links: pa.Table, grouped: rules.Groups) -> dict[str, pa.Table]:
    nodes, (a, b) = graph.nodes, graph.ends
    kept = {
        "node": pa.array(np.arange(len(links))),
        "seen_at": pa.array(nodes.rank).cast(pa.timestamp("us", "UTC")),
        "customer_id": links["customer_id"],
        "rule": RULES.take(pa.array(grouped.rule)),
    }
    ends = {"node_a": pa.array(a), "node_b": pa.array(b), "on_record": pa.array(graph.pairs.rank == 0)}
    told = ({name: part.rows[name] for name in part.rows.column_names} for part in (nodes, graph.pairs))
    identifiers, pairs = (pa.table(said | mine) for said, mine in zip(told, (kept, ends), strict=True))
    return {"identifiers": identifiers, "identifier_pairs": pairs}
