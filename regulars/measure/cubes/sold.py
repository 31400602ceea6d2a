"""Sales summed by who bought, where and how: every measure of revenue and of identification is rolled up from these."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from regulars.measure.cube import Cube, Inputs
from regulars.measure.tables import counted, cube, day_of, month_of, named

NEW, RETURNING, UNIDENTIFIED = "new", "returning", "unidentified"
MONEY = ("sales", "orders", "revenue")  # sales: rows; an exchange is one, though of no order and no money
FAIR = ("priced", "gross", "brand", "platform")
WHO = {"part": "string", "cause": "string"}


def _sales(inputs: Inputs) -> ir.Table:
    """Sales with ``part`` (0 new: on their customer's first day; 1 returning: later; 2 unidentified), and what was
    taken off the list price where that was recorded."""
    first = inputs.states.select(known_as="customer_id", first_day="first_day")
    rows = inputs.sales.left_join(first, inputs.sales.customer_id == first.known_as)
    one, nothing = ibis.literal(1, type="int64"), ibis.literal(0, type="int64")
    known, again = rows.customer_id.notnull(), one - counted(rows.business_date == rows.first_day)
    told = known & (rows.orders > 0) & (rows.gross > 0) & rows.discount.notnull()
    platform = ibis.coalesce(rows.platform_subsidy, nothing)
    return rows.select(
        *("business_date", "store_id", "till_id", "shift", "sales_channel", "traffic"),
        month=month_of(rows.business_date),
        part=known.ifelse(again, ibis.literal(2, type="int64")),
        cause=known.ifelse(ibis.literal(""), rows.cause),
        sales=one,
        orders=rows.orders.cast("int64"),
        revenue=rows.revenue.cast("int64"),
        priced=counted(told),
        gross=told.ifelse(rows.gross, nothing),
        brand=told.ifelse(rows.discount - platform, nothing),
        platform=told.ifelse(platform, nothing),
    )


def _summed(inputs: Inputs, by: Sequence[str], sums: Sequence[str]) -> ir.Table:
    """Sales summed first and named afterwards: there are far fewer sums than sales."""
    cells = cube(_sales(inputs), by, sums)
    names = {name: named(cells[name]) for name in ("shift", "sales_channel", "traffic") if name in by}
    if "part" in by:
        names["part"] = ibis.cases((cells.part == 0, NEW), (cells.part == 1, RETURNING), else_=UNIDENTIFIED)
    if "cause" in by:
        names["cause"] = (cells.cause == "").ifelse(ibis.literal(""), named(cells.cause))
    if "store_id" in by:
        names["store"] = named(cells.store_id)
    if "till_id" in by:
        names["till"] = named(named(cells.store_id) + "/" + cells.till_id)
    return cells.mutate(**names)


def _sold(inputs: Inputs) -> ir.Table:
    by = ["month", "store_id", "sales_channel", "traffic", "part", "cause"]
    return _summed(inputs, by, [*MONEY, *FAIR])


def _tills(inputs: Inputs) -> ir.Table:
    return _summed(inputs, ["month", "store_id", "till_id", "cause"], MONEY)


def _shifts(inputs: Inputs) -> ir.Table:
    return _summed(inputs, ["month", "shift", "cause"], MONEY)


def _days(inputs: Inputs) -> ir.Table:
    cells = _summed(inputs, ["month", "business_date", "store_id", "part", "cause"], MONEY)
    return cells.mutate(day=day_of(cells.business_date))


SOLD = Cube(
    name="sold",
    keys={"store": "string", "sales_channel": "string", "traffic": "string", **WHO},
    sums=(*MONEY, *FAIR),
    count=_sold,
)
TILLS = Cube(name="tills", keys={"till": "string", "cause": "string"}, sums=MONEY, count=_tills)
SHIFTS = Cube(name="shifts", keys={"shift": "string", "cause": "string"}, sums=MONEY, count=_shifts)
SOLD_DAYS = Cube(name="sold_days", keys={"day": "int64", "store": "string", **WHO}, sums=MONEY, count=_days)


def since(inputs: Inputs) -> ir.Table:
    """``known_store`` and ``since``: the first day (a number) on which each store identified anybody's order."""
    days = inputs.cube(SOLD_DAYS)
    known = days.filter((days.part != UNIDENTIFIED) & (days.orders > 0))
    return known.group_by(known_store="store").aggregate(since=known.day.min())
