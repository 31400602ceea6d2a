"""Exports of known programs are recognised by their headers and read by their own maps."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from regulars import catalogue
from regulars.core.brand import BrandFacts
from regulars.core.registry import load
from regulars.gather.actions.stage import Staged, stage
from regulars.gather.map.guess import guess
from regulars.gather.source import Source
from regulars.gather.sources import shopify_customers, shopify_orders

BRAND = BrandFacts(currency="USD", time_zone="America/New_York", region="US")
ORDERS = """\
Name,Email,Financial Status,Paid at,Currency,Subtotal,Shipping,Taxes,Total,Discount Code,Discount Amount,Created at,\
Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Refunded Amount,Phone
#1001,ann@shop.example.net,paid,2026-09-03 10:15:00 -0400,USD,47.00,6.00,3.29,56.29,FALL5,5.00,\
2026-09-03 10:14:00 -0400,2,Fern print,16.00,F1,0.00,+12125550123
#1001,ann@shop.example.net,,,,,,,,,,2026-09-03 10:14:00 -0400,1,Tote bag,20.00,T1,,
#1002,,partially_refunded,,USD,25.00,0.00,0.00,25.00,,0.00,2026-09-10 09:00:00 -0400,1,Mug,25.00,M1,5.00,
"""
PEOPLE = """\
Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Address1,City,Phone,Total Spent,Total Orders
77,Ann,Lee,ann@shop.example.net,yes,1 Lane,York,'+12125550123,56.29,1
"""


def staged(source: Source, text: str, folder: Path) -> Staged:
    file = folder / "export.csv"
    file.write_text(text)
    now = datetime(2026, 11, 1, tzinfo=UTC)
    return stage(
        files=[file], map=source.map(), brand=BRAND, hash_key=b"k", scratch=folder / "scratch", now=now
    )


def test_an_order_of_several_rows_is_one_order_with_its_total(tmp_path: Path) -> None:
    done = staged(shopify_orders.SOURCE, ORDERS, tmp_path)
    assert (done.rejected, done.reasons) == (0, {})
    orders = {row["order_id"]: row for row in pq.read_table(done.parts["orders"]).to_pylist()}
    assert {number: (row["net"], row["refunded"], row["status"]) for number, row in orders.items()} == {
        "#1001": (5629, 0, "paid"),
        "#1002": (2500, 500, "paid"),
    }
    assert orders["#1001"]["ordered_at"] == datetime(2026, 9, 3, 14, 14, tzinfo=UTC)
    lines = pq.read_table(done.parts["order_lines"]).to_pylist()
    assert sorted((row["product_id"], row["paid_price"]) for row in lines) == [
        ("Fern print", 3200),
        ("Mug", 2500),
        ("Tote bag", 2000),
    ]


def test_an_order_and_a_customer_meet_in_one_identifier(tmp_path: Path) -> None:
    seen = []
    for source, text in ((shopify_orders.SOURCE, ORDERS), (shopify_customers.SOURCE, PEOPLE)):
        (tmp_path / source.name).mkdir()
        done = staged(source, text, tmp_path / source.name)
        seen.append({row["identifier_hash"] for row in pq.read_table(done.parts["sightings"]).to_pylist()})
    assert len(seen[0] & seen[1]) == 2  # the e-mail and the phone


@pytest.mark.parametrize(("text", "name"), [(ORDERS, "Shopify orders"), (PEOPLE, "Shopify customers")])
def test_an_export_is_recognised_and_no_other_is(text: str, name: str) -> None:
    headers = text.split("\n")[0].split(",")
    assert [source.name for source in load(catalogue.SOURCES) if source.wrote(headers)] == [name]
    assert guess(headers, {}).overall == 1.0
    assert not any(source.wrote(["order_no", "store", "net"]) for source in load(catalogue.SOURCES))
