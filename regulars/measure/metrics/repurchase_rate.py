"""Of who bought in a period, who bought on two days of it: it means nothing without its period."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from regulars.measure.cubes.visits import VISITS
from regulars.measure.metric import FigureRow, Inputs, Metric
from regulars.measure.rules.periods import (
    day_number,
    is_over,
    last_day,
    month_number,
    month_text,
    quarter_text,
)
from regulars.measure.rules.shares import share
from regulars.measure.tables import counted, day_of, summed

NAME = "repurchase_rate"
YEAR = 365


def counts(inputs: Inputs) -> ir.Table:
    """``kind`` (month, quarter, year), its ``number``, ``customers`` who bought in it and those who did on two days.

    A quarter counts heads, and is yet the sum of its months: each customer is counted in the month that made them one
    (see ``cubes.visits``). The trailing year is read off the last two visit days of each customer.
    """
    months = inputs.cube(VISITS)
    month = months.select(kind=ibis.literal("month"), number="month", customers="customers", back="twice")
    quarter = months.select(
        kind=ibis.literal("quarter"),
        number=(months.month // 3).cast("int64"),
        customers="of_quarter",
        back="twice_in_quarter",
    )
    began, states = day_number(inputs.as_of) - YEAR, inputs.states
    year = states.select(
        kind=ibis.literal("year"),
        number=ibis.literal(0, type="int64"),
        customers=counted(day_of(states.last_day) > began),
        back=counted(day_of(states.previous_day) > began),
    )
    counts = summed([month, quarter, year], ("customers", "back"))
    return counts.filter(counts.customers > 0)


def figures(counts: pa.Table, as_of: date) -> list[FigureRow]:
    """The share of a period's customers who bought on two days or more in it: months, quarters, the trailing year."""
    rows = []
    for row in counts.to_pylist():
        month = {"month": row["number"], "quarter": row["number"] * 3 + 2, "year": month_number(as_of)}[
            row["kind"]
        ]
        over = row["kind"] == "year" or is_over(month, as_of)
        number = row["number"]
        period = {"month": month_text(number), "quarter": quarter_text(number)}.get(
            row["kind"], "trailing_year"
        )
        until = last_day(month) if over and row["kind"] != "year" else as_of
        rows.append(
            FigureRow(
                NAME,
                "",
                "",
                period,
                "",
                share(row["back"], row["customers"]),
                row["customers"],
                until,
                note="" if over else "incomplete",
            )
        )
    return sorted(rows, key=lambda row: row.period)


METRIC = Metric(
    name=NAME,
    question="Of the customers who bought in this period, how many bought on at least two days of it?",
    formula="customers with two or more visit days in the period ÷ customers with one or more; trailing year: 365 days",
    source="definition; rates over different periods are not comparable",
    beside=("identified_share",),
    cubes=(VISITS,),
    counts=counts,
    figures=figures,
)
