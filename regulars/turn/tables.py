"""What changes in closed months, as expressions: which versions count, whose rows move, what is laid over them."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from regulars.identify.rules.strength import STRENGTH

KEY = ("source", "order_id")
PLACE = ("source", "order_id", "month")
DAY = ("customer_id", "business_date")


def highest(part: ir.Table, told: ir.Table) -> ir.Table:
    """The rows of ``part`` that are their order's highest version, by what ``several`` told of its orders."""
    top = _top(told)
    beaten = (part.source == top.source) & (part.order_id == top.order_id) & (part.version < top.version)
    return part.anti_join(top, beaten)


def superseded(kept: ir.Table, told: ir.Table) -> ir.Table:
    """Kept sales of which ``told`` (what ``several`` said of orders) knows a higher version."""
    top = _top(told)
    beaten = (kept.source == top.source) & (kept.order_id == top.order_id) & (kept.version < top.version)
    return kept.semi_join(top, beaten)


def _top(told: ir.Table) -> ir.Table:
    return told.group_by(*KEY).agg(version=told.version.max())


def ties(orders: ir.Table, sightings: ir.Table, links: ir.Table) -> ir.Table:
    """The fact ``ties``: of orders on which the strongest identifiers lead to several customers, each of these.

    ``orders`` at their highest version, ``sightings`` at least those that came with them.
    """
    known = links.filter(links.customer_id.notnull() & links.identifier_type.isin(STRENGTH))
    seen = sightings.filter(sightings.kind == "order").join(known, ["identifier_type", "identifier_hash"])
    place = ibis.cases(
        *((seen.identifier_type == name, at) for at, name in enumerate(STRENGTH)), else_=len(STRENGTH)
    )
    on = ("source", "ref_id", "batch")
    each = seen.group_by(*on, place=place.cast("int64")).agg(
        least=seen.customer_id.min(), most=seen.customer_id.max()
    )
    first = each.group_by(*on).agg(place=each.place.min())
    tied = each.semi_join(first, (*on, "place")).filter(lambda row: row.least != row.most)
    theirs = seen.mutate(place=place.cast("int64")).semi_join(tied, (*on, "place"))
    on_orders = theirs.select("source", "batch", "customer_id", order_id="ref_id").distinct()
    months = orders.select(*KEY, "batch", month=month_of(orders.business_date))
    return on_orders.inner_join(months, (*KEY, "batch")).select(*KEY, "customer_id", "month")


def month_of(day: ir.DateValue) -> ir.IntegerValue:
    """Year × 12 + month − 1."""
    return (day.year().cast("int64") * 12 + day.month().cast("int64") - 1).cast("int64")


def renamed(changed: ir.Table, now: ir.Table) -> ir.Table:
    """``was`` and ``now`` of customers all of whose identifiers went to one and the same other customer.

    ``changed``: identifiers by ``was`` and ``now``; ``now`` are today's links: who is there was split, not renamed.
    """
    left = changed.filter(changed.was.notnull())
    grouped = left.group_by("was").agg(
        now=left.now.min(), most=left.now.max(), lost=left.now.isnull().cast("int64").sum()
    )
    whole = grouped.filter((grouped.now == grouped.most) & (grouped.lost == 0)).select("was", "now")
    return whole.anti_join(now.select(was="customer_id"), "was")


def moved(before: ir.Table, after: ir.Table) -> ir.Table:
    """Rows of ``before`` whose order has another customer or another reason for none in ``after``, or is not there."""
    right = after.select(*KEY, to="customer_id", why="cause", there=ibis.literal(True))
    both = before.left_join(right, KEY).select(*before.columns, "to", "why", "there")
    same = (ibis.coalesce(both.customer_id, 0) == ibis.coalesce(both.to, 0)) & (
        ibis.coalesce(both.cause, "") == ibis.coalesce(both.why, "")
    )
    return both.filter(both.there.isnull() | ~same).select(before.columns)


def patches(before: ir.Table, after: ir.Table, key: tuple[str, ...], laid: int) -> ir.Table:
    """What is laid over a table by month so that rows ``before`` are as ``after``; ``key`` includes the month."""
    there = after.mutate(gone=ibis.literal(False))
    gone = before.anti_join(after, key).mutate(gone=ibis.literal(True)).select(there.columns)
    return there.union(gone).mutate(laid=ibis.literal(laid, type="int64"))
