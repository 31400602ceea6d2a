"""Write keys of the live doors: printed once, kept as a hash."""

from __future__ import annotations

import secrets
from datetime import datetime
from hashlib import sha256

from regulars.access.actions.trail import log
from regulars.access.models import User, WriteKey
from regulars.core.refused import Refused


def add_key(*, name: str, kind: str, by: User | None, now: datetime) -> str:
    """Make a write key and give it, for this one time; ``kind`` is public or secret. Refuses a name that is taken."""
    if kind not in WriteKey.Kind.values:
        raise Refused("%(kind)s is no kind of key; write public or secret", kind=kind)
    key = secrets.token_urlsafe(32)
    _row, made = WriteKey.objects.get_or_create(
        name=name, defaults={"hash": _hash(key), "kind": kind, "made_at": now}
    )
    if not made:
        raise Refused("there is a key named %(name)s already; choose another name", name=name)
    log(user=by, verb="add key", subject=f"key {name}", at=now, detail=kind)
    return key


def end_key(*, name: str, by: User | None, now: datetime) -> None:
    """End a write key: from now on it opens nothing. Refuses a name that no open key has."""
    if not WriteKey.objects.filter(name=name, ended_at=None).update(ended_at=now):
        raise Refused("there is no open key named %(name)s", name=name)
    log(user=by, verb="end key", subject=f"key {name}", at=now)


def key_of(written: str) -> WriteKey | None:
    """The key that someone sent, or None where it opens nothing."""
    return WriteKey.objects.filter(hash=_hash(written), ended_at=None).first()


def _hash(key: str) -> str:
    return sha256(key.encode()).hexdigest()
