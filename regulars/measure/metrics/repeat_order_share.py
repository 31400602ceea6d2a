"""The share of orders that are repeat: how much of the trade the regulars carry."""

from __future__ import annotations

from datetime import date

import ibis.expr.types as ir
import pyarrow as pa

from regulars.measure.metric import FigureRow, Inputs, Metric
from regulars.measure.rules.periods import month_text, seen_until, state_of
from regulars.measure.rules.shares import share
from regulars.measure.tables import counted, cube, margin, month_of, named, stack

NAME = "repeat_order_share"
SUMS = ("orders", "repeat")


def counts(inputs: Inputs) -> ir.Table:
    """``kind, slice, month``, ``orders`` with a customer, and those after the customer's first day, ``repeat``."""
    known = inputs.sales.filter(inputs.sales.customer_id.notnull() & (inputs.sales.orders > 0))
    first = inputs.states.select(known_as="customer_id", first_day="first_day")
    joined = known.join(first, known.customer_id == first.known_as)
    facts = joined.select(
        store=named(joined.store_id),
        month=month_of(joined.business_date),
        orders=counted(joined.business_date.notnull()),
        repeat=counted(joined.business_date > joined.first_day),
    )
    cells = cube(facts, ["store", "month"], SUMS)
    return stack(
        [
            margin(cells, "", SUMS),
            margin(cells, "", SUMS, monthly=True),
            margin(cells, "store", SUMS, slice="store"),
        ]
    )


def figures(counts: pa.Table, as_of: date) -> list[FigureRow]:
    """The share of identified orders that a customer gave on a day after the first."""
    rows = [
        FigureRow(
            NAME,
            row["kind"],
            row["slice"],
            month_text(row["month"]),
            "",
            share(row["repeat"], row["orders"]),
            row["orders"],
            seen_until(row["month"], as_of),
            note=state_of(row["month"], as_of),
        )
        for row in counts.to_pylist()
    ]
    return sorted(rows, key=lambda row: (row.slice_kind, row.slice, row.period))


METRIC = Metric(
    name=NAME,
    question="Of the orders whose customer we know, how many are from somebody who had come before?",
    formula="identified orders on a day after their customer's first day ÷ identified orders of the period",
    source="definition; it rises when identification improves, so it stands beside the identified share",
    beside=("identified_share",),
    counts=counts,
    figures=figures,
)
