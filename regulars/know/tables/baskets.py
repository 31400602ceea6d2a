"""What lay in each basket, and which products lie in one together more than in their stores' other baskets."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

PAIR = ("product_a", "product_b")
LARGEST = 30  # different products: in a basket of more everything lies beside everything


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
    """``product_a`` < ``product_b`` of the ``most`` sold, in one basket at least ``floor`` times.

    Over the stores that sell both: ``baskets``, ``with_a``, ``with_b``, ``both``, ``expected`` were they independent,
    and ``none``, ``one``, ``two`` of `measure.rules.affinity.variance_terms`. Over baskets alike in store and in how
    many products they hold: ``held`` together, ``alike`` expected of them, ``variance`` (`measure.rules.affinity`).
    """
    held = sold.select("source", "order_id", "product_id", store=sold.store_id.fill_null(""))
    sizes = held.group_by("source", "order_id").aggregate(size=held.count().cast("int64"))
    sized = held.join(sizes, ("source", "order_id"))
    few = sized.semi_join(most_sold(sold, most), "product_id")
    left = few.select("source", "order_id", "store", "size", product_a="product_id")
    right = few.select("source", "order_id", product_b="product_id").view()
    joined = left.join(right, ("source", "order_id")).filter(lambda t: t.product_a < t.product_b)
    both = joined.group_by("store", "size", *PAIR).aggregate(together=joined.count().cast("float64"))
    kept = both.group_by(*PAIR).aggregate(times=both.together.sum())
    kept = kept.filter(kept.times >= floor).select(*PAIR)
    independent = _independent(_placed(sized, few, kept, both, ["store"]))
    alike = _alike(_placed(sized.filter(sized["size"] <= LARGEST), few, kept, both, ["store", "size"]))
    return independent.join(alike, PAIR)


def _placed(sized: ir.Table, few: ir.Table, kept: ir.Table, both: ir.Table, by: list[str]) -> ir.Table:
    """A row a kept pair and stratum ``by``: ``n`` baskets, ``with_a``, ``with_b``, ``together``, and ``crowd``, the sum
    of the squared shares that products have of what lies in the stratum's baskets.
    """
    n = (
        sized.select("source", "order_id", *by)
        .distinct()
        .group_by(*by)
        .aggregate(n=lambda t: t.count().cast("float64"))
    )
    lines = sized.group_by(*by, "product_id").aggregate(times=sized.count().cast("float64"))
    squares = lines.group_by(*by).aggregate(
        crowd=(lines.times * lines.times).sum() / (lines.times.sum() * lines.times.sum())
    )
    alone = few.group_by(*by, "product_id").aggregate(times=few.count().cast("float64"))
    a = alone.select(*by, product_a="product_id", with_a="times")
    b = alone.select(*by, product_b="product_id", with_b="times").view()
    strata = n.join(squares, by)
    placed = kept.join(a, "product_a").join(b, ("product_b", *by)).join(strata, by)
    there = both.group_by(*by, *PAIR).aggregate(together=both.together.sum())
    told = placed.left_join(there, (*by, *PAIR))
    return told.mutate(together=told.together.fill_null(0.0))


def _independent(told: ir.Table) -> ir.Table:
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
    return each.group_by(*PAIR).aggregate(
        baskets=each.n.sum().cast("int64"),
        with_a=each.with_a.sum().cast("int64"),
        with_b=each.with_b.sum().cast("int64"),
        both=each.together.sum().cast("int64"),
        expected=each.expected.sum(),
        none=each.none.sum(),
        one=each.one.sum(),
        two=each.two.sum(),
    )


def _alike(told: ir.Table) -> ir.Table:
    """Of baskets that hold k products, (k − 1) ÷ k of what independence says: a product leaves k − 1 places to others;
    and a little more for products that fill many places, for none stands beside itself. The variance is what the two
    products' own counts leave open.
    """
    k = told["size"].cast("float64")
    p_a, p_b = told.with_a / told.n, told.with_b / told.n
    room = (k - 1.0) / k * (1.0 + p_a / k + p_b / k - told.crowd)
    p = ibis.greatest(ibis.least(p_a * p_b * room, p_a, p_b), p_a + p_b - 1.0)
    v_a, v_b, v_ab = p_a * (1.0 - p_a), p_b * (1.0 - p_b), p - p_a * p_b
    to_a, to_b = p * (1.0 - p_a), p * (1.0 - p_b)
    told_by = (to_a * to_a * v_b - 2.0 * to_a * to_b * v_ab + to_b * to_b * v_a) / (
        v_a * v_b - v_ab * v_ab
    ).nullif(0.0)
    left = ibis.coalesce(p * (1.0 - p) - told_by, ibis.literal(0.0))
    each = told.mutate(alike=told.n * p, open=told.n * (left > 0.0).ifelse(left, 0.0))
    return each.group_by(*PAIR).aggregate(
        held=each.together.sum().cast("int64"), alike=each.alike.sum(), variance=each.open.sum()
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
