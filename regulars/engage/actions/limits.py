"""The one row of what holds for all plays together."""

from __future__ import annotations

import secrets
from datetime import time

from regulars.core.refused import Refused
from regulars.engage.models import Limits


def limits() -> Limits:
    """The brand's limits; made with their defaults, and a salt of their own, when they are first asked for."""
    row, _made = Limits.objects.get_or_create(pk=1, defaults={"salt": secrets.token_hex(16)})
    return row


def locked_limits() -> Limits:
    """The limits, locked until the transaction ends; call it in one.

    Whoever writes to guests takes this lock first: two at once would each find the cap, or a rest, not reached.
    """
    limits()
    return Limits.objects.select_for_update().get(pk=1)


def set_limits(
    *, hold_out: float, most: int, quiet_from: time, quiet_until: time, agree_above: int
) -> Limits:
    """Change the limits; the salt stays, so the hold-out keeps its people as far as its share allows.

    Refuses a hold-out below 1 % or above 5 %, and a cap or an amount below nothing.
    """
    if not 0.01 <= hold_out <= 0.05:
        raise Refused(
            "the brand's hold-out is between 1 and 5 percent of customers, not %(share)s",
            share=f"{100 * hold_out:g}",
        )
    if most < 0 or agree_above < 0:
        raise Refused("a cap and an amount are not below nothing")
    limits()
    Limits.objects.filter(pk=1).update(
        hold_out=hold_out, most=most, quiet_from=quiet_from, quiet_until=quiet_until, agree_above=agree_above
    )
    return limits()
