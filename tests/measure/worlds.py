"""Inputs of readings from sales and lines in the lake's own shapes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from regulars.know.tables import customer_days, customer_states
from regulars.lake.computed import CUSTOMERS
from regulars.lake.duck_backend import Backend
from regulars.lake.facts import ORDER_LINES
from regulars.measure.metric import FigureRow, Inputs, Metric


def world(
    sales: ir.Table | pa.Table,
    as_of: date,
    lines: ir.Table | pa.Table | None = None,
    categories: Mapping[str, str] | None = None,
) -> Inputs:
    """What a turn would make of these sales, on a DuckDB of their own."""
    con = Backend().connect()
    told = sales if isinstance(sales, pa.Table) else sales.to_pyarrow()
    held = ORDER_LINES.schema.empty_table() if lines is None else lines
    lying = held if isinstance(held, pa.Table) else held.to_pyarrow()
    kept = con.create_table("sales", ibis.memtable(told), temp=True)
    days = con.create_table("days", customer_days(kept), temp=True)
    return Inputs(
        sales=kept,
        days=days,
        states=con.create_table("states", customer_states(days, as_of, None), temp=True),
        customers=ibis.memtable(CUSTOMERS.schema.empty_table()),
        as_of=as_of,
        lines=con.create_table("lines", ibis.memtable(lying), temp=True),
        categories=categories or {},
    )


def read(metric: Metric, inputs: Inputs) -> list[FigureRow]:
    """The figures of a metric's reading, or of its counts where it has none."""
    expression = metric.reading or metric.counts
    assert expression is not None
    return metric.tell(expression(inputs).to_pyarrow(), inputs.as_of)
