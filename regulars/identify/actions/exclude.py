"""An identifier is the shop's own: a decision by a person that the next turn obeys."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from regulars.core.refused import Refused
from regulars.identify.models import Excluded


def exclude(*, identifier_type: str, identifier_hash: str, why: str, now: datetime) -> Excluded:
    """From the next turn on an identifier joins nobody: it is the shop's own, as a card that cashiers swipe for all.

    Refuses a source's own record number, which no till types.
    """
    if identifier_type == "external":
        raise Refused("an external number is of one record; only what a till types or swipes can be a shop's")
    with transaction.atomic():
        row, _ = Excluded.objects.update_or_create(
            identifier_hash=identifier_hash,
            defaults={"identifier_type": identifier_type, "why": why, "at": now},
        )
    return row
