"""What reward does: points in and out of the book, coupons given and used, and what runs out by itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from regulars.reward.actions.coupons import give, use
from regulars.reward.actions.earn import Sold, earn, present, reverse, terms_of_programme
from regulars.reward.actions.since import earn_since
from regulars.reward.actions.spend import expire, next_expiry, redeem
from regulars.reward.actions.told import Balance, balance, differences, programme, standing, statement

__all__ = [
    "Balance",
    "Sold",
    "balance",
    "differences",
    "earn",
    "earn_since",
    "expire",
    "give",
    "next_due",
    "present",
    "programme",
    "redeem",
    "reverse",
    "run_due",
    "standing",
    "statement",
    "terms_of_programme",
    "use",
]


def run_due(*, now: datetime, still: Callable[[], bool]) -> int:
    """Let points run out whose time is over; how many entries that made."""
    return expire(now=now, still=still)


def next_due(*, now: datetime) -> datetime | None:
    """When the next points run out; None while none are left that will."""
    return next_expiry()
