"""How much lies in a basket: different products, pieces and money, by month, store and channel."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from regulars.know.tables.baskets import basket_sizes
from regulars.measure.lines import sold
from regulars.measure.metric import FigureRow, Inputs, Metric
from regulars.measure.rules.periods import (
    ENOUGH,
    MONTHS_KEPT,
    RECENT,
    month_number,
    month_text,
    seen_until,
    state_of,
)
from regulars.measure.rules.shares import wilson
from regulars.measure.rules.spread import mean
from regulars.measure.tables import named, stack

NAME = "baskets"
MOST = 5  # products from which baskets are one
COUNTS = ("baskets", "products", "products_squares", "revenue")
FLOATS = ("pieces", "pieces_squares", "revenue_squares")
SLICES = {"": MONTHS_KEPT, "sales_channel": MONTHS_KEPT, "store": RECENT}


def reading(inputs: Inputs) -> ir.Table:
    """``kind, slice, month, size`` (products, 5 and more as 5): baskets and the sums that means are told from.

    Of the last 14 months; of stores, of the last two.
    """
    since = month_number(inputs.as_of) - MONTHS_KEPT + 1
    each = basket_sizes(sold(inputs, since), inputs.sales)
    money = each.revenue.cast("float64")
    facts = each.select(
        "month",
        "products",
        "revenue",
        store=named(each.store_id),
        sales_channel=named(each.sales_channel),
        size=ibis.least(each.products, ibis.literal(MOST, type="int64")),
        baskets=ibis.literal(1, type="int64"),
        products_squares=each.products * each.products,
        pieces=each.quantity,
        pieces_squares=each.quantity * each.quantity,
        revenue_squares=money * money,
    )
    keys = ("month", "store", "sales_channel", "size")
    cells = facts.group_by(*keys).aggregate(**_sums(facts))
    stacked = stack([_margin(cells, kind, inputs.as_of) for kind in SLICES])
    return stacked.order_by("kind", "slice", "month", "size")


def _sums(rows: ir.Table) -> dict[str, ir.Value]:
    return {name: rows[name].sum().cast("int64") for name in COUNTS} | {
        name: rows[name].sum() for name in FLOATS
    }


def _margin(cells: ir.Table, kind: str, as_of: date) -> ir.Table:
    recent = cells.filter(cells.month > month_number(as_of) - SLICES[kind])
    told = recent.mutate(kind=ibis.literal(kind), slice=recent[kind] if kind else ibis.literal(""))
    keys = ("kind", "slice", "month", "size")
    return told.group_by(*keys).aggregate(**_sums(told)).select(*keys, *COUNTS, *FLOATS)


def figures(counts: pa.Table, as_of: date) -> list[FigureRow]:
    """Means of ``products``, ``pieces`` and ``value`` a basket, and the share with 1, 2 … 5 products or more."""
    groups: dict[tuple[str, str, int], dict[str, float]] = defaultdict(lambda: defaultdict(float))
    sizes: dict[tuple[str, str, int], dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for row in counts.to_pylist():
        key = row["kind"], row["slice"], row["month"]
        for name in (*COUNTS, *FLOATS):
            groups[key][name] += row[name]
        sizes[key][row["size"]] += row["baskets"]
    rows = []
    for key, sums in sorted(groups.items()):
        kind, slice, month = key
        n, until, state = int(sums["baskets"]), seen_until(month, as_of), state_of(month, as_of)
        told = FigureRow(NAME, kind, slice, month_text(month), "products", None, n, until, note=state)
        if n < ENOUGH:
            rows.append(told._replace(note="too_few"))
            continue
        means = {
            "products": mean(n, sums["products"], sums["products_squares"]),
            "pieces": mean(n, sums["pieces"], sums["pieces_squares"]),
            "value": mean(n, sums["revenue"], sums["revenue_squares"]),
        }
        rows += [
            told._replace(part=part, value=value, low=low, high=high)
            for part, (value, low, high) in means.items()
        ]
        for size in range(1, MOST + 1):
            hits = sizes[key][size]
            low, high = wilson(hits, n)
            rows.append(told._replace(part=f"size:{size}", value=hits / n, low=low, high=high))
    return rows


METRIC = Metric(
    name=NAME,
    question="How much lies in a basket?",
    formula="different products, pieces and revenue an order with lines, on average; size: orders with so many "
    "different products ÷ orders with lines (5: five or more); returned lines are left out",
    source="definition; interval of a mean normal, of a share Wilson 1927",
    beside=("revenue_factors",),
    unit="number",
    units={"value": "money"} | {f"size:{size}": "share" for size in range(1, MOST + 1)},
    reading=reading,
    figures=figures,
)
