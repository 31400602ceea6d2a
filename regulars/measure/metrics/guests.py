"""Heads, not orders: how many customers came in a month for the first time, and how many had come before."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from regulars.know.tables import came
from regulars.measure.metric import FigureRow, Inputs, Metric
from regulars.measure.rules.periods import MONTHS_KEPT, month_number, month_text, seen_until, state_of
from regulars.measure.tables import counted, cube, firsts, month_of, named, stack

NAME = "guests"
SUMS = ("customers", "new", "early")


def counts(inputs: Inputs) -> ir.Table:
    """``kind, slice, month``: ``customers`` who bought, the ``new``, and the ``early`` of these (see ``firsts``)."""
    days = came(inputs.days)
    bought = days.select(who="customer_id", month=month_of(days.business_date), store=named(days.store_id))
    people = firsts(inputs.states, inputs.sales)
    people = people.select("customer_id", first_store="store", first_month="month", early=people.early)
    brand = _count(bought.select("who", "month").distinct(), people, None)
    late = bought.filter(bought.month > month_number(inputs.as_of) - MONTHS_KEPT)
    return stack([brand, _count(late.distinct(), people, "store")])


def _count(bought: ir.Table, people: ir.Table, store: str | None) -> ir.Table:
    joined = bought.join(people, bought.who == people.customer_id)
    new = joined.month == joined.first_month
    if store:
        new = new & (joined[store] == joined.first_store)
    facts = joined.select(
        kind=ibis.literal("store" if store else ""),
        slice=joined[store] if store else ibis.literal(""),
        month="month",
        customers=counted(joined.month.notnull()),
        new=counted(new),
        early=counted(new & joined.early),
    )
    return cube(facts, ["kind", "slice", "month"], SUMS)


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
    counts=counts,
    figures=figures,
)
