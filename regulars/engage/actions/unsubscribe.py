"""The way out: every message but service has a link; opening it does nothing, its button withdraws consent."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction

from regulars.engage.models import Message
from regulars.engage.rules.leaving import with_way_out
from regulars.gather.models import Consent

SOURCE = "unsubscribe"


def link(token: str) -> str:
    """The public address of a message's page of leaving."""
    return f"{settings.PUBLIC_URL}/u/{token}"


def body_with_link(body: str, purpose: str, token: str) -> str:
    """A body as it is read: with its way out, unless it is service, which nobody asked to be sent."""
    return body if purpose == "service" else with_way_out(body, link(token))


def message_of(token: str) -> Message | None:
    """The message whose link this is; None for a link that nobody was sent."""
    return Message.objects.filter(token=token).first() if token else None


@transaction.atomic
def unsubscribe(*, token: str, now: datetime) -> int:
    """Withdraw what the message was sent under, on every channel its address agreed to; how many consents that was.

    0 for a link nobody was sent, and when it was all withdrawn before: asking twice is asking once.
    """
    message = message_of(token)
    if message is None or not message.address_hash:
        return 0
    words: dict[str, str] = {message.channel: ""}
    rows = Consent.objects.filter(address_hash=message.address_hash, purpose=message.purpose, at__lte=now)
    for row in rows.order_by("at", "state", "pk"):
        words[row.channel] = row.state
    withdrawn = 0
    for channel in sorted(name for name, state in words.items() if state != "withdrawn"):
        _row, made = Consent.objects.get_or_create(
            address_hash=message.address_hash,
            channel=channel,
            purpose=message.purpose,
            source=SOURCE,
            at=now,
            defaults={"state": "withdrawn", "evidence": f"message {message.key}"[:200]},
        )
        withdrawn += made
    return withdrawn
