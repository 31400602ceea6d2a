"""Revenue as guests × frequency × ticket, and which of the three moved it."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from regulars.measure.cubes.sold import SOLD, UNIDENTIFIED
from regulars.measure.cubes.visits import GUESTS, VISITS
from regulars.measure.metric import FigureRow, Inputs, Metric
from regulars.measure.rules.factors import contributions
from regulars.measure.rules.periods import (
    MONTHS_KEPT,
    is_over,
    month_number,
    month_text,
    seen_until,
    state_of,
)
from regulars.measure.rules.shares import share
from regulars.measure.tables import counted, margin, month_of, named, regional, summed

NAME = "revenue_factors"
SUMS = ("orders", "revenue", "known_orders", "known_revenue", "customers")
NOTHING = pa.schema(
    [("kind", pa.string()), ("slice", pa.string()), *((name, pa.int64()) for name in ("month", *SUMS))]
)
Sums = dict[str, int]


def counts(inputs: Inputs) -> ir.Table:
    """``kind, slice, month``: ``orders``, ``revenue``, the same with a customer (``known_``), and ``customers``."""
    none = ibis.literal(0, type="int64")
    sold, heads, guests = inputs.cube(SOLD), inputs.cube(VISITS), inputs.cube(GUESTS)
    known = sold.part != UNIDENTIFIED
    cells = sold.mutate(
        known_orders=known.ifelse(sold.orders, none),
        known_revenue=known.ifelse(sold.revenue, none),
        customers=none,
    )
    others = dict.fromkeys(SUMS[:-1], none)
    since = month_number(inputs.as_of) - MONTHS_KEPT
    late, stores = cells.filter(cells.month > since), guests.filter(guests.month > since)
    return summed(
        [
            margin(cells, "", SUMS, monthly=True),
            margin(heads.mutate(**others), "", SUMS, monthly=True),
            margin(late, "store", SUMS, slice="store", monthly=True),
            margin(
                stores.mutate(**others, customers=stores.buyers), "store", SUMS, slice="store", monthly=True
            ),
        ],
        SUMS,
    )


def regions(inputs: Inputs) -> ir.Table:
    """The same by region, as a reading: who bought in two stores of a region is one customer of it."""
    if not inputs.regions:
        return ibis.memtable(NOTHING.empty_table())
    sales = inputs.sales
    rows = sales.select(
        "customer_id", "orders", "revenue", month=month_of(sales.business_date), store=named(sales.store_id)
    )
    late = regional(rows.filter(rows.month > month_number(inputs.as_of) - MONTHS_KEPT), inputs.regions)
    known = counted(late.customer_id.notnull())
    each = late.select(
        "month",
        "region",
        orders=late.orders.cast("int64"),
        revenue=late.revenue.cast("int64"),
        known_orders=late.orders.cast("int64") * known,
        known_revenue=late.revenue.cast("int64") * known,
        who=(late.orders > 0).ifelse(late.customer_id, ibis.null("int64")),
    )
    told = each.group_by("region", "month").aggregate(
        **{name: each[name].sum().cast("int64") for name in SUMS[:-1]},
        customers=each.who.nunique().cast("int64"),
    )
    return told.select("month", *SUMS, kind=ibis.literal("region"), slice="region")


def figures(counts: pa.Table, as_of: date) -> list[FigureRow]:
    """Levels by month, and the change since the month before and the same month a year before, by factor.

    Of a store the change is told for the last month that is over. The first month on record is compared with by none:
    it may have begun before the record.
    """
    slices: dict[tuple[str, str], dict[int, Sums]] = defaultdict(
        lambda: defaultdict(lambda: dict.fromkeys(SUMS, 0))
    )
    for row in counts.to_pylist():
        sums = slices[row["kind"], row["slice"]][row["month"]]
        for name in SUMS:
            sums[name] += row[name]
    first = min((month for months in slices.values() for month in months), default=0)
    over = month_number(as_of) - (0 if is_over(month_number(as_of), as_of) else 1)
    rows = []
    for (kind, slice), months in sorted(slices.items()):
        for month, sums in sorted(months.items()):
            parts = _levels(sums)
            if is_over(month, as_of) and (kind == "" or month == over):
                for prefix, earlier in (("change", month - 1), ("year_change", month - 12)):
                    if earlier in months and earlier > first:
                        parts |= _changes(prefix, months[earlier], sums)
            if kind == "store":
                parts = {
                    part: value
                    for part, value in parts.items()
                    if part not in ("frequency", "ticket", "revenue")
                }
            rows += [
                FigureRow(
                    NAME,
                    kind,
                    slice,
                    month_text(month),
                    part,
                    value,
                    sums["orders" if part.startswith("whole:") else "known_orders"],
                    seen_until(month, as_of),
                    note=state_of(month, as_of),
                )
                for part, value in parts.items()
            ]
    return rows


def _levels(sums: Sums) -> dict[str, float | None]:
    return {
        "revenue": float(sums["known_revenue"]),
        "customers": float(sums["customers"]),
        "frequency": share(sums["known_orders"], sums["customers"]),
        "ticket": share(sums["known_revenue"], sums["known_orders"]),
        "whole:revenue": float(sums["revenue"]),
        "whole:orders": float(sums["orders"]),
        "whole:ticket": share(sums["revenue"], sums["orders"]),
    }


def _changes(prefix: str, before: Sums, after: Sums) -> dict[str, float | None]:
    parts: dict[str, float | None] = {}
    if before["customers"] and after["customers"]:
        split = contributions(
            *(
                [
                    each["customers"],
                    each["known_orders"] / each["customers"],
                    each["known_revenue"] / each["known_orders"],
                ]
                for each in (before, after)
            )
        )
        parts |= dict(
            zip((f"{prefix}:guests", f"{prefix}:frequency", f"{prefix}:ticket"), split, strict=True)
        )
        parts[f"{prefix}:revenue"] = float(after["known_revenue"] - before["known_revenue"])
    if before["orders"] and after["orders"]:
        split = contributions(
            *([each["orders"], each["revenue"] / each["orders"]] for each in (before, after))
        )
        parts |= dict(zip((f"whole:{prefix}:orders", f"whole:{prefix}:ticket"), split, strict=True))
    parts[f"whole:{prefix}:revenue"] = float(after["revenue"] - before["revenue"])
    return parts


METRIC = Metric(
    name=NAME,
    question="What moved revenue: more guests, guests who come more often, or guests who spend more?",
    formula="identified revenue = customers × orders a customer × revenue an order; all revenue = orders × revenue an "
    "order; the change is split by averaging each factor's effect over all orders in which the factors can move",
    source="Shapley 1953; for products Sun 1998 (complete decomposition)",
    beside=("identified_share",),
    unit="money",
    units={"customers": "count", "frequency": "number", "whole:orders": "count"},
    cubes=(SOLD, VISITS, GUESTS),
    counts=counts,
    reading=regions,
    figures=figures,
)
