"""Revenue by who gave it: newcomers on their first day, those who came again, and those nobody recognised."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from regulars.measure.metric import FigureRow, Inputs, Metric
from regulars.measure.rules.periods import (
    NOT_YET_NEW,
    RECENT,
    month_number,
    month_text,
    seen_until,
    state_of,
)
from regulars.measure.tables import counted, cube, day_of, identified_since, margin, month_of, named, stack

NAME = "new_returning_revenue"
SUMS = ("orders", "revenue", "early")


def counts(inputs: Inputs) -> ir.Table:
    """``kind, slice, month, part``: ``orders``, ``revenue`` (minor units), the ``early`` orders (see ``firsts``)."""
    sales = inputs.sales.mutate(store=named(inputs.sales.store_id))
    first = inputs.states.select(known_as="customer_id", first_day="first_day")
    joined = sales.left_join(first, sales.customer_id == first.known_as)
    since = identified_since(inputs.sales)
    joined = joined.left_join(since, joined.store == since.known_store)
    part = ibis.cases(
        (joined.customer_id.isnull(), ibis.literal("unidentified")),
        (joined.business_date == joined.first_day, ibis.literal("new")),
        else_=ibis.literal("returning"),
    )
    facts = joined.select(
        store="store",
        month=month_of(joined.business_date),
        part=part,
        orders="orders",
        revenue="revenue",
        early=joined.orders * counted(day_of(joined.business_date) - joined.since < NOT_YET_NEW),
    )
    cells = cube(facts, ["store", "month", "part"], SUMS)
    late = cells.filter(cells.month > month_number(inputs.as_of) - RECENT)
    return stack(
        [
            margin(cells, "", SUMS, by=["part"], monthly=True),
            margin(late, "store", SUMS, by=["part"], slice="store", monthly=True),
        ]
    )


def figures(counts: pa.Table, as_of: date) -> list[FigureRow]:
    """Revenue of the month in minor units by part; the parts add up to all of it, ``n`` counts the orders."""
    groups: dict[tuple[str, str, int], dict[str, tuple[int, int, int]]] = defaultdict(dict)
    for row in counts.to_pylist():
        groups[row["kind"], row["slice"], row["month"]][row["part"]] = (
            row["orders"],
            row["revenue"],
            row["early"],
        )
    rows = []
    for (kind, slice, month), parts in sorted(groups.items()):
        for part in ("new", "returning", "unidentified"):
            orders, revenue, _ = parts.get(part, (0, 0, 0))
            new, _, early = parts.get("new", (0, 0, 0))
            marked = part != "unidentified" and 2 * early > new
            note = "new_not_meaningful" if marked else state_of(month, as_of)
            rows.append(
                FigureRow(
                    NAME,
                    kind,
                    slice,
                    month_text(month),
                    part,
                    float(revenue),
                    orders,
                    seen_until(month, as_of),
                    note=note,
                )
            )
    return rows


METRIC = Metric(
    name=NAME,
    question="How much of the month's revenue came from newcomers, and how much from those who came again?",
    formula="net − refunded of orders on their customer's first day (new), later (returning), without a customer",
    source="definition",
    beside=("identified_share",),
    unit="money",
    counts=counts,
    figures=figures,
)
