"""Before a play starts: whom it would reach, in how many weeks a gain can be known, and what one person would live."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Max

from regulars.desk.spans import visible
from regulars.engage.actions import reach
from regulars.engage.actions.dry_run import DUE_FOR, Line, dry_run, opening
from regulars.engage.actions.limits import limits
from regulars.engage.actions.post import Writing
from regulars.engage.actions.standing import due_day, standing, steps_of
from regulars.engage.models import Play
from regulars.engage.rules.sample_size import people_needed, weeks_until_known
from regulars.engage.rules.templates import render
from regulars.engage.steps.wait import Wait
from regulars.know.models import CustomerState

WATCHED = timedelta(days=365)  # of history that the share of those back by themselves is read from
FEWEST = 30  # people, below which it is not told


@dataclass(frozen=True)
class Before:
    """Of newcomers who had not come back by their day: how many there were, and how many came in the outcome's days."""

    people: int
    back: int
    weeks: list[tuple[date, int, int]] = field(
        default_factory=list
    )  # by week of the due day: (begins on, due, back)

    @property
    def share(self) -> float | None:
        return self.back / self.people if self.people >= FEWEST else None


@dataclass(frozen=True)
class Outlook:
    """What the page says before a start."""

    lines: list[Line]
    spared: dict[str, int]  # by reason, the most frequent first
    treated: int
    control: int
    before: Before | None
    people: int | None  # both arms together
    weeks: int | None

    @property
    def entering(self) -> int:
        return self.treated + self.control


def outlook(play: Play, *, head: int, now: datetime) -> Outlook:
    """The dry run, counted, and when the play's smallest gain can be known at this week's pace."""
    lines = dry_run(play, head=head, now=now)
    arms = Counter(line.arm for line in lines if line.arm)
    reasons = Counter(line.reason for line in lines if not line.arm)
    before = tried(play, head=head)
    people = weeks = None
    if before and before.share is not None and 0 < before.share + play.gain < 1:
        people = people_needed(before.share, play.gain, play.treated_share)
        weekly = arms.total() * 7 / DUE_FOR.days
        weeks = weeks_until_known(people, weekly, play.outcome_days) if opening(steps_of(play)) else None
    return Outlook(
        lines, dict(reasons.most_common()), arms["treated"], arms["control"], before, people, weeks
    )


def tried(play: Play, *, head: int) -> Before | None:
    """The play tried on history, week by week: who would have been due, and who of them came back untouched in time.

    None where a play begins otherwise than a number of days after a first visit, because the desk keeps no more of
    the past than each customer's first two visit days. The audience's further conditions are not asked of the past.
    """
    wait, day = opening(steps_of(play)), due_day(head)
    after = _days_after_first(wait, day) if play.newcomers_only else None
    rows = CustomerState.objects.filter(visible(head)).order_by()
    as_of = rows.aggregate(last=Max("last_day"))["last"]
    if after is None or as_of is None:
        return None
    window = timedelta(days=play.outcome_days)
    last = as_of - window - timedelta(days=after)
    rows = rows.filter(first_day__gt=last - WATCHED, first_day__lte=last)
    weeks: Counter[date] = Counter()
    back: Counter[date] = Counter()
    for first, second in rows.values_list("first_day", "second_day"):
        due_on = first + timedelta(days=after)
        if second is not None and second <= due_on:
            continue
        week = due_on - timedelta(days=due_on.weekday())
        weeks[week] += 1
        back[week] += second is not None and second <= due_on + window
    return Before(weeks.total(), back.total(), [(week, weeks[week], back[week]) for week in sorted(weeks)])


def _days_after_first(wait: Wait | None, day: int | None) -> int | None:
    if wait is None or wait.until == "rhythm":
        return None
    return day if wait.until == "curve" else wait.days


@dataclass(frozen=True)
class Stop:
    """One step of one person with its date, as the clock would reach it."""

    position: int
    step: str
    due_at: datetime
    subject: str = ""
    body: str = ""


def preview(play: Play, *, customer: int, head: int, now: datetime) -> list[Stop]:
    """The steps of one customer if they entered at ``now``, with the clock moved on from step to step.

    Conditions and splits are passed as if the person stayed; nothing is written.
    """
    people = reach.people([customer], purpose=play.purpose, head=head, now=now, limits=limits())
    before = standing(play, people, {customer: None}, {customer: 0}, head=head, now=now)[customer]
    at, stops = now, list[Stop]()
    for position, step in enumerate(steps_of(play)):
        at = step.due(before, at)
        letter = step.letter(before, at) if isinstance(step, Writing) else None
        words = (letter.subject, letter.body) if letter else ("", "")
        stops.append(Stop(position, step.name, at, *(render(each, before.facts) for each in words)))
    return stops
