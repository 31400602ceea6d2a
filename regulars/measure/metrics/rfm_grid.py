"""Customers and their spend by how lately and how often they came: who carries the brand, and who of them is going."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from regulars.know.grade import Grade
from regulars.know.grades.fixed import GRADE as FIXED
from regulars.know.grades.rfm import GRADE as RANKED
from regulars.measure.metric import FigureRow, Inputs, Metric
from regulars.measure.tables import counted, cube, stack

NAME = "rfm_grid"
GRADES: dict[str, Grade] = {"rank": RANKED, "fixed": FIXED}
SUMS = ("customers", "net")


def counts(inputs: Inputs) -> ir.Table:
    """``grade`` (rank, fixed), ``recency``, ``frequency`` scores: ``customers`` and ``net`` in minor units."""
    states = inputs.states
    told = []
    for name, grade in GRADES.items():
        graded = grade.grades(states).select(
            known="customer_id", recency="recency_score", frequency="frequency_score"
        )
        joined = states.select("customer_id", "net").join(graded, states.customer_id == graded.known)
        told.append(
            joined.select(
                grade=ibis.literal(name),
                recency=joined.recency.cast("int64"),
                frequency=joined.frequency.cast("int64"),
                customers=counted(joined.known.notnull()),
                net=joined.net.cast("int64"),
            )
        )
    keys = ["grade", "recency", "frequency"]
    return cube(stack(told), keys, SUMS).order_by(*keys)


def figures(counts: pa.Table, as_of: date) -> list[FigureRow]:
    """By grade and cell ``r1f1`` … ``r5f5``, 5 the best: customers, and as ``net:…`` their share of all spend."""
    cells: dict[str, list[tuple[str, int, int]]] = defaultdict(list)
    for row in counts.to_pylist():
        cell = f"r{row['recency']}f{row['frequency']}"
        cells[row["grade"]].append((cell, row["customers"], row["net"]))
    rows = []
    for grade, told in sorted(cells.items()):
        people, net = sum(each[1] for each in told), sum(each[2] for each in told)
        for cell, customers, spent in told:
            rows.append(FigureRow(NAME, "grade", grade, "", cell, float(customers), people, as_of))
            if net > 0:
                rows.append(FigureRow(NAME, "grade", grade, "", f"net:{cell}", spent / net, people, as_of))
    return rows


CELLS = [f"r{recency}f{frequency}" for recency in range(1, 10) for frequency in range(1, 10)]
METRIC = Metric(
    name=NAME,
    question="Who carries the brand, and how lately have they come?",
    formula="customers by recency and frequency, 1 (lowest) to 5: rank: fifths of the brand's customers; fixed: by the "
    "bounds of grades.toml; net: their share of all that customers spent",
    source="Hughes 1994",
    beside=("lifecycle",),
    unit="count",
    units={f"net:{cell}": "share" for cell in CELLS},
    counts=counts,
    figures=figures,
)
