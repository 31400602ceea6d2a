"""How many sales have a face: everything said of customers is said of these only."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

import ibis.expr.types as ir
import pyarrow as pa

from regulars.measure.metric import FigureRow, Inputs, Metric
from regulars.measure.rules.periods import (
    ALL_TIME,
    MONTHS_KEPT,
    RECENT,
    WEEKS_KEPT,
    day_number,
    month_number,
    month_text,
    seen_until,
    state_of,
    week_text,
)
from regulars.measure.rules.shares import share
from regulars.measure.tables import cube, day_of, margin, month_of, named, stack, week_of

NAME = "identified_share"
SUMS = ("orders", "revenue")
IDENTIFIED = ""


def counts(inputs: Inputs) -> ir.Table:
    """``kind, slice, month, cause`` ("" where identified), ``orders``, ``revenue`` in minor units."""
    sales = inputs.sales
    till = named(sales.store_id) + "/" + sales.till_id
    facts = sales.select(
        store=named(sales.store_id),
        till=named(till),
        shift=named(sales["shift"]),
        sales_channel=named(sales.sales_channel),
        month=month_of(sales.business_date),
        cause=sales.customer_id.isnull().ifelse(named(sales.cause), IDENTIFIED),
        orders="orders",
        revenue=sales.revenue,
    )
    slices = ["store", "till", "shift", "sales_channel"]
    cells = cube(facts, [*slices, "month", "cause"], SUMS)
    now = month_number(inputs.as_of)
    late, latest = cells.filter(cells.month > now - MONTHS_KEPT), cells.filter(cells.month > now - RECENT)
    monthly = [
        margin(latest if kind == "till" else late, kind, SUMS, by=["cause"], slice=kind, monthly=True)
        for kind in slices
    ]
    whole = [margin(cells, kind, SUMS, by=["cause"], slice=kind) for kind in slices]
    both = [margin(cells, "", SUMS, by=["cause"]), margin(cells, "", SUMS, by=["cause"], monthly=True)]
    return stack([*both, *whole, *monthly, _weeks(sales, inputs.as_of)])


def _weeks(sales: ir.Table, as_of: date) -> ir.Table:
    recent = sales.filter(day_of(sales.business_date) > day_number(as_of) - 7 * WEEKS_KEPT)
    facts = recent.select(
        week=week_of(recent.business_date),
        cause=recent.customer_id.isnull().ifelse(named(recent.cause), IDENTIFIED),
        orders="orders",
        revenue=recent.revenue,
    )
    return margin(facts, "week", SUMS, by=["cause"], slice="week")


def figures(counts: pa.Table, as_of: date) -> list[FigureRow]:
    """The share of orders identified, of revenue, and of orders that each cause left without a customer.

    Of a store's, shift's or channel's earlier months the share alone.
    """
    groups: dict[tuple[str, str, int], dict[str, tuple[int, int]]] = defaultdict(dict)
    for row in counts.to_pylist():
        slice = week_text(row["slice"]) if row["kind"] == "week" else row["slice"]
        groups[row["kind"], slice, row["month"]][row["cause"]] = (row["orders"], row["revenue"])
    rows = []
    for (kind, slice, month), causes in sorted(groups.items()):
        orders, revenue = (sum(values) for values in zip(*causes.values(), strict=True))
        if not orders:
            continue  # only returns: no order of which a share could be told
        known, earned = causes.get(IDENTIFIED, (0, 0))
        shares = {"": share(known, orders)}
        if kind == "" or month == ALL_TIME or month > month_number(as_of) - RECENT:
            left = sorted((cause, n) for cause, (n, _) in causes.items() if cause != IDENTIFIED and n)
            of_revenue = (
                share(earned, revenue) if 0 <= earned <= revenue else None
            )  # returns can outweigh sales
            shares |= {"revenue": of_revenue} | {f"cause:{cause}"[:40]: n / orders for cause, n in left}
        rows += [
            FigureRow(
                NAME,
                kind,
                slice,
                month_text(month),
                part,
                value,
                orders,
                seen_until(month, as_of),
                note=state_of(month, as_of),
            )
            for part, value in shares.items()
        ]
    return rows


METRIC = Metric(
    name=NAME,
    question="What share of orders do we know the customer of, and why not the rest?",
    formula="orders with a customer ÷ all orders; the revenue part: their revenue ÷ all revenue",
    source="definition",
    counts=counts,
    figures=figures,
)
