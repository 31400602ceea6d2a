"""Readings of metrics: what needs every row is counted at a month's first turn, over the months closed by then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from regulars.core.months import first_day, month_number
from regulars.know import tables
from regulars.know.actions.readings import read, read_or_take
from regulars.lake.engine import Lake
from regulars.lake.landing import Landing
from regulars.measure.metric import FigureRow, Inputs, Metric


def reading_figures(
    metrics: Sequence[Metric], inputs: Inputs, *, lake: Lake, landing: Landing
) -> list[FigureRow]:
    """The figures of every reading for the month of the inputs' day; those that the month has not got yet are taken.

    While no month is closed there is nothing to be kept: they are taken of all there is.
    """
    month, rows = month_number(inputs.as_of), []
    asked = [metric for metric in metrics if metric.reading]
    told = {metric.name: read(lake, landing, _name(metric), month) for metric in asked}
    then = None if all(told.values()) else closed(inputs, lake)
    for metric in asked:
        if told[metric.name] is None and then is None:
            rows += metric.figures(lake.rows(_expression(metric, inputs)), inputs.as_of)
        else:
            kept = told[metric.name] or _taken(metric, then, lake, landing, month)
            rows += _figures(metric, kept)
    return rows


def closed(inputs: Inputs, lake: Lake) -> Inputs | None:
    """The inputs as of the last day of the last closed month; None where no month is closed yet."""
    month = month_number(inputs.as_of)
    end = first_day(month) - timedelta(days=1)
    days = inputs.days.filter(inputs.days.business_date <= end)
    if not lake.rows(days.limit(1).count()).as_py():
        return None
    kept = lake.table("customer_closed")
    folded = kept if lake.rows(kept.limit(1).count()).as_py() else tables.fold(None, days, None)
    return replace(
        inputs,
        as_of=end,
        sales=inputs.sales.filter(inputs.sales.business_date <= end),
        days=days,
        states=lake.keep("states_closed", tables.told(folded, end, None)),
        cells=None if inputs.cells is None else inputs.cells.filter(inputs.cells.month < month),
        kept={name: cells.filter(cells.month < month) for name, cells in inputs.kept.items()},
    )


def _name(metric: Metric) -> str:
    return f"measure.{metric.name}"


def _expression(metric: Metric, inputs: Inputs) -> ir.Table:
    assert metric.reading is not None
    return metric.reading(inputs)


def _taken(metric: Metric, then: Inputs | None, lake: Lake, landing: Landing, month: int) -> dict[str, Any]:
    assert then is not None
    expression = _expression(metric, then)

    def take() -> dict[str, Any]:
        types = {name: str(type) for name, type in expression.schema().items()}
        return {"as_of": then.as_of.isoformat(), "types": types, "rows": lake.rows(expression).to_pylist()}

    taken: dict[str, Any] = read_or_take(lake, landing, _name(metric), month, take)
    return taken


def _figures(metric: Metric, told: dict[str, Any]) -> list[FigureRow]:
    rows = pa.Table.from_pylist(told["rows"], schema=ibis.schema(told["types"]).to_pyarrow())
    return metric.figures(rows, date.fromisoformat(told["as_of"]))
