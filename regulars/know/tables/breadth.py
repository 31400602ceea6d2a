"""How broadly a customer knows the brand: stores, channels, parts of the day, categories; and how much on discount."""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from regulars.lake.portable import clock_in

DAYPARTS = (
    (5, "night"),
    (11, "morning"),
    (14, "noon"),
    (17, "afternoon"),
    (22, "evening"),
)  # until that hour


def daypart(hour: ir.IntegerValue) -> ir.StringValue:
    """The part of the day of an hour: morning from 5, noon from 11, afternoon 14, evening 17, night from 22."""
    return ibis.cases(*((hour < until, part) for until, part in DAYPARTS), else_="night")


def breadth(
    sales: ir.Table,
    sold: ir.Table,
    categories: ir.Table,
    time_zone: str,
    store_zones: Mapping[str, str],
) -> ir.Table:
    """One row a customer with an order: ``visits`` (days), ``stores``, ``channels``, ``dayparts``, ``products``,
    ``categories``: how many different ones; 0 where nothing was recorded.

    ``sold`` as `baskets.sold` gives it, ``categories`` has product_id and category; hours are the store's own.
    """
    known = sales.filter(sales.customer_id.notnull() & (sales.orders > 0))
    zone = ibis.cases(
        *((known.store_id == store, ibis.literal(name)) for store, name in sorted(store_zones.items())),
        (known.store_id.notnull() | known.store_id.isnull(), ibis.literal(time_zone)),
    )
    timed = known.mutate(part=daypart(clock_in(zone, known.ordered_at).hour()))
    came = timed.group_by("customer_id").aggregate(
        visits=timed.business_date.nunique().cast("int64"),
        stores=timed.store_id.nunique().cast("int64"),
        channels=timed.sales_channel.nunique().cast("int64"),
        dayparts=timed.part.nunique().cast("int64"),
    )
    theirs = sold.filter(sold.customer_id.notnull())
    named = theirs.left_join(categories.rename(told="product_id"), theirs.product_id == categories.product_id)
    bought = named.group_by(buyer="customer_id").aggregate(
        products=named.product_id.nunique().cast("int64"),
        categories=named.category.nullif("").nunique().cast("int64"),
    )
    joined = came.left_join(bought, came.customer_id == bought.buyer).drop("buyer")
    return joined.mutate(products=joined.products.fill_null(0), categories=joined.categories.fill_null(0))


def discount_shares(days: ir.Table) -> ir.Table:
    """One row a customer whose days say what was taken off: ``visits``, ``gross``, ``discount`` (minor units),
    ``discounted`` (gross of the days with a discount), ``discount_days``.

    A day whose source sends no discount, or no price before it, is left out: unknown is not nothing.
    """
    told = days.filter((days.orders > 0) & days.discount.notnull() & (days.gross > 0))
    off = told.discount > 0
    return told.group_by("customer_id").aggregate(
        visits=told.count().cast("int64"),
        gross=told.gross.sum().cast("int64"),
        discount=told.discount.sum().cast("int64"),
        discounted=ibis.coalesce(told.gross.sum(where=off), 0).cast("int64"),
        discount_days=off.cast("int64").sum().cast("int64"),
    )
