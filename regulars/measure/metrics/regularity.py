"""Whether guests come by habit, by chance or in clumps: a brand of habits can tell early that somebody is late."""

from __future__ import annotations

from datetime import date

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from regulars.know.rules.regularity import chance_bounds, gamma_shape
from regulars.know.tables.intervals import habit_counts, habits, numbered
from regulars.measure.metric import FigureRow, Inputs, Metric
from regulars.measure.rules.periods import ENOUGH
from regulars.measure.rules.shares import wilson

NAME = "regularity"
FEWEST = 5  # visits from which a customer's own clumpiness says something


def reading(inputs: Inputs) -> ir.Table:
    """``visits``, ``permille`` of clumpiness: ``customers``; ``pairs``, ``squares``, ``fourths`` of first gaps."""
    seen = numbered(inputs.days, inputs.as_of)
    return habit_counts(habits(seen, inputs.as_of)).order_by("visits", "permille")


def figures(counts: pa.Table, as_of: date) -> list[FigureRow]:
    """The gamma ``shape`` of gaps, and of customers with five visits or more the share ``clumpy`` and ``even``: beyond
    what chance alone does to one in twenty."""
    columns = {name: np.asarray(counts[name].to_numpy(), dtype=np.float64) for name in counts.column_names}
    return [_shape(columns, as_of), *_clumps(columns, as_of)]


def _shape(columns: dict[str, np.ndarray], as_of: date) -> FigureRow:
    n = int(columns["pairs"].sum())
    squares, fourths = float(columns["squares"].sum()), float(columns["fourths"].sum())
    if n < ENOUGH or squares <= 0:
        return FigureRow(NAME, "", "", "", "shape", None, n, as_of, note="too_few")
    told = gamma_shape(n, squares, fourths)
    high = told.high if np.isfinite(told.high) else None
    return FigureRow(NAME, "", "", "", "shape", told.estimate, n, as_of, told.low, high)


def _clumps(columns: dict[str, np.ndarray], as_of: date) -> list[FigureRow]:
    enough = columns["visits"] >= FEWEST
    customers = columns["customers"][enough]
    n = int(customers.sum())
    if n < ENOUGH:
        return [
            FigureRow(NAME, "", "", "", part, None, n, as_of, note="too_few") for part in ("clumpy", "even")
        ]
    low, high = chance_bounds(columns["visits"][enough] - 1)
    told = columns["permille"][enough] / 1000.0
    rows = []
    for part, beyond in (("clumpy", told > high), ("even", told < low)):
        hits = int(customers[beyond].sum())
        rows.append(FigureRow(NAME, "", "", "", part, hits / n, n, as_of, *wilson(hits, n)))
    return rows


METRIC = Metric(
    name=NAME,
    question="Do guests come by habit, by chance, or in clumps?",
    formula="shape k = (1 − 4v) ÷ (8v), v the mean of (first gap ÷ first two gaps − ½)²: 1 is chance, 2 a habit; "
    "clumpy, even: clumpiness 1 + Σ x ln x ÷ ln(n + 1) above or below what chance alone does to one customer in twenty",
    source="Wheat and Morrison 1990; Zhang, Bradlow and Small 2015",
    beside=("interpurchase_interval",),
    units={"shape": "number"},
    reading=reading,
    figures=figures,
)
