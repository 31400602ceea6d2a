"""An order finds the visit it belongs to, and a visit the customer it counts for."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import ibis
import pyarrow as pa

from regulars.core.brand import BrandFacts
from regulars.gather.tables.sittings import sittings
from regulars.identify.tables import households, sales, visits_that_count
from regulars.lake.computed import LINKS
from regulars.lake.facts import ORDERS, SIGHTINGS, VISITS

SAT = datetime(2026, 11, 21, 10, 30, tzinfo=UTC)  # 18:30 in Shanghai


def minutes(count: int) -> datetime:
    return SAT + timedelta(minutes=count)


def visit(number: str, **more: Any) -> dict[str, Any]:
    said = {"source": "queue", "visit_id": number, "store_id": "A", "table": "T1", "seated_at": SAT}
    return dict.fromkeys(VISITS.schema.names) | said | more


def order(number: str, at: datetime, **more: Any) -> dict[str, Any]:
    said = {
        "source": "till",
        "order_id": number,
        "version": 1,
        "store_id": "A",
        "table": "T1",
        "ordered_at": at,
    }
    said |= {"business_date": at.date(), "net": 5000, "status": "paid", "refunded": 0, "member_asked": True}
    return dict.fromkeys(ORDERS.schema.names) | said | more


def orders_of(*rows: dict[str, Any]) -> ibis.Table:
    return ibis.memtable(pa.Table.from_pylist(list(rows), schema=ORDERS.schema))


def visits_of(*rows: dict[str, Any]) -> ibis.Table:
    return ibis.memtable(pa.Table.from_pylist(list(rows), schema=VISITS.schema))


def found(orders: ibis.Table, visits: ibis.Table) -> dict[str, str]:
    rows = sittings(orders, visits).execute()
    return dict(zip(rows.order_id, rows.visit_id, strict=True))


def test_an_order_belongs_to_the_visit_it_names_wherever_it_sat() -> None:
    assert found(
        orders_of(order("1", minutes(40), visit_id="V2", table="T9"), order("2", minutes(40), visit_id="V9")),
        visits_of(visit("V1"), visit("V2", table="T2")),
    ) == {"1": "V2", "2": "V1"}


def test_an_order_without_a_name_belongs_to_the_party_at_its_table_then() -> None:
    early = visit("V1", left_at=minutes(60))
    late = visit("V2", seated_at=minutes(70))
    rows = orders_of(
        order("first", minutes(-10)),
        order("second", minutes(50)),
        order("paid late", minutes(66)),
        order("next party", minutes(75)),
        order("too early", minutes(-20)),
        order("too late", minutes(70 + 241)),
        order("elsewhere", minutes(10), store_id="B"),
        order("no table", minutes(10), table=None),
    )
    assert found(rows, visits_of(early, late)) == {
        "first": "V1", "second": "V1", "paid late": "V2", "next party": "V2",
    }  # fmt: skip


def seen(kind: str, ref: str, digest: str, source: str, name: str = "phone") -> dict[str, Any]:
    said = {"kind": kind, "source": source, "ref_id": ref, "identifier_type": name, "identifier_hash": digest}
    return dict.fromkeys(SIGHTINGS.schema.names) | said | {"seen_at": SAT}


def counted(
    visits: ibis.Table, orders: ibis.Table | None, *sightings: dict[str, Any]
) -> list[tuple[Any, ...]]:
    told = ibis.memtable(pa.Table.from_pylist(list(sightings), schema=SIGHTINGS.schema))
    links = [
        {"identifier_type": name, "identifier_hash": digest, "customer_id": number}
        for name, digest, number in (("phone", "p1", 1), ("phone", "p2", 2), ("member_card", "c2", 2))
    ]
    known = ibis.memtable(pa.Table.from_pylist(links, schema=LINKS.schema))
    sold = None if orders is None else sales(orders, told, known)
    rows = visits_that_count(visits, told, known, BrandFacts(), sold).order_by("visit_id").execute()
    return [(row.visit_id, row.customer_id, row.business_date, row.revenue) for row in rows.itertuples()]


def test_a_friend_pays_yet_the_visit_counts_by_its_booking() -> None:
    """A11."""
    booked = seen("visit", "V1", "p1", "queue")
    friend = seen("order", "1", "p2", "till")
    rows = counted(visits_of(visit("V1")), orders_of(order("1", minutes(60))), booked, friend)
    assert [
        (number, who, day.date() if hasattr(day, "date") else day, net) for number, who, day, net in rows
    ] == [("V1", 1, date(2026, 11, 21), 5000)]


def test_a_refund_takes_the_revenue_of_a_visit_back() -> None:
    """A12."""
    booked = seen("visit", "V1", "p1", "queue")
    back = orders_of(order("1", minutes(60), status="refunded", refunded=5000))
    assert [row[3] for row in counted(visits_of(visit("V1")), back, booked)] == [0]


def test_a_booking_that_nobody_came_to_counts_nowhere_and_the_strongest_identifier_says_whose_it_is() -> None:
    absent = visit("V1", seated_at=None, booked_at=SAT)
    here = visit("V2", table="T2")
    rows = counted(
        visits_of(absent, here),
        None,
        seen("visit", "V1", "p1", "queue"),
        seen("visit", "V2", "p1", "queue"),
        seen("visit", "V2", "c2", "queue", "member_card"),
    )
    assert [row[:2] for row in rows] == [("V2", 2)]


def test_after_midnight_a_visit_still_belongs_to_the_evening_before() -> None:
    late = visit("V1", seated_at=datetime(2026, 11, 21, 18, 30, tzinfo=UTC))  # 02:30 on the 22nd
    ((_, _, day, _),) = counted(visits_of(late), None, seen("visit", "V1", "p1", "queue"))
    assert str(day)[:10] == "2026-11-21"


def test_two_cards_on_one_visit_are_two_people_seen_together() -> None:
    """B7."""
    told = [
        seen("visit", "V1", "p1", "queue"),
        seen("visit", "V1", "c2", "queue", "member_card"),
        seen("order", "9", "p1", "till"),
        seen("order", "9", "p2", "till"),
        seen("order", "8", "p2", "till"),
    ]
    links = [
        {"identifier_type": name, "identifier_hash": digest, "customer_id": number}
        for name, digest, number in (("phone", "p1", 1), ("phone", "p2", 2), ("member_card", "c2", 2))
    ]
    rows = households(
        ibis.memtable(pa.Table.from_pylist(told, schema=SIGHTINGS.schema)),
        ibis.memtable(pa.Table.from_pylist(links, schema=LINKS.schema)),
    ).execute()
    assert [(row.customer_a, row.customer_b, row.occasions) for row in rows.itertuples()] == [(1, 2, 2)]
