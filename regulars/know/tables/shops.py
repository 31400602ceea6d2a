"""Where a customer goes: the days at each store as text that folds, the stores seen, and the one they usually visit."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

EDGE, BETWEEN, COUNT = (
    "|",
    "\x1f",
    ":",
)  # codes may hold the last; Spark splits by an expression, so not by the first


def shops(prior: ir.Table | None, seen: ir.Table) -> ir.Table:
    """One row a customer of ``seen`` (visit days with their `store_id`): `stores` (``|A|B|``), `store_days` (visit days
    by store, ``2:B`` and ``5:A``) and `usual_store`, where most of their days were, ties by the store's code.

    ``prior`` has the first two as they were before. Who only ever came to one store, as most do, is counted without
    taking texts apart.
    """
    known = seen.filter(seen.store_id.notnull())
    people = known.group_by("customer_id").agg(
        low=known.store_id.min(), high=known.store_id.max(), times=known.count().cast("int64")
    )
    people = people.mutate(only=_edged(people.low))
    if prior is None:
        people = people.mutate(stores=ibis.null("string"), store_days=ibis.null("string"))
    else:
        before = prior.select("customer_id", "stores", "store_days")
        people = people.left_join(before, "customer_id").drop("customer_id_right")
    alone = (people.low == people.high) & (ibis.coalesce(people.stores, people.only) == people.only)
    people = people.mutate(alone=alone)
    one = people.filter(people.alone)
    times = one.times + ibis.coalesce(_count(one.store_days), ibis.literal(0, type="int64"))
    single = one.select("customer_id", usual_store="low", stores="only", store_days=_entry(times, one.low))
    return single.union(_several(people.filter(~people.alone), known))


def _several(people: ir.Table, known: ir.Table) -> ir.Table:
    """The same of those who have been to more stores than one."""
    theirs = known.semi_join(people, "customer_id")
    fresh = theirs.group_by("customer_id", "store_id").agg(times=theirs.count().cast("int64"))
    had = people.filter(people.store_days.notnull())
    had = had.select("customer_id", entry=had.store_days.split(BETWEEN).unnest())
    before = had.select("customer_id", store_id=_store(had.entry), times=_count(had.entry))
    both = fresh.union(before)
    counted = both.group_by("customer_id", "store_id").agg(times=both.times.sum().cast("int64"))
    most = ibis.window(group_by="customer_id")
    counted = counted.mutate(most=counted.times.max().over(most))
    return counted.group_by("customer_id").agg(
        usual_store=counted.store_id.min(where=counted.times == counted.most),
        stores=_edged(counted.store_id.collect().sort().join(EDGE)),
        store_days=_entry(counted.times, counted.store_id).collect().sort().join(BETWEEN),
    )


def _edged(stores: ir.StringValue) -> ir.StringValue:
    return ibis.literal(EDGE) + stores + ibis.literal(EDGE)


def _entry(times: ir.IntegerValue, store: ir.StringValue) -> ir.StringValue:
    return times.cast("string") + ibis.literal(COUNT) + store


def _count(entry: ir.StringValue) -> ir.IntegerValue:
    return entry.substr(0, entry.find(COUNT)).cast("int64")


def _store(entry: ir.StringValue) -> ir.StringValue:
    return entry.substr(entry.find(COUNT) + 1)
