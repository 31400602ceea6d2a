"""Heads, not orders: how many customers came in a month for the first time, and how many had come before."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from regulars.measure.cubes.sold import SOLD_DAYS, since
from regulars.measure.cubes.visits import GUESTS, VISITS
from regulars.measure.metric import FigureRow, Inputs, Metric
from regulars.measure.rules.periods import MONTHS_KEPT, month_number, month_text, seen_until, state_of
from regulars.measure.tables import counted, firsts, margin, summed

NAME = "guests"
SUMS = ("customers", "new", "early")


def counts(inputs: Inputs) -> ir.Table:
    """``kind, slice, month``: ``customers`` who bought, the ``new``, and the ``early`` of these (see ``firsts``)."""
    since_month = month_number(inputs.as_of) - MONTHS_KEPT
    none = ibis.literal(0, type="int64")
    heads, stores = inputs.cube(VISITS), inputs.cube(GUESTS)
    brand = heads.mutate(new=(heads.month == heads.cohort).ifelse(heads.customers, none), early=none)
    stores = stores.filter(stores.month > since_month).mutate(customers=stores.guests, early=none)
    people = firsts(inputs.states, since(inputs))
    early = people.select("store", "month", customers=none, new=none, early=counted(people.early))
    late = early.filter(early.month > since_month)
    return summed(
        [
            margin(brand, "", SUMS, monthly=True),
            margin(early, "", SUMS, monthly=True),
            margin(stores, "store", SUMS, slice="store", monthly=True),
            margin(late, "store", SUMS, slice="store", monthly=True),
        ],
        SUMS,
    )


def figures(counts: pa.Table, as_of: date) -> list[FigureRow]:
    """Customers of the month: ``new`` ones and ``returning`` ones; ``n`` is both together."""
    rows = []
    for row in counts.to_pylist():
        note = "new_not_meaningful" if 2 * row["early"] > row["new"] else state_of(row["month"], as_of)
        for part, value in (("new", row["new"]), ("returning", row["customers"] - row["new"])):
            rows.append(
                FigureRow(
                    NAME,
                    row["kind"],
                    row["slice"],
                    month_text(row["month"]),
                    part,
                    float(value),
                    row["customers"],
                    seen_until(row["month"], as_of),
                    note=note,
                )
            )
    return sorted(rows, key=lambda row: (row.slice_kind, row.slice, row.period, row.part))


METRIC = Metric(
    name=NAME,
    question="How many guests came this month for the first time, and how many had come before?",
    formula="customers whose first day lies in the month (of a store: and was there); "
    "returning: the other buyers of the month",
    source="definition; first seen is not first visit while a store has only begun to identify",
    beside=("cohort_second_visit", "identified_share"),
    unit="count",
    cubes=(VISITS, GUESTS, SOLD_DAYS),
    counts=counts,
    figures=figures,
)
