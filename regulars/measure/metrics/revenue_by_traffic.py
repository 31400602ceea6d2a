"""Whose traffic the revenue came through: the brand's own, the place's, or a platform's that can be taken away."""

from __future__ import annotations

from datetime import date

import ibis.expr.types as ir
import pyarrow as pa

from regulars.measure.cubes.sold import SOLD
from regulars.measure.metric import FigureRow, Inputs, Metric
from regulars.measure.rules.periods import MONTHS_KEPT, month_number, month_text, seen_until, state_of
from regulars.measure.tables import margin, places, regional, stack

NAME = "revenue_by_traffic"
SUMS = ("orders", "revenue")


def counts(inputs: Inputs) -> ir.Table:
    """``kind, slice, month, traffic``: ``orders`` and ``revenue`` in minor units."""
    cells = regional(inputs.cube(SOLD), inputs.regions)
    late = cells.filter(cells.month > month_number(inputs.as_of) - MONTHS_KEPT)
    kinds = places(inputs.regions)
    sliced = [margin(late, kind, SUMS, by=["traffic"], slice=kind, monthly=True) for kind in kinds]
    return stack([margin(cells, "", SUMS, by=["traffic"], monthly=True), *sliced])


def figures(counts: pa.Table, as_of: date) -> list[FigureRow]:
    """Revenue of the month in minor units by traffic (own, location, platform, not_recorded); ``n`` is orders."""
    rows = [
        FigureRow(
            NAME,
            row["kind"],
            row["slice"],
            month_text(row["month"]),
            row["traffic"][:40],
            float(row["revenue"]),
            row["orders"],
            seen_until(row["month"], as_of),
            note=state_of(row["month"], as_of),
        )
        for row in counts.to_pylist()
    ]
    return sorted(rows, key=lambda row: (row.slice_kind, row.slice, row.period, row.part))


METRIC = Metric(
    name=NAME,
    question="Through whose traffic did the revenue come: our own, the location's, or a platform's?",
    formula="net − refunded of the month's orders by the traffic recorded on them",
    source="definition",
    unit="money",
    cubes=(SOLD,),
    counts=counts,
    figures=figures,
)
