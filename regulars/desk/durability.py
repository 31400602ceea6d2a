"""How much of what was written last a power cut may take: nothing, but where everything is made up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created


@contextmanager
def relaxed() -> Iterator[None]:
    """In here a commit of this process does not wait for the disk; for a made-up brand alone.

    A crash of the process loses nothing; a power cut may lose the last commits, and never leaves half of one. The
    connection stays open, too, over however many requests.
    """
    before, age = _set(connection, "OFF"), connection.settings_dict["CONN_MAX_AGE"]
    connection.settings_dict["CONN_MAX_AGE"] = connection.close_at = None
    connection_created.connect(_relax)
    try:
        yield
    finally:
        connection_created.disconnect(_relax)
        connection.settings_dict["CONN_MAX_AGE"] = age
        _set(connection, before)


def _relax(*, connection: BaseDatabaseWrapper, **_rest: Any) -> None:
    _set(connection, "OFF")


def _set(to: BaseDatabaseWrapper, level: str) -> str:
    """Set how a commit of a connection waits for the disk; what it was before."""
    with to.cursor() as cursor:
        if to.vendor == "postgresql":
            cursor.execute("SHOW synchronous_commit")
            before = str(cursor.fetchone()[0])
            cursor.execute("SELECT set_config('synchronous_commit', %s, false)", [level.lower()])
        else:
            cursor.execute("PRAGMA synchronous")
            before = str(cursor.fetchone()[0])
            cursor.execute(f"PRAGMA synchronous={level}")
    return before
