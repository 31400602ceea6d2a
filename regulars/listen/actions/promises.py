"""The day after a complaint: may we tell you when it is mended? A yes is a promise with a due date."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from regulars.brand.actions import the_brand
from regulars.brand.models import Staff, Store
from regulars.core.refused import Refused
from regulars.desk.bulk import chunks
from regulars.engage.actions import post
from regulars.engage.models import Message
from regulars.identify.actions import living
from regulars.lake import head as heads
from regulars.listen.actions.addresses import address_of
from regulars.listen.models import Complaint, Promise
from regulars.listen.rules import asking, letters

OFFERED_WITHIN = timedelta(days=3)  # of the due instant; a complaint that came later by file is not dug up


def offer_due(*, now: datetime, still: Callable[[], bool]) -> int:
    """Write to everybody whose complaint was heard the day before, once, as a service; how many were written to.

    It waits for half past ten where the store is. Nobody is written to who cannot be named or has no consent for
    service, and a complaint about which nothing could be written is kept with its reason in the outbox.
    """
    written = 0
    for complaint in _waiting(now):
        if not still():
            break
        if _due_at(complaint) <= now:
            written += _offer(complaint, now)
    return written


def next_due(*, now: datetime) -> datetime | None:
    """When the next complaint's guest is written to; None where none waits."""
    return min((_due_at(each) for each in _waiting(now)), default=None)


def _waiting(now: datetime) -> list[Complaint]:
    since = now - OFFERED_WITHIN - timedelta(days=2)
    rows = Complaint.objects.filter(voice__at__gt=since, voice__customer_id__isnull=False)
    rows = rows.filter(voice__promise=None).select_related("voice").order_by("voice__at", "pk")
    found = {message_key(row.voice_id): row for row in rows}
    spoken: set[str] = set()
    for chunk in chunks(found):
        spoken.update(Message.objects.filter(key__in=chunk).values_list("key", flat=True))
    return [row for key, row in found.items() if key not in spoken]


def message_key(voice_id: int) -> str:
    """The outbox key of the letter about a voice."""
    return f"promise {voice_id}"


def _due_at(complaint: Complaint) -> datetime:
    return asking.next_day(complaint.voice.at, _zone(complaint.voice.store_id))


def _zone(store_id: str) -> str:
    store = Store.objects.filter(code=store_id).first()
    return (store and store.time_zone) or the_brand().time_zone


def _offer(complaint: Complaint, now: datetime) -> int:
    voice, token = complaint.voice, secrets.token_urlsafe(24)
    brand = the_brand()
    store = Store.objects.filter(code=voice.store_id).first()
    staff = Staff.objects.filter(code=voice.staff_id).first() if voice.staff_id else None
    subject, body = letters.letter("promise", brand.region)
    head = heads.read(settings.HOME / "lake").number
    customer = int(voice.customer_id or 0)
    facts = {
        "store": store.name if store else voice.store_id,
        "staff": staff.name if staff else "",
        "link": address_of("promise", token),
    }
    with transaction.atomic():
        message = post(
            key=message_key(voice.pk),
            customer=living([customer], head=head)[customer],
            purpose="service",
            subject=subject,
            body=body,
            due_at=_due_at(complaint),
            now=now,
            store_id=voice.store_id,
            staff_id=voice.staff_id,
            facts=facts,
        )
        if message.state == Message.State.SPARED or token not in message.body:
            return 0
        Promise.objects.create(voice=voice, asked_at=message.due_at, token=token)
    return 1


def say(*, promise: Promise, yes: bool, now: datetime) -> Promise:
    """Keep what the guest said, once; a yes is due 14 days later, by the store's calendar.

    Saying the same again changes nothing. Refuses another answer after the first: somebody may have acted on it.
    """
    said, due_on = ("yes", _today(promise, now) + asking.KEPT_WITHIN) if yes else ("no", None)
    Promise.objects.filter(pk=promise.pk, said="").update(said=said, said_at=now, due_on=due_on)
    promise.refresh_from_db()
    if promise.said != said:
        raise Refused("this was answered before; call the store if you have changed your mind")
    return promise


def _today(promise: Promise, now: datetime) -> date:
    return now.astimezone(ZoneInfo(_zone(promise.voice.store_id))).date()
