"""Inputs of the metrics from a few sales, so that every truth in these tests can be counted by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from regulars.know.tables import customer_days, customer_states
from regulars.lake.computed import CELLS, CUSTOMERS
from regulars.lake.duck_backend import Backend
from regulars.lake.engine import Lake
from regulars.lake.facts import INSTANT, ORDER_LINES
from regulars.lake.head import Head
from regulars.lake.landing import Landing
from regulars.measure.actions.figures import compute, tell
from regulars.measure.cube import cells_of
from regulars.measure.metric import FigureRow, Inputs, Metric

INTEGERS = (
    "guests",
    "gross",
    "discount",
    "platform_subsidy",
    "commission",
    "comp",
    "net",
    "refunded",
    "revenue",
    "orders",
    "customer_id",
    "version",
)
TEXTS = (
    "source",
    "order_id",
    "store_id",
    "till_id",
    "staff_id",
    "shift",
    "sales_channel",
    "traffic",
    "offer",
    "cause",
)
SALES = pa.schema(
    [
        *[(name, pa.int64()) for name in INTEGERS],
        *[(name, pa.string()) for name in TEXTS],
        ("ordered_at", INSTANT),
        ("business_date", pa.date32()),
        ("member_asked", pa.bool_()),
    ]
)
STAGES = pa.schema([("staged", pa.int64()), ("stage", pa.string())])


def sale(day: str, customer: int | None = None, revenue: int = 100, **more: Any) -> dict[str, Any]:
    """One order on an ISO day, of store S unless it says otherwise; without a customer it was not asked for."""
    on = date.fromisoformat(day)
    row = dict.fromkeys(SALES.names)
    cause = None if customer is not None else "not_asked"
    row |= {
        "source": "till",
        "version": 1,
        "store_id": "S",
        "net": revenue,
        "revenue": revenue,
        "refunded": 0,
        "orders": 1,
        "cause": cause,
    }
    return (
        row
        | {
            "business_date": on,
            "ordered_at": datetime(on.year, on.month, on.day, 12, tzinfo=UTC),
            "customer_id": customer,
        }
        | more
    )


def taken_back(day: str, customer: int | None, revenue: int, **more: Any) -> dict[str, Any]:
    """A return that its source writes as an order of its own: ``revenue`` below nothing, and no order."""
    return sale(day, customer, revenue, **{"orders": 0, "net": 0, "refunded": -revenue} | more)


def inputs_of(
    sales: list[dict[str, Any]] | pa.Table,
    as_of: str,
    *,
    acquired_by: dict[int, str] | None = None,
    stages: dict[int, str] | None = None,
) -> Inputs:
    """The tables a turn would make of these sales, on a DuckDB of their own."""
    con = Backend().connect()
    if isinstance(sales, list):
        numbered = [row | {"order_id": row["order_id"] or str(n)} for n, row in enumerate(sales)]
        sales = pa.Table.from_pylist(numbered, schema=SALES)
    kept = con.keep("sales", sales)
    days = con.keep("days", customer_days(kept))
    known = [{"customer_id": who, "acquired_by": how} for who, how in (acquired_by or {}).items()]
    staged = [{"staged": who, "stage": stage} for who, stage in (stages or {}).items()]
    staged_table = con.keep("staged", pa.Table.from_pylist(staged, schema=STAGES))
    people = pa.Table.from_pylist(known, schema=CUSTOMERS.schema)
    return Inputs(
        sales=kept,
        days=days,
        states=con.keep("states", _states(days, staged_table, as_of)),
        customers=con.keep("customers", people),
        as_of=date.fromisoformat(as_of),
        lines=con.keep("lines", ORDER_LINES.schema.empty_table()),
    )


def _states(days: ir.Table, staged: ir.Table, as_of: str) -> ir.Table:
    """The states of a brand too young to have a rhythm, with the stages that a test says."""
    states = customer_states(days, date.fromisoformat(as_of), None)
    joined = states.rename(told="stage").left_join(staged, states.customer_id == staged.staged)
    return joined.mutate(stage=ibis.coalesce(joined.stage, joined.told)).drop("staged", "told")


def figures(metric: Metric, inputs: Inputs) -> list[FigureRow]:
    """A metric's figures of these inputs, which are the same where its cells were kept and no sale is read again."""
    rows = tell(metric, inputs)
    cells = cells_of(metric.cubes, inputs).to_pyarrow() if metric.cubes else CELLS.schema.empty_table()
    kept = replace(inputs, cells=ibis.memtable(cells), sales=inputs.sales.limit(0), days=inputs.days.limit(0))
    if metric.reading is None:
        assert tell(metric, kept) == rows
    return rows


def computed(inputs: Inputs, folder: Path) -> list[FigureRow]:
    """Every figure that a first turn on these inputs would publish, with an empty lake in ``folder``."""
    lake = Lake(folder, Head(), inputs.sales.get_backend())
    return compute(inputs, lake=lake, landing=Landing(folder, 1))


def told(
    rows: list[FigureRow], part: str = "", period: str = "", kind: str = "", slice: str = ""
) -> FigureRow:
    """The one figure of a slice, period and part."""
    key = (kind, slice, period, part)
    found = [row for row in rows if (row.slice_kind, row.slice, row.period, row.part) == key]
    assert len(found) == 1, f"{len(found)} figures of {key}"
    return found[0]
