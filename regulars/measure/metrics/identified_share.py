"""How many sales have a face: everything said of customers is said of these only."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

import ibis.expr.types as ir
import pyarrow as pa

from regulars.measure.cubes.sold import SHIFTS, SOLD, SOLD_DAYS, TILLS
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
from regulars.measure.tables import margin, monday_of, regional, stack

NAME = "identified_share"
SUMS = ("orders", "revenue")
IDENTIFIED = ""


def counts(inputs: Inputs) -> ir.Table:
    """``kind, slice, month, cause`` ("" where identified), ``orders``, ``revenue`` in minor units."""
    now = month_number(inputs.as_of)
    sold = regional(inputs.cube(SOLD), inputs.regions)
    tables = [margin(sold, "", SUMS, by=["cause"]), margin(sold, "", SUMS, by=["cause"], monthly=True)]
    sliced = {"store": sold, "sales_channel": sold, "till": inputs.cube(TILLS), "shift": inputs.cube(SHIFTS)}
    if inputs.regions:
        sliced["region"] = sold
    for kind, cells in sliced.items():
        late = cells.filter(cells.month > now - (RECENT if kind == "till" else MONTHS_KEPT))
        tables.append(margin(cells, kind, SUMS, by=["cause"], slice=kind))
        tables.append(margin(late, kind, SUMS, by=["cause"], slice=kind, monthly=True))
    return stack([*tables, _weeks(inputs)])


def _weeks(inputs: Inputs) -> ir.Table:
    days = inputs.cube(SOLD_DAYS)
    recent = days.filter(days.day > day_number(inputs.as_of) - 7 * WEEKS_KEPT)
    return margin(recent.mutate(week=monday_of(recent.day)), "week", SUMS, by=["cause"], slice="week")


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
    cubes=(SOLD, TILLS, SHIFTS, SOLD_DAYS),
    counts=counts,
    figures=figures,
)
