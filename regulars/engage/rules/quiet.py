"""When nobody is written to: the night of the person, not of the brand."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo


def next_allowed(at: datetime, zone: str, begins: time, ends: time) -> datetime:
    """The first instant (UTC) at or after ``at`` outside the quiet hours from ``begins`` to ``ends`` in ``zone``.

    Equal hours mean that there are none. ``ends`` itself is allowed, ``begins`` is not.
    """
    if begins == ends:
        return at
    there = at.astimezone(ZoneInfo(zone))
    clock = there.time().replace(tzinfo=None)
    over_night = begins > ends
    quiet = (clock >= begins or clock < ends) if over_night else begins <= clock < ends
    if not quiet:
        return at
    day = there.date() + timedelta(days=1 if over_night and clock >= begins else 0)
    return datetime.combine(day, ends, ZoneInfo(zone)).astimezone(UTC)


def at_time(at: datetime, zone: str, clock: time) -> datetime:
    """The first instant (UTC) at or after ``at`` when the clocks of ``zone`` show ``clock``."""
    there = at.astimezone(ZoneInfo(zone))
    found = datetime.combine(there.date(), clock, ZoneInfo(zone))
    if found < there:
        found = datetime.combine(there.date() + timedelta(days=1), clock, ZoneInfo(zone))
    return found.astimezone(UTC)
