"""The contract of a metric: one aggregate over the turn's tables, then figures from its few rows, without I/O."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

import ibis.expr.types as ir
import pyarrow as pa

from regulars.measure.rules.figure import FigureRow

__all__ = ["Definition", "FigureRow", "Inputs", "Metric"]


@dataclass(frozen=True)
class Inputs:
    """What every metric reads, made once by the turn; everything is as of the last business date observed.

    ``sales`` has one row a kept order at its highest version (cancelled and wholly refunded ones left out) with
    ``revenue`` (net − refunded, minor units), ``customer_id`` (null: not identified) and ``cause`` (why not). A return
    written as an order of its own is there with its revenue and with ``orders`` 0, which is 1 on all others: orders are
    counted as its sum. ``days`` and ``customers`` are the facts ``customer_days`` and ``customers`` (a day of returns
    alone has no orders and is no visit); ``states`` has one row a customer.
    """

    sales: ir.Table
    days: ir.Table
    states: ir.Table
    customers: ir.Table
    as_of: date


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
    """A definition with its two halves.

    ``counts`` takes the inputs and returns an aggregate that nothing has executed yet, small enough to hold in memory
    and within what DuckDB and Spark compute alike. ``figures`` takes that aggregate and the day, and is pure.
    """

    counts: Callable[[Inputs], ir.Table]
    figures: Callable[[pa.Table, date], list[FigureRow]]
