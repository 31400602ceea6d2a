"""A voice with a clock: open until somebody who stood at the table says how it ended."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import DateTimeField, F, Value
from django.db.models.functions import Coalesce

from regulars.core.refused import Refused
from regulars.listen.actions.voices import hear
from regulars.listen.models import Complaint
from regulars.listen.rules.asking import BEFORE_THE_BILL

ENDS = (Complaint.State.MENDED, Complaint.State.NOT_MENDED, Complaint.State.LEFT)


@transaction.atomic
def complain(
    *, key: str, at: datetime, now: datetime, table: str = "", due_at: datetime | None = None, **said: Any
) -> Complaint:
    """Keep a complaint and start its clock; ``said`` is what ``hear`` takes beside.

    The same ``key`` gives the complaint that is there. ``due_at`` is by when somebody stands at the table: 20 minutes
    after ``at`` where it is not given, which is before a bill prints.
    """
    voice = hear(key=key, source="complaint", at=at, now=now, **said)
    complaint, _made = Complaint.objects.get_or_create(
        voice=voice, defaults={"table": table, "due_at": due_at or voice.at + BEFORE_THE_BILL}
    )
    return complaint


def answer_complaint(*, complaint: Complaint, by: str, now: datetime, words: str = "") -> Complaint:
    """Write down that somebody went to the guest and what they said; the first to go is the one who is named."""
    Complaint.objects.filter(pk=complaint.pk, answered_at=None).update(
        answered_at=now, answered_by=by, words=words
    )
    complaint.refresh_from_db()
    return complaint


def close(*, complaint: Complaint, how: str, by: str, now: datetime, words: str = "") -> Complaint:
    """End a complaint as ``mended``, ``not_mended`` or ``left`` (the guest had gone); said twice it is said once.

    Until it is closed no marketing reaches this guest. Refuses another way to end, and a complaint that was closed
    otherwise before.
    """
    if how not in ENDS:
        raise Refused("a complaint ends as %(ends)s, not as %(how)s", ends=", ".join(ENDS), how=how)
    open_one = Complaint.objects.filter(pk=complaint.pk, state=Complaint.State.OPEN)
    said = {"words": words} if words else {}
    closed = open_one.update(
        state=how,
        closed_at=now,
        closed_by=by,
        answered_at=Coalesce(F("answered_at"), Value(now, DateTimeField())),
        **said,
    )
    complaint.refresh_from_db()
    if not closed and complaint.state != how:
        raise Refused(
            "this complaint was closed before as %(how)s, by %(by)s",
            how=complaint.state,
            by=complaint.closed_by,
        )
    return complaint
