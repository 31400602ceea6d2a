"""Where a customer goes: the days at each store as text that folds, the stores seen, and the one they usually visit."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

EDGE, BETWEEN = "|", "\x1f"  # stores hardly write the first in a code, tills never the second
DIGITS = 5
DOWN = (
    10**DIGITS
)  # for ranks visit days are counted down from here: the least text is the store with the most


def shops(prior: ir.Table | None, people: ir.Table, visits: ir.Table) -> ir.Table:
    """One row a customer with a new visit to a known store: `stores` (``|A|B|``), `usual_store`, where most of their
    days were, ties by the store's code, and `store_days`: 1 day at A and 3 at B are ``A|00001`` and ``B|00003``, in
    the order in which they were last visited.

    ``visits`` are the new ones of `customer_days`, ``people`` their `low` and `high` (least and greatest store) and
    `times`, how many they are; ``prior`` has `stores`, `usual_store` and `store_days` as they were before. Only a store
    that was visited has another number of days: those of the others stay as they are, and nothing is counted or sorted
    anew but what is new. Who only ever came to one store, as most do, is counted without taking texts apart.
    """
    people = people.filter(people.times > 0).select(
        "customer_id", "low", "high", "times", only=_edged(people.low)
    )
    had = ("stores", "store_days", "usual_store")
    if prior is None:
        people = people.mutate(**{name: ibis.null("string") for name in had})
    else:
        people = people.left_join(prior.select("customer_id", *had), "customer_id").drop("customer_id_right")
    alone = (people.low == people.high) & (ibis.coalesce(people.stores, people.only) == people.only)
    one = people.filter(alone)
    times = one.times + _days_at(one.store_days, one.low)
    single = one.select("customer_id", usual_store="low", stores="only", store_days=_entry(one.low, times))
    return single.union(_several(people.filter(~alone), visits))


def _several(people: ir.Table, visits: ir.Table) -> ir.Table:
    """The same of those who have been to more stores than one."""
    theirs = visits.filter(visits.store_id.notnull()).semi_join(people, "customer_id")
    counted = theirs.group_by("customer_id", "store_id").agg(
        times=theirs.count().cast("int64"), on=theirs.business_date.max()
    )
    had = counted.left_join(people.select("customer_id", "store_days"), "customer_id")
    days = _days_at(had.store_days, had.store_id)
    each = had.select("customer_id", "store_id", "on", days=days, now=days + had.times)
    last = ibis.struct({"on": each.on, "store": each.store_id, "entry": _entry(each.store_id, each.now)})
    lists = each.group_by("customer_id").agg(
        best=_rank(each.store_id, each.now).min(),
        more=(each.days == 0).max(),
        codes=each.store_id.collect(where=each.days == 0),
        latest=last.collect(),
        stale=_entry(each.store_id, each.days).collect(),
    )
    before = people.select("customer_id", "stores", "store_days", "usual_store")
    both = lists.inner_join(before, "customer_id")
    rank = _rank(both.usual_store, _days_at(both.store_days, both.usual_store))
    standing = both.store_days.split(BETWEEN).filter(lambda entry: ~both.stale.contains(entry))
    seen = both.stores.substr(1, both.stores.length() - 2).split(EDGE)
    first, changed = both.stores.isnull(), both.more
    codes = ibis.cases((first, both.codes), (changed, seen.concat(both.codes)))
    entries = both.latest.sort().map(lambda visited: visited["entry"])
    entries = ibis.ifelse(first, entries, standing.concat(entries))
    return both.select(
        "customer_id",
        usual_store=ibis.least(both.best, ibis.coalesce(rank, both.best)).substr(DIGITS),
        stores=ibis.ifelse(first | changed, _edged(codes.sort().join(EDGE)), both.stores),
        store_days=entries.join(BETWEEN),
    )


def _edged(stores: ir.StringValue) -> ir.StringValue:
    return ibis.literal(EDGE) + stores + ibis.literal(EDGE)


def _entry(store: ir.StringValue, days: ir.IntegerValue) -> ir.StringValue:
    return store + ibis.literal(EDGE) + days.cast("string").lpad(DIGITS, "0")


def _rank(store: ir.StringValue, days: ir.IntegerValue) -> ir.StringValue:
    return (DOWN - 1 - days).cast("string").lpad(DIGITS, "0") + store


def _days_at(store_days: ir.StringValue, store: ir.StringValue) -> ir.IntegerValue:
    """Visit days at a store by the text of all; 0 where it is not among them."""
    text, asked = ibis.literal(BETWEEN) + store_days, ibis.literal(BETWEEN) + store + ibis.literal(EDGE)
    at = text.find(asked)
    days = text.substr(at + asked.length(), DIGITS).nullif("").cast("int64")
    return ibis.ifelse(at >= 0, days, 0).fill_null(0).cast("int64")
