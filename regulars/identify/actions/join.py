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
from regulars.gather.models import Record
from regulars.gather.tables import standing
from regulars.identify import tables
from regulars.identify.models import Customer, Excluded, Link
from regulars.identify.rules import joining as rules
from regulars.lake.engine import Lake

Ints = npt.NDArray[np.int64]
OWN = r'^\["(?P<own>[0-9a-f]+)"'  # the first of a JSON list of hashes


@dataclass(frozen=True)
class Identified:
    """What a landing writes to the lake, and counts for the turn: identifiers, customers, opened, merged."""

    links: pa.Table
    customers: pa.Table
    sightings: ir.Table  # those that stand, for the same turn to read
    counts: dict[str, int]


def identify(*, lake: Lake, number: int) -> Identified:
    """Join all identifiers of the lake into customers and write what changed under landing ``number``.

    The caller holds the writer's lock; what is written shows once HEAD reaches ``number``.
    """
    sightings = lake.keep("standing", standing(lake.table("sightings"), lake.table("orders")))
    nodes = lake.con.to_pyarrow(tables.nodes(sightings))
    hashes = nodes["identifier_hash"]
    excluded = pc.is_in(
        hashes, value_set=_strings(Excluded.objects.values_list("identifier_hash", flat=True))
    )
    grouped = rules.groups(
        nodes["identifier_type"].to_pylist(),
        _pairs(lake, sightings, hashes),
        np.asarray(excluded.combine_chunks(), dtype=bool),
    )
    links = bulk.columns(
        Link.objects.filter(visible(lake.head.number)), "pk", "identifier_hash", "customer", "rule"
    )
    had, at = _present(links, hashes)
    _recall(hashes, had, lake.head.number)
    last = Customer.objects.aggregate(last=Max("number"))["last"] or 0
    numbered = rules.numbers(grouped.group, had, np.asarray(nodes["seen_at"].cast(pa.int64())), last)
    opened = _write_links(nodes, grouped, numbered, links, at, number)
    _write_customers(numbered, number)
    customer = pa.array(numbered.customer, mask=numbered.customer == 0)
    exported = pa.table(
        {"identifier_type": nodes["identifier_type"], "identifier_hash": hashes, "customer_id": customer}
    )
    counts = {
        "identifiers": len(nodes),
        "customers": len(np.unique(numbered.customer[numbered.customer > 0])),
        "links opened": opened,
        "merged": len(numbered.merged),
    }
    return Identified(exported, _customers(exported, lake.head.number), sightings, counts)


def whose(identifiers: pa.ChunkedArray, links: pa.Table) -> pa.Array:
    """Each record's customer (null: nobody's), by its own number, which stands first among its ``identifiers``.

    ``identifiers``: a JSON list of hashes each; ``links``: identifier_hash and customer_id, one row an identifier.
    """
    own = pc.struct_field(pc.extract_regex(identifiers.cast(pa.string()), OWN), "own")
    at = pc.index_in(own, value_set=links["identifier_hash"].combine_chunks()).combine_chunks()
    return links["customer_id"].combine_chunks().take(at)


def _strings(values: object) -> pa.Array:
    return pa.array(list(values), pa.string())  # type: ignore[call-overload]


def _pairs(lake: Lake, sightings: ir.Table, hashes: pa.ChunkedArray) -> rules.Pairs:
    found = lake.con.to_pyarrow(tables.pairs(sightings))
    place = {
        name: np.asarray(pc.index_in(found[name], value_set=hashes.combine_chunks()).cast(pa.int64()))
        for name in ("hash_a", "hash_b")
    }
    return rules.Pairs(
        place["hash_a"], place["hash_b"], np.asarray(found["on_record"].combine_chunks(), dtype=bool)
    )


def _present(links: pa.Table, hashes: pa.ChunkedArray) -> tuple[Ints, Ints]:
    """For each node its present customer (0: none) and the position of its open link (−1: none)."""
    if not len(links):
        return np.zeros(len(hashes), dtype=np.int64), np.full(len(hashes), -1, dtype=np.int64)
    at = pc.index_in(hashes, value_set=links["identifier_hash"].cast(pa.string()).combine_chunks())
    place = np.asarray(pc.fill_null(at, -1).cast(pa.int64()))
    customers = np.asarray(pc.fill_null(links["customer"].cast(pa.int64()), 0))
    return np.where(place >= 0, customers[place], 0), place


def _recall(hashes: pa.ChunkedArray, had: Ints, head: int) -> None:
    """Give an identifier that left and came back the number it had, if that is nobody's now: numbers stay."""
    closed = Link.objects.filter(until__lte=head, customer__isnull=False).order_by("pk")
    former = dict(closed.values_list("identifier_hash", "customer"))
    if not former:
        return
    taken = set(had.tolist()) | set(Customer.objects.filter(until__lte=head).values_list("number", flat=True))
    for at in np.flatnonzero(had == 0):
        number = former.get(hashes[int(at)].as_py())
        if number is not None and number not in taken:
            had[at] = number


def _write_links(
    nodes: pa.Table, grouped: rules.Groups, numbered: rules.Numbers, links: pa.Table, at: Ints, number: int
) -> int:
    """Close links whose customer or rule changed, or whose identifier no longer stands, and open the new ones."""
    names = pa.array(rules.RULES, pa.string())
    unchanged = np.zeros(len(nodes), dtype=bool)
    if len(links):
        customers = np.asarray(pc.fill_null(links["customer"].cast(pa.int64()), 0))
        reasons = np.asarray(pc.fill_null(pc.index_in(links["rule"].cast(pa.string()), value_set=names), -1))
        unchanged = (at >= 0) & (customers[at] == numbered.customer) & (reasons[at] == grouped.rule)
        ended = np.ones(len(links), dtype=bool)
        ended[at[unchanged]] = False
        keys = np.asarray(links["pk"])[ended]
        bulk.close(Link, number=number, field="pk", values=keys.tolist(), ended_by="a turn")
    fresh = np.flatnonzero(~unchanged)
    customer = numbered.customer[fresh]
    rows = nodes.select(["identifier_type", "identifier_hash"]).take(pa.array(fresh))
    rows = rows.append_column("customer", pa.array(customer, mask=customer == 0))
    rows = rows.append_column("rule", names.take(pa.array(grouped.rule[fresh])))
    return bulk.insert(Link, rows, batch=number)


def _write_customers(numbered: rules.Numbers, number: int) -> None:
    bulk.insert(Customer, pa.table({"number": pa.array(numbered.new)}), batch=number)
    for chunk in bulk.chunks(sorted(numbered.merged.items())):
        with transaction.atomic():
            for old, final in chunk:
                Customer.objects.filter(number=old).update(merged_into=final, until=number)


def _customers(links: pa.Table, head: int) -> pa.Table:
    """What records say of each customer that the lake may know: who acquired them and when they registered."""
    rows = Record.objects.filter(visible(head)).exclude(identifiers=[])
    records = bulk.columns(
        rows.order_by("registered_at", "pk"), "identifiers", "acquired_by", "registered_at"
    )
    customers = whose(records["identifiers"], links)
    registered = records["registered_at"].cast(pa.timestamp("us", "UTC"))
    said = pa.table(
        {
            "customer_id": customers,
            "acquired_by": pc.if_else(
                pc.equal(records["acquired_by"].cast(pa.string()), ""),
                None,
                records["acquired_by"].cast(pa.string()),
            ),
            "registered_on": registered.cast(pa.date32()),
        }
    ).filter(pc.is_valid(customers))
    # The earliest record of a customer speaks for it.
    keys, first_row = np.unique(np.asarray(said["customer_id"]), return_index=True)
    return said.take(pa.array(first_row, pa.int64())) if len(keys) else said
