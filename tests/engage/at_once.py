"""Workers and guests at the same time, in a process and a home of their own; `python -m tests.engage.at_once` tells."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


def told(home: Path) -> dict[str, Any]:
    """What became of all that ran at once, told by a process with this home."""
    kept = {name: value for name, value in os.environ.items() if name != "REGULARS_DATABASE_URL"}
    environment = {**kept, "REGULARS_HOME": str(home), "DJANGO_SETTINGS_MODULE": "regulars.settings"}
    command = [sys.executable, "-m", "tests.engage.at_once"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def together(count: int, act: Callable[[], Any]) -> list[Any]:
    """Do it in so many threads that start at one instant; what each gave."""
    from django.db import connection

    gate, given = threading.Barrier(count), []

    def each() -> None:
        gate.wait()
        try:
            given.append(act())
        finally:
            connection.close()

    threads = [threading.Thread(target=each) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return given


def main() -> None:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from benchmarks._far_ends import Gateway, listening

    found: dict[str, Any] = {"taps": taps()}
    with listening(Gateway()) as gateway:
        found["workers"] = workers(gateway)
    with listening(Gateway()) as gateway:
        found["stopped"], found["resumed"] = stopped(gateway)
    print(json.dumps(found))


def taps() -> dict[str, int]:
    """64 messages want a tap each at one instant, and there are ten."""
    from regulars.engage.actions.permissions import give_permission, left, spend
    from regulars.engage.models import Message, Permission
    from tests.engage.guests import NOON

    for number in range(10):
        give_permission(address_hash="guest", template="visit", key=f"tap {number}", now=NOON)
    rows = [
        Message.objects.create(
            key=f"tap|{number}", channel="mini_program", purpose="service", address_hash="guest",
            due_at=NOON, state="failed",
        )
        for number in range(64)
    ]  # fmt: skip
    spent = together(64, lambda: spend(message=rows.pop(), template="visit"))
    used = Permission.objects.exclude(used_by=None).values_list("used_by", flat=True)
    return {"spent": sum(spent), "used": len(set(used)), "left": len(left(["guest"], "visit"))}


def _counts(gateway: Any) -> dict[str, int]:
    from regulars.engage.models import Message, Touch

    sent = Message.objects.filter(state="sent").count()
    return {
        "asked": gateway.asked,
        "taken": len(gateway.taken),
        "sent": sent,
        "touches": Touch.objects.count(),
    }


def _written(gateway: Any, count: int, play: Any = None) -> None:
    from regulars.engage.models import Message, Touch
    from tests.engage.guests import guest, let_out, write

    Touch.objects.all().delete()
    Message.objects.all().delete()
    let_out("sms", address=gateway.address, token=gateway.token)
    for number in range(1, count + 1):
        guest(number, ("sms",))
        write(number, play=play)


def workers(gateway: Any) -> dict[str, int]:
    """Four workers send sixty messages."""
    from regulars.engage.actions import sending
    from tests.engage.guests import NOON

    _written(gateway, 60)
    gateway.before = lambda: time.sleep(0.002)
    together(4, lambda: sending.run(now=NOON, still=lambda: True))
    return _counts(gateway)


def stopped(gateway: Any) -> tuple[dict[str, float], dict[str, int]]:
    """A worker sends a hundred messages slowly; the play is stopped, and started again."""
    from django.db import connection

    from regulars.engage.actions import sending
    from regulars.engage.models import Message, Play
    from tests.engage.guests import NOON, play

    _written(gateway, 100, play())
    gateway.before = lambda: time.sleep(0.03)

    def work() -> None:
        sending.run(now=NOON, still=lambda: True)
        connection.close()

    worker = threading.Thread(target=work)
    worker.start()
    while len(gateway.taken) < 20:
        time.sleep(0.01)
    Play.objects.update(state="stopped")
    pressed = time.monotonic()
    worker.join()
    waiting = Message.objects.filter(state="waiting").count()
    first = {"seconds": time.monotonic() - pressed, "waiting": waiting, **_counts(gateway)}
    gateway.before = lambda: None
    Play.objects.update(state="running")
    sending.run(now=NOON, still=lambda: True)
    return first, _counts(gateway)


if __name__ == "__main__":
    main()
