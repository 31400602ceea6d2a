"""What lay in newcomers' first baskets, and how long each was watched until they came again: cells for a comparison."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from regulars.know.tables.visits import day_number

SETTLED = 90  # days of a store's identification before "first seen" means a first visit
PERIOD = 7  # days; who is at risk is counted when one begins
LOOKED_AT = 730  # days of newcomers
ALIKE = ("store", "channel", "party", "quarter")


def party(guests: ir.IntegerValue) -> ir.StringValue:
    """The size of a party in bands, ``unsaid`` where the till does not say."""
    return ibis.cases(
        (guests.isnull(), "unsaid"), (guests <= 1, "1"), (guests == 2, "2"), (guests <= 4, "3-4"), else_="5+"
    )


def newcomers(sales: ir.Table, nth: ir.Table, as_of: date) -> ir.Table:
    """One row a newcomer of the last two years: ``customer_id``, ``day_1`` …, ``stratum`` (a number).

    ``nth`` as `first_visits` or `intervals.nth_visits` gives it. The stratum is store, channel and party of the first
    order and the quarter of the first visit: those in one are alike in what has most to do with coming back. Left out
    are those first seen in their store's first 90 days of identification, who may be old guests.
    """
    known = sales.filter(sales.customer_id.notnull() & (sales.orders > 0))
    orders = known.select(
        *("customer_id", "source", "order_id", "ordered_at"),
        store=known.store_id.fill_null(""),
        channel=known.sales_channel.fill_null(""),
        party=party(known.guests),
        quarter=(known.business_date.year() * 4 + known.business_date.quarter()).cast("int64"),
        day_1=known.business_date.epoch_days().cast("int64"),
    )
    since = orders.group_by("store").aggregate(since=orders.day_1.min())
    recent = nth.filter(nth.day_1 > day_number(as_of) - LOOKED_AT)
    order = ibis.window(group_by="customer_id", order_by=("ordered_at", "source", "order_id"))
    placed = orders.join(recent, ("customer_id", "day_1")).mutate(place=ibis.row_number().over(order))
    joined = placed.filter(placed.place == 0).join(since, "store")
    settled = joined.filter(joined.day_1 >= joined.since + SETTLED)
    strata = settled.select(*ALIKE).distinct()
    strata = strata.mutate(stratum=ibis.row_number().over(ibis.window(order_by=ALIKE)))
    return settled.join(strata, ALIKE).select(*nth.columns, "stratum")


def first_visits(states: ir.Table) -> ir.Table:
    """`intervals.nth_visits` of up to three visits, from what `customer_states` says of them already."""
    told = {f"day_{n}": states[name] for n, name in enumerate(("first_day", "second_day", "third_day"), 1)}
    return states.select(
        "customer_id", **{name: day.epoch_days().cast("int64") for name, day in told.items()}
    )


def first_orders(newcomers: ir.Table, sales: ir.Table) -> ir.Table:
    """The rows of ``sales`` on newcomers' first days: few, so that their lines are looked for and no others."""
    on_day = sales.mutate(day_1=sales.business_date.epoch_days().cast("int64"))
    return on_day.semi_join(newcomers, ("customer_id", "day_1")).drop("day_1")


def first_products(newcomers: ir.Table, sold: ir.Table) -> ir.Table:
    """Distinct ``customer_id``, ``product_id`` of newcomers' first days; ``sold`` of `first_orders`, or of more."""
    bought = sold.filter(sold.customer_id.notnull()).select(
        "customer_id", "product_id", day_1=sold.business_date.epoch_days().cast("int64")
    )
    return (
        bought.semi_join(newcomers, ("customer_id", "day_1")).select("customer_id", "product_id").distinct()
    )


def returns_by_product(
    newcomers: ir.Table, had: ir.Table, as_of: date, visit: int, window: int, floor: int
) -> ir.Table:
    """One row a product in ``floor`` first baskets or more: ``people`` with it, and of the log-rank test over strata
    ``observed``, ``expected``, ``variance`` (`rules.logrank.compared`).

    Watched from the first visit until visit number ``visit`` or ``as_of``, at most ``window`` days; who is at risk is
    counted at the beginning of each week, and only weeks count in which both sides are.
    """
    watched = _watched(newcomers, as_of, visit, window)
    many = had.group_by("product_id").aggregate(people=had.count().cast("int64"))
    many = many.filter(many.people >= floor)
    theirs = watched.join(had.semi_join(many, "product_id"), "customer_id")
    everybody = _at_risk(watched, ["stratum"])
    events = everybody.filter(everybody.returned > 0)
    events = events.select("stratum", "period", n=events.at_risk, d=events.returned)
    exits = theirs.group_by("product_id", "stratum", until="period").aggregate(
        ended=theirs.count().cast("int64"), back=theirs.back.sum().cast("int64")
    )
    placed = exits.join(events, "stratum").filter(lambda t: t.until >= t.period)
    having = placed.group_by("product_id", "stratum", "period", "n", "d").aggregate(
        n1=placed.ended.sum().cast("int64"),
        d1=ibis.coalesce(placed.back.sum(where=placed.until == placed.period), 0).cast("int64"),
    )
    both = having.filter(having.n1 < having.n)
    n, d, n1 = (both[name].cast("float64") for name in ("n", "d", "n1"))
    share = n1 / n
    each = both.mutate(e=d * share, v=d * share * (1.0 - share) * (n - d) / (n - 1.0))
    sums = each.group_by("product_id").aggregate(
        observed=each.d1.sum().cast("int64"), expected=each.e.sum(), variance=each.v.sum()
    )
    return many.join(sums, "product_id")


def _watched(newcomers: ir.Table, as_of: date, visit: int, window: int) -> ir.Table:
    """``customer_id``, ``stratum``, the ``period`` in which watching ended, and whether they came ``back`` in it."""
    reached = newcomers[f"day_{visit}"] - newcomers.day_1
    seen = ibis.literal(day_number(as_of), type="int64") - newcomers.day_1
    length = ibis.least(ibis.coalesce(reached, seen), ibis.literal(window, type="int64"))
    return newcomers.select(
        "customer_id",
        "stratum",
        period=(length // PERIOD).cast("int64"),
        back=ibis.coalesce(reached <= window, ibis.literal(False)).cast("int64"),
    )


def _at_risk(watched: ir.Table, by: list[str]) -> ir.Table:
    """By stratum and period: ``at_risk`` when it begins, ``returned`` in it."""
    counts = watched.group_by(*by, "period").aggregate(
        ended=watched.count().cast("int64"), returned=watched.back.sum().cast("int64")
    )
    later = ibis.window(group_by=by, order_by=ibis.desc("period"), preceding=None, following=0)
    return counts.select(*by, "period", "returned", at_risk=counts.ended.sum().over(later).cast("int64"))
