"""Which three stores each can fairly be set beside: as busy, as dear, and selling through the same channels."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from regulars.measure.cubes.sold import SOLD, SOLD_DAYS
from regulars.measure.metric import FigureRow, Inputs, Metric
from regulars.measure.rules.alike import Features, alike
from regulars.measure.rules.periods import ENOUGH, day_number, month_number

NAME = "stores_alike"
DAYS = 91
MONTHS = 3  # before the one under way
LONGEST_NOTE = 60


def counts(inputs: Inputs) -> ir.Table:
    """``store, channel``: ``orders`` and ``revenue`` of this month and the three before by channel; under the channel
    "" those of the last 91 days, and the first of these days with a sale, ``since``.

    Days are kept by store and months by store and channel, so the mix of channels is one of whole months.
    """
    days, months = inputs.cube(SOLD_DAYS), inputs.cube(SOLD)
    recent = days.filter(days.day > day_number(inputs.as_of) - DAYS)
    stores = recent.group_by("store", channel=ibis.literal("")).aggregate(
        orders=recent.orders.sum().cast("int64"),
        revenue=recent.revenue.sum().cast("int64"),
        since=recent.day.min(),
    )
    late = months.filter(months.month >= month_number(inputs.as_of) - MONTHS)
    mix = late.group_by("store", channel="sales_channel").aggregate(
        orders=late.orders.sum().cast("int64"), revenue=late.revenue.sum().cast("int64")
    )
    return stores.union(mix.mutate(since=ibis.null("int64")).select(*stores.columns))


def figures(counts: pa.Table, as_of: date) -> list[FigureRow]:
    """For each store its three nearest: ``part`` the rank, ``note`` the other store, ``value`` the distance."""
    stores: dict[str, tuple[int, int, int]] = {}
    mixes: dict[str, dict[str, int]] = defaultdict(dict)
    for row in counts.to_pylist():
        if row["channel"]:
            mixes[row["store"]][row["channel"]] = row["orders"]
        else:
            stores[row["store"]] = row["orders"], row["revenue"], row["since"]
    features, sizes = {}, {}
    for store, (orders, revenue, since) in stores.items():
        days = day_number(as_of) - since + 1
        if orders >= ENOUGH and revenue > 0 and len(store) <= LONGEST_NOTE:
            of = sum(mixes[store].values())
            mix = {channel: n / of for channel, n in mixes[store].items()}
            features[store], sizes[store] = Features(orders / days, revenue / orders, mix), orders
    return [
        FigureRow(NAME, "store", store, "", str(rank), distance, sizes[store], as_of, note=other)
        for store, others in sorted(alike(features).items())
        for rank, (other, distance) in enumerate(others, 1)
    ]


METRIC = Metric(
    name=NAME,
    question="Which three stores are most like this one?",
    formula="nearest by standardised distance over orders a day (log), ticket (log), last 91 days, and channel mix",
    source="definition",
    unit="number",
    cubes=(SOLD, SOLD_DAYS),
    counts=counts,
    figures=figures,
)
