"""Revenue by who gave it: newcomers on their first day, those who came again, and those nobody recognised."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from regulars.measure.cubes.sold import NEW, RETURNING, SOLD, SOLD_DAYS, UNIDENTIFIED, since
from regulars.measure.metric import FigureRow, Inputs, Metric
from regulars.measure.rules.periods import (
    NOT_YET_NEW,
    RECENT,
    month_number,
    month_text,
    seen_until,
    state_of,
)
from regulars.measure.tables import margin, regional, summed

NAME = "new_returning_revenue"
SUMS = ("orders", "revenue", "early")


def counts(inputs: Inputs) -> ir.Table:
    """``kind, slice, month, part``: ``orders``, ``revenue`` (minor units), and of new orders the ``early`` ones."""
    none = ibis.literal(0, type="int64")
    sold = regional(inputs.cube(SOLD), inputs.regions).mutate(early=none)
    days = inputs.cube(SOLD_DAYS)
    began = since(inputs)
    new = days.filter(days.part == NEW).join(began, days.store == began.known_store)
    new = new.filter(new.day - new.since < NOT_YET_NEW)
    early = new.select("month", "store", "part", orders=none, revenue=none, early="orders")
    early = regional(early, inputs.regions)
    recent = month_number(inputs.as_of) - RECENT
    tables = []
    for cells in (sold, early):
        late = cells.filter(cells.month > recent)
        tables.append(margin(cells, "", SUMS, by=["part"], monthly=True))
        tables.append(margin(late, "store", SUMS, by=["part"], slice="store", monthly=True))
        if inputs.regions:
            tables.append(margin(late, "region", SUMS, by=["part"], slice="region", monthly=True))
    return summed(tables, SUMS)


def figures(counts: pa.Table, as_of: date) -> list[FigureRow]:
    """Revenue of the month in minor units by part; the parts add up to all of it, ``n`` counts the orders."""
    groups: dict[tuple[str, str, int], dict[str, tuple[int, int, int]]] = defaultdict(dict)
    for row in counts.to_pylist():
        groups[row["kind"], row["slice"], row["month"]][row["part"]] = (
            row["orders"],
            row["revenue"],
            row["early"],
        )
    rows = []
    for (kind, slice, month), parts in sorted(groups.items()):
        for part in (NEW, RETURNING, UNIDENTIFIED):
            orders, revenue, _ = parts.get(part, (0, 0, 0))
            new, _, early = parts.get(NEW, (0, 0, 0))
            marked = part != UNIDENTIFIED and 2 * early > new
            note = "new_not_meaningful" if marked else state_of(month, as_of)
            rows.append(
                FigureRow(
                    NAME,
                    kind,
                    slice,
                    month_text(month),
                    part,
                    float(revenue),
                    orders,
                    seen_until(month, as_of),
                    note=note,
                )
            )
    return rows


METRIC = Metric(
    name=NAME,
    question="How much of the month's revenue came from newcomers, and how much from those who came again?",
    formula="net − refunded of orders on their customer's first day (new), later (returning), without a customer",
    source="definition",
    beside=("identified_share",),
    unit="money",
    cubes=(SOLD, SOLD_DAYS),
    counts=counts,
    figures=figures,
)
