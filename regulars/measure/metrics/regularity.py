"""Whether guests come by habit, by chance or in clumps: a brand of habits can tell early that somebody is late."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from regulars.know.rules.regularity import chance_bounds, gamma_shape
from regulars.know.tables.intervals import habits, numbered
from regulars.measure.metric import FigureRow, Inputs, Metric
from regulars.measure.rules.periods import ENOUGH
from regulars.measure.rules.shares import wilson
from regulars.measure.tables import counted

NAME = "regularity"
MOST, STEPS = 200, 100  # visits after the first from which bounds stay, and steps of density
FEWEST = 5  # visits from which a customer's own clumpiness says something


def reading(inputs: Inputs) -> ir.Table:
    """One row: ``customers`` of five visits or more, ``clumpy`` and ``even`` among them; of all with three visits
    ``pairs``, and of their first two gaps the sums ``squares`` and ``fourths``."""
    people = habits(numbered(inputs.days, inputs.as_of), inputs.as_of)
    after = ibis.least(people.visits - 1, ibis.literal(MOST, type="int64"))
    off = people.first_share - 0.5
    people = people.mutate(
        after=after, dense=(people.density * STEPS).floor().cast("int64"), square=off * off
    )
    joined = people.left_join(_bounds(), ("after", "dense"))
    enough = joined.visits >= FEWEST
    return joined.aggregate(
        customers=counted(enough).sum().cast("int64"),
        clumpy=counted(enough & (joined.clumpiness > joined.high)).sum().cast("int64"),
        even=counted(enough & (joined.clumpiness < joined.low)).sum().cast("int64"),
        pairs=counted(joined.first_share.notnull()).sum().cast("int64"),
        squares=joined.square.sum(),
        fourths=(joined.square * joined.square).sum(),
    )


@lru_cache(maxsize=1)
def _bounds() -> ir.Table:
    """``after`` (visits after the first), ``dense`` (hundredths of the days): ``low``, ``high`` of clumpiness."""
    after, dense = (each.ravel() for each in np.meshgrid(np.arange(1, MOST + 1), np.arange(STEPS + 1)))
    low, high = chance_bounds(after, (dense + 0.5) / STEPS)
    return ibis.memtable(pa.table({"after": after, "dense": dense, "low": low, "high": high}))


def figures(counts: pa.Table, as_of: date) -> list[FigureRow]:
    """The gamma ``shape`` of gaps, and of customers with five visits or more the share ``clumpy`` and ``even``: beyond
    what chance alone does to one in twenty."""
    (row,) = counts.to_pylist()
    told = [_shape(row, as_of)]
    n = row["customers"] or 0
    for part in ("clumpy", "even"):
        figure = FigureRow(NAME, "", "", "", part, None, n, as_of, note="too_few")
        if n >= ENOUGH:
            low, high = wilson(row[part], n)
            figure = figure._replace(value=row[part] / n, low=low, high=high, note="")
        told.append(figure)
    return told


def _shape(row: dict[str, Any], as_of: date) -> FigureRow:
    n = row["pairs"] or 0  # null of no customer at all
    if n < ENOUGH or not row["squares"]:
        return FigureRow(NAME, "", "", "", "shape", None, n, as_of, note="too_few")
    told = gamma_shape(n, row["squares"], row["fourths"])
    high = told.high if np.isfinite(told.high) else None
    return FigureRow(NAME, "", "", "", "shape", told.estimate, n, as_of, told.low, high)


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
