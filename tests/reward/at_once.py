"""64 at once: on PostgreSQL in the test's database, on SQLite in a process and a file of its own.

A test's SQLite lies in memory, where a second connection is refused instead of waiting as it does on a file.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.engage.at_once import together

MANY = 64


def told(home: Path) -> dict[str, Any]:
    """What became of all that ran at once, on the database that this run is about."""
    from django.db import connection

    if connection.vendor == "postgresql":
        return tried()
    environment = {**os.environ, "REGULARS_HOME": str(home), "DJANGO_SETTINGS_MODULE": "regulars.settings"}
    environment.pop("REGULARS_DATABASE_URL", None)
    command = [sys.executable, "-m", "tests.reward.at_once"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def tried() -> dict[str, Any]:
    """All of it, in this process."""
    return {
        "spenders": spenders(),
        "same": same_request(),
        "users": users(),
        "given": given(),
        "booked": booked(),
        "landed": landed(),
    }


def _refused(act: Callable[[], Any]) -> bool:
    from regulars.core.refused import Refused

    try:
        act()
    except Refused:
        return True
    return False


def _spend(customer: int, points: int, key: str) -> Any:
    from regulars.reward import actions
    from tests.reward.cast import NOW

    return actions.redeem(customer=customer, points=points, benefit="tea", key=key, now=NOW)


def spenders() -> dict[str, Any]:
    """64 tills spend 5 points each of two numbers of one customer that hold 55."""
    from regulars.reward import actions
    from tests.reward.cast import account, begin, earn, merge, sold

    begin(1, 2)
    earn(sold("1", 1, 30), sold("2", 2, 25))
    merge(2, into=1)
    waiting = list(range(MANY))

    def one() -> bool:
        number = waiting.pop()
        return _refused(lambda: _spend(1 + number % 2, 5, f"till-{number}"))

    refused = together(MANY, one)
    return {"won": refused.count(False), "left": [account(1), account(2)], "off": len(actions.differences())}


def same_request() -> dict[str, int]:
    """One request arrives 64 times."""
    from tests.reward.cast import account, begin, earn, sold

    begin(11)
    earn(sold("11", 11, 500))
    entries = together(MANY, lambda: _spend(11, 5, "once")[0].pk)
    return {"entries": len(set(entries)), "left": account(11)[0]}


def users() -> int:
    """How many of 64 tills may use one coupon."""
    from regulars.reward import actions
    from tests.reward.cast import NOW, begin, kind

    begin(21)
    kind("tea", amount=500)
    code = actions.give(kind="tea", customer=21, key="tea", now=NOW).code
    orders = [str(number) for number in range(MANY)]

    def one() -> bool:
        return _refused(
            lambda: actions.use(
                code=code,
                source="till",
                order_id=orders.pop(),
                store_id="A",
                day=NOW.date(),
                gross=9000,
                now=NOW,
            )
        )

    return together(MANY, one).count(False)


def given() -> dict[str, int]:
    """64 ask for a coupon of which there are ten."""
    from regulars.reward import actions
    from regulars.reward.models import Coupon
    from tests.reward.cast import NOW, kind

    kind("rare", amount=500, most=10)
    people = list(range(100, 100 + MANY))

    def one() -> bool:
        number = people.pop()
        return _refused(lambda: actions.give(kind="rare", customer=number, key=f"rare {number}", now=NOW))

    return {"won": together(MANY, one).count(False), "kept": Coupon.objects.filter(kind__name="rare").count()}


def booked() -> dict[str, int]:
    """Eight workers book the same forty orders."""
    from regulars.reward import actions
    from regulars.reward.models import PointsEntry
    from tests.reward.cast import begin, earn, sold

    begin(31, 32)
    orders = [sold(f"b{number}", 31 + number % 2, 10) for number in range(40)]
    made = together(8, lambda: earn(*orders))
    return {
        "made": sum(made),
        "entries": PointsEntry.objects.filter(order__startswith="till|b").count(),
        "off": len(actions.differences()),
    }


def landed() -> dict[str, int]:
    """A turn books twelve hundred orders that landed while three tills write all the time."""
    from regulars.gather.models import Order, Sighting
    from regulars.identify.models import Link
    from regulars.reward import actions
    from regulars.reward.models import Coupon, PointsEntry, Programme
    from tests.reward.cast import HEAD, NOW, begin, kind

    begin(41)
    Programme.objects.update(booked_to=0)
    Link.objects.create(batch=1, identifier_type="phone", identifier_hash="p41", customer=41, rule="alone")
    seen = {"batch": HEAD, "source": "till"}
    for number in range(1200):
        Sighting.objects.create(identifier_hash="p41", order_id=f"l{number}", **seen)
        Order.objects.create(
            order_id=f"l{number}", version=1, store_id="A", ordered_at=NOW, business_date=NOW.date(), net=1000,
            status="paid", **seen,
        )  # fmt: skip
    kind("busy", amount=1, each=10_000)
    keys = iter(range(10_000))
    roles = iter(range(4))

    def one() -> int:
        if next(roles) == 0:
            return actions.earn_since(head=HEAD, now=NOW)
        for _ in range(40):
            actions.give(kind="busy", customer=41, key=f"busy {next(keys)}", now=NOW)
        return 0

    made = sum(together(4, one))
    return {
        "made": made,
        "entries": PointsEntry.objects.filter(order__startswith="till|l").count(),
        "coupons": Coupon.objects.filter(kind__name="busy").count(),
        "off": len(actions.differences()),
    }


def main() -> None:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    print(json.dumps(tried()))


if __name__ == "__main__":
    main()
