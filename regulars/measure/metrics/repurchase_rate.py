"""Of who bought in a period, who bought on two days of it: it means nothing without its period."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from regulars.measure.cubes.visits import VISITS
from regulars.measure.metric import FigureRow, Inputs, Metric
from regulars.measure.rules.periods import (
    MONTHS_KEPT,
    day_number,
    is_over,
    last_day,
    month_number,
    month_text,
    quarter_text,
)
from regulars.measure.rules.shares import share
from regulars.measure.rules.shrunk import shrunk_rows
from regulars.measure.tables import counted, day_of, month_of, named, places, regional, stack, summed

NAME = "repurchase_rate"
YEAR = 365
COLUMNS = ("kind", "number", "slice_kind", "slice", "customers", "back")


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
    counts = counts.mutate(slice_kind=ibis.literal(""), slice=ibis.literal(""))
    return counts.filter(counts.customers > 0).select(*COLUMNS)


def of_places(inputs: Inputs) -> ir.Table:
    """``kind`` (month), ``number``, ``slice_kind`` (store, region), ``slice``: the same two of the months kept, of who
    bought there. By head, so no sum: who bought once in each of two stores came back to their region and to neither."""
    since = month_number(inputs.as_of) - MONTHS_KEPT
    sales = inputs.sales.filter(inputs.sales.customer_id.notnull() & (inputs.sales.orders > 0))
    seen = sales.select(
        "customer_id",
        number=month_of(sales.business_date),
        day=day_of(sales.business_date),
        store=named(sales.store_id),
    )
    seen = regional(seen.filter(seen.number > since), inputs.regions)
    return stack([_heads(seen, kind).select(*COLUMNS) for kind in places(inputs.regions)])


def _heads(seen: ir.Table, kind: str) -> ir.Table:
    each = seen.group_by("customer_id", "number", slice=kind).agg(first=seen.day.min(), last=seen.day.max())
    back = each.count(where=each["first"] < each["last"])
    told = each.group_by("number", "slice").agg(customers=each.count().cast("int64"), back=back.cast("int64"))
    return told.mutate(kind=ibis.literal("month"), slice_kind=ibis.literal(kind))


def figures(counts: pa.Table, as_of: date) -> list[FigureRow]:
    """The share of a period's customers who bought on two days or more in it: months, quarters, the trailing year; of
    stores and regions months, the last also ``shrunk``: drawn towards the brand."""
    rows, drawn = [], []
    listed = counts.to_pylist()
    latest = max((row["number"] for row in listed if row["slice_kind"]), default=0)
    for row in listed:
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
                row["slice_kind"],
                row["slice"],
                period,
                "",
                share(row["back"], row["customers"]),
                row["customers"],
                until,
                note="" if over else "incomplete",
            )
        )
        if row["slice_kind"] and row["number"] == latest:
            drawn.append((rows[-1], row["back"], row["customers"]))
    return sorted(
        [*rows, *shrunk_rows(drawn)], key=lambda row: (row.slice_kind, row.slice, row.period, row.part)
    )


METRIC = Metric(
    name=NAME,
    question="Of the customers who bought in this period, how many bought on at least two days of it?",
    formula="customers with two or more visit days in the period ÷ customers with one or more; trailing year: 365 "
    "days; of a store or region: who bought there in the month, and on two days or more",
    source="definition; rates over different periods are not comparable; shrunk: Christiansen and Morris 1997",
    beside=("identified_share",),
    cubes=(VISITS,),
    counts=counts,
    reading=of_places,
    figures=figures,
)
