"""Sales as everything after reads them: which orders count, what revenue is, and whose they are."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import ibis
import pyarrow as pa

from regulars.identify.tables import sales
from regulars.know.tables import customer_days
from regulars.lake.computed import LINKS
from regulars.lake.facts import ORDERS, SIGHTINGS


def order(number: str, day: int, net: int, refunded: int | None, status: str, **more: Any) -> dict[str, Any]:
    at = datetime(2026, 3, day, 12, tzinfo=UTC)
    said = {
        "net": net,
        "refunded": refunded,
        "status": status,
        "ordered_at": at,
        "business_date": date(2026, 3, day),
    }
    return (
        dict.fromkeys(ORDERS.schema.names)
        | {"source": "till", "order_id": number, "version": 1, "batch": 1}
        | said
        | more
    )


def sold(*orders: dict[str, Any]) -> ibis.Table:
    """These orders, all by one card."""
    seen = {
        "identifier_type": "member_card",
        "identifier_hash": "c",
        "kind": "order",
        "source": "till",
        "batch": 1,
    }
    rows = [dict.fromkeys(SIGHTINGS.schema.names) | seen | {"ref_id": each["order_id"]} for each in orders]
    link = {"identifier_type": "member_card", "identifier_hash": "c", "customer_id": 7}
    return sales(
        ibis.memtable(pa.Table.from_pylist(list(orders), schema=ORDERS.schema)),
        ibis.memtable(pa.Table.from_pylist(rows, schema=SIGHTINGS.schema)),
        ibis.memtable(pa.Table.from_pylist([link], schema=LINKS.schema)),
    )


MARCH = (
    order("paid", 1, 1000, 0, "paid", store_id="A"),
    order("in part", 2, 1000, 300, "paid", store_id="A"),
    order("whole", 3, 3000, 3000, "refunded", store_id="A"),
    order("cancelled", 3, 0, 0, "cancelled", store_id="A"),
    order("return", 4, 0, 250, "refunded", store_id="B"),
    order("a.return", 1, 0, 40, "refunded", store_id="B", ordered_at=datetime(2026, 3, 1, 9, tzinfo=UTC)),
    order("unsaid", 5, 500, None, "paid", store_id="C"),
)


def test_a_return_written_as_an_order_is_revenue_below_nothing_and_no_order() -> None:
    rows = sold(*MARCH).execute()
    assert {row.order_id: (row.orders, row.revenue, row.customer_id) for row in rows.itertuples()} == {
        "paid": (1, 1000, 7),
        "in part": (1, 700, 7),
        "return": (0, -250, 7),
        "a.return": (0, -40, 7),
        "unsaid": (1, 500, 7),
    }
    stated = sum(row["net"] - (row["refunded"] or 0) for row in MARCH if row["status"] != "cancelled")
    assert rows.revenue.sum() == stated == 1910


def test_a_day_of_returns_has_no_orders_and_one_of_both_is_told_of_its_first_order() -> None:
    days = customer_days(sold(*MARCH)).order_by("business_date").execute()
    told = [(row.business_date.day, row.orders, row.net, row.store_id) for row in days.itertuples()]
    assert told == [(1, 1, 960, "A"), (2, 1, 700, "A"), (4, 0, -250, "B"), (5, 1, 500, "C")]


def test_the_highest_version_speaks_for_an_order() -> None:
    first, second = order("1", 1, 900, 0, "paid"), order("1", 1, 900, 900, "refunded", version=2)
    assert sold(first).count().execute() == 1
    assert sold(first, second).count().execute() == 0


def test_b1_an_unknown_order_gets_its_cause() -> None:
    known, nobodys = ("member_card", "c", 7), ("phone", "shop", None)
    orders = [
        order("known", 1, 100, 0, "paid", member_asked=True),
        order("declined", 1, 100, 0, "paid", member_asked=True, sales_channel="dine_in"),
        order("not asked", 1, 100, 0, "paid", member_asked=False),
        order("silent", 1, 100, 0, "paid"),
        order("hidden", 1, 100, 0, "paid", sales_channel="delivery", traffic="platform"),
        order("voucher", 1, 100, 0, "paid", sales_channel="dine_in", traffic="platform", member_asked=True),
        order("placeholder", 1, 100, 0, "paid", member_asked=True),
        order("shop's phone", 1, 100, 0, "paid", member_asked=True),
    ]
    seen = [
        ("known", "member_card", "c"),
        ("placeholder", "blocked", "typed"),
        ("shop's phone", "phone", "shop"),
    ]
    sightings = [
        dict.fromkeys(SIGHTINGS.schema.names)
        | {
            "kind": "order",
            "source": "till",
            "batch": 1,
            "ref_id": ref,
            "identifier_type": kind,
            "identifier_hash": digest,
        }
        for ref, kind, digest in seen
    ]
    links = [
        {"identifier_type": kind, "identifier_hash": digest, "customer_id": customer}
        for kind, digest, customer in (known, nobodys)
    ]
    found = sales(
        ibis.memtable(pa.Table.from_pylist(orders, schema=ORDERS.schema)),
        ibis.memtable(pa.Table.from_pylist(sightings, schema=SIGHTINGS.schema)),
        ibis.memtable(pa.Table.from_pylist(links, schema=LINKS.schema)),
    ).to_pyarrow()
    causes = dict(zip(found["order_id"].to_pylist(), found["cause"].to_pylist(), strict=True))
    assert causes == {
        "known": None,
        "declined": "declined",
        "not asked": "not_asked",
        "silent": "not_recorded",
        "hidden": "platform",
        "voucher": "declined",
        "placeholder": "blocked",
        "shop's phone": "shared_identifier",
    }
