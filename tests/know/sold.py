"""Small `sales` and `order_lines` for tests, as plainly as they can be written."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from regulars.lake.computed import SALES
from regulars.lake.facts import ORDER_LINES

START = date(2026, 1, 1)


def on(day: int) -> date:
    """The date of the test's day 0, 1 …"""
    return START + timedelta(days=day)


def sale(
    order: str, customer: int | None, day: int, store: str = "S", hour: int = 12, **more: Any
) -> dict[str, Any]:
    """One kept order on a day after START, the hour in UTC."""
    at = datetime.combine(on(day), datetime.min.time(), tzinfo=UTC) + timedelta(hours=hour)
    return {
        "source": "till", "order_id": order, "version": 1, "store_id": store, "customer_id": customer, "orders": 1,
        "revenue": 5000, "net": 5000, "refunded": 0, "sales_channel": "dine_in", "ordered_at": at,
        "business_date": on(day), "month": on(day).year * 12 + on(day).month - 1,
    } | more  # fmt: skip


def sales(*rows: dict[str, Any]) -> ir.Table:
    """`computed.SALES` of these orders."""
    return ibis.memtable(pa.Table.from_pylist(list(rows), schema=SALES.schema))


def lines(*rows: tuple[str, str] | tuple[str, str, dict[str, Any]]) -> ir.Table:
    """`facts.ORDER_LINES`: (order, product) and what differs."""
    made = []
    for number, (order, product, *more) in enumerate(rows):
        line = {"source": "till", "order_id": order, "version": 1, "line": number, "product_id": product}
        made.append(
            line | {"quantity": 1.0, "returned": False, "list_price": 1000} | (more[0] if more else {})
        )
    return ibis.memtable(pa.Table.from_pylist(made, schema=ORDER_LINES.schema))
