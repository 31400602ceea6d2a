"""The shared phone for tests: who signs on, what thumbs send, a guest who is here."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from regulars.access.actions import set_pin
from regulars.access.models import User
from regulars.brand.models import Store
from regulars.gather.models import Identifier
from regulars.serve.actions import read_comps, see
from regulars.serve.models import Card, Comp
from regulars.web.pages.staff.signing import Who, word
from tests.serve import cast
from tests.serve.conftest import store
from tests.web.conftest import LogIn

__all__ = ["Who", "store"]
PIN = "4071"
WAITER = Who("S01-W", "Mei", "staff", "S01")


@pytest.fixture(autouse=True)
def fast_passwords(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def device(store: Store, log_in: LogIn) -> Client:
    """The store's phone, logged in, with a PIN for each colleague."""
    client = log_in("store", "S01")
    by = User.objects.get()
    for code in ("S01-W", "S01-L", "S01-M"):
        set_pin(staff_id=code, pin=PIN, by=by, now=cast.NOW)
    return client


def sign(device: Client, code: str = "S01-W", pin: str = PIN, **more: str) -> Any:
    return device.post("/staff/sign/", {"staff": code, "pin": pin} | more)


def taps(device: Client, *said: dict[str, Any], who: Who = WAITER) -> list[str]:
    """Send taps as the phone does; why each could not be done, empty where it was."""
    at = cast.NOW.isoformat()
    body = {
        "taps": [
            {"key": f"key-{place:05}", "word": word(who), "at": at} | each for place, each in enumerate(said)
        ]
    }
    answer = device.post("/staff/sync/", json.dumps(body), content_type="application/json")
    assert answer.status_code == 200
    return [each["why"] for each in answer.json()["answers"]]


def guest_here(table: str = "A12") -> Card:
    """A guest with an allergy, here for the second time, at a table; their phone is known."""
    cast.guest(7)
    cast.know(7, "phone", "+8613800000007")
    Identifier.objects.create(
        identifier_hash=cast.digest("phone", "+8613800000007"),
        identifier_type="phone",
        value="+8613800000007",
    )
    cast.tag(7, "peanuts", "allergy")
    visit = cast.coming(seated_at=cast.NOW.isoformat(), table=table)
    see(visits=[visit], now=cast.NOW)
    return Card.objects.get(about="allergy")


def gift(amount: int = 5000, **more: Any) -> Comp:
    said = {"source": "till", "order_id": "T1", "store_id": "S01", "staff_id": "S01-W", "table": "A12"}
    read_comps(rows=[said | {"amount": amount, "reason": "", "at": cast.NOW} | more])
    return Comp.objects.get()
