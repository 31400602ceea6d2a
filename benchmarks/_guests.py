"""Guests in a home of their own who agreed to be written to, as many as a benchmark wants."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any

NOON = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)  # 12:00 in Shanghai
HEAD = 1  # where the lake stands
KINDS = {"sms": "phone", "wecom": "wechat_unionid", "email": "email"}


def ready(migrate: bool = True) -> None:
    """Django on the home that the environment names; with ``migrate`` its tables are made."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "regulars.settings"
    import django

    django.setup()
    if migrate:
        from django.core.management import call_command

        call_command("migrate", verbosity=0)


def address_hash(number: int, channel: str) -> str:
    return f"{channel}{number:024}"[:32]


def invite(count: int, *channels: str) -> None:
    """Guests numbered from 1, each with an address and a consent to marketing on every channel."""
    from regulars.brand.models import Brand
    from regulars.engage.actions import limits, set_limits
    from regulars.gather.models import Consent, Identifier
    from regulars.identify.models import Customer, Link

    Brand.objects.get_or_create(pk=1)
    kept = limits()
    quiet = {"quiet_from": kept.quiet_from, "quiet_until": kept.quiet_until}
    set_limits(hold_out=0.01, most=10, agree_above=0, **quiet)

    def each(make: Any) -> Iterator[Any]:
        for number in range(1, count + 1):
            for channel in channels:
                yield make(number, channel, address_hash(number, channel))

    since = datetime(2026, 1, 1, tzinfo=UTC)
    _write(Customer, (Customer(number=number, batch=0) for number in range(1, count + 1)))
    _write(Link, each(lambda n, c, h: Link(
        identifier_type=KINDS[c], identifier_hash=h, batch=0, customer=n, rule="account")))  # fmt: skip
    _write(Identifier, each(lambda n, c, h: Identifier(
        identifier_hash=h, identifier_type=KINDS[c], value=f"guest{n}@{c}.example")))  # fmt: skip
    _write(Consent, each(lambda _n, c, h: Consent(
        address_hash=h, channel=c, purpose="marketing", state="given", source="form", at=since)))  # fmt: skip


def come(count: int, orders: int, money: int) -> None:
    """Guests 1 to ``count`` came once, with so many orders of ``money`` (minor units) each; a turn has published it."""
    from regulars import settings
    from regulars.gather.models import Order, Sighting
    from regulars.know.models import CustomerState
    from regulars.lake.head import Head, replace

    folder = settings.HOME / "lake"
    folder.mkdir(parents=True, exist_ok=True)
    replace(folder, Head(number=HEAD))
    day = NOON.date()
    _write(CustomerState, (CustomerState(
        batch=HEAD, customer=number, stage="new", stage_since=day, first_day=day, last_day=day, visit_days=1,
        orders=orders, net=orders * money, fingerprint=number) for number in range(1, count + 1)))  # fmt: skip
    names = [(number, f"{number}-{each}") for number in range(1, count + 1) for each in range(orders)]
    _write(Order, (Order(
        batch=HEAD, source="till", order_id=name, version=1, store_id="S01", ordered_at=NOON, business_date=day,
        net=money, status="paid") for _number, name in names))  # fmt: skip
    _write(Sighting, (Sighting(
        batch=HEAD, source="till", order_id=name, identifier_hash=address_hash(number, "sms"))
        for number, name in names))  # fmt: skip


def _write(model: Any, rows: Iterator[Any]) -> None:
    while chunk := list(islice(rows, 500)):
        model.objects.bulk_create(chunk)


def let_out(channel: str, **values: Any) -> None:
    """Let messages leave by a channel that is set up so."""
    from regulars.engage.models import ChannelSetting

    ChannelSetting.objects.update_or_create(pk=channel, defaults={"values": values, "out": True})
