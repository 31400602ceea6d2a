"""What lay in each basket, and which products lie in one together more than in their stores' other baskets."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir


def sold(sales: ir.Table, lines: ir.Table) -> ir.Table:
    """One row a product on a kept order: source, order_id, product_id, customer_id, store_id, month, business_date,
    ``quantity``.

    Lines returned, without a product, or of nothing or less are left out, and versions that ``sales`` left behind; a
    product stands once however many lines it has. A product is its code: what it is called is looked up when it is
    shown, so that a renamed one stays one.
    """
    kept = lines.filter(
        ~lines.returned.fill_null(False)
        & (lines.product_id.nullif("").notnull())
        & (ibis.coalesce(lines.quantity, ibis.literal(1.0)) > 0)
    )
    kept = kept.select("source", "order_id", "version", "product_id", quantity=kept.quantity.fill_null(1.0))
    orders = sales.filter(sales.orders > 0)
    month = orders.business_date.year().cast("int64") * 12 + orders.business_date.month().cast("int64") - 1
    orders = orders.select(
        *("source", "order_id", "version", "customer_id", "store_id", "business_date"), month=month
    )
    joined = kept.join(orders, ("source", "order_id", "version"))
    keys = ("source", "order_id", "product_id")
    return joined.group_by(*keys).aggregate(
        customer_id=joined.customer_id.max(),
        store_id=joined.store_id.max(),
        month=joined.month.max(),
        business_date=joined.business_date.max(),
        quantity=joined.quantity.sum(),
    )


def most_sold(sold: ir.Table, most: int) -> ir.Table:
    """``product_id`` and ``baskets`` of the products in most baskets; equals by their code."""
    counted = sold.group_by("product_id").aggregate(baskets=sold.count().cast("int64"))
    order = ibis.window(order_by=(ibis.desc("baskets"), "product_id"))
    placed = counted.mutate(place=ibis.row_number().over(order))
    return placed.filter(placed.place < most).drop("place")


def pairs(sold: ir.Table, most: int, floor: int) -> ir.Table:
    """``product_a`` < ``product_b`` of the ``most`` sold, in one basket at least ``floor`` times: ``baskets`` (of the
    stores that sell both), ``with_a``, ``with_b``, ``both``, ``expected``, and ``none``, ``one``, ``two`` of
    `measure.rules.affinity.variance_terms`, summed over those stores.
    """
    few = sold.semi_join(most_sold(sold, most), "product_id")
    few = few.mutate(store=few.store_id.fill_null(""))
    size = sold.select("source", "order_id", store=sold.store_id.fill_null("")).distinct()
    size = size.group_by("store").aggregate(n=size.count().cast("float64"))
    alone = few.group_by("store", "product_id").aggregate(baskets=few.count().cast("float64"))
    left = few.select("source", "order_id", "store", product_a="product_id")
    right = few.select("source", "order_id", product_b="product_id").view()
    both = left.join(right, ("source", "order_id")).filter(lambda t: t.product_a < t.product_b)
    both = both.group_by("store", "product_a", "product_b").aggregate(together=both.count().cast("float64"))
    kept = both.group_by("product_a", "product_b").aggregate(all=both.together.sum())
    kept = kept.filter(kept["all"] >= floor).select("product_a", "product_b")
    a = alone.select("store", product_a="product_id", with_a="baskets")
    b = alone.select("store", product_b="product_id", with_b="baskets").view()
    placed = kept.join(a, "product_a").join(b, ("product_b", "store")).join(size, "store")
    told = placed.left_join(both, ("store", "product_a", "product_b"))
    told = told.mutate(together=told.together.fill_null(0.0))
    return _over_stores(told)


def _over_stores(told: ir.Table) -> ir.Table:
    p_a, p_b, p_ab = told.with_a / told.n, told.with_b / told.n, told.together / told.n
    whole = p_a + p_b
    each = told.mutate(
        expected=told.with_a * p_b,
        none=told.n * (p_ab - p_ab * p_ab),
        one=told.n * (4.0 * p_ab * p_a * p_b - 2.0 * p_ab * whole),
        two=told.n
        * (
            p_ab * whole * whole
            + (p_a - p_ab) * p_b * p_b
            + (p_b - p_ab) * p_a * p_a
            - 4.0 * p_a * p_a * p_b * p_b
        ),
    )
    return each.group_by("product_a", "product_b").aggregate(
        baskets=each.n.sum().cast("int64"),
        with_a=each.with_a.sum().cast("int64"),
        with_b=each.with_b.sum().cast("int64"),
        both=each.together.sum().cast("int64"),
        expected=each.expected.sum(),
        none=each.none.sum(),
        one=each.one.sum(),
        two=each.two.sum(),
    )


def basket_sizes(sold: ir.Table, sales: ir.Table) -> ir.Table:
    """One row an order with lines: source, order_id, customer_id, store_id, sales_channel, month, ``products``
    (different ones), ``quantity``, ``revenue`` (minor units).
    """
    held = sold.group_by("source", "order_id").aggregate(
        products=sold.count().cast("int64"), quantity=sold.quantity.sum()
    )
    orders = sales.filter(sales.orders > 0)
    month = orders.business_date.year().cast("int64") * 12 + orders.business_date.month().cast("int64") - 1
    told = orders.select(
        *("source", "order_id", "customer_id", "store_id", "sales_channel", "revenue"), month=month
    )
    return held.join(told, ("source", "order_id"))
