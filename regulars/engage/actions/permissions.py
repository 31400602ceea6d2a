"""Taps of permission in the mini-program: each pays for one message, and none is ever spent twice or on credit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Count

from regulars.core.refused import Refused
from regulars.engage.models import Message, Permission
from regulars.gather.models import Identifier


def give_permission(
    *, address_hash: str, template: str, key: str, now: datetime, address: str = ""
) -> Permission:
    """Keep one tap; the same ``key`` is the same tap. ``address``, the openid itself, is kept to send to: desk only.

    Refuses a tap without a template or key, and a key that another address used.
    """
    if not template or not key or len(template) > 60 or len(key) > 120:
        raise Refused("a tap of permission has a template (60 characters) and a key (120)")
    row, _made = Permission.objects.get_or_create(
        key=key, defaults={"address_hash": address_hash, "template": template, "given_at": now}
    )
    if (row.address_hash, row.template) != (address_hash, template):
        raise Refused("the key %(key)s was used for another tap", key=key)
    if address:
        Identifier.objects.get_or_create(
            identifier_hash=address_hash, defaults={"identifier_type": "wechat_openid", "value": address}
        )
    return row


def spend(*, message: Message, template: str) -> bool:
    """Take one unused tap of this address for the message, the oldest first; a message takes one only once.

    Compare-and-set on the tap, so that of any number who spend at once each gets another one, or none.
    """
    if Permission.objects.filter(used_by=message).exists():
        return True
    mine = Permission.objects.filter(address_hash=message.address_hash, template=template, used_by=None)
    while True:
        first = mine.order_by("given_at", "pk").values_list("pk", flat=True).first()
        if first is None:
            return False
        if Permission.objects.filter(pk=first, used_by=None).update(used_by=message):
            return True


def give_back(messages: Sequence[int]) -> int:
    """Free the taps of messages (by key of the row) that were not sent after all; how many."""
    return Permission.objects.filter(used_by__in=messages).update(used_by=None)


def left(address_hashes: Sequence[str], template: str) -> dict[str, int]:
    """Unused taps by address, of those who have any."""
    rows = Permission.objects.filter(address_hash__in=address_hashes, template=template, used_by=None)
    return dict(rows.order_by().values_list("address_hash").annotate(Count("pk")))
