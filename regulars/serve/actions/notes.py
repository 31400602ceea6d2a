"""Ten words about a guest, kept as said."""

from __future__ import annotations

from datetime import datetime

from regulars.core.refused import Refused
from regulars.gather.models import Visit
from regulars.serve.models import Note

LONGEST = 500  # characters


def note(
    *,
    key: str,
    text: str,
    store_id: str,
    staff_id: str,
    customer: int | None,
    visit: Visit | None,
    now: datetime,
) -> Note:
    """Keep a note by the key that the phone made; the same key gives the note that is there. Refuses no words."""
    said = " ".join(text.replace("\x00", "").split())
    if not said or len(said) > LONGEST:
        raise Refused("write a few words, at most %(most)d characters", most=LONGEST)
    row, _made = Note.objects.get_or_create(
        key=key,
        defaults={
            "customer": customer,
            "visit": visit,
            "store_id": store_id,
            "staff_id": staff_id,
            "text": said,
            "at": now,
        },
    )
    return row
