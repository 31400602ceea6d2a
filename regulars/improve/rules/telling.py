"""Who is told in which wave, and who is not told and why: nobody is held out, chance only decides the week."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from hashlib import sha256

FROM, EACH, MOST = 20, 10, 4  # people from which there are waves, at least in one, waves at most
APART = timedelta(days=7)

ERASED, SAID_NO, NOT_ASKED, ALREADY_BACK = "erased", "said_no", "not_asked", "already_back"


def waves(people: int) -> int:
    """How many waves: one below twenty people, then one for each ten, at most four."""
    return 1 if people < FROM else min(MOST, people // EACH)


def drawn(salt: str, customers: Sequence[int]) -> dict[int, int]:
    """Each customer's wave, 0 first: in the order of HMAC-SHA256(salt, customer), cut into equal parts.

    The order follows from the salt alone, so nobody chose it and anybody can repeat it.
    """
    order = sorted(customers, key=lambda each: (_chance(salt, each), each))
    many = waves(len(order))
    return {customer: place * many // len(order) for place, customer in enumerate(order)}


def _chance(salt: str, customer: int) -> bytes:
    return hmac.new(salt.encode(), str(customer).encode(), sha256).digest()


def due(starts_at: datetime, wave: int) -> datetime:
    """When a wave is told: a week after the one before."""
    return starts_at + wave * APART


def skipped(*, known: bool, said: str, last_day: date | None, begins_on: date) -> str:
    """Why somebody is not told, a code; empty when they are.

    ``known``: some identifier still leads to them. ``said``: their answer to "may we tell you?". Who came on or after
    the day the change began has seen it for themselves.
    """
    if not known:
        return ERASED
    if said == "no":
        return SAID_NO
    if last_day is not None and last_day >= begins_on:
        return ALREADY_BACK
    return ""


def why_not_sent(reason: str, asked: bool) -> str:
    """The outbox's reason as this stage keeps it: no consent of somebody who was never asked is ``not_asked``."""
    return NOT_ASKED if reason == "no_consent" and not asked else reason
