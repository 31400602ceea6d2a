"""A made-up brand as `identify` would know it at its best: each identified order belongs to the person behind
it.
"""

from datetime import date

import ibis
import ibis.expr.types as ir

from regulars.know import tables
from regulars.simulate.brand import Brand
from regulars.simulate.history import simulate


def customer_days(brand: Brand) -> tuple[ir.Table, date]:
    """The brand's `customer_days` and its last business date; orders that were cancelled or wholly refunded
    left out.
    """
    days, _, last = known(brand)
    return days, last


def known(brand: Brand) -> tuple[ir.Table, ir.Table, date]:
    """The brand's `customer_days`, its `trade` by day, and its last business date."""
    con = ibis.duckdb.connect()  # one a brand, so that its memory goes with it
    con.raw_sql("set threads = 1").fetchall()
    history = simulate(brand)
    con.con.register("exported", history.orders)
    con.con.register("true", history.truth.orders)
    orders = con.table("exported").join(con.table("true"), "order_no")
    paid = orders.filter(orders.status == "paid")
    sold = paid.mutate(business_date=(paid.ordered_at - ibis.interval(hours=4)).date())
    dated = sold.filter(sold.identified)
    folded = dated.group_by(customer_id=dated.person_id, business_date=dated.business_date).aggregate(
        orders=dated.count().cast("int32"),
        net=(dated.net - dated.refunded).sum().cast("int64"),
        gross=dated.gross.sum().cast("int64"),
        discount=dated.discount.sum().cast("int64"),
        platform_subsidy=ibis.literal(0, type="int64"),
        refunded=dated.refunded.sum().cast("int64"),
        units=dated.count().cast("float64"),
        store_id=dated.store.min(),
        sales_channel=dated.channel.min(),
        traffic=dated.traffic.min(),
        offer=dated.offer.min(),
    )
    customer = ibis.ifelse(sold.identified, sold.person_id, ibis.null())
    trade = tables.trade(sold.select("business_date", orders=ibis.literal(1, "int64"), customer_id=customer))
    return con.create_table("customer_days", folded), con.create_table("trade", trade), brand.last_day
