"""Messages that staff send by hand: on their list until one of them confirms, on the next channel after 17:00."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from regulars.brand.actions import the_brand
from regulars.brand.models import Store
from regulars.core.refused import Refused
from regulars.desk.spans import CHUNK
from regulars.engage.actions.outcome import end, fall_back, touch
from regulars.engage.models import Message, Play
from regulars.know.actions.segments import flagged
from regulars.lake import head as heads

State = Message.State
# A stopped play rests: what waits of it, or is with staff, is neither sent nor given up until it runs again or ends.
MOVING = Q(play=None) | Q(play__state__in=(Play.State.RUNNING, Play.State.ENDED))


def zone_of(store_id: str) -> str:
    """The time zone of a store, or of the brand."""
    store = Store.objects.filter(pk=store_id).values_list("time_zone", flat=True).first()
    return store or the_brand().time_zone


def _with_staff() -> QuerySet[Message]:
    return Message.objects.filter(Q(play=None) | Q(play__state=Play.State.RUNNING), state=State.HANDED)


def handed(*, stores: Sequence[str] | None, now: datetime) -> list[Message]:
    """Messages that wait for a colleague of these stores (None: of all), the next due first.

    Whoever complains by now is left out, but for service: nobody is to be written to over an open complaint.
    """
    rows = _with_staff() if stores is None else _with_staff().filter(store_id__in=stores)
    found = list(rows.select_related("play").order_by("due_at", "pk")[:CHUNK])
    numbers = sorted({each.customer for each in found if each.customer is not None})
    head = heads.read(settings.HOME / "lake").number
    complains = flagged("open_complaint", numbers, head=head, now=now) if numbers else frozenset()
    return [each for each in found if each.purpose == "service" or each.customer not in complains]


@transaction.atomic
def confirm(*, message: int, staff_id: str, now: datetime) -> bool:
    """A colleague says that they sent it: it is sent, once; False when it was confirmed before.

    Refuses a message that is with nobody any more (after 17:00 it went another way).
    """
    rows = Message.objects.filter(pk=message, state=State.HANDED)
    taken = rows.update(state=State.SENT, sent_at=now, delivered="staff", staff_id=staff_id)
    row = Message.objects.select_related("play", "entry").filter(pk=message).first()
    if taken and row:
        touch([row], state=State.SENT, at=now)
        return True
    if row and row.state == State.SENT and row.delivered == "staff":
        return False
    raise Refused("this message is no longer with staff; it was not confirmed in time")


def expire(*, now: datetime, still: Callable[[], bool]) -> int:
    """Give up what nobody confirmed in time, and write on the next channel where the person agreed; how many."""
    done = 0
    due = Message.objects.filter(MOVING, state=State.HANDED, due_at__lte=now)
    for message in due.select_related("play", "entry").order_by("due_at", "pk")[:CHUNK]:
        if not still():
            break
        ended = bool(message.play and message.play.state == Play.State.ENDED)
        with transaction.atomic():
            reason = "stopped" if ended else "unconfirmed"
            if end([message], was=State.HANDED, becomes=State.SPARED, reason=reason, now=now):
                done += 1
                if not ended:
                    fall_back(message, now=now)
    return done
