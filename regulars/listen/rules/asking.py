"""Who is asked, when a guest may be written to next, and how long a clock has run."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ONE_IN = 5  # visits that are asked about
ONCE_IN = timedelta(days=90)  # at most one question a customer
LOOK_BACK = timedelta(days=3)  # a visit longer ago is not asked about
OPEN_FOR = timedelta(days=14)  # how long an answer counts
AT = time(10, 30)  # the next day, where the store is
BEFORE_THE_BILL = timedelta(minutes=20)  # a manager stands at the table by then
CLIMBS = timedelta(minutes=20)  # a clock that ran out goes to the next level after as long again
LEVELS = ("shift_lead", "manager", "operator")
KEPT_WITHIN = timedelta(days=14)  # a promise, where nobody names a day


def drawn(salt: bytes, key: str, one_in: int = ONE_IN) -> bool:
    """Whether chance picks this order: the same answer for the same key, one in ``one_in`` over many.

    HMAC-SHA256 of the key under a salt nobody outside knows, so that neither staff nor guests can tell beforehand.
    """
    return _chance(salt, key) % one_in == 0


def pick(salt: bytes, key: str, names: Sequence[str]) -> str:
    """One of ``names``, by chance that stays the same for a key; drawn apart from whether it is asked at all."""
    return names[_chance(salt, f"which {key}") % len(names)]


def _chance(salt: bytes, key: str) -> int:
    digest = hmac.new(salt, f"ask {key}".encode(), hashlib.sha256).digest()
    return int.from_bytes(digest[:8], "big")


def next_day(at: datetime, zone: str) -> datetime:
    """Half past ten of the day after ``at``, by the clocks of ``zone``; UTC."""
    return _half_past_ten(at.astimezone(ZoneInfo(zone)).date() + timedelta(days=1), zone)


def writing_at(visited: datetime, now: datetime, zone: str) -> datetime:
    """When to write about a visit: half past ten the next day, or the next half past ten where that is over."""
    first = next_day(visited, zone)
    if first >= now:
        return first
    today = _half_past_ten(now.astimezone(ZoneInfo(zone)).date(), zone)
    return today if today >= now else next_day(now, zone)


def _half_past_ten(day: date, zone: str) -> datetime:
    return datetime.combine(day, AT, ZoneInfo(zone)).astimezone(UTC)


def climbed_to(due_at: datetime, now: datetime) -> str:
    """Whose an open complaint is: the shift lead's until its clock ran out, then the manager's, then the operator's."""
    if now < due_at:
        return LEVELS[0]
    return LEVELS[1] if now < due_at + CLIMBS else LEVELS[2]
