"""Which visit an order belongs to: the one it names, else the party that sat at its table then."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from regulars.gather.rules.sittings import AFTER, BEFORE, LONGEST


def sittings(orders: ir.Table, visits: ir.Table) -> ir.Table:
    """One row an order that found its visit: source, order_id, visit_source, visit_id.

    An order that names a visit of its store belongs to it. Else it is the visit at the same store and table within
    whose sitting it was made (from 15 minutes before the guests sat until 30 after they left, four hours where nobody
    said so); of several the one seated last. ``orders`` has one row an order.
    """
    mine = orders.select("source", "order_id", "store_id", "table", "ordered_at", named="visit_id")
    theirs = visits.select(
        visit_source="source",
        visit_id="visit_id",
        visit_store="store_id",
        visit_table="table",
        begins=ibis.coalesce(visits.seated_at, visits.booked_at, visits.queued_at),
        ends=visits.left_at,
    )
    named = mine.inner_join(theirs, (mine.named == theirs.visit_id) & (mine.store_id == theirs.visit_store))
    named = named.mutate(rank=0)
    unnamed = mine.anti_join(named.select("source", "order_id"), ("source", "order_id"))
    there = unnamed.inner_join(
        theirs, (unnamed.store_id == theirs.visit_store) & (unnamed.table == theirs.visit_table)
    )
    last = ibis.coalesce(
        there.ends + ibis.interval(minutes=AFTER), there.begins + ibis.interval(hours=LONGEST)
    )
    there = there.filter(
        (there.ordered_at >= there.begins - ibis.interval(minutes=BEFORE)) & (there.ordered_at <= last)
    ).mutate(rank=1)
    both = named.union(there)
    latest = ibis.row_number().over(
        group_by=("source", "order_id"),
        order_by=(both.rank, ibis.desc(both.begins), both.visit_source, both.visit_id),
    )
    found = both.mutate(place=latest).filter(lambda row: row.place == 0)
    return found.select("source", "order_id", "visit_source", "visit_id")
