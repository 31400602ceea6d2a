"""The share of orders that are repeat: how much of the trade the regulars carry."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from regulars.measure.cubes.sold import RETURNING, SOLD, UNIDENTIFIED
from regulars.measure.metric import FigureRow, Inputs, Metric
from regulars.measure.rules.periods import month_text, seen_until, state_of
from regulars.measure.rules.shares import share
from regulars.measure.tables import margin, places, regional, stack

NAME = "repeat_order_share"
SUMS = ("orders", "repeat")


def counts(inputs: Inputs) -> ir.Table:
    """``kind, slice, month``, ``orders`` with a customer, and those after the customer's first day, ``repeat``."""
    sold = regional(inputs.cube(SOLD), inputs.regions)
    none = ibis.literal(0, type="int64")
    known = sold.filter((sold.part != UNIDENTIFIED) & (sold.orders > 0))
    cells = known.mutate(repeat=(known.part == RETURNING).ifelse(known.orders, none))
    kinds = places(inputs.regions)
    return stack(
        [
            margin(cells, "", SUMS),
            margin(cells, "", SUMS, monthly=True),
            *[margin(cells, kind, SUMS, slice=kind) for kind in kinds],
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
    cubes=(SOLD,),
    counts=counts,
    figures=figures,
)
