"""Where a guest's link leads, and keys that fit into a column."""

from __future__ import annotations

import hashlib

from regulars import settings

DOORS = {"answer": "a", "promise": "p"}


def address_of(door: str, token: str) -> str:
    """The whole address behind a link, ``answer`` or ``promise``, on the brand's own host."""
    return f"{settings.PUBLIC_URL}/{DOORS[door]}/{token}"


def short_key(kind: str, key: str, most: int) -> str:
    """``kind`` and ``key`` in at most ``most`` characters: a key too long is replaced by its SHA-256."""
    whole = f"{kind} {key}"
    return whole if len(whole) <= most else f"{kind} {hashlib.sha256(key.encode()).hexdigest()}"
