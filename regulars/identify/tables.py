"""Sightings as a graph, and sales with the customer their identifiers lead to; nothing here is executed."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from regulars.core.brand import BrandFacts
from regulars.gather.tables import latest
from regulars.gather.tables.sittings import sittings
from regulars.identify.rules.merging import OCCASION
from regulars.identify.rules.strength import STRENGTH
from regulars.lake.reading.functions import clock_in

SPAN = 1 << 50  # above every customer number


WITNESS = ("batch", "kind", "source", "ref_id")  # what names the occasion on which something was seen
NEVER = ibis.timestamp("9999-01-01 00:00:00", timezone="UTC")  # of what nobody says when it was


def nodes(sightings: ir.Table) -> ir.Table:
    """One row an identifier that can identify: identifier_type, identifier_hash, seen_at (its first sighting), and
    ``WITNESS``, the occasion that shows it: the first, and one and the same however the rows lie."""
    known = sightings.filter(sightings.identifier_type.isin(STRENGTH))
    told = {name: known[name] for name in WITNESS}
    first = ibis.struct({"seen_at": known.seen_at.fill_null(NEVER), **told})
    grouped = known.group_by("identifier_type", "identifier_hash").agg(first=first.min())
    said = {name: grouped["first"][name] for name in ("seen_at", *WITNESS)}
    return grouped.select("identifier_type", "identifier_hash", **said)


def pairs(sightings: ir.Table) -> ir.Table:
    """Distinct pairs of identifiers seen on one order, record or visit: hash_a < hash_b, on_record, and an occasion
    that shows it, a record where there is one: kind, source, ref_id and the landings batch_a and batch_b of the two."""
    known = sightings.filter(sightings.identifier_type.isin(STRENGTH))
    together = ("kind", "source", "ref_id")
    several = known.group_by(*together).agg(many=known.identifier_hash.nunique()).filter(lambda t: t.many > 1)
    left = known.semi_join(several, together).select(*together, hash_a="identifier_hash", batch_a="batch")
    right = left.rename(hash_b="hash_a", batch_b="batch_a").view()
    joined = left.join(right, together).filter(lambda t: t.hash_a < t.hash_b)
    told = {name: joined[name] for name in OCCASION}
    first = ibis.struct({"less": (joined.kind != "record").cast("int64"), **told})
    grouped = joined.group_by("hash_a", "hash_b").agg(first=first.min())
    said = {name: grouped["first"][name] for name in OCCASION}
    return grouped.select("hash_a", "hash_b", on_record=grouped["first"]["less"] == 0, **said)


def sales(orders: ir.Table, sightings: ir.Table, links: ir.Table) -> ir.Table:
    """One row a kept order at its highest version: ``resolved`` of all ``orders``."""
    return resolved(latest(orders), sightings, links)


def resolved(newest: ir.Table, sightings: ir.Table, links: ir.Table) -> ir.Table:
    """One row a kept order, with ``revenue`` (minor units), ``customer_id``, ``cause`` and ``month``.

    ``newest`` are orders at their highest version, all or some; of ``sightings`` those of the same landing speak for
    an order, whatever else is there. ``orders`` is 1; it is 0 on what only took money back: a return that its source
    writes as an order of its own is revenue, below nothing, and no order, so whoever counts orders sums this column.
    Cancelled and fully refunded orders are left out, being neither. ``cause`` says why an order has no customer:
    blocked (a placeholder was typed), shared_identifier, platform (it hides who ordered), not_asked, declined,
    not_recorded.
    """
    told = newest.mutate(
        orders=(newest.status != "refunded").cast("int64"),
        revenue=newest.net - newest.refunded.fill_null(0),
        month=_month(newest.business_date),
    )
    kept = told.filter((told.status != "cancelled") & ((told.orders > 0) | (told.revenue != 0)))
    seen = sightings.filter(sightings.kind == "order").join(
        links, ["identifier_type", "identifier_hash"], how="left", rname="link_{name}"
    )
    # One integer holds strength and number, so that the strongest wins and among equals the lower number.
    seen = seen.mutate(strongest=_strength(seen) * SPAN + seen.customer_id)
    found = seen.group_by("source", "batch", order_id="ref_id").agg(
        customer_id=seen.strongest.min() % SPAN,
        blocked=(seen.identifier_type == "blocked").max(),
        shared=(seen.identifier_type != "blocked").max(),
    )
    on = ("source", "order_id", "batch")
    joined = kept.left_join(found, on).drop(*(f"{name}_right" for name in on))
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


def visits_that_count(
    visits: ir.Table, sightings: ir.Table, links: ir.Table, brand: BrandFacts, sales: ir.Table | None = None
) -> ir.Table:
    """One row a visit that took place and whose guest is known: customer_id, business_date, store_id, source, visit_id,
    revenue (minor units, after refunds, of the orders that belong to it; 0 without ``sales``).

    Whose it is, its own identifiers say: a friend who pays takes nothing away. It took place when somebody sat, left or
    ordered; a booking that nobody came to counts nowhere. ``sales`` as the function above gives them.
    """
    seen = sightings.filter(sightings.kind == "visit").join(links, ["identifier_type", "identifier_hash"])
    found = seen.group_by("source", visit_id="ref_id").agg(
        customer_id=(_strength(seen) * SPAN + seen.customer_id).min() % SPAN
    )
    told = visits.inner_join(found, ("source", "visit_id"))
    if sales is None:
        told = told.mutate(revenue=ibis.literal(0, "int64"), sold=ibis.literal(False))
    else:
        theirs = sales.inner_join(sittings(sales, visits), ("source", "order_id"))
        sums = theirs.group_by(of_source="visit_source", of_visit="visit_id_right").agg(
            sum=theirs.revenue.sum()
        )
        told = told.left_join(sums, (told.source == sums.of_source) & (told.visit_id == sums.of_visit))
        told = told.mutate(revenue=told["sum"].fill_null(0), sold=told["sum"].notnull())
    told = told.filter(told.seated_at.notnull() | told.left_at.notnull() | told.sold)
    at = ibis.coalesce(told.seated_at, told.booked_at, told.queued_at, told.left_at)
    ends = ibis.interval(seconds=brand.day_ends.hour * 3600 + brand.day_ends.minute * 60)
    zones = [(told.store_id == code, ibis.literal(zone)) for code, zone in sorted(brand.store_zones.items())]
    zone = ibis.cases(*zones, else_=brand.time_zone) if zones else ibis.literal(brand.time_zone)
    day = (clock_in(zone, at) - ends).date()
    return told.select("customer_id", "store_id", "source", "visit_id", "revenue", business_date=day)


def households(sightings: ir.Table, links: ir.Table) -> ir.Table:
    """Pairs of customers who were seen on one order or visit: customer_a < customer_b, occasions, last_seen.

    Two people who each own a card stay two; this is what is shown of them, and joins nobody.
    """
    seen = sightings.filter(sightings.kind.isin(("order", "visit")))
    seen = seen.join(links, ["identifier_type", "identifier_hash"]).filter(
        lambda row: row.customer_id.notnull()
    )
    theirs = seen.group_by("kind", "source", "ref_id", "customer_id").agg(at=seen.seen_at.max())
    other = theirs.rename(customer_b="customer_id", at_b="at").view()
    pairs = theirs.join(other, ["kind", "source", "ref_id"]).filter(
        lambda row: row.customer_id < row.customer_b
    )
    grouped = pairs.group_by(customer_a="customer_id", customer_b="customer_b")
    return grouped.agg(occasions=pairs.count(), last_seen=pairs["at"].max())


def _month(day: ir.DateValue) -> ir.IntegerValue:
    return (day.year().cast("int64") * 12 + day.month().cast("int64") - 1).cast("int64")


def _strength(seen: ir.Table) -> ir.IntegerColumn:
    """The place of an identifier's type, 0 the strongest."""
    cases = ((seen.identifier_type == name, place) for place, name in enumerate(STRENGTH))
    return ibis.cases(*cases, else_=len(STRENGTH)).cast("int64")
