"""When an order was made by the party that sat at its table."""

from __future__ import annotations

from datetime import datetime, timedelta

BEFORE, AFTER = 15, 30  # minutes: clocks differ, and who has paid sits a while
LONGEST = 4  # hours of a sitting that nobody ended


def while_they_sat(at: datetime, begins: datetime, ends: datetime | None) -> bool:
    """Whether ``at`` is from 15 minutes before guests sat down until 30 after they left, four hours if nobody said."""
    last = ends + timedelta(minutes=AFTER) if ends else begins + timedelta(hours=LONGEST)
    return begins - timedelta(minutes=BEFORE) <= at <= last
