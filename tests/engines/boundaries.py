"""A small lake whose values stand on the boundaries where engines part: the last microsecond before midnight and the
first after, ends of months and of a leap February, equal instants, nulls, empty texts, negative money, numbers that a
double cannot hold."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from regulars.lake.computed import COMPUTED
from regulars.lake.facts import FACTS
from regulars.lake.landing import Landing

FIRST, AS_OF = date(2024, 1, 31), date(2026, 3, 1)
TIMES = (
    time(0),
    time(23, 59, 59, 999999),
    time(12, 30),
    time(12, 30, 0, 1),
    time(3, 59, 59, 999999),
    time(4),
)
EDGES = (date(2024, 2, 28), date(2024, 2, 29), date(2024, 12, 31), date(2025, 1, 1), date(2026, 2, 28), AS_OF)
STORES = ("S1", "S2", "店三", "", None)
PRODUCTS = ("P1", "P2", "P3", "P4", "P5", "P6")
CUSTOMERS, SINGLE = 70, 120  # customers, and sales without one
Row = dict[str, Any]


def build(folder: Path) -> None:
    """Land the facts and the links of the lake in two landings; the second brings later versions."""
    orders = _orders(random.Random(20260301))
    later = [_corrected(row) for row in orders if int(row["order_id"][1:]) % 17 == 0]
    first = Landing(folder, 1)
    for name, rows in {
        "orders": orders,
        "order_lines": _lines(orders),
        "visits": _visits(orders),
        "sightings": _sightings(orders),
    }.items():
        first.append(name, _table(name, rows).to_batches())
    first.overwrite("links", _table("links", _links()))
    first.overwrite("customers", _table("customers", _customers()))
    first.land(lambda: True)
    second = Landing(folder, 2)
    second.append("orders", _table("orders", later).to_batches())
    second.append("order_lines", _table("order_lines", _lines(later)).to_batches())
    second.append("sightings", _table("sightings", _sightings(later)).to_batches())
    second.land(lambda: True)


def _table(name: str, rows: list[Row]) -> pa.Table:
    schema = (FACTS | COMPUTED)[name].schema
    if name in FACTS:
        schema = pa.schema([field for field in schema if field.name != "batch"])
    return pa.Table.from_pylist([{field: row.get(field) for field in schema.names} for row in rows], schema)


def _orders(dice: random.Random) -> list[Row]:
    rows: list[Row] = []
    for customer in range(1, CUSTOMERS + 1):
        day = FIRST + timedelta(days=dice.randrange(0, 600))
        for _ in range(dice.randrange(1, 14)):
            rows.append(_order(dice, len(rows), day, customer))
            if dice.random() < 0.2:  # again on the same day, now and then at the very instant
                rows.append(_order(dice, len(rows), day, customer) | {"ordered_at": rows[-1]["ordered_at"]})
            day = dice.choice(EDGES) if dice.random() < 0.1 else day + timedelta(days=dice.randrange(1, 90))
            if not FIRST <= day <= AS_OF:
                break
    for _ in range(SINGLE):
        day = FIRST + timedelta(days=dice.randrange(0, (AS_OF - FIRST).days + 1))
        rows.append(_order(dice, len(rows), day, None))
    rows.append(_order(dice, len(rows), AS_OF, 1))
    return rows


def _order(dice: random.Random, number: int, day: date, customer: int | None) -> Row:
    gross = dice.choice((0, 1, 1999, 3200, 8800, 9007199254740993 // 4096))
    discount = dice.choice((None, 0, gross // 3))
    net = gross - (discount or 0)
    status = dice.choice(("paid",) * 12 + ("refunded", "cancelled"))
    returned = dice.random() < 0.04
    return {
        "source": dice.choice(("till", "shop")),
        "order_id": f"o{number}",
        "version": 1,
        "who": customer,
        "store_id": dice.choice(STORES),
        "till_id": dice.choice(("T1", None)),
        "staff_id": dice.choice(("A", "B", None)),
        "shift": dice.choice(("noon", "night", None)),
        "table": dice.choice(("1", "2", None)),
        "guests": dice.choice((None, 0, 1, 2, 5)),
        "sales_channel": dice.choice(("dine_in", "delivery", None)),
        "traffic": dice.choice(("own", "platform", "", None)),
        "offer": dice.choice(("", "half", None)),
        "ordered_at": datetime.combine(day, dice.choice(TIMES), UTC),
        "business_date": day,
        "gross": gross,
        "discount": discount,
        "platform_subsidy": dice.choice((None, 0, 10)),
        "commission": dice.choice((None, 5)),
        "comp": dice.choice((None, 0, 300)),
        "comp_reason": dice.choice((None, "late")),
        "net": -net if returned else net,
        "status": status,
        "refunded": net if status == "refunded" and not returned else dice.choice((None, 0, 0, net // 2)),
        "member_asked": dice.choice((True, False, None)),
        "visit_id": f"v{number}" if number % 11 == 0 else None,
    }


def _corrected(row: Row) -> Row:
    return row | {
        "version": 2,
        "net": row["net"] - 1,
        "ordered_at": row["ordered_at"] + timedelta(microseconds=1),
    }


def _lines(orders: list[Row]) -> list[Row]:
    dice = random.Random(7)
    return [
        {
            **{name: order[name] for name in ("source", "order_id", "version")},
            "line": line,
            "product_id": dice.choice(PRODUCTS) if dice.random() < 0.95 else None,
            "product_version": dice.choice((None, "", "2")),
            "quantity": dice.choice((1.0, 0.333, 2.0)),
            "list_price": 1999,
            "paid_price": dice.choice((0, 1500, 1999, -1999)),
            "unit_cost": dice.choice((None, 1)),
            "coupon_code": dice.choice((None, "C1")),
            "returned": dice.choice((None, False, False, True)),
            "chased": dice.choice((None, False)),
        }
        for order in orders
        for line in range(1, 1 + dice.randrange(1, 5))
    ] + [
        {
            **{name: order[name] for name in ("source", "order_id", "version")},
            "line": line,
            "product_id": product,
            "quantity": 1.0,
            "returned": False,
        }
        for order in orders
        for line, product in enumerate(dice.choice((PRODUCTS[:2], PRODUCTS[1:3], PRODUCTS[:1])), 8)
    ]


def _visits(orders: list[Row]) -> list[Row]:
    return [
        {
            "source": "tables",
            "visit_id": f"v{order['order_id'][1:]}",
            "store_id": order["store_id"],
            "booked_at": order["ordered_at"] - timedelta(hours=3) if place % 2 else None,
            "queued_at": None,
            "seated_at": None if place % 5 == 0 else order["ordered_at"] - timedelta(minutes=15),
            "left_at": order["ordered_at"] + timedelta(minutes=place % 90) if place % 3 else None,
            "party": order["guests"],
            "table": order["table"],
            "first_time_said": None,
        }
        for place, order in enumerate(orders[::7])
    ]


def _hash(customer: int, kind: str) -> str:
    return f"{customer:08x}{kind}".ljust(32, "0")


def _sightings(orders: list[Row]) -> list[Row]:
    rows: list[Row] = []
    for order in orders:
        number, who = int(order["order_id"][1:]), order["who"]
        seen = {
            "source": order["source"],
            "ref_id": order["order_id"],
            "kind": "order",
            "seen_at": order["ordered_at"],
        }
        if who is not None:
            rows.append(seen | {"identifier_type": "member_card", "identifier_hash": _hash(who, "c")})
            if number % 3 == 0:
                rows.append(seen | {"identifier_type": "phone", "identifier_hash": _hash(who, "f")})
            if number % 13 == 0:  # two who came together
                rows.append(
                    seen
                    | {"identifier_type": "member_card", "identifier_hash": _hash(who % CUSTOMERS + 1, "c")}
                )
            if number % 7 == 0:
                visit = {"kind": "visit", "source": "tables", "ref_id": f"v{number}"}
                rows.append(seen | visit | {"identifier_type": "phone", "identifier_hash": _hash(who, "f")})
        elif number % 2:
            kind = "blocked" if number % 4 == 1 else "device"
            rows.append(seen | {"identifier_type": kind, "identifier_hash": _hash(999, "d")})
    return rows


def _links() -> list[Row]:
    kinds = (("member_card", "c"), ("phone", "f"))
    known = [
        {"identifier_type": kind, "identifier_hash": _hash(number, letter), "customer_id": number}
        for number in range(1, CUSTOMERS + 1)
        for kind, letter in kinds
    ]
    return [*known, {"identifier_type": "device", "identifier_hash": _hash(999, "d"), "customer_id": None}]


def _customers() -> list[Row]:
    return [
        {"customer_id": number, "acquired_by": ("ad", "friend", None)[number % 3], "registered_on": FIRST}
        for number in range(1, CUSTOMERS + 1)
    ]
