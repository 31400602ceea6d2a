"""Where a customer goes: the days at each store as text that folds, the stores seen, and the one they usually visit."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

EDGE, BETWEEN = "|", "\x1f"  # Spark splits by a regular expression, in which the second means nothing else
DOWN, DIGITS = (
    100_000,
    5,
)  # visit days are written down from here, so that sorted texts begin with the most visited


def shops(prior: ir.Table | None, people: ir.Table, visits: ir.Table) -> ir.Table:
    """One row a customer with a new visit to a known store: `stores` (``|A|B|``), `usual_store`, where most of their
    days were, ties by the store's code, and `store_days`: 3 days at B and 1 at A are ``99997B`` and ``99999A``.

    ``visits`` are the new ones of `customer_days`, ``people`` their `low` and `high` (least and greatest store) and
    `times`, how many they are; ``prior`` has `stores` and `store_days` as they were before. Who only ever came to one
    store, as most do, is counted without taking texts apart.
    """
    people = people.filter(people.times > 0).select(
        "customer_id", "low", "high", "times", only=_edged(people.low)
    )
    if prior is None:
        people = people.mutate(stores=ibis.null("string"), store_days=ibis.null("string"))
    else:
        before = prior.select("customer_id", "stores", "store_days")
        people = people.left_join(before, "customer_id").drop("customer_id_right")
    alone = (people.low == people.high) & (ibis.coalesce(people.stores, people.only) == people.only)
    one = people.filter(alone)
    times = one.times + ibis.coalesce(_times(one.store_days), ibis.literal(0, type="int64"))
    single = one.select("customer_id", usual_store="low", stores="only", store_days=_entry(times, one.low))
    return single.union(_several(people.filter(~alone), visits))


def _several(people: ir.Table, visits: ir.Table) -> ir.Table:
    """The same of those who have been to more stores than one."""
    theirs = visits.filter(visits.store_id.notnull()).semi_join(people, "customer_id")
    fresh = theirs.select("customer_id", "store_id", times=ibis.literal(1, type="int64"))
    had = people.filter(people.store_days.notnull())
    had = had.select("customer_id", entry=had.store_days.split(BETWEEN).unnest())
    before = had.select("customer_id", store_id=had.entry.substr(DIGITS), times=_times(had.entry))
    both = fresh.union(before)
    counted = both.group_by("customer_id", "store_id").agg(times=both.times.sum().cast("int64"))
    lists = counted.group_by("customer_id").agg(
        ranked=_entry(counted.times, counted.store_id).collect().sort()
    )
    codes = lists.ranked.map(lambda entry: entry.substr(DIGITS)).sort()
    return lists.select(
        "customer_id",
        usual_store=lists.ranked[0].substr(DIGITS),
        stores=_edged(codes.join(EDGE)),
        store_days=lists.ranked.join(BETWEEN),
    )


def _edged(stores: ir.StringValue) -> ir.StringValue:
    return ibis.literal(EDGE) + stores + ibis.literal(EDGE)


def _entry(times: ir.IntegerValue, store: ir.StringValue) -> ir.StringValue:
    return (DOWN - times).cast("string").lpad(DIGITS, "0") + store


def _times(entry: ir.StringValue) -> ir.IntegerValue:
    return (DOWN - entry.substr(0, DIGITS).cast("int64")).cast("int64")
