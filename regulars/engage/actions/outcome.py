"""What became of a message, written with its touch in one transaction, and the next channel where there is one."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction

from regulars.engage.actions import reach
from regulars.engage.actions.limits import limits
from regulars.engage.actions.permissions import give_back
from regulars.engage.models import Message, Touch
from regulars.engage.rules.keys import speaker
from regulars.engage.rules.leaving import key_on
from regulars.engage.rules.quiet import next_allowed
from regulars.engage.rules.spare import refrain
from regulars.lake import head as heads

State = Message.State


def touch(messages: Iterable[Message], *, state: str, at: datetime, reason: str = "") -> None:
    """Keep one touch for each message that came to its end; a second one for the same message is passed over."""
    Touch.objects.bulk_create(
        (
            Touch(
                key=f"message|{each.key}",
                customer_id=each.customer,
                play=each.play.name if each.play else speaker(each.key),
                arm=each.entry.arm if each.entry else "",
                channel=each.channel,
                state=state,
                reason=reason,
                at=at,
            )
            for each in messages
        ),
        ignore_conflicts=True,
    )


@transaction.atomic
def end(
    messages: Sequence[Message],
    *,
    was: str,
    becomes: str,
    now: datetime,
    claimed_by: str = "",
    reason: str = "",
    delivered: str = "",
    error: str = "",
) -> int:
    """Bring messages from one state to their end, with a touch each; how many still stood where they ``was``.

    Only rows in the state ``was`` (and of the claim, where one is named) are taken: who comes second changes nothing.
    """
    standing = Message.objects.filter(pk__in=[each.pk for each in messages], state=was)
    if claimed_by:
        standing = standing.filter(claimed_by=claimed_by)
    keys = set(standing.select_for_update().values_list("pk", flat=True))
    mine = [each for each in messages if each.pk in keys]
    Message.objects.filter(pk__in=keys).update(
        state=becomes,
        reason=reason,
        delivered=delivered,
        error=error[:200],
        sent_at=now if becomes == State.SENT else None,
    )
    if becomes == State.SPARED:
        give_back(list(keys))
    touch(mine, state=becomes, at=now, reason=reason)
    return len(mine)


def fall_back(message: Message, *, now: datetime) -> Message | None:
    """The row on the next of its channels on which the person may be written to, made once; None where there is none.

    Call it in the transaction that ends the message: the cap, a complaint and consent are asked anew.
    """
    if not message.others or message.customer is None:
        return None
    rules = limits()
    head = heads.read(settings.HOME / "lake").number
    asked = [message.customer]
    person = reach.people(asked, purpose=message.purpose, head=head, now=now, limits=rules)[message.customer]
    choice = person.choose(reach.ways(message.others), now)
    if refrain(
        message.purpose,
        unreachable=choice.reason,
        held_out=person.held_out,
        complains=person.complains,
        written=person.written,
        most=rules.most,
    ):
        return None
    token = secrets.token_urlsafe(24)
    made, _new = Message.objects.get_or_create(
        key=key_on(message.key, choice.channel),
        defaults={
            "play": message.play,
            "entry": message.entry,
            "customer": message.customer,
            "channel": choice.channel,
            "others": list(choice.others),
            "purpose": message.purpose,
            "address_hash": choice.address_hash,
            "subject": message.subject,
            "body": message.body.replace(message.token, token) if message.token else message.body,
            "store_id": message.store_id,
            "due_at": next_allowed(now, person.zone, rules.quiet_from, rules.quiet_until),
            "token": token,
        },
    )
    return made
