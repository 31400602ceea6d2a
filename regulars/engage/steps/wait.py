"""Waits: until the brand's day for newcomers, the customer's own, a number of days, a time of day.

A wait that a play begins with says when a person enters: on its day, so that nobody is counted who came back before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import ClassVar
from zoneinfo import ZoneInfo

from regulars.core.refused import Refused
from regulars.engage.rules.quiet import at_time
from regulars.engage.step import Next, Standing, setting

UNTIL = ("curve", "rhythm", "visit", "days", "time")
DATED = ("curve", "rhythm", "visit")  # those that name a day of the customer's own


@dataclass(frozen=True)
class Wait:
    """Nothing happens until then."""

    name: ClassVar[str] = "wait"
    label: ClassVar[str] = "wait"
    touches: ClassVar[bool] = False

    until: str = setting("until", "days", choices=UNTIL)
    days: int = setting("days", 0)  # with visit: after the last visit; with days: after the step before
    at: str = setting("time of day", "")  # hh:mm in the person's zone

    def check(self, kinds: Mapping[str, str]) -> None:
        """Refuse days below nothing or beyond two years, and a time that is none."""
        if not 0 <= self.days <= 730:
            raise Refused("a wait takes 0 to 730 days, not %(days)d", days=self.days)
        if self.until == "time" and not self.at:
            raise Refused("a wait until a time of day needs the time, such as 10:30")
        self.clock()

    def clock(self) -> time | None:
        try:
            return time.fromisoformat(self.at) if self.at else None
        except ValueError:
            raise Refused("%(at)s is no time of day; write it as 10:30", at=self.at) from None

    def day(self, standing: Standing) -> date | None:
        """The day of the customer's own that a dated wait names; None where it cannot be told."""
        after = {"curve": standing.due_day, "rhythm": standing.late_after, "visit": self.days}[self.until]
        begins = standing.first_day if self.until == "curve" else standing.last_day
        return begins + timedelta(days=after) if begins is not None and after is not None else None

    def due(self, standing: Standing, now: datetime) -> datetime:
        """The instant that the settings name, never before ``now``; a day nobody can tell is now."""
        clock = self.clock()
        begins = now + timedelta(days=self.days if self.until == "days" else 0)
        if self.until in DATED and (day := self.day(standing)) is not None:
            begins = max(now, datetime.combine(day, time(0), ZoneInfo(standing.zone)).astimezone(UTC))
        return at_time(begins, standing.zone, clock) if clock else begins

    def do(self, those: Sequence[Standing], now: datetime) -> Sequence[Next]:
        """Go on."""
        return [Next() for _each in those]


STEP = Wait
