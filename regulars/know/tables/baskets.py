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
    orders = sales.filter(sales.orders > 0).select(
        *("source", "order_id", "version", "customer_id", "store_id", "business_date")
    )
    joined = kept.join(orders, ("source", "order_id", "version"))
    # A version stands for its order, so whatever an order says is the same beside each of its lines.
    each = joined.group_by("source", "order_id", "product_id").aggregate(
        customer_id=joined.customer_id.arbitrary(),
        store_id=joined.store_id.arbitrary(),
        business_date=joined.business_date.arbitrary(),
        quantity=joined.quantity.sum(),
    )
    day = each.business_date
    return each.mutate(month=day.year().cast("int64") * 12 + day.month().cast("int64") - 1)


def most_sold(sold: ir.Table) -> ir.Table:
    """``product_id``, ``baskets`` and ``place``, 0 of what lies in most baskets; equals by their code."""
    counted = sold.group_by("product_id").aggregate(baskets=sold.count().cast("int64"))
    order = ibis.window(order_by=(ibis.desc("baskets"), "product_id"))
    return counted.mutate(place=ibis.row_number().over(order))


def pairs(sold: ir.Table, most: int, floor: int) -> ir.Table:
    """``product_a`` < ``product_b`` of the ``most`` sold, in one basket at least ``floor`` times.

    Over the stores that sell both: ``baskets``, ``with_a``, ``with_b``, ``both``, ``expected`` were they independent,
    and ``none``, ``one``, ``two`` of `measure.rules.affinity.variance_terms`. Over baskets alike in store and in how
    many products they hold: ``held`` together, ``alike`` expected of them, ``variance`` (`measure.rules.affinity`).
    """
    cells, both = _counted(sold, most)
    kept = both.group_by("a", "b").aggregate(times=both.together.sum())
    kept = kept.filter(kept.times >= floor).select("a", "b")
    told = _independent(_placed(cells, both, kept, most, ["store"]))
    few, small = (each.filter(each["size"] <= LARGEST) for each in (cells, both))
    told = told.join(_alike(_placed(few, small, kept, most, ["store", "size"])), ("a", "b"))
    codes = _coded(sold, most)
    a, b = (codes.select(**{side: "k", f"product_{side}": "product_id"}) for side in ("a", "b"))
    return told.join(a, "a").join(b.view(), "b").drop("a", "b")


def _coded(sold: ir.Table, most: int) -> ir.Table:
    """``product_id`` and a number ``k`` for it: the ``most`` sold have those below ``most``, in the order of codes."""
    placed = most_sold(sold)
    order = ibis.window(order_by=(placed.place >= most, "product_id"))
    return placed.select("product_id", k=ibis.row_number().over(order).cast("int32"))


def _numbered(held: ir.Table) -> ir.Table:
    """``of_store`` and a number ``store`` for it: millions of cells are found by numbers faster than by texts."""
    stores = held.select("of_store").distinct()
    return stores.mutate(store=ibis.row_number().over(ibis.window(order_by="of_store")).cast("int32"))


def _counted(sold: ir.Table, most: int) -> tuple[ir.Table, ir.Table]:
    """What baskets come to, by store and how many products they hold (``size``): in how many (``times``) product ``k``
    lies, and in how many ``together`` ``a`` < ``b`` of the ``most`` sold do.

    A basket is one row with all it holds, so that no line has to find the others of its basket.
    """
    held = sold.select("source", "order_id", "product_id", of_store=sold.store_id.fill_null(""))
    coded = held.join(_coded(sold, most), "product_id").join(_numbered(held), "of_store")
    baskets = coded.group_by("source", "order_id").aggregate(
        store=coded.store.arbitrary(), products=coded.k.collect()
    )
    each = baskets.select(
        "store", "products", size=baskets.products.length().cast("int64"), k=baskets.products.unnest()
    )
    cells = each.group_by("store", "size", "k").aggregate(times=each.count().cast("float64"))
    few = each.filter(each.k < most)
    two = few.select("store", "size", a="k", b=few.products.unnest())
    two = two.filter((two.a < two.b) & (two.b < most))
    return cells, two.group_by("store", "size", "a", "b").aggregate(together=two.count().cast("float64"))


def _placed(cells: ir.Table, both: ir.Table, kept: ir.Table, most: int, by: list[str]) -> ir.Table:
    """A row a kept pair and stratum ``by``: ``n`` baskets, ``with_a``, ``with_b``, ``together``, and ``crowd``, the sum
    of the squared shares that products have of what lies in the stratum's baskets.
    """
    # A basket of k products stands k times among the cells, so each counts for a k-th of it.
    parts = cells.mutate(baskets=cells.times / cells["size"].cast("float64"))
    lines = parts.group_by(*by, "k").aggregate(times=parts.times.sum(), baskets=parts.baskets.sum())
    stratum = ibis.window(group_by=by)
    whole, squares = lines.times.sum().over(stratum), (lines.times * lines.times).sum().over(stratum)
    placed = lines.mutate(
        n=lines.baskets.sum().over(stratum).round().cast("float64"), crowd=squares / (whole * whole)
    )
    alone = placed.filter(placed.k < most)
    a = alone.select(*by, "n", "crowd", a="k", with_a="times")
    b = alone.select(*by, b="k", with_b="times").view()
    placed = kept.join(a, "a").join(b, ("b", *by))
    there = both.group_by(*by, "a", "b").aggregate(together=both.together.sum())
    told = placed.left_join(there, (*by, "a", "b"))
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
    return each.group_by("a", "b").aggregate(
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
    return each.group_by("a", "b").aggregate(
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
