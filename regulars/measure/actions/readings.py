"""Readings of metrics: what needs every row is counted at a month's first turn, over the months closed by then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import ibis
import pyarrow as pa

from regulars.core.months import first_day, month_number
from regulars.know import tables
from regulars.know.actions import readings
from regulars.lake.engine import Lake
from regulars.lake.landing import Landing
from regulars.measure.metric import FigureRow, Inputs, Metric, in_order


def reading_figures(
    metrics: Sequence[Metric], inputs: Inputs, *, lake: Lake, landing: Landing
) -> list[FigureRow]:
    """The figures of every reading for the month of the inputs' day; those that the month has not got yet are taken.

    While no month is closed there is nothing to be kept: they are taken of all there is.
    """
    month = month_number(inputs.as_of)
    asked = {_name(metric): metric for metric in metrics if metric.reading}
    told = readings.of_month(lake, landing, month)
    if lacking := [name for name in asked if name not in told]:
        then = closed(inputs, lake)
        taken = {name: _taken(asked[name], then or inputs, lake) for name in lacking}
        if then is not None:
            readings.keep(lake, landing, month, taken)
        told |= taken
    return [row for name, metric in asked.items() for row in _figures(metric, told[name])]


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


def _taken(metric: Metric, inputs: Inputs, lake: Lake) -> dict[str, Any]:
    assert metric.reading is not None
    counts = metric.reading(inputs)
    types = {name: str(type) for name, type in counts.schema().items()}
    return {
        "as_of": inputs.as_of.isoformat(),
        "types": types,
        "rows": in_order(lake.rows(counts)).to_pylist(),
    }


def _figures(metric: Metric, told: dict[str, Any]) -> list[FigureRow]:
    rows = pa.Table.from_pylist(told["rows"], schema=ibis.schema(told["types"]).to_pyarrow())
    return metric.tell(rows, date.fromisoformat(told["as_of"]))
