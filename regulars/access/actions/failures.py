"""Failures in a row make an account, an address or a PIN wait, the right answer included."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F

from regulars.access import rules
from regulars.access.models import LogInFailure
from regulars.core.refused import Refused


def refuse_to_hear(*, kind: str, key: str, now: datetime) -> None:
    """Refuses while ``key`` has to wait."""
    row = LogInFailure.objects.filter(kind=kind, key=key).first()
    if row is None:
        return
    left = int((row.last_at + rules.wait(kind, row.failures) - now).total_seconds())
    if left > 0:
        raise Refused("too many wrong passwords; try again in %(seconds)d seconds", seconds=left + 1)


def count_failure(*, kind: str, key: str, now: datetime) -> None:
    """One failure more; those that are a day old are forgotten."""
    LogInFailure.objects.filter(last_at__lt=now - rules.FORGOTTEN_AFTER).delete()
    LogInFailure.objects.get_or_create(kind=kind, key=key, defaults={"last_at": now})
    LogInFailure.objects.filter(kind=kind, key=key).update(failures=F("failures") + 1, last_at=now)


def forget(*, kind: str, key: str) -> None:
    """The right answer ends the row of failures."""
    LogInFailure.objects.filter(kind=kind, key=key).delete()
