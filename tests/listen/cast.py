"""Customers with a phone that may be written to, and their orders, straight in the desk's tables."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from django.conf import settings

from regulars.brand.models import Brand, Product, Staff, Store
from regulars.gather.models import Consent, Identifier, Order, Sighting
from regulars.identify.models import Customer, Link
from regulars.lake.head import Head, replace

HEAD = 5
NOON = datetime(2026, 11, 16, 4, 0, tzinfo=UTC)  # a Monday, 12:00 in Shanghai


def land(number: int = HEAD) -> None:
    """Stand HEAD at a landing."""
    folder = settings.HOME / "lake"
    folder.mkdir(exist_ok=True)
    replace(folder, Head(number=number))


def brand() -> None:
    """Two stores, a waiter, two dishes, HEAD."""
    Brand.objects.update_or_create(pk=1, defaults={"name": "Noodle House"})
    Store.objects.bulk_create([Store(code="S01", name="Riverside"), Store(code="S02", name="University")])
    Staff.objects.create(code="W2", name="Li")
    Product.objects.bulk_create([Product(code="P1", name="番茄汤"), Product(code="P2", name="Cold noodles")])
    land()


def customer(number: int, *purposes: str, channel: str = "sms", into: int | None = None) -> int:
    """A customer with a phone, and its consents; with ``into`` an alias."""
    Customer.objects.create(number=number, batch=1, merged_into=into, until=2 if into else None)
    digest = f"phone{number:027d}"
    Identifier.objects.create(identifier_hash=digest, identifier_type="phone", value=f"+86138{number:08d}")
    Link.objects.create(
        identifier_type="phone", identifier_hash=digest, customer=into or number, rule="alone", batch=1
    )
    for purpose in purposes:
        Consent.objects.create(
            address_hash=digest,
            channel=channel,
            purpose=purpose,
            state="given",
            source="till",
            at=datetime(2026, 1, 1, tzinfo=UTC),
        )
    return number


def order(number: int, at: datetime, order_id: str = "", **more: Any) -> Order:
    """An order of customer ``number``, paid at the table."""
    name = order_id or f"O{number}"
    Sighting.objects.create(
        identifier_hash=f"phone{number:027d}",
        source=more.get("source", "till"),
        order_id=name,
        batch=more.get("batch", 3),
    )
    values: dict[str, Any] = {
        "store_id": "S01",
        "business_date": date(2026, 11, 16),
        "sales_channel": "dine_in",
        "staff_id": "W2",
        "visit_id": f"V{name}",
        "source": "till",
        "version": 1,
        "net": 8800,
        "status": "paid",
        "batch": 3,
        "lines": [
            {"line": 1, "product_id": "P2", "quantity": 1, "paid_price": 1800, "returned": False},
            {"line": 2, "product_id": "P1", "quantity": 1, "paid_price": 7000, "returned": False},
        ],
    }
    return Order.objects.create(order_id=name, ordered_at=at, **(values | more))
