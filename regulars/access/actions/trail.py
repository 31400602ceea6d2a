"""The trail is only ever added to, and names a customer by number."""

from __future__ import annotations

from datetime import datetime

from regulars.access.models import AuditEntry, User


def log(*, user: User | None, verb: str, subject: str, at: datetime, detail: str = "") -> AuditEntry:
    """Write one line of the trail: who did what; ``subject`` is "customer 17", never a name or a phone."""
    return AuditEntry.objects.create(at=at, user=user, verb=verb, subject=subject[:80], detail=detail[:300])


def note_look(*, user: User, subject: str, at: datetime, detail: str = "") -> AuditEntry:
    """Write that someone looked at personal data."""
    return log(user=user, verb="look", subject=subject, at=at, detail=detail)
