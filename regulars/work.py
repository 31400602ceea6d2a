"""What falls due, minute by minute: rows in tables say it, a process of its own does it, under a lock."""

from __future__ import annotations

import logging
import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time
from importlib import import_module
from pathlib import Path
from zoneinfo import ZoneInfo

from regulars.core import processes

log = logging.getLogger(__name__)
TURN_AT = clock_time(
    4, 10
)  # in the brand's time zone: the day before is over everywhere, nobody is at the desk yet
# What a stage has to do by itself lies in its ``actions``: ``run_due(now=, still=)`` and ``next_due(now=)``.
STAGES = ("identify", "engage", "reward", "serve", "listen", "improve")
LOOK = 1.0  # seconds between two looks at the tables
LONGEST_RUN = 6 * 3600.0  # seconds; nothing that is due takes as long
NICE = 10  # a turn never takes the processor from a page


@dataclass(frozen=True)
class Seen:
    """What the tables say: the imports waiting, what landed last, and the last turn that ended."""

    time_zone: str
    waiting: tuple[int, ...] = ()
    landed: int = 0  # the highest landing of an import, 0 when there is none
    turned: int = 0  # the landing of the last turn that ended, 0 when there is none
    turned_at: datetime | None = None


@dataclass(frozen=True)
class Due:
    """One thing to do now, and why; ``arguments`` is the command that does it if it still has to be done."""

    arguments: tuple[str, ...]
    why: str


def due(seen: Seen, *, now: datetime) -> list[Due]:
    """What has to be done at ``now`` (UTC), first things first: the imports that wait, then a turn.

    A turn is due when an import landed after the last one, and once a day from 04:10 of the brand's time zone
    on, because recency moves with the date; never while nothing was ever imported, nor before what waits is in.
    """
    if seen.waiting:
        return [Due(("import", "--waiting", str(each)), "a file waits") for each in seen.waiting]
    if not seen.landed:
        return []
    turn = ("turn", "--if-due")
    if seen.turned_at is None:
        return [Due(turn, "the first import landed")]
    if seen.landed > seen.turned:
        return [Due(turn, "an import landed since the last turn")]
    if seen.turned_at < day_began(now, seen.time_zone):
        return [Due(turn, "a new day began")]
    return []


def day_began(now: datetime, time_zone: str) -> datetime:
    """The last instant (UTC) at or before ``now`` at which the brand's clocks showed 04:10."""
    zone = ZoneInfo(time_zone)
    day = now.astimezone(zone).date()
    began = datetime.combine(day, TURN_AT, zone).astimezone(UTC)
    if began > now:
        began = datetime.combine(day - timedelta(days=1), TURN_AT, zone).astimezone(UTC)
    return began


def pause(failures: int) -> timedelta:
    """How long to leave alone what failed so many times in a row: 1, 2, 4 … at most 60 minutes."""
    return timedelta(minutes=min(2 ** (failures - 1), 60)) if failures else timedelta(0)


def look() -> Seen:
    """Read what is due from the tables.

    An import waits, too, when it was killed while it landed and its files are still there.
    """
    from django.db.models import Max

    from regulars import settings
    from regulars.brand.models import Brand
    from regulars.gather.models import Import
    from regulars.measure.models import Turn

    state = Import.State
    open_ones = Import.objects.filter(state__in=(state.WAITING, state.LOADING, state.STOPPED))
    keys = open_ones.order_by("started_at", "id").values_list("pk", "state")
    landed = Import.objects.filter(state__in=(state.LANDED, state.REPLACED))
    turn = Turn.objects.filter(ended_at__isnull=False).order_by("-batch").first()
    brand = Brand.objects.filter(pk=1).first() or Brand()
    folder = settings.HOME / "waiting"
    return Seen(
        time_zone=brand.time_zone,
        waiting=tuple(key for key, at in keys if at == state.WAITING or (folder / str(key)).is_dir()),
        landed=landed.aggregate(last=Max("batch"))["last"] or 0,
        turned=turn.batch if turn else 0,
        turned_at=turn.started_at if turn else None,
    )


def do_due(*, now: datetime, still: Callable[[], bool] = lambda: True) -> int:
    """Do what is due at ``now`` in every stage, as long as ``still`` says so; how many things it was.

    Each thing is claimed in its row first, so two that call this at once share the work and do nothing twice.
    """
    from regulars.brand.actions import brand_held

    done = 0
    with brand_held():
        for stage in STAGES:
            if still():
                done += import_module(f"regulars.{stage}.actions").run_due(now=now, still=still)
    return done


def next_due(*, now: datetime) -> datetime | None:
    """The earliest instant at or after ``now`` at which a stage has something to do; None when nothing waits."""
    from regulars.brand.actions import brand_held

    first: datetime | None = None
    with brand_held():
        for stage in STAGES:
            at = import_module(f"regulars.{stage}.actions").next_due(now=now)
            if at is not None and at <= now:
                return now
            first = min(at, first) if at and first else at or first
    return first


def sweep(folder: Path, before: float) -> int:
    """Remove what killed runs left in the scratch folder before an instant (seconds of the epoch); how much it was.

    A run empties its own; what is younger may belong to one that still runs.
    """
    old = [path for path in folder.iterdir() if path.lstat().st_mtime < before]
    for path in old:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    return len(old)


def work(*, stop: threading.Event, clock: Callable[[], datetime], say: Callable[[str], None]) -> None:
    """Do what falls due, one thing at a time, until ``stop`` is set; what runs then is ended, and done later.

    ``clock`` gives the brand's instant, ``say`` takes a line for whoever watches. Each thing is done by a niced
    child that takes a lock, looks again whether it is still due, and does it: two workers never do the same
    thing twice, and what a killed one held is free. What fails is left alone for a while, longer each time.
    """
    from django.db import connection

    from regulars import settings

    sweep(settings.FILE_UPLOAD_TEMP_DIR, time.time() - LONGEST_RUN)
    failures: dict[tuple[str, ...], int] = {}
    rest_until: dict[tuple[str, ...], float] = {}
    while not stop.is_set():
        _tell_due(clock, stop, say)
        tasks = due(look(), now=clock())
        connection.close()
        task = next((each for each in tasks if time.monotonic() >= rest_until.get(each.arguments, 0.0)), None)
        if task is None:
            stop.wait(LOOK)
            continue
        say(f"{task.why}: {task.arguments[0]}")
        if _do(task, stop, lambda: _tell_due(clock, stop, say)):
            failures.pop(task.arguments, None)
        elif not stop.is_set():
            failures[task.arguments] = failures.get(task.arguments, 0) + 1
            rest = pause(failures[task.arguments])
            rest_until[task.arguments] = time.monotonic() + rest.total_seconds()
            say(f"{task.arguments[0]} failed; if it is still due, the next try is in {rest}")


def _tell_due(clock: Callable[[], datetime], stop: threading.Event, say: Callable[[str], None]) -> None:
    """Do what is due, and never let one thing that fails keep the rest from being done."""
    try:
        if done := do_due(now=clock(), still=lambda: not stop.is_set()):
            say(f"{done} things were due and are done")
    except Exception as error:  # the worker outlives whatever one row does to it; the row stays as it was
        log.exception("what was due could not be done")
        say(f"what was due could not be done: {error}")


def _do(task: Due, stop: threading.Event, meanwhile: Callable[[], None]) -> bool:
    """Run a task in a niced child; whether it ended well. Messages and cards do not wait for it."""
    child = processes.start(*task.arguments, nice=NICE)
    try:
        looked = time.monotonic()
        while child.poll() is None and not stop.wait(0.1):
            if time.monotonic() - looked >= LOOK:
                meanwhile()
                looked = time.monotonic()
    finally:
        processes.end([child])
    return child.returncode == 0
