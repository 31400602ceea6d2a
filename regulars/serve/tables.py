"""What the till reported as given away; nothing here is executed."""

from __future__ import annotations

from datetime import date

import ibis.expr.types as ir

from regulars.gather.tables import several


def comps(orders: ir.Table, since: date, *, from_one: bool = False) -> ir.Table:
    """Orders since a business date with something given away, at their highest version and not cancelled:
    source, order_id, store_id, staff_id, table, amount (minor units), reason, at.

    Versions are looked up of these orders only; ``from_one`` as `several` has it."""
    given = orders.filter(
        (orders.comp > 0) & (orders.business_date >= since) & (orders.status != "cancelled")
    )
    told = several(orders, given.select("source", "order_id"), from_one=from_one)
    top = told.group_by("source", "order_id").agg(version=told.version.max())
    kept = given.anti_join(
        top, (given.source == top.source) & (given.order_id == top.order_id) & (given.version < top.version)
    )
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
