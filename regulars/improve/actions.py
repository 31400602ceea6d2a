"""What improve does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime


def run_due(*, now: datetime, still: Callable[[], bool]) -> int:
    """Do what is due at ``now`` while ``still`` says so; how many things were done."""
    return 0


def next_due(*, now: datetime) -> datetime | None:
    """The earliest instant at which something is due; None when nothing waits."""
    return None
