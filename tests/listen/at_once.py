"""Workers and guests at once: on PostgreSQL in the test's database, on SQLite in a process and file of its own.

A test's SQLite lies in memory, where a second connection is refused instead of waiting as it does on a file.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.engage.at_once import together


def told(home: Path) -> dict[str, Any]:
    """What became of all that ran at once, on the database that this run is about."""
    from django.db import connection

    if connection.vendor == "postgresql":
        return tried()
    environment = {**os.environ, "REGULARS_HOME": str(home), "DJANGO_SETTINGS_MODULE": "regulars.settings"}
    environment.pop("REGULARS_DATABASE_URL", None)
    done = subprocess.run(
        [sys.executable, "-m", "tests.listen.at_once"], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def tried() -> dict[str, Any]:
    """All of it, in this process."""
    from tests.listen import cast

    cast.brand()
    return {"asked": asked(), "answered": answered(), "promised": promised(), "crossed": crossed()}


def _run(now: Any) -> int:
    from regulars.listen.actions import run_due

    return run_due(now=now, still=lambda: True)


def asked() -> dict[str, Any]:
    """Two workers ask twenty customers with three picked visits each."""
    from django.conf import settings

    from regulars.engage.models import Message
    from regulars.listen.models import Ask
    from regulars.listen.rules.asking import drawn
    from tests.listen import cast

    names = (f"O{each}" for each in range(100_000))
    picked = (each for each in names if drawn(settings.IDENTIFIER_KEY, f"till {each}"))
    for number in range(1, 21):
        cast.customer(number, "research")
        for _visit in range(3):
            cast.order(number, cast.NOON, next(picked))
    done = together(2, lambda: _run(cast.NOON))
    asks = list(Ask.objects.values_list("customer", "message"))
    posted = sorted(Message.objects.values_list("key", flat=True))
    return {
        "done": sum(done),
        "asks": len(asks),
        "most": max(Counter(customer for customer, _key in asks).values()),
        "same": posted == sorted(key for _customer, key in asks),
    }


def answered() -> dict[str, int]:
    """One question is answered eight times at once."""
    from regulars.listen.actions import answer
    from regulars.listen.models import Ask, Voice
    from tests.listen import cast

    Ask.objects.update(question="again")
    ask = Ask.objects.order_by("pk")[0]
    voices = together(8, lambda: answer(ask=ask, said={"score": "7"}, now=cast.NOON))
    return {"kept": len([each for each in voices if each is not None]), "voices": Voice.objects.count()}


def promised() -> dict[str, int]:
    """Two workers write about fifteen complaints the day after."""
    from regulars.engage.models import Message
    from regulars.listen.actions import complain
    from regulars.listen.models import Promise
    from tests.listen import cast

    for number in range(101, 116):
        cast.customer(number, "service")
        complain(key=f"c{number}", at=cast.NOON, now=cast.NOON, text="cold", customer=number, store_id="S01")
    done = together(2, lambda: _run(cast.NOON + timedelta(days=1)))
    return {
        "done": sum(done),
        "promises": Promise.objects.count(),
        "messages": Message.objects.filter(purpose="service").count(),
    }


def crossed() -> int:
    """How many of eight visits of one customer are asked about by eight workers that each hold another visit."""
    from regulars.listen.actions.asks import ask_about
    from regulars.listen.models import Ask
    from tests.listen import cast

    cast.customer(200, "research")
    orders = [cast.order(200, cast.NOON, f"X{each}") for each in range(8)]
    together(8, lambda: ask_about([(orders.pop(), 200)], cast.HEAD, cast.NOON))
    return Ask.objects.filter(customer=200).count()


def main() -> None:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    print(json.dumps(tried()))


if __name__ == "__main__":
    main()
