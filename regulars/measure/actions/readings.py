"""Readings of metrics: what needs every row is counted at a month's first turn, over the months closed by then."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pyarrow as pa

from regulars.core.months import first_day, month_number
from regulars.know import tables
from regulars.know.actions.readings import read_or_take
from regulars.lake.engine import Lake
from regulars.lake.landing import Landing
from regulars.measure.metric import FigureRow, Inputs, Metric


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


def reading_figures(
    metric: Metric, then: Inputs, lake: Lake, landing: Landing, month: int
) -> list[FigureRow]:
    """The figures of a metric's reading for a month, which is taken where it was not yet.

    ``then`` is the world of the closed months.
    """
    assert metric.reading is not None
    expression = metric.reading(then)

    def take() -> dict[str, Any]:
        return {"as_of": then.as_of.isoformat(), "rows": lake.rows(expression).to_pylist()}

    told = read_or_take(lake, landing, f"measure.{metric.name}", month, take)
    rows = pa.Table.from_pylist(told["rows"], schema=expression.schema().to_pyarrow())
    return metric.figures(rows, date.fromisoformat(told["as_of"]))
