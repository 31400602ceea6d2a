"""Voices as the rules read them: each with the living customer behind it, whatever number it was written with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q

from regulars.identify.actions import living
from regulars.improve.models import Finding
from regulars.improve.rules.raising import Said
from regulars.lake import head as heads
from regulars.listen.models import Complaint, Voice

WINDOW = timedelta(days=60)  # how far back suggestions look
MOST = 3000  # voices that suggestions look through, the latest
CONTENT = 6  # a score above this, of ten, is no complaint: it wants no mending


def at_head() -> int:
    """The landing that readers see."""
    return heads.read(settings.HOME / "lake").number


def said(voices: Iterable[Voice], *, head: int | None = None) -> list[Said]:
    """Voices as the rules read them, in the order given."""
    rows = list(voices)
    numbers = {row.customer_id for row in rows if row.customer_id is not None}
    now = living(numbers, head=at_head() if head is None else head)
    return [
        Said(
            voice_id=row.voice_id,
            person=None if row.customer_id is None else now[row.customer_id],
            source=row.source,
            store_id=row.store_id,
            product_id=row.product_id,
            field=row.field,
            theme=row.theme,
            text=row.text,
            at=row.at,
            key=row.key,
            order_id=row.order_id,
            public=row.public,
            safety=row.safety,
        )
        for row in rows
    ]


def of(finding: Finding) -> list[Said]:
    """The voices of a finding, the first heard first."""
    rows = Voice.objects.filter(findingvoice__finding=finding).order_by("at", "voice_id")
    return said(rows)


def loose(*, now: datetime, stores: Sequence[str] | None = None) -> list[Said]:
    """Voices of the last 60 days that are in no finding and may want mending, the latest first.

    A complaint always may; another voice unless it came with a score of content.
    """
    rows = Voice.objects.filter(findingvoice=None, at__gt=now - WINDOW, at__lte=now)
    wants = Q(safety=True) | Q(complaint__isnull=False) | Q(score=None) | Q(score__lte=CONTENT)
    rows = rows.filter(wants).exclude(Q(text="") & Q(product_id="") & Q(safety=False))
    if stores is not None:
        rows = rows.filter(store_id__in=stores)
    return said(rows.order_by("-at", "-voice_id")[:MOST])


def unmended(voices: Sequence[int]) -> list[int]:
    """Those of these voices whose complaint is still open, ascending."""
    open_ones = Complaint.objects.filter(voice__in=voices, state=Complaint.State.OPEN)
    return sorted(open_ones.values_list("voice_id", flat=True))
