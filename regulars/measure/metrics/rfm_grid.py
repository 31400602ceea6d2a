"""Customers and their spend by how lately and how often they came: who carries the brand, and who of them is going."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from regulars import catalogue
from regulars.core.registry import load
from regulars.measure.metric import FigureRow, Inputs, Metric
from regulars.measure.tables import counted, cube, stack

NAME = "rfm_grid"
SUMS = ("customers", "net")
DIGITS = ("recency_score", "frequency_score")
MOST = 9  # a digit's largest


def counts(inputs: Inputs) -> ir.Table:
    """``grade`` (each of the catalogue), ``cell``: ``customers`` and ``net`` in minor units."""
    states = inputs.states
    told = []
    for grade in load(catalogue.GRADES):
        graded = grade.grades(states)
        cell = graded.grade
        if set(DIGITS) <= set(graded.columns):
            recency, frequency = (graded[name].cast("string") for name in DIGITS)
            cell = ibis.literal("r") + recency + ibis.literal("f") + frequency
        graded = graded.select(known="customer_id", cell=cell)
        joined = states.select("customer_id", "net").join(graded, states.customer_id == graded.known)
        told.append(
            joined.select(
                "cell",
                grade=ibis.literal(grade.name),
                customers=counted(joined.known.notnull()),
                net=joined.net.cast("int64"),
            )
        )
    return cube(stack(told), ["grade", "cell"], SUMS).order_by("grade", "cell")


def figures(counts: pa.Table, as_of: date) -> list[FigureRow]:
    """By grade and cell ``r1f1`` … ``r5f5``, 5 the best: customers, and as ``net:…`` their share of all spend."""
    cells: dict[str, list[tuple[str, int, int]]] = defaultdict(list)
    for row in counts.to_pylist():
        cells[row["grade"]].append((row["cell"], row["customers"], row["net"]))
    rows = []
    for grade, told in sorted(cells.items()):
        people, net = sum(each[1] for each in told), sum(each[2] for each in told)
        for cell, customers, spent in told:
            rows.append(FigureRow(NAME, "grade", grade, "", cell, float(customers), people, as_of))
            if net > 0:
                rows.append(FigureRow(NAME, "grade", grade, "", f"net:{cell}", spent / net, people, as_of))
    return rows


CELLS = [f"r{recency}f{often}" for recency in range(1, MOST + 1) for often in range(1, MOST + 1)]
METRIC = Metric(
    name=NAME,
    question="Who carries the brand, and how lately have they come?",
    formula="customers by recency and frequency, 1 (lowest) to 5: rfm: fifths of the brand's customers; fixed: by the "
    "bounds of grades.toml; net: their share of all that customers spent",
    source="Hughes 1994",
    beside=("lifecycle",),
    unit="count",
    units={f"net:{cell}": "share" for cell in CELLS},
    counts=counts,
    figures=figures,
)
