"""The stock: of everybody known, who has come on two days. It moves with identification, not only with the guests."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from regulars.measure.metric import FigureRow, Inputs, Metric
from regulars.measure.rules.periods import ALL_TIME, month_number, month_text, seen_until, state_of
from regulars.measure.rules.shares import share
from regulars.measure.rules.shrunk import shrunk_rows
from regulars.measure.tables import counted, cube, margin, month_of, named, places, regional, stack

NAME = "second_purchase_stock"
SUMS = ("known", "back")


def counts(inputs: Inputs) -> ir.Table:
    """``kind, slice, month``, ``known`` and ``back``; by month the first seen and the first back in it."""
    states = inputs.states
    people = states.select(
        store=named(states.first_store),
        first_month=month_of(states.first_day),
        second_month=month_of(states.second_day),
        known=counted(states.first_day.notnull()),
        back=counted(states.visit_days >= 2),
    )
    cells = regional(cube(people, ["store", "first_month", "second_month"], SUMS), inputs.regions)
    none = ibis.literal(0, type="int64")
    came = cells.mutate(month=cells.first_month, back=none)
    again = cells.filter(cells.second_month.notnull())
    again = again.mutate(month=again.second_month, known=none)
    kinds = places(inputs.regions)
    return stack(
        [
            margin(cells, "", SUMS),
            *[margin(cells, kind, SUMS, slice=kind) for kind in kinds],
            margin(came, "", SUMS, monthly=True),
            margin(again, "", SUMS, monthly=True),
        ]
    )


def figures(counts: pa.Table, as_of: date) -> list[FigureRow]:
    """The share of known customers who came on two days or more: now by store (also ``shrunk``: drawn towards
    the brand), and at the end of each month."""
    sums: dict[tuple[str, str, int], list[int]] = defaultdict(lambda: [0, 0])
    for row in counts.to_pylist():
        cell = sums[row["kind"], row["slice"], row["month"]]
        cell[0] += row["known"]
        cell[1] += row["back"]
    whole = {key: value for key, value in sums.items() if key[2] == ALL_TIME}
    months = {key[2]: value for key, value in sums.items() if key[2] != ALL_TIME}
    known = back = 0
    for month in range(min(months, default=0), month_number(as_of) + 1 if months else 0):
        known, back = known + months.get(month, [0, 0])[0], back + months.get(month, [0, 0])[1]
        whole["", "", month] = [known, back]
    rows = {
        (kind, slice, month): FigureRow(
            NAME,
            kind,
            slice,
            month_text(month),
            "",
            share(back, known),
            known,
            seen_until(month, as_of),
            note=state_of(month, as_of),
        )
        for (kind, slice, month), (known, back) in sorted(whole.items())
    }
    drawn = shrunk_rows((row, whole[key][1], whole[key][0]) for key, row in rows.items())
    return [*rows.values(), *drawn]


METRIC = Metric(
    name=NAME,
    question="Of all customers we know, how many have come at least twice?",
    formula="known customers with two or more visit days ÷ all known customers, at the end of the period",
    source="definition; it rises when identification improves, so it stands beside the identified share",
    beside=("identified_share", "stock_corrected"),
    counts=counts,
    figures=figures,
)
