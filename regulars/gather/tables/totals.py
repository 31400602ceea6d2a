"""What a store's till says of a day beside what its orders come to."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from regulars.gather.tables.versions import latest


def compared(given: ir.Table, orders: ir.Table) -> ir.Table:
    """One row a store and business date: store_id, date, given, came, difference (came − given), minor units.

    ``given``: store_id, date, total. ``came`` is what was rung up that day: net of orders that were not cancelled,
    before refunds. Days on which a store of the totals has orders between the first and last date given, but no
    total, stand with given 0.
    """
    kept = latest(orders).filter(lambda t: t.status != "cancelled")
    came = kept.group_by("store_id", date=kept.business_date).agg(
        came=kept.net.fill_null(0).sum().cast("int64")
    )
    span = given.agg(first=given.date.min(), final=given.date.max())
    came = came.cross_join(span).filter(lambda t: t.date.between(t["first"], t.final)).drop("first", "final")
    came = came.semi_join(given, "store_id")
    joined = given.outer_join(came, ("store_id", "date"), rname="{name}_came")
    told = joined.select(
        store_id=ibis.coalesce(joined.store_id, joined.store_id_came),
        date=ibis.coalesce(joined.date, joined.date_came),
        given=joined.total.fill_null(0),
        came=joined.came.fill_null(0),
    )
    return told.mutate(difference=told.came - told.given)
