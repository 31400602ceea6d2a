"""Which staged orders are new, which are the next version of one, and which another import brought already."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

# What makes two versions of an order differ; when all of these agree the later one says nothing new.
CONTENT = ("store_id", "ordered_at", "gross", "discount", "net", "status", "refunded", "guests", "offer")


def latest(orders: ir.Table) -> ir.Table:
    """Orders at their highest version."""
    newest = orders.group_by("source", "order_id").agg(version=orders.version.max())
    return orders.semi_join(newest, ("source", "order_id", "version"))


def standing(sightings: ir.Table, orders: ir.Table) -> ir.Table:
    """Sightings less those on versions of an order that a later one replaced: a mended card joins nobody any more."""
    on_orders = sightings.filter(sightings.kind == "order")
    current = latest(orders).select("source", "batch", ref_id="order_id")
    kept = on_orders.semi_join(current, ("source", "ref_id", "batch"))
    return kept.union(sightings.filter(sightings.kind != "order"))


def judged(staged: ir.Table, orders: ir.Table, own: ir.ArrayValue) -> ir.Table:
    """Staged orders with ``version`` filled in and ``verdict``: new, next, same (nothing changed) or foreign.

    ``orders`` is the lake's table less what this import replaces; ``own`` the landings that brought the same name
    before. ``foreign_batch`` is the landing that brought a foreign order. A version that the file itself gives stands.
    """
    keys = staged.select("source", "order_id").distinct()
    there = orders.semi_join(keys, ("source", "order_id"))
    there = there.mutate(mine=own.contains(there.batch), content=_content(there))
    known = there.group_by("source", "order_id").agg(
        had=there.version.max(),
        had_content=there.content.argmax(there.version),
        foreign_batch=there.batch.max(where=~there.mine),
    )
    joined = staged.mutate(content=_content(staged)).left_join(known, ("source", "order_id"))
    joined = joined.drop("source_right", "order_id_right")
    verdict = ibis.cases(
        (joined.foreign_batch.notnull(), "foreign"),
        (joined.had.isnull(), "new"),
        (joined.content == joined.had_content, "same"),
        else_="next",
    )
    version = ibis.coalesce(joined.version, joined.had + 1, ibis.literal(1, type="int64"))
    return joined.mutate(verdict=verdict, version=version).drop("content", "had_content", "had")


def _content(orders: ir.Table) -> ir.StringValue:
    return ibis.literal("\x1f").join([orders[name].cast("string").fill_null("") for name in CONTENT])
