"""The orders the desk keeps at hand: identified, recent, at their highest version, one row each with its lines."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from regulars.gather.tables.versions import latest


def at_hand(orders: ir.Table, lines: ir.Table, seen: ir.Table, since: ir.DateValue) -> ir.Table:
    """The desk's rows for orders that have an identifier and are not older than ``since``; ``orders`` has every version
    of each, ``seen`` is ``seen_on_orders``. Columns as ``gather.models.Order``, ``lines`` as JSON text in line order.
    """
    wanted = latest(orders)
    kept = wanted.filter(wanted.business_date >= since)
    kept = kept.semi_join(seen, ("source", "order_id"))
    line = ibis.struct(
        {
            "line": lines.line,
            "product_id": lines.product_id,
            "quantity": lines.quantity,
            "paid_price": lines.paid_price,
            "returned": lines.returned,
        }
    )
    # Lines land with their order, so only the files of those landings are read.
    mine = lines.semi_join(kept, ("source", "order_id", "batch"))
    told = mine.group_by("source", "order_id", "version").agg(lines=line.collect())
    joined = kept.left_join(told, ("source", "order_id", "version"))
    text = joined.lines.sort().cast("json").cast("string").fill_null("[]")
    return joined.select(
        "source", "order_id", "version", "store_id", "ordered_at", "business_date", "sales_channel", "traffic", "offer",
        "staff_id", "table", "visit_id", "gross", "discount", "comp", "comp_reason",
        net=joined.net.fill_null(0), refunded=joined.refunded.fill_null(0),
        status=joined.status, lines=text,
    )  # fmt: skip


def seen_on_orders(sightings: ir.Table) -> ir.Table:
    """Sightings on orders by an identifier (a typed placeholder is none): identifier_hash, source, order_id."""
    seen = sightings.filter((sightings.kind == "order") & (sightings.identifier_type != "blocked"))
    return seen.select("identifier_hash", "source", order_id="ref_id").distinct()
