"""One writer at a time: a row that names its owner, and a heartbeat that tells a slow owner from a dead one."""

from __future__ import annotations

import os
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q

from regulars.desk.models import Writer

BEAT = 5.0  # seconds between heartbeats
DEAD_AFTER = timedelta(seconds=40)  # an owner silent this long has lost the lock


class Held:
    """The lock while it is held: draws numbers, and tells whether it is still ours."""

    def __init__(self, name: str, owner: str) -> None:
        self.name = name
        self.owner = owner

    def next_number(self, after: int) -> int:
        """A landing's number: above ``after`` and above every number ever drawn, also by landings that died."""
        with transaction.atomic():
            row = Writer.objects.select_for_update().get(name=self.name)
            row.number = max(row.number, after) + 1
            row.save(update_fields=["number"])
            return row.number

    def still(self) -> bool:
        """Whether the lock is ours, confirmed by one more heartbeat."""
        return bool(Writer.objects.filter(name=self.name, owner=self.owner).update(beat_at=wall()))


def wall() -> datetime:
    """The machine's instant."""
    # Heartbeats measure processes, not business: they use the machine's clock even where the brand's is stopped.
    return datetime.now(UTC)


def owner_name() -> str:
    """A name for one holder of a lock or a claim: machine, process and what tells two of the same process apart."""
    return f"{socket.gethostname()[:80]} {os.getpid()} {uuid.uuid4().hex[:8]}"


def is_gone(owner: str) -> bool:
    """Whether the owner was a process of this machine that no longer runs."""
    host, _, rest = owner.partition(" ")
    if host != socket.gethostname()[:80] or not rest:
        return False
    try:
        os.kill(int(rest.split()[0]), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        pass
    return False


def _take(name: str, owner: str) -> bool:
    Writer.objects.get_or_create(name=name)
    row = Writer.objects.get(name=name)
    free = Q(owner="") | Q(beat_at__lt=wall() - DEAD_AFTER)
    if row.owner and is_gone(row.owner):
        free |= Q(owner=row.owner)
    return bool(Writer.objects.filter(free, name=name).update(owner=owner, beat_at=wall()))


@contextmanager
def writing(name: str = "lake", waiting: Callable[[str], None] | None = None) -> Iterator[Held]:
    """Hold the lock, waiting for it as long as its owner lives; ``waiting`` is told who holds it, once."""
    owner = owner_name()
    told = False
    while not _take(name, owner):
        if waiting and not told:
            waiting(Writer.objects.get(name=name).owner)
            told = True
        time.sleep(0.2)
    held, stop = Held(name, owner), threading.Event()
    beating = threading.Thread(target=_beat, args=(held, stop), daemon=True)
    beating.start()
    try:
        yield held
    finally:
        stop.set()
        beating.join()
        Writer.objects.filter(name=name, owner=owner).update(owner="")


def _beat(held: Held, stop: threading.Event) -> None:
    try:
        while not stop.wait(BEAT):
            if not held.still():
                return
    finally:
        connection.close()
