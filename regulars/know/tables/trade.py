"""The brand's trade by day: when it sold at all, and how much of it to guests it knew."""

import ibis.expr.types as ir


def trade(sales: ir.Table) -> ir.Table:
    """A row a business date with kept orders: `day` (its number), `orders`, and `identified`, those of known
    customers.
    """
    known = sales.customer_id.notnull()
    days = sales.mutate(day=sales.business_date.epoch_days().cast("int64"))
    counted = days.group_by("day").aggregate(
        orders=days.orders.sum().cast("int64"),
        identified=days.orders.sum(where=known).fill_null(0).cast("int64"),
    )
    return counted.filter(counted.orders > 0).order_by("day")
