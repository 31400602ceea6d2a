"""One week after another: what is due is done at its instant, people answer, files come in, a turn is taken."""

from __future__ import annotations

import csv
import heapq
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from regulars.simulate.live.play import Live

SETS = ("members", "consents", "visits", "lines", "spend")  # of a week, as they are read best
IMPORT_AT, TURN_AT, MORNING = clock_time(4), clock_time(4, 10), clock_time(10, 30)
Act = Callable[[datetime], None]


class Agenda:
    """What guests, staff and the operator are going to do, by instant; between them the worker does what is due."""

    def __init__(self) -> None:
        self._rows: list[tuple[datetime, int, Act]] = []
        self._count = 0

    def add(self, at: datetime, act: Act) -> None:
        """Let something happen at an instant."""
        self._count += 1
        heapq.heappush(self._rows, (at.astimezone(UTC), self._count, act))

    def run(self, until: datetime, after: Act) -> None:
        """Move the clock from one thing to the next up to an instant; ``after`` is called when the worker did any."""
        from regulars import clock, work

        now = clock.now()
        while True:
            due = work.next_due(now=now)
            first = self._rows[0][0] if self._rows else None
            at = min((max(each, now) for each in (due, first) if each is not None), default=None)
            if at is None or at >= until:
                break
            if at > now:
                clock.stop_at(at)
                now = at
            if first is not None and first <= now:
                while self._rows and self._rows[0][0] <= now:
                    heapq.heappop(self._rows)[2](now)
            elif work.do_due(now=now):
                after(now)
            else:
                now += timedelta(minutes=1)  # due, and nothing could be done about it yet
                clock.stop_at(now)
        clock.stop_at(max(now, until.astimezone(UTC)))


def play(live: Live, weeks: int) -> None:
    """Play so many weeks on, each with its progress on a terminal, and stand on the morning after the last."""
    from regulars import clock
    from regulars.web.commands.demo import results
    from regulars.web.commands.demo.guests import Guests
    from regulars.web.commands.demo.operating import Operating
    from regulars.web.progress import shown

    zone = live.zone
    began = time.monotonic()
    guests, operating = Guests(live), Operating(live)
    agenda = Agenda()
    with shown("play") as progress:
        for number in range(weeks):
            progress(f"week {live.week}", number / weeks)
            ends = live.begins + timedelta(days=7)
            guests.begin(agenda)
            operating.begin(agenda)
            agenda.run(datetime.combine(ends, IMPORT_AT, zone), lambda now: guests.hear(now, agenda))
            operating.changes()
            _bring(live.close(), ends, zone)
        guests.open(datetime.combine(live.begins, clock_time(9), zone), agenda)
        agenda.run(datetime.combine(live.begins, MORNING, zone), lambda now: guests.hear(now, agenda))
        live.save()
    results.keep(live, clock.now())
    if weeks:
        print(
            f"played {weeks} weeks in {time.monotonic() - began:.0f} s, to {live.begins - timedelta(days=1)}"
        )


def _bring(folder: Path, ends: date, zone: ZoneInfo) -> None:
    """The week's files through the importer's own call, added to what their names brought; then the turn."""
    from regulars import clock
    from regulars.gather.actions import bring
    from regulars.turn import turn

    now = clock.now()
    for name in SETS:
        file = folder / f"{name}.csv"
        if file.exists():
            map_text = resources.files("regulars.simulate").joinpath("maps", f"{name}.toml").read_text()
            bring(files=[file], map_text=map_text, name=name, append=True, now=now)
    _reviews(folder / "reviews.csv", now)
    at = datetime.combine(ends, TURN_AT, zone)
    clock.stop_at(at)
    turn(now=at.astimezone(UTC))


def _reviews(file: Path, now: datetime) -> None:
    """What was written in public, as the operator brings it from the platforms."""
    from regulars.listen.actions import bring_reviews

    with file.open(newline="", encoding="utf-8") as rows:
        bring_reviews(rows=enumerate(csv.DictReader(rows), 2), platform="platforms", now=now)
