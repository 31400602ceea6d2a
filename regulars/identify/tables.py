"""Sightings as a graph, and sales with the customer their identifiers lead to; nothing here is executed."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from regulars.gather.tables import latest
from regulars.identify.rules.strength import STRENGTH

SPAN = 1 << 50  # above every customer number


def nodes(sightings: ir.Table) -> ir.Table:
    """One row an identifier that can identify: identifier_type, identifier_hash, seen_at (its first sighting)."""
    known = sightings.filter(sightings.identifier_type.isin(STRENGTH))
    grouped = known.group_by("identifier_hash", "identifier_type").agg(seen_at=known.seen_at.min())
    return grouped.order_by("identifier_hash", "identifier_type")


def pairs(sightings: ir.Table) -> ir.Table:
    """Distinct pairs of identifiers seen on one order, record or visit: hash_a < hash_b, on_record."""
    known = sightings.filter(sightings.identifier_type.isin(STRENGTH))
    together = ("kind", "source", "ref_id")
    several = known.group_by(*together).agg(many=known.identifier_hash.nunique()).filter(lambda t: t.many > 1)
    left = known.semi_join(several, together).select(*together, hash_a="identifier_hash")
    right = left.rename(hash_b="hash_a").view()
    joined = left.join(right, together).filter(lambda t: t.hash_a < t.hash_b)
    return joined.group_by("hash_a", "hash_b").agg(on_record=(joined.kind == "record").max())


def sales(orders: ir.Table, sightings: ir.Table, links: ir.Table) -> ir.Table:
    """One row a kept order at its highest version, with ``revenue`` (minor units), ``customer_id`` and ``cause``.

    ``orders`` is 1; it is 0 on what only took money back: a return that its source writes as an order of its own is
    revenue, below nothing, and no order, so whoever counts orders sums this column. Cancelled and fully refunded orders
    are left out, being neither. ``cause`` says why an order has no customer: blocked (a
    placeholder was typed), shared_identifier, platform (it hides who ordered), not_asked, declined, not_recorded.
    """
    newest = latest(orders)
    told = newest.mutate(
        orders=(newest.status != "refunded").cast("int64"),
        revenue=newest.net - newest.refunded.fill_null(0),
    )
    kept = told.filter((told.status != "cancelled") & ((told.orders > 0) | (told.revenue != 0)))
    seen = sightings.filter(sightings.kind == "order").join(
        links, ["identifier_type", "identifier_hash"], how="left", rname="link_{name}"
    )
    # One integer holds strength and number, so that the strongest wins and among equals the lower number.
    rank = ibis.cases(
        *((seen.identifier_type == name, place) for place, name in enumerate(STRENGTH)), else_=len(STRENGTH)
    )
    seen = seen.mutate(strongest=rank.cast("int64") * SPAN + seen.customer_id)
    found = seen.group_by("source", order_id="ref_id").agg(
        customer_id=seen.strongest.min() % SPAN,
        blocked=(seen.identifier_type == "blocked").max(),
        shared=(seen.identifier_type != "blocked").max(),
    )
    joined = kept.left_join(found, ("source", "order_id")).drop("source_right", "order_id_right")
    cause = ibis.cases(
        (joined.customer_id.notnull(), ibis.null("string")),
        (joined.shared.fill_null(False), "shared_identifier"),
        (joined.blocked.fill_null(False), "blocked"),
        ((joined.sales_channel == "delivery") & (joined.traffic == "platform"), "platform"),
        (~joined.member_asked, "not_asked"),
        (joined.member_asked, "declined"),
        else_="not_recorded",
    )
    return joined.mutate(cause=cause).drop("blocked", "shared")
