"""The one way to write to a guest: consent, cap, hold-out and quiet hours are asked here, whoever speaks."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from regulars.engage.actions import reach
from regulars.engage.actions.limits import limits
from regulars.engage.models import Entry, Limits, Message, Play, Touch
from regulars.engage.rules.consent import Choice
from regulars.engage.rules.quiet import next_allowed
from regulars.engage.rules.templates import render
from regulars.lake import head as heads

PURPOSES = ("marketing", "research", "service")


def post(
    *,
    key: str,
    customer: int,
    purpose: str,
    subject: str,
    body: str,
    due_at: datetime,
    now: datetime,
    channels: Sequence[str] = (),
    store_id: str = "",
    staff_id: str = "",
    play: Play | None = None,
    entry: Entry | None = None,
    facts: Mapping[str, Any] | None = None,
) -> Message:
    """Put one message into the outbox, or keep why it is spared; the same ``key`` gives the message that is there.

    ``channels``: the first with an address and a consent for ``purpose`` is taken, the others wait behind it (none
    given: all, as the catalogue has them). ``subject`` and ``body`` are sandboxed templates over ``facts``. It is due
    at ``due_at``, or when the person's quiet hours are over. Service passes the cap, the hold-out and an open
    complaint. Refuses an unknown purpose, and a template that ``rules.templates`` refuses.
    """
    if purpose not in PURPOSES:
        raise ValueError(f"a message is for one of {PURPOSES}, not for {purpose!r}")
    if there := Message.objects.filter(key=key).first():
        return there
    at_head = heads.read(settings.HOME / "lake").number
    subject, body = render(subject, facts or {}, one_line=True), render(body, facts or {})
    rules = limits()
    with transaction.atomic():
        Limits.objects.select_for_update().get(pk=1)  # two at once would each find the cap not reached
        person = reach.people(
            [customer], purpose=purpose, head=at_head, now=now, store_id=store_id, limits=rules
        )[customer]
        choice = person.choose(reach.ways(channels), now)
        reason = spared(person, purpose, choice, rules)
        message, made = Message.objects.get_or_create(
            key=key,
            defaults={
                "play": play,
                "entry": entry,
                "customer": customer,
                "channel": choice.channel,
                "others": list(choice.others),
                "purpose": purpose,
                "address_hash": choice.address_hash,
                "subject": subject[:200],
                "body": body,
                "store_id": store_id,
                "staff_id": staff_id,
                "state": Message.State.SPARED if reason else Message.State.WAITING,
                "reason": reason,
                "due_at": next_allowed(max(due_at, now), person.zone, rules.quiet_from, rules.quiet_until),
                "token": secrets.token_urlsafe(24),
            },
        )
        if made and reason:
            _keep(message, play, entry, now)
    return message


def spared(person: reach.Person, purpose: str, choice: Choice, rules: Limits) -> str:
    """Why somebody is not written to for this purpose; nothing where they are. Service asks for consent alone."""
    if choice.reason or purpose == "service":
        return choice.reason
    if person.complains:
        return "open_complaint"
    if purpose == "marketing" and person.held_out:
        return "brand_hold_out"
    if purpose == "marketing" and person.written >= rules.most:
        return "capped"
    return ""


def _keep(message: Message, play: Play | None, entry: Entry | None, now: datetime) -> None:
    """The touch that was not made, with its reason."""
    Touch.objects.get_or_create(
        key=f"message|{message.key}",
        defaults={
            "customer_id": message.customer,
            "play": play.name if play else message.key.partition("|")[0][:40],
            "arm": entry.arm if entry else "",
            "channel": message.channel,
            "state": "spared",
            "reason": message.reason,
            "at": now,
        },
    )
