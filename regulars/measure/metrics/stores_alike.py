"""Which three stores each can fairly be set beside: as busy, as dear, and selling through the same channels."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

import ibis.expr.types as ir
import pyarrow as pa

from regulars.measure.metric import FigureRow, Inputs, Metric
from regulars.measure.rules.alike import Features, alike
from regulars.measure.rules.periods import ENOUGH, day_number
from regulars.measure.tables import day_of, named

NAME = "stores_alike"
DAYS = 91
LONGEST_NOTE = 60


def counts(inputs: Inputs) -> ir.Table:
    """``store, channel`` over the last 91 days: ``orders``, ``revenue``, the day number ``since``."""
    sales = inputs.sales
    recent = sales.filter(day_of(sales.business_date) > day_number(inputs.as_of) - DAYS)
    facts = recent.select(
        store=named(recent.store_id),
        channel=named(recent.sales_channel),
        day=day_of(recent.business_date),
        orders="orders",
        revenue="revenue",
    )
    return facts.group_by("store", "channel").aggregate(
        orders=facts.orders.sum().cast("int64"),
        revenue=facts.revenue.sum().cast("int64"),
        since=facts.day.min(),
    )


def figures(counts: pa.Table, as_of: date) -> list[FigureRow]:
    """For each store its three nearest: ``part`` the rank, ``note`` the other store, ``value`` the distance."""
    stores: dict[str, dict[str, tuple[int, int, int]]] = defaultdict(dict)
    for row in counts.to_pylist():
        stores[row["store"]][row["channel"]] = (row["orders"], row["revenue"], row["since"])
    features, sizes = {}, {}
    for store, channels in stores.items():
        orders = sum(n for n, _, _ in channels.values())
        revenue = sum(money for _, money, _ in channels.values())
        days = day_number(as_of) - min(since for _, _, since in channels.values()) + 1
        if orders >= ENOUGH and revenue > 0 and len(store) <= LONGEST_NOTE:
            mix = {channel: n / orders for channel, (n, _, _) in channels.items()}
            features[store], sizes[store] = Features(orders / days, revenue / orders, mix), orders
    return [
        FigureRow(NAME, "store", store, "", str(rank), distance, sizes[store], as_of, note=other)
        for store, others in sorted(alike(features).items())
        for rank, (other, distance) in enumerate(others, 1)
    ]


METRIC = Metric(
    name=NAME,
    question="Which three stores are most like this one?",
    formula="nearest by standardised distance over orders a day (log), ticket (log) and channel mix, last 91 days",
    source="definition",
    unit="number",
    counts=counts,
    figures=figures,
)
