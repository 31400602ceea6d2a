"""Cohort triangles by what newcomers began with: store, channel, offer, product; the largest of each, then others."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from regulars.know.tables import came
from regulars.measure.cubes.sold import since
from regulars.measure.lines import sold
from regulars.measure.metric import FigureRow, Inputs, Metric
from regulars.measure.rules.periods import MONTHS_KEPT, month_number, month_text
from regulars.measure.rules.shares import which_are_told, wilson
from regulars.measure.rules.triangle import Cohort, cells, until
from regulars.measure.tables import counted, day_of, firsts, month_of, stack

NAME = "first_triangle"
LARGEST = 8  # of each kind; the others are one
OTHERS = "others"
KINDS = {"first_store": "store", "first_channel": "sales_channel", "first_offer": "offer"}


def reading(inputs: Inputs) -> ir.Table:
    """``kind``, ``slice``, ``month`` of the first visit, ``after`` it in months: ``customers`` who bought then, the
    ``early`` among them; of newcomers of the last 14 months. A customer is in every product of their first day."""
    people = firsts(inputs.states, since(inputs))
    people = people.filter(people.month > month_number(inputs.as_of) - MONTHS_KEPT)
    people = people.mutate(early=counted(people.early))
    begun = [
        people.select("customer_id", "month", "early", kind=ibis.literal(kind), slice=people[column])
        for kind, column in KINDS.items()
    ]
    held = sold(inputs, month_number(inputs.as_of) - MONTHS_KEPT)
    held = held.filter(held.customer_id.notnull())
    first = held.select("customer_id", slice=held.product_id, first=day_of(held.business_date)).distinct()
    had = first.join(people, ("customer_id", "first"))
    begun.append(
        had.select("customer_id", "month", "early", kind=ibis.literal("first_product"), slice="slice")
    )
    members = _largest(stack(begun))
    days = came(inputs.days)
    bought = days.select("customer_id", bought=month_of(days.business_date)).distinct()
    joined = members.join(bought, "customer_id")
    joined = joined.mutate(after=joined.bought - joined.month)
    keys = ("kind", "slice", "month", "after")
    counted_ = joined.group_by(*keys).aggregate(
        customers=joined.count().cast("int64"), early=joined.early.sum().cast("int64")
    )
    return counted_.order_by(*keys)


def _largest(begun: ir.Table) -> ir.Table:
    """What began most customers keeps its name; of the others a customer is in once."""
    sizes = begun.group_by("kind", "slice").aggregate(size=begun.count().cast("int64"))
    order = ibis.window(group_by="kind", order_by=(ibis.desc("size"), "slice"))
    placed = sizes.mutate(place=ibis.row_number().over(order)).drop("size")
    joined = begun.join(placed, ("kind", "slice"))
    told = joined.mutate(slice=(joined.place < LARGEST).ifelse(joined["slice"], ibis.literal(OTHERS)))
    return told.drop("place").distinct()


def figures(counts: pa.Table, as_of: date) -> list[FigureRow]:
    """The share of each month's newcomers who bought 0, 1, 2 … months later, with Wilson's interval; months over only.

    A cohort too small to tell has one row that says so, not one a month.
    """
    cohorts: dict[tuple[str, str, int], dict[int, int]] = defaultdict(dict)
    early: dict[tuple[str, str, int], int] = {}
    for row in counts.to_pylist():
        key = row["kind"], row["slice"], row["month"]
        cohorts[key][row["after"]] = row["customers"]
        if row["after"] == 0:
            early[key] = row["early"]
    rows = []
    for (kind, slice, month), bought in sorted(cohorts.items()):
        size = bought[0]
        cohort = Cohort(month, size, bought, 2 * early[kind, slice, month] > size)
        _with, note = which_are_told({cohort.early: size})
        for after, share in cells(cohort, as_of):
            told = FigureRow(
                NAME, kind, slice, month_text(month), str(after), None, size, until(month, after)
            )
            if note == "too_few":
                rows.append(told._replace(note=note))
                break
            low, high = wilson(bought.get(after, 0), size)
            rows.append(told._replace(value=share, low=low, high=high, note=note))
    return rows


METRIC = Metric(
    name=NAME,
    question="What must newcomers begin with to keep coming: which store, channel, offer or product?",
    formula="customers of the cohort who bought in the k-th month after their first ÷ customers of the cohort, by what "
    "their first day had; a customer is in every product of that day",
    source="definition; interval Wilson 1927",
    beside=("cohort_triangle", "first_basket"),
    reading=reading,
    figures=figures,
)
