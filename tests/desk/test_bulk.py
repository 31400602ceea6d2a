"""Columns reach the tables as Django itself would have written them, on either database."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pyarrow as pa
import pytest

from regulars.desk import bulk
from regulars.gather.models import Identifier, Order

pytestmark = pytest.mark.django_db(transaction=True)


def test_instants_dates_json_and_nulls_come_back_as_they_were() -> None:
    at = datetime(2026, 3, 1, 12, 30, 5, tzinfo=UTC)
    rows = pa.table(
        {
            "source": ["till"], "order_id": ["1"], "version": [1], "store_id": ["A"], "net": [1250], "status": ["paid"],
            "ordered_at": pa.array([at], pa.timestamp("us", "UTC")), "business_date": pa.array([date(2026, 3, 1)]),
            "lines": ['[{"line": 1}]'], "offer": pa.array([None], pa.string()),
        }
    )  # fmt: skip
    assert bulk.insert(Order, rows, batch=4) == 1
    order = Order.objects.get(ordered_at__gte=at, ordered_at__lte=at, business_date=date(2026, 3, 1))
    assert (order.ordered_at, order.lines, order.offer, order.refunded) == (at, [{"line": 1}], None, 0)


def test_a_row_whose_key_is_there_is_passed_over_when_asked_to_keep() -> None:
    rows = pa.table({"identifier_hash": ["a", "b"], "identifier_type": ["phone"] * 2, "value": ["1", "2"]})
    bulk.insert(Identifier, rows.slice(0, 1), keep=True)
    bulk.insert(Identifier, rows, keep=True)
    assert list(Identifier.objects.order_by("value").values_list("value", flat=True)) == ["1", "2"]


def test_no_rows_write_nothing() -> None:
    assert bulk.insert(Identifier, pa.table({"identifier_hash": pa.array([], pa.string())})) == 0


def test_columns_of_no_rows_are_empty() -> None:
    assert len(bulk.columns(Identifier.objects.all(), "value")) == 0
