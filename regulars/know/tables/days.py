"""Sales folded to customer days: the one grain that rhythm, value and measures read."""

import ibis
import ibis.expr.types as ir


def customer_days(sales: ir.Table) -> ir.Table:
    """One row a customer and business date with sales: orders, net (revenue kept), gross, discount, platform_subsidy,
    refunded, and the ``month`` of the day (year × 12 + month − 1).

    Money in minor units; gross and discount are null where nothing was recorded. Store, sales channel, traffic and
    offer are the day's first order's (by instant, then number). A day on which the customer only brought something back
    has no orders, and a net below nothing.
    """
    known = sales.filter(sales.customer_id.notnull())
    order = ibis.window(
        group_by=("customer_id", "business_date"),
        order_by=(ibis.desc("orders"), "ordered_at", "source", "order_id"),
    )
    placed = known.mutate(place=ibis.row_number().over(order))
    first = placed.place == 0
    folded = placed.group_by("customer_id", "business_date").agg(
        orders=placed.orders.sum().cast("int64"),
        net=placed.revenue.sum().cast("int64"),
        gross=placed.gross.sum().cast("int64"),
        discount=placed.discount.sum().cast("int64"),
        platform_subsidy=ibis.coalesce(placed.platform_subsidy.sum(), 0).cast("int64"),
        refunded=placed.refunded.sum().cast("int64"),
        store_id=placed.store_id.max(where=first),
        sales_channel=placed.sales_channel.max(where=first),
        traffic=placed.traffic.max(where=first),
        offer=placed.offer.max(where=first),
    )
    day = folded.business_date
    return folded.mutate(month=day.year().cast("int64") * 12 + day.month().cast("int64") - 1)


def came(days: ir.Table) -> ir.Table:
    """The rows of `customer_days` that are visits: at least one order stands. A return alone is none."""
    return days.filter(days.orders > 0)


def brought_back(days: ir.Table) -> ir.Table:
    """One row, or none: whether there is a day on which somebody only brought something back.

    No row is read to find none: Parquet says of its row groups that none has such a day.
    """
    return days.filter(days.orders < 1).select("customer_id").limit(1)
