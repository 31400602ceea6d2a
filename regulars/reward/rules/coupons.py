"""When a coupon may be given and used, and what it takes off; why not is a code."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class Terms:
    """A coupon kind's terms: minor units or a share off, and when; ``stores`` empty means all, weekday 1 is Monday."""

    amount: int = 0
    share: float = 0.0
    least: int = 0
    weekdays: str = "1234567"
    most: int | None = None
    each: int = 1
    stores: Collection[str] = ()


def may_give(terms: Terms, *, given: int, had: int) -> str:
    """Empty if one more may be given, else why not: all_given, or enough (this customer had theirs)."""
    if terms.most is not None and given >= terms.most:
        return "all_given"
    return "enough" if had >= terms.each else ""


def may_use(
    terms: Terms, *, ends_at: datetime, used: bool, now: datetime, day: date, store_id: str, gross: int
) -> str:
    """Empty if the coupon may be used on an order, else why not: used, over, weekday, store or least.

    ``day`` is the order's business date, ``gross`` its money before this coupon in minor units.
    """
    if used:
        return "used"
    if now >= ends_at:
        return "over"
    if str(day.isoweekday()) not in terms.weekdays:
        return "weekday"
    if terms.stores and store_id not in terms.stores:
        return "store"
    return "least" if gross < terms.least else ""


def takes_off(terms: Terms, gross: int) -> int:
    """What it takes off an order, in minor units: the amount, or the share rounded down; never more than the order."""
    off = terms.amount or int(gross * terms.share + 1e-6)
    return max(0, min(off, gross))
