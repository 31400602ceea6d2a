"""Sales summed by who bought, where and how: every measure of revenue and of identification is rolled up from these."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from regulars.measure.cube import Cube, Inputs
from regulars.measure.tables import counted, cube, day_of, month_of, named

NEW, RETURNING, UNIDENTIFIED = "new", "returning", "unidentified"
MONEY = ("sales", "orders", "revenue")  # sales: rows; an exchange is one, though of no order and no money
FAIR = ("priced", "gross", "brand", "platform")
WHO = {"part": "string", "cause": "string"}


def _sales(inputs: Inputs) -> ir.Table:
    """Sales with ``part`` (new: on their customer's first day; returning: later; unidentified) and ``cause`` (why
    nobody is known, "" where somebody is), and what was taken off the list price where that was recorded."""
    first = inputs.states.select(known_as="customer_id", first_day="first_day")
    rows = inputs.sales.left_join(first, inputs.sales.customer_id == first.known_as)
    known = rows.customer_id.notnull()
    part = ibis.cases((~known, UNIDENTIFIED), (rows.business_date == rows.first_day, NEW), else_=RETURNING)
    nothing = ibis.literal(0, type="int64")
    priced = counted(known & (rows.orders > 0) & (rows.gross > 0) & rows.discount.notnull())
    platform = ibis.coalesce(rows.platform_subsidy, nothing)
    return rows.select(
        month=month_of(rows.business_date),
        day=day_of(rows.business_date),
        store=named(rows.store_id),
        till=named(named(rows.store_id) + "/" + rows.till_id),
        shift=named(rows["shift"]),
        sales_channel=named(rows.sales_channel),
        traffic=named(rows.traffic),
        part=part,
        cause=known.ifelse(ibis.literal(""), named(rows.cause)),
        sales=ibis.literal(1, type="int64"),
        orders=rows.orders.cast("int64"),
        revenue=rows.revenue.cast("int64"),
        priced=priced,
        gross=(priced > 0).ifelse(rows.gross, nothing),
        brand=(priced > 0).ifelse(rows.discount - platform, nothing),
        platform=(priced > 0).ifelse(platform, nothing),
    )


def _finest(inputs: Inputs) -> ir.Table:
    """One pass over the sales, of which the monthly cubes are margins."""
    keys = ["month", "store", "till", "shift", "sales_channel", "traffic", *WHO]
    return cube(_sales(inputs), keys, [*MONEY, *FAIR])


SOLD = Cube(
    name="sold",
    keys={"store": "string", "sales_channel": "string", "traffic": "string", **WHO},
    sums=(*MONEY, *FAIR),
    count=_finest,
)
TILLS = Cube(name="tills", keys={"till": "string", "cause": "string"}, sums=MONEY, count=_finest)
SHIFTS = Cube(name="shifts", keys={"shift": "string", "cause": "string"}, sums=MONEY, count=_finest)
SOLD_DAYS = Cube(name="sold_days", keys={"day": "int64", "store": "string", **WHO}, sums=MONEY, count=_sales)


def since(inputs: Inputs) -> ir.Table:
    """``known_store`` and ``since``: the first day (a number) on which each store identified anybody's order."""
    days = inputs.cube(SOLD_DAYS)
    known = days.filter((days.part != UNIDENTIFIED) & (days.orders > 0))
    return known.group_by(known_store="store").aggregate(since=known.day.min())
