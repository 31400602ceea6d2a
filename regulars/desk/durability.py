"""How much of what was written last a power cut may take: nothing, but where everything is made up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def relaxed() -> Iterator[None]:
    """In here a commit of this connection does not wait for the disk; for a made-up brand alone.

    A crash of the process loses nothing; a power cut may lose the last commits, and never leaves half of one.
    """
    before = _set("OFF")
    try:
        yield
    finally:
        _set(before)


def _set(level: str) -> str:
    """Set how a commit waits for the disk; what it was before."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SHOW synchronous_commit")
            before = str(cursor.fetchone()[0])
            cursor.execute("SELECT set_config('synchronous_commit', %s, false)", [level.lower()])
        else:
            cursor.execute("PRAGMA synchronous")
            before = str(cursor.fetchone()[0])
            cursor.execute(f"PRAGMA synchronous={level}")
    return before
