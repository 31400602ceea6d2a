"""How long Customers takes to answer a search among 100,000: each answer whole, as p50, p95 and worst."""

from __future__ import annotations

import os
import random
import shutil
import tempfile
import time

CUSTOMERS = 100_000
ROUNDS = 40
NAMES = ("王思远", "李静", "张雨桐", "Anna", "wsy", "zhang")


def _searches(rng: random.Random) -> list[str]:
    """Names, letters of names, whole phones, their last digits, cards, and what is not there."""
    found = []
    for _ in range(ROUNDS):
        number = rng.randint(1, CUSTOMERS)
        found += [
            f"138{number:08d}",
            f"{number:08d}"[-5:],
            f"m{number:07d}",
            rng.choice(NAMES),
            "nobody at all",
        ]
    return found


def main() -> None:
    """Fill a home of its own, log in, and post each search as the page does while one types."""
    home = tempfile.mkdtemp(prefix="regulars-search-")
    os.environ["REGULARS_HOME"] = home
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.settings")
    try:
        _measure()
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _measure() -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from django.test import Client

    from tests.web import cast

    call_command("migrate", verbosity=0)
    cast.brand()
    cast.customers(CUSTOMERS)
    client = Client(headers={"host": "localhost", "hx-request": "true"})
    client.force_login(cast.account("owner"))
    client.post("/customers/", {"q": "warm"})
    seconds = []
    for words in _searches(random.Random(1)):
        began = time.perf_counter()
        answer = client.post("/customers/", {"q": words})
        seconds.append(time.perf_counter() - began)
        assert answer.status_code == 200, answer.status_code
    seconds.sort()
    p50, p95 = seconds[len(seconds) // 2], seconds[int(len(seconds) * 0.95)]
    print(
        f"{len(seconds)} searches among {CUSTOMERS:,} customers: p50 {1000 * p50:.0f} ms, p95 {1000 * p95:.0f} ms,",
        end=" ",
    )
    print(f"worst {1000 * seconds[-1]:.0f} ms")


if __name__ == "__main__":
    main()
