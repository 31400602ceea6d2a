"""Heads, not orders: how many customers came in a month for the first time, and how many had come before."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from regulars.know.tables import came
from regulars.measure.cubes.sold import SOLD_DAYS, since
from regulars.measure.cubes.visits import GUESTS, VISITS
from regulars.measure.metric import FigureRow, Inputs, Metric
from regulars.measure.rules.periods import MONTHS_KEPT, month_number, month_text, seen_until, state_of
from regulars.measure.tables import counted, firsts, margin, month_of, named, regional, summed

NAME = "guests"
SUMS = ("customers", "new", "early")
NOTHING = pa.schema(
    [("kind", pa.string()), ("slice", pa.string()), *((name, pa.int64()) for name in ("month", *SUMS))]
)


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


def regions(inputs: Inputs) -> ir.Table:
    """The same by region, as a reading: a guest of two stores of a region is one of its guests, so it is no sum of
    stores, and no cube can keep what the brand may draw anew tomorrow."""
    if not inputs.regions:
        return ibis.memtable(NOTHING.empty_table())
    since_month = month_number(inputs.as_of) - MONTHS_KEPT
    one, none = ibis.literal(1, type="int64"), ibis.literal(0, type="int64")
    days = came(inputs.days)
    seen = days.select("customer_id", month=month_of(days.business_date), store=named(days.store_id))
    seen = regional(seen.filter(seen.month > since_month), inputs.regions)
    heads = seen.select("customer_id", "month", "region").distinct()
    people = regional(firsts(inputs.states, since(inputs)), inputs.regions)
    late = people.filter(people.month > since_month)
    return summed(
        [
            margin(each, "region", SUMS, slice="region", monthly=True)
            for each in (
                heads.select("month", "region", customers=one, new=none, early=none),
                late.select("month", "region", customers=none, new=one, early=counted(late.early)),
            )
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
    formula="customers whose first day lies in the month (of a store or region: and was there); "
    "returning: the other buyers of the month",
    source="definition; first seen is not first visit while a store has only begun to identify",
    beside=("cohort_second_visit", "identified_share"),
    unit="count",
    cubes=(VISITS, GUESTS, SOLD_DAYS),
    counts=counts,
    reading=regions,
    figures=figures,
)
