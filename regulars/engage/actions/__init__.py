"""What engage does: plays and who enters them, journeys step by step, and the one way to write to a guest."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from regulars.engage.actions import journeys, sending
from regulars.engage.actions.confirm import confirm, handed
from regulars.engage.actions.limits import limits, locked_limits, set_limits
from regulars.engage.actions.permissions import give_permission
from regulars.engage.actions.post import Letter, post, post_many
from regulars.engage.actions.unsubscribe import unsubscribe

__all__ = [
    "Letter",
    "confirm",
    "give_permission",
    "handed",
    "limits",
    "locked_limits",
    "next_due",
    "post",
    "post_many",
    "run_due",
    "set_limits",
    "unsubscribe",
]


def run_due(*, now: datetime, still: Callable[[], bool]) -> int:
    """Do what is due at ``now`` while ``still`` says so; how many things were done."""
    return journeys.run(now=now, still=still) + sending.run(now=now, still=still)


def next_due(*, now: datetime) -> datetime | None:
    """The earliest instant at which something is due; None when nothing waits."""
    times = (journeys.next_due(now=now), sending.next_due(now=now))
    return min((each for each in times if each), default=None)
