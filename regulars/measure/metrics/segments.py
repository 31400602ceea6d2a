"""What each segment is to the brand now: how many they are, what they bring, how lately they came."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from regulars import catalogue
from regulars.core.registry import load
from regulars.measure.metric import FigureRow, Inputs, Metric
from regulars.measure.rules.periods import ENOUGH, month_number
from regulars.measure.rules.shares import wilson
from regulars.measure.tables import counted, cube, month_of, named, stack

NAME = "segments"
SUMS = ("customers", "net", "visits", "came")
MOST = 30  # segments of a kind: a grade of one's own may tell more apart, and an analyst asks for those


def counts(inputs: Inputs) -> ir.Table:
    """``kind`` (stage, or the name of a grade), ``slice``: ``customers``, ``net`` (minor units), ``visits`` (days), and
    those who ``came`` in the month of the last business date."""
    states = inputs.states
    now = month_number(inputs.as_of)
    sums = {
        "customers": counted(states.stage.notnull()),
        "net": states.net.cast("int64"),
        "visits": states.visit_days.cast("int64"),
        "came": counted(month_of(states.last_day) == now),
    }
    people = states.select("customer_id", "stage", **sums)
    kinds = [people.select(*SUMS, kind=ibis.literal("stage"), slice=named(people.stage))]
    for grade in load(catalogue.GRADES):
        graded = grade.grades(states).select(known="customer_id", grade="grade")
        joined = people.join(graded, people.customer_id == graded.known)
        kinds.append(joined.select(*SUMS, kind=ibis.literal(grade.name), slice=named(joined.grade)))
    cells = cube(stack(kinds), ["kind", "slice"], SUMS)
    order = ibis.window(group_by="kind", order_by=(ibis.desc("customers"), "slice"))
    placed = cells.mutate(place=ibis.row_number().over(order))
    return placed.filter(placed.place < MOST).drop("place")


def figures(counts: pa.Table, as_of: date) -> list[FigureRow]:
    """Of each segment ``customers``, their ``share`` of all that was spent, ``spend`` (minor units) and ``visits`` a
    customer, and the share that ``came`` this month with Wilson's interval, where there are enough."""
    rows = sorted(counts.to_pylist(), key=lambda row: (row["kind"], row["slice"]))
    whole: dict[str, int] = {}
    for row in rows:
        whole[row["kind"]] = whole.get(row["kind"], 0) + row["net"]
    told = []
    for row in rows:
        n, all_spent = row["customers"], whole[row["kind"]]
        base = FigureRow(NAME, row["kind"], row["slice"], "", "customers", float(n), n, as_of)
        share = row["net"] / all_spent if all_spent > 0 else None
        told += [base, base._replace(part="share", value=share)]
        if n < ENOUGH:
            continue
        low, high = wilson(row["came"], n)
        told += [
            base._replace(part="spend", value=row["net"] / n),
            base._replace(part="visits", value=row["visits"] / n),
            base._replace(part="came", value=row["came"] / n, low=low, high=high),
        ]
    return told


METRIC = Metric(
    name=NAME,
    question="What is each segment to us: how many, how much of the spend, how lately?",
    formula="of the customers who are in the stage or grade today: their number, their net ÷ everybody's, net and "
    "visit days a customer, and those who came this month ÷ all of them",
    source="definition; interval Wilson 1927",
    beside=("lifecycle",),
    unit="share",
    units={"customers": "count", "spend": "money", "visits": "number"},
    counts=counts,
    figures=figures,
)
