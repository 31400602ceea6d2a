"""People enter plays on their day and go on step by step; two workers never do the same step twice."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Min, QuerySet

from regulars.brand.actions import the_brand
from regulars.core.refused import Refused
from regulars.desk.bulk import chunks
from regulars.desk.spans import CHUNK
from regulars.engage.actions import reach
from regulars.engage.actions.dry_run import Line, judged, opening, touch_key
from regulars.engage.actions.limits import limits
from regulars.engage.actions.plays import end
from regulars.engage.actions.standing import standing, steps_of
from regulars.engage.models import Entry, Play, Touch
from regulars.engage.rules.arms import TREATED
from regulars.engage.step import Next, Standing, Step
from regulars.know.fields import business_date
from regulars.lake import head as heads

log = logging.getLogger(__name__)
ENTERS_AT = time(6)  # in the brand's zone: the turn of 04:10 is done, nobody is at the desk yet
AT_ONCE = 100  # people of one step in one transaction


def enter(play: Play, *, now: datetime, still: Callable[[], bool] = lambda: True) -> int:
    """Let those enter who are due at ``now``, as the dry run lists them; how many were judged.

    Each is written once, whoever asks again: an entry with its arm, or the touch with its reason.
    """
    at_head = heads.read(settings.HOME / "lake").number
    lines, people = judged(play, head=at_head, now=now)
    steps = steps_of(play)
    for chunk in chunks(lines):
        if not still():
            return 0
        _write(play, steps, chunk, people, at_head, now)
    with transaction.atomic():
        Play.objects.filter(pk=play.pk, state=Play.State.RUNNING).update(looked_on=business_date(now))
    return len(lines)


def _write(
    play: Play,
    steps: Sequence[Step],
    lines: Sequence[Line],
    known: Mapping[int, reach.Person],
    at_head: int,
    now: datetime,
) -> None:
    """Write up to 500 lines: entries with their arms, and a touch for each who is spared or held back."""
    today, first = business_date(now), 1 if opening(steps) else 0
    treated = [line.customer for line in lines if line.arm == TREATED]
    people = {number: known[number] for number in treated}
    before = standing(
        play, people, dict.fromkeys(treated), dict.fromkeys(treated, first), head=at_head, now=now
    )
    entries = []
    for line in (each for each in lines if each.arm):
        goes = line.arm == TREATED and first < len(steps)
        entries.append(
            Entry(
                play=play,
                customer=line.customer,
                arm=line.arm,
                entered_at=now,
                entered_on=today,
                step=first,
                state=Entry.State.GOING if goes else Entry.State.DONE,
                due_at=steps[first].due(before[line.customer], now) if goes else None,
            )
        )
    touches = [
        Touch(
            key=touch_key(play, line.customer),
            customer_id=line.customer,
            play=play.name,
            arm=line.arm,
            state=line.what,
            reason=line.reason,
            at=now,
        )
        for line in lines
        if line.what != "enter"
    ]
    with transaction.atomic():
        Entry.objects.bulk_create(entries, ignore_conflicts=True)
        Touch.objects.bulk_create(touches, ignore_conflicts=True)


def advance(*, now: datetime, still: Callable[[], bool] = lambda: True) -> int:
    """Do every step that is due in running plays, and those that fall due at once behind it; how many were done."""
    done = 0
    while still():
        due = list(_due(now).order_by("due_at", "pk")[:CHUNK])
        if not due:
            break
        groups: dict[tuple[int, int], list[Entry]] = defaultdict(list)
        for entry in due:
            groups[entry.play_id, entry.step].append(entry)
        moved = 0
        for (play, _position), entries in sorted(groups.items()):
            for chunk in chunks(entries, AT_ONCE):
                if not still():
                    return done + moved
                moved += _advance(Play.objects.get(pk=play), chunk, now)
        if not moved:  # another worker has them
            break
        done += moved
    return done


def _due(now: datetime) -> QuerySet[Entry]:
    return Entry.objects.filter(
        state=Entry.State.GOING, due_at__lte=now, arm=TREATED, play__state=Play.State.RUNNING
    )


def _advance(play: Play, entries: Sequence[Entry], now: datetime) -> int:
    """Do one step for up to 100 entries that stand before it; what is refused for one leaves the others as they are."""
    try:
        return _step(play, entries, now)
    except Refused as refused:
        if len(entries) > 1:
            return sum(_advance(play, [each], now) for each in entries)
        log.warning("play %s, step %s: %s", play.name, entries[0].step, refused)
        with transaction.atomic():
            out = {"state": Entry.State.LEFT, "why": str(refused)[:80], "due_at": None}
            return Entry.objects.filter(pk=entries[0].pk, state=Entry.State.GOING).update(**out)


def _step(play: Play, entries: Sequence[Entry], now: datetime) -> int:
    """One step, in one transaction with moving on those whom nobody else has moved; how many they were."""
    at_head, position, steps = heads.read(settings.HOME / "lake").number, entries[0].step, steps_of(play)
    numbers = {entry.customer: entry for entry in entries}
    people = reach.people(list(numbers), purpose="", head=at_head, now=now, limits=limits())
    before = standing(play, people, dict(numbers), dict.fromkeys(numbers, position), head=at_head, now=now)
    with transaction.atomic():
        if not Play.objects.filter(pk=play.pk, state=Play.State.RUNNING).exists():
            return 0
        mine = _claim(entries)
        step = steps[position] if position < len(steps) else None
        touched = step is not None and step.touches and play.purpose != "service"
        alone = {entry.pk for entry in mine if touched and people[entry.customer].complains}
        go = [before[entry.customer] for entry in mine if entry.pk not in alone]
        what = dict(zip((each.entry.pk for each in go), step.do(go, now) if step else (), strict=False))
        _leave_alone(play, [entry for entry in mine if entry.pk in alone], position, now)
        for entry in mine:
            after = Next(leave="open_complaint") if entry.pk in alone else what.get(entry.pk, Next())
            _move(entry, after, before[entry.customer], steps, now)
        _save(mine)
    return len(mine)


def _claim(entries: Sequence[Entry]) -> list[Entry]:
    """Take entries of one step as they were read; those left out whose step another worker has done meanwhile."""
    as_read = {entry.pk: entry.due_at for entry in entries}
    there = Entry.objects.filter(pk__in=as_read, state=Entry.State.GOING, step=entries[0].step)
    held = there.select_for_update().order_by("pk").values_list("pk", "due_at")
    mine = {key for key, due_at in held if due_at == as_read[key]}
    Entry.objects.filter(pk__in=mine).update(due_at=None)
    return [entry for entry in entries if entry.pk in mine]


def _save(entries: Sequence[Entry]) -> None:
    """Write where entries stand now: those that stand alike by one statement."""
    alike: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        alike[repr((entry.state, entry.why, entry.due_at, entry.step, entry.facts))].append(entry)
    for group in alike.values():
        one = group[0]
        Entry.objects.filter(pk__in=[entry.pk for entry in group]).update(
            state=one.state, why=one.why, due_at=one.due_at, step=one.step, facts=one.facts
        )


def _move(entry: Entry, after: Next, before: Standing, steps: Sequence[Step], now: datetime) -> None:
    """To the step behind, or out."""
    position = entry.step + 1 + after.skip
    entry.facts = entry.facts | dict(after.facts)
    if after.leave:
        entry.state, entry.why, entry.due_at = Entry.State.LEFT, after.leave[:80], None
    elif position >= len(steps):
        entry.state, entry.step, entry.due_at = Entry.State.DONE, len(steps), None
    else:
        entry.step, entry.due_at = position, steps[position].due(before, now)


def _leave_alone(play: Play, entries: Sequence[Entry], position: int, now: datetime) -> None:
    """Keep why a step was not done for those whose complaint is open."""
    Touch.objects.bulk_create(
        [
            Touch(
                key=f"{play.name}|{entry.pk}|{position}|open_complaint",
                customer_id=entry.customer,
                play=play.name,
                arm=entry.arm,
                state="spared",
                reason="open_complaint",
                at=now,
            )
            for entry in entries
        ],
        ignore_conflicts=True,
    )


def run(*, now: datetime, still: Callable[[], bool]) -> int:
    """Plays that are over end, those due enter the running ones, and every step that is due is done."""
    today, done = business_date(now), 0
    for play in Play.objects.filter(state=Play.State.RUNNING, ends_on__lt=today).order_by("pk"):
        end(play=play, now=now)
    for play in Play.objects.filter(state=Play.State.RUNNING).order_by("pk"):
        if still() and (play.looked_on is None or (play.looked_on < today and now >= _opens(now))):
            try:
                done += enter(play, now=now, still=still)
            except Refused as refused:  # one play that cannot be read holds up no other
                log.warning("nobody enters play %s: %s", play.name, refused)
                Play.objects.filter(pk=play.pk).update(looked_on=today)
    return done + advance(now=now, still=still)


def next_due(*, now: datetime) -> datetime | None:
    """The earliest instant at which somebody enters or a step is due; None while no play runs."""
    running = Play.objects.filter(state=Play.State.RUNNING)
    looked = list(running.values_list("looked_on", flat=True))
    if not looked:
        return None
    going = Entry.objects.filter(state=Entry.State.GOING, play__state=Play.State.RUNNING)
    first = going.aggregate(first=Min("due_at"))["first"]
    opens = _opens(now)
    days = [day for day in looked if day]
    if len(days) < len(looked):
        entering = now
    elif min(days) < business_date(now):
        entering = max(opens, now)
    else:
        entering = _opens(now + timedelta(days=1))
    return min(first, entering) if first else entering


def _opens(now: datetime) -> datetime:
    """The instant on the business date of ``now`` from which people enter."""
    return datetime.combine(business_date(now), ENTERS_AT, ZoneInfo(the_brand().time_zone))
