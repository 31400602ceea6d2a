"""A store, guests with a past, and visits, written straight onto the desk; every name is made up."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from regulars import settings
from regulars.brand.models import Brand, Product, Staff, Store
from regulars.gather.actions import take_visits
from regulars.gather.models import Order, Sighting, Visit
from regulars.gather.rules.identifiers import hashed
from regulars.identify.models import Customer, Link
from regulars.know.models import CustomerState, Tag
from regulars.lake.head import Head, replace

NOW = datetime(2026, 11, 21, 10, 20, tzinfo=UTC)  # 18:20 in Shanghai
TODAY = date(2026, 11, 21)
HEAD = 5


def land(number: int = HEAD) -> None:
    """Stand HEAD at a landing."""
    folder = settings.HOME / "lake"
    folder.mkdir(exist_ok=True, parents=True)
    replace(folder, Head(number=number))


def store(code: str = "S01") -> Store:
    """A store with three colleagues: W is staff, L the shift lead, M the manager."""
    Brand.objects.get_or_create(pk=1, defaults={"name": "Noodle House"})
    row, _ = Store.objects.get_or_create(code=code, defaults={"name": f"Store {code}"})
    for letter, name, level in (("W", "Mei", "staff"), ("L", "Lan", "shift_lead"), ("M", "Hong", "manager")):
        Staff.objects.get_or_create(
            code=f"{code}-{letter}", defaults={"name": name, "store": row, "level": level}
        )
    Product.objects.get_or_create(code="P1", defaults={"name": "Tomato hotpot"})
    land()
    return row


def digest(kind: str, value: str) -> str:
    return hashed(settings.IDENTIFIER_KEY, kind, value)


def guest(number: int, union: str = "", *, visits: int = 1, days_ago: int = 27, **more: Any) -> CustomerState:
    """A customer known by a unionid, who came some days ago for the last time."""
    Customer.objects.get_or_create(number=number, defaults={"batch": 1})
    know(number, "wechat_unionid", union or f"union-{number}")
    last = TODAY - timedelta(days=days_ago)
    said: dict[str, Any] = {
        "batch": 1,
        "customer": number,
        "stage": "new" if visits == 1 else "second_timer" if visits == 2 else "regular",
        "stage_since": last,
        "first_day": last - timedelta(days=30 * (visits - 1)),
        "last_day": last,
        "visit_days": visits,
        "orders": visits,
        "net": visits * 8000,
        "stores": "|S01|",
        "fingerprint": number,
    }
    return CustomerState.objects.create(**(said | more))


def know(number: int, kind: str, value: str) -> None:
    """This identifier is this customer's."""
    Link.objects.create(
        batch=1, identifier_type=kind, identifier_hash=digest(kind, value), customer=number, rule="account"
    )


def tag(number: int, words: str, kind: str) -> Tag:
    return Tag.objects.create(
        customer=number, tag=words, kind=kind, source="interview", at=NOW - timedelta(days=60)
    )


def ordered(
    number: int, order_id: str, day: date, *, kind: str = "wechat_unionid", value: str = "", **more: Any
) -> Order:
    """An order that a guest's identifier was seen on."""
    at = datetime(day.year, day.month, day.day, 11, tzinfo=UTC)
    said: dict[str, Any] = {
        "batch": 1,
        "source": "till",
        "order_id": order_id,
        "version": 1,
        "store_id": "S01",
        "ordered_at": at,
        "business_date": day,
        "net": 8000,
        "status": "paid",
        "lines": [{"product_id": "P1", "quantity": 1, "paid_price": 5800}],
    }
    Sighting.objects.create(
        batch=1,
        identifier_hash=digest(kind, value or f"union-{number}"),
        source="till",
        order_id=order_id,
    )
    return Order.objects.create(**(said | more))


def coming(visit_id: str = "Q1", union: str = "union-7", now: datetime = NOW, **more: Any) -> Visit:
    """A queue ticket from the mini-program."""
    item = {"visit_id": visit_id, "store_id": "S01", "queued_at": now.isoformat(), "party": 3}
    item |= {"identifiers": {"wechat_unionid": union}} | more
    taken = take_visits(source="queue", items=[item], now=now)
    assert not taken.wrong, taken.wrong
    return taken.visits[0]
