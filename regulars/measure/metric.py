"""The contract of a metric: a small aggregate over kept cells and states, then figures from its rows, without I/O."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

import ibis.expr.types as ir
import pyarrow as pa

from regulars.measure.cube import Cube, Inputs
from regulars.measure.rules.figure import FigureRow

__all__ = ["Cube", "Definition", "FigureRow", "Inputs", "Metric", "in_order"]


@dataclass(frozen=True, kw_only=True)
class Definition:
    """What a number means: the question it answers, its formula in words, who defined it, what must stand beside it.

    ``unit`` is share, money (minor units), count or number; ``units`` names the parts whose unit is another.
    """

    name: str
    question: str
    formula: str
    source: str
    beside: tuple[str, ...] = ()
    unit: str = "share"
    units: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Metric(Definition):
    """A definition with its two halves: what is counted, and the figures told from it.

    ``counts`` takes the inputs and returns an aggregate that nothing has executed yet, small enough to hold in memory
    and within what DuckDB and Spark compute alike. It reads ``inputs.cube(…)`` of the ``cubes`` named here (sums of
    rows, kept by month), ``inputs.states`` and ``inputs.customers`` (the cost of a turn is that of the customers), and
    never ``sales`` or ``days``.

    ``reading`` is for what is no sum and needs all rows: the same kind of aggregate from the whole inputs, taken at a
    month's first turn over the months closed by then and kept for the month.

    ``figures`` takes either's rows and the day they are of, and is pure; figures of both are published beside each
    other, so their slices or parts must differ.
    """

    cubes: tuple[Cube, ...] = ()
    counts: Callable[[Inputs], ir.Table] | None = None
    reading: Callable[[Inputs], ir.Table] | None = None
    figures: Callable[[pa.Table, date], list[FigureRow]]

    def tell(self, rows: pa.Table, as_of: date) -> list[FigureRow]:
        """The figures of rows in whatever order an engine gave them."""
        return self.figures(in_order(rows), as_of)


def in_order(rows: pa.Table) -> pa.Table:
    """The rows sorted by all they hold: engines give them in any order, sums of floats depend on it in the last digit,
    and what differs there would be published anew."""
    flat = [field.name for field in rows.schema if not pa.types.is_nested(field.type)]
    return rows.sort_by([(name, "ascending") for name in flat])
