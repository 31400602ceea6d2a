"""The brand's one row: read by every stage, changed by a door, checked against the standards it names."""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import time

from django.db import transaction

from regulars.brand.models import Brand
from regulars.core.refused import Refused

_held: ContextVar[Brand | None] = ContextVar("_held", default=None)


def the_brand() -> Brand:
    """The brand's settings; the defaults, unsaved, where nobody has set any."""
    return _held.get() or Brand.objects.filter(pk=1).first() or Brand(pk=1)


@contextmanager
def brand_held() -> Iterator[Brand]:
    """In here, in this thread, the brand's settings stay as they stood at the beginning, and are read once.

    For what asks them of thousands of people in one go, and changes none of them.
    """
    brand = the_brand()
    token = _held.set(brand)
    try:
        yield brand
    finally:
        _held.reset(token)


@transaction.atomic
def change(
    *,
    name: str | None = None,
    currency: str | None = None,
    time_zone: str | None = None,
    region: str | None = None,
    day_ends: str | None = None,
) -> Brand:
    """Set what is given and leave the rest; ``day_ends`` is hh:mm.

    Refuses a currency outside ISO 4217, a time zone outside the IANA list, a region outside ISO 3166, and a
    day that ends after noon, since an order before that hour counts for the day before.
    """
    brand = the_brand()
    if name is not None:
        brand.name = name.strip()[:120]
    if currency is not None:
        brand.currency = _currency(currency)
    if time_zone is not None:
        if time_zone not in zoneinfo.available_timezones():
            raise Refused(
                "%(zone)s is no time zone; write one of the IANA list, such as Asia/Shanghai", zone=time_zone
            )
        brand.time_zone = time_zone
    if region is not None:
        brand.region = _region(region)
    if day_ends is not None:
        brand.day_ends = _hour(day_ends)
    brand.save()
    return brand


def _currency(code: str) -> str:
    from babel.numbers import list_currencies

    if code.upper() not in list_currencies():
        raise Refused("%(code)s is no currency; write its three letters by ISO 4217, such as CNY", code=code)
    return code.upper()


def _region(code: str) -> str:
    from phonenumbers import SUPPORTED_REGIONS

    if code.upper() not in SUPPORTED_REGIONS:
        raise Refused("%(code)s is no region; write its two letters by ISO 3166, such as CN", code=code)
    return code.upper()


def _hour(text: str) -> time:
    try:
        hour = time.fromisoformat(text)
    except ValueError:
        raise Refused("%(text)s is no time of day; write it as 04:00", text=text) from None
    if hour.tzinfo is not None or hour > time(12):
        raise Refused(
            "a day ends between 00:00 and 12:00 of the brand's time zone, so not at %(text)s", text=text
        )
    return hour
