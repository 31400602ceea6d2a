"""Guests whom the outbox can reach, and what they said, written straight into the desk's tables."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from regulars.brand.models import Product
from regulars.gather.models import Consent
from regulars.identify.models import Customer, Link
from regulars.improve.actions import accept, change, merge
from regulars.improve.models import Finding
from regulars.know.models import CustomerState
from regulars.listen.models import Voice

NOW = datetime(2026, 11, 2, 11, 25, tzinfo=UTC)
CHANNEL = "sms"


def dish(code: str = "P12", name: str = "Tomato soup") -> Product:
    return Product.objects.get_or_create(code=code, defaults={"name": name})[0]


def guest(number: int, *, consents: bool = True, last_day: date = date(2026, 11, 2), **more: Any) -> int:
    """A customer with a published state and a phone; with consent to be written to for service and research."""
    digest = f"{number:032x}"
    Customer.objects.get_or_create(number=number, defaults={"batch": 1})
    Link.objects.create(
        batch=1, identifier_type="phone", identifier_hash=digest, customer=number, rule="account"
    )
    fields: dict[str, Any] = {
        "stage": "second_timer",
        "stage_since": last_day,
        "first_day": last_day - timedelta(days=30),
        "visit_days": 2,
        "orders": 2,
        "net": 10_000,
        "usual_store": "S01",
        "stores": "|S01|",
        "fingerprint": number,
        "name": f"Guest {number}",
    }
    CustomerState.objects.update_or_create(
        customer=number, batch=1, defaults=fields | {"last_day": last_day} | more
    )
    if consents:
        for purpose in ("service", "research"):
            Consent.objects.create(
                address_hash=digest, channel=CHANNEL, purpose=purpose, state="given", source="till", at=NOW
            )
    return number


def said(number: int, customer: int | None, *, at: datetime = NOW, **more: Any) -> Voice:
    """A voice about the tomato soup."""
    fields: dict[str, Any] = {
        "source": "complaint",
        "store_id": "S01",
        "product_id": "P12",
        "field": "taste",
        "theme": "too_sweet",
        "text": "the tomato soup is too sweet",
    }
    return Voice.objects.create(key=f"v{number}", customer_id=customer, at=at, **(fields | more))


def raised(people: int = 3, first: int = 1, **more: Any) -> Finding:
    """A finding that so many guests raised, each with one voice."""
    dish()
    voices = [said(number, guest(number), **more).voice_id for number in range(first, first + people)]
    return merge(finding=None, voices=voices, by="owner", now=NOW)


def changed(finding: Finding, *stores: str, begins_on: date = date(2026, 11, 13)) -> Finding:
    """The finding accepted, and a new standard begun."""
    accept(finding=finding, owner="chef", due_on=date(2026, 11, 14), by="owner", now=NOW + timedelta(days=3))
    change(
        finding=finding,
        kind="standard",
        to_version="2",
        stores=list(stores),
        begins_on=begins_on,
        by="owner",
        now=NOW + timedelta(days=10),
    )
    return finding
