"""What the till reported as given away; nothing here is executed."""

from __future__ import annotations

from datetime import date

import ibis.expr.types as ir

from regulars.gather.tables import latest


def comps(orders: ir.Table, since: date) -> ir.Table:
    """Orders since a business date with something given away, at their highest version and not cancelled:
    source, order_id, store_id, staff_id, table, amount (minor units), reason, at."""
    kept = latest(orders)
    kept = kept.filter((kept.comp > 0) & (kept.business_date >= since) & (kept.status != "cancelled"))
    return kept.select(
        "source",
        "order_id",
        store_id=kept.store_id.fill_null(""),
        staff_id=kept.staff_id.fill_null(""),
        table=kept.table.fill_null(""),
        amount=kept.comp,
        reason=kept.comp_reason.fill_null(""),
        at=kept.ordered_at,
    ).order_by("source", "order_id")
