"""Small `customer_days` tables for tests, from (customer, day, net) as plainly as they can be written."""

from datetime import date, timedelta

import ibis
import ibis.expr.types as ir
import pandas as pd

START = date(2025, 1, 1)
SCHEMA = ibis.schema(
    {
        "customer_id": "int64", "business_date": "date", "orders": "int32", "net": "int64", "gross": "int64",
        "discount": "int64", "platform_subsidy": "int64", "refunded": "int64", "units": "float64",
        "store_id": "string", "sales_channel": "string", "traffic": "string", "offer": "string",
    }
)  # fmt: skip


def on(day: int) -> date:
    """The date of the test's day 0, 1 ..."""
    return START + timedelta(days=day)


def customer_days(rows: list[tuple[int, int, int]]) -> ir.Table:
    """A row each for (customer, day, net), of one order, or of none where the net is below nothing: a return; the store
    is named after the day."""
    columns = {
        "customer_id": [row[0] for row in rows],
        "business_date": [on(row[1]) for row in rows],
        "orders": [int(row[2] >= 0) for row in rows],
        "net": [row[2] for row in rows],
        "gross": [row[2] for row in rows],
        "discount": [0 for _ in rows],
        "platform_subsidy": [0 for _ in rows],
        "refunded": [0 for _ in rows],
        "units": [1.0 for _ in rows],
        "store_id": [f"S{row[1]}" for row in rows],
        "sales_channel": ["dine_in" for _ in rows],
        "traffic": [None for _ in rows],
        "offer": [None for _ in rows],
    }
    return ibis.memtable(pd.DataFrame(columns), schema=SCHEMA)
