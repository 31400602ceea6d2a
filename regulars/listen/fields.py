"""What complaints let a segment ask: an open one keeps all marketing away, the last one makes the recovery card."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from regulars.desk.bulk import chunks
from regulars.identify.actions import living, numbers_of_many
from regulars.know.field import Field, Read, Value
from regulars.know.fields import business_date
from regulars.listen.models import Complaint


def _complaints(numbers: Sequence[int] | None, head: int) -> list[tuple[int, Complaint]]:
    """Complaints with the living number of who complained, the earliest first; rows of aliases are theirs, too."""
    named = Complaint.objects.filter(voice__customer_id__isnull=False).select_related("voice")
    if numbers is None:
        rows = list(named)
    else:
        every = sorted({each for all_of in numbers_of_many(numbers, head=head).values() for each in all_of})
        rows = [row for chunk in chunks(every) for row in named.filter(voice__customer_id__in=chunk)]
    home = living({int(row.voice.customer_id or 0) for row in rows}, head=head)
    rows.sort(key=lambda row: (row.voice.at, row.pk))
    return [(home[int(row.voice.customer_id or 0)], row) for row in rows]


def _open(numbers: Sequence[int] | None, *, head: int, now: datetime) -> Mapping[int, Value]:
    """Who has a complaint that nobody closed yet: these are few, and asked of everybody who is written to."""
    rows = Complaint.objects.filter(state=Complaint.State.OPEN, voice__customer_id__isnull=False)
    spoke = set(rows.values_list("voice__customer_id", flat=True))
    if not spoke:
        return {}
    home = set(living([each for each in spoke if each is not None], head=head).values())
    asked = home if numbers is None else set(living(numbers, head=head).values())
    return dict.fromkeys(sorted(home & asked), True)


def _last(value: Callable[[Complaint], Any]) -> Read:
    def read(numbers: Sequence[int] | None, *, head: int, now: datetime) -> Mapping[int, Value]:
        return {number: value(row) for number, row in _complaints(numbers, head)}

    return read


FIELDS = [
    Field("open_complaint", "flag", _("has an open complaint"), _open),
    Field("last_complaint", "date", _("last complaint"), _last(lambda row: business_date(row.voice.at))),
    Field(
        "last_complaint_voice", "number", _("voice of the last complaint"), _last(lambda row: row.voice_id)
    ),
    Field(
        "last_complaint_dish",
        "text",
        _("dish of the last complaint"),
        _last(lambda row: row.voice.product_id),
    ),
]
