"""A small made-up brand written straight into the desk's tables, so that pages can be read without a turn.

Every number here is invented; what tests assert is that pages say what the tables hold.
"""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.conf import settings
from playwright.sync_api import ViewportSize

from regulars.access.models import User
from regulars.brand.models import Brand, Store
from regulars.gather.models import Identifier, Import, Order, Record, Sighting
from regulars.identify.models import Customer, Link
from regulars.know.models import CustomerState, Stage
from regulars.lake.head import Head, replace
from regulars.measure.models import Figure, Turn

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 21, 1, 30, tzinfo=UTC)
HEAD = 5
PHONE: ViewportSize = {"width": 390, "height": 844}
PASSWORD = "sesame-and-noodles"
STORES = {
    "S01": "Riverside",
    "S02": "University",
    "S03": "Station hall",
    "S04": "Tech park",
    "S05": "Old town",
    "S06": "Lakeside",
}
FAMILY = ["王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴"]
GIVEN = ["静", "强", "敏", "磊", "洋", "艳", "勇", "思远", "雨桐", "子涵", "Anna", "Tom"]
DISHES = ["Cold noodle set", "Tomato hotpot", "Sesame flatbread", "Sour plum drink", "Braised beef noodles"]


def land(number: int = HEAD) -> None:
    """Stand HEAD at a landing, as a turn does at its end."""
    folder = settings.HOME / "lake"
    folder.mkdir(exist_ok=True)
    replace(folder, Head(number=number))


def brand() -> None:
    """The brand, its stores, and HEAD."""
    Brand.objects.update_or_create(pk=1, defaults={"name": "Noodle House"})
    Store.objects.bulk_create(
        Store(code=code, name=name, opened_on=date(2024, 3, 1)) for code, name in STORES.items()
    )
    Turn.objects.create(
        batch=HEAD, started_at=NOW - timedelta(minutes=1), ended_at=NOW, as_of=TODAY, seconds={"know": 3.0}
    )
    land()


def account(role: str, *stores: str, name: str = "") -> User:
    """An account with a role and, for a store's, its stores."""
    user = User.objects.create_user(name or role, password=PASSWORD, role=role)
    user.stores.set(Store.objects.filter(code__in=stores))
    return user


def _state(number: int, rng: random.Random) -> CustomerState:
    stage = rng.choices(Stage.values, weights=(34, 16, 22, 12, 12, 4))[0]
    visits = 1 if stage == "new" else 2 if stage == "second_timer" else rng.randint(3, 40)
    gap = None if visits < 3 else round(rng.uniform(6, 45), 1)
    since = {"lost": 220, "cooling": 60}.get(stage, 20)
    last = TODAY - timedelta(days=rng.randint(since // 2, since))
    value = rng.randint(500, 40_000)
    store = rng.choice(list(STORES))
    name = "" if rng.random() < 0.1 else rng.choice(FAMILY) + rng.choice(GIVEN)
    phone, card = f"138{number:08d}", f"M{number:07d}"
    return CustomerState(
        batch=1,
        customer=number,
        name=name,
        search=f"{name.lower()} {phone} {card.lower()}",
        stage=stage,
        stage_since=last,
        first_day=last - timedelta(days=int((gap or 30) * visits)),
        last_day=last,
        visit_days=visits,
        orders=visits + rng.randint(0, 2),
        net=visits * rng.randint(3_000, 9_000),
        first_store=store,
        usual_store=store,
        stores=f"|{store}|",
        usual_gap=gap,
        late_after=int((gap or 30) * 2),
        lost_after=180,
        p_alive=round(rng.uniform(0.1, 0.99), 3),
        orders_90=value / 6000,
        orders_90_low=value / 9000,
        orders_90_high=value / 4000,
        value_90=value,
        value_90_low=int(value * 0.7),
        value_90_high=int(value * 1.5),
        orders_365=value / 1600,
        value_365=value * 4,
        value_365_low=value * 2,
        value_365_high=value * 6,
        grade="543",
        fingerprint=number,
    )


def customers(count: int = 60, seed: int = 7) -> list[CustomerState]:
    """Customers numbered from 1, with a phone and a card each; every number follows from the seed."""
    rng = random.Random(seed)
    states = [_state(number, rng) for number in range(1, count + 1)]
    return CustomerState.objects.bulk_create(states, batch_size=500)


def _ago(days: int) -> str:
    return (TODAY - timedelta(days=days)).isoformat()


def _orders(count: int) -> None:
    """One order every 18 days on the card, the last at another store."""
    for each in range(count):
        at = NOW - timedelta(days=42 + 18 * each)
        lines = [{"product_id": DISHES[each % 5], "quantity": "1", "paid_price": 4200}]
        Order.objects.create(
            batch=1,
            source="till",
            order_id=f"T{each}",
            version=1,
            store_id="S01" if each else "S02",
            ordered_at=at,
            business_date=at.date(),
            sales_channel="dine_in",
            traffic="own",
            gross=4800,
            discount=600,
            net=4200,
            status="paid",
            lines=lines,
        )
        Sighting.objects.create(batch=1, identifier_hash="b" * 32, source="till", order_id=f"T{each}")


def history(number: int = 1, orders: int = 6) -> CustomerState:
    """One regular with records, identifiers, orders, stages, and an alias that was merged into them."""
    state = CustomerState.objects.get(customer=number)
    days = (("new", 130, 112), ("second_timer", 112, 94), ("regular", 94, 5), ("cooling", 5, None))
    stages = [
        {"stage": stage, "since": _ago(since), "until": until and _ago(until)} for stage, since, until in days
    ]
    fields: dict[str, Any] = {
        "history": stages,
        "stores": "|S01|S02|",
        "name": "王思远",
        "stage": "cooling",
        "stage_since": TODAY - timedelta(days=5),
        "usual_gap": 18.0,
        "last_day": TODAY - timedelta(days=41),
        "late_after": 36,
        "visit_days": orders,
        "usual_store": "S01",
        "search": "王思远 wangsiyuan wsy 13800000001 m0000001",
    }
    CustomerState.objects.filter(pk=state.pk).update(**fields)
    Customer.objects.create(number=number, batch=1)
    Customer.objects.create(number=900 + number, batch=1, until=3, merged_into=number)
    hashes = {
        "phone": ("a" * 32, "+8613800000001"),
        "member_card": ("b" * 32, "M0000001"),
        "external": ("e" * 32, "members:77"),
    }
    for kind, (digest, value) in hashes.items():
        Identifier.objects.create(identifier_hash=digest, identifier_type=kind, value=value)
        Link.objects.create(
            batch=1, identifier_type=kind, identifier_hash=digest, customer=number, rule="account"
        )
    Record.objects.create(
        batch=1,
        source="members",
        record_id="77",
        name="王思远",
        sort_name="王思远 wangsiyuan",
        birthday=date(1990, 5, 4),
        registered_at=NOW - timedelta(days=300),
        acquired_by="friend",
        identifiers=[d for d, _v in hashes.values()],
    )
    _orders(orders)
    return CustomerState.objects.get(customer=number)


def address(path: str) -> str:
    """A page's address with the number that the first import has in this database."""
    first = Import.objects.order_by("pk").values_list("pk", flat=True).first() or 1
    return path.replace("/imports/1/", f"/imports/{first}/")


def imports() -> list[Import]:
    """One import that landed with rejected rows, one on its way, one that was refused."""
    common = {"rows_are": "orders", "source": "till", "started_at": NOW - timedelta(hours=3)}
    landed = Import.objects.create(
        name="till 2026-11.csv",
        state="landed",
        batch=4,
        files=[{"name": "till 2026-11.csv", "bytes": 4_812_400}],
        rows_read=81_204,
        rows_rejected=37,
        taken={"orders": 20_310, "order_lines": 81_167},
        reasons={"the date cannot be read": 30, "the amount is not a number": 7},
        totals=[
            {"store_id": "S01", "date": "2026-11-03", "given": 812_300, "came": 809_900, "difference": -2_400}
        ],
        ended_at=NOW - timedelta(hours=2, minutes=58),
        map_text='rows_are = "orders"\n',
        **common,
    )
    loading = Import.objects.create(
        name="members.csv", state="loading", progress="read 40,000 rows", **common
    )
    refused = Import.objects.create(
        name="photo.png",
        state="refused",
        error="photo.png is not text: it begins like a picture",
        ended_at=NOW,
        **common,
    )
    return [landed, loading, refused]


def figure(metric: str, value: float | None, **more: Any) -> Figure:
    """One published figure, true from the first landing on."""
    fields: dict[str, Any] = {"batch": 1, "n": 100, "as_of": TODAY}
    return Figure.objects.create(metric=metric, value=value, **(fields | more))
