"""Plays from draft to end: made, agreed to by a second person where they may cost much, started, stopped, resumed."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from regulars.core.refused import Refused
from regulars.desk.bulk import chunks
from regulars.engage.actions.limits import limits
from regulars.engage.actions.standing import kinds, steps_of
from regulars.engage.models import Entry, Play
from regulars.engage.rules.ready import READY
from regulars.engage.step import made
from regulars.know.actions.segments import fields, segment

PURPOSES = ("marketing", "research", "service")
State = Play.State


def make(
    *,
    title: str,
    audience: str,
    steps: Sequence[dict[str, Any]],
    by: str,
    now: datetime,
    name: str = "",
    purpose: str = "marketing",
    outcome_days: int = 30,
    gain: float = 0.03,
    treated_share: float = 0.5,
    cost: int = 0,
    ends_on: date | None = None,
    newcomers_only: bool = True,
) -> Play:
    """A draft, with a salt of its own; a name that is taken gets a number behind it.

    ``gain`` and ``treated_share`` are shares, ``cost`` minor units. Refuses what ``check`` refuses.
    """
    play = Play(
        name=_free(slugify(name or title)[:36] or "play"),
        title=title.strip()[:120],
        audience=audience.strip(),
        steps=list(steps),
        purpose=purpose,
        outcome_days=outcome_days,
        gain=gain,
        treated_share=treated_share,
        salt=secrets.token_hex(16),
        cost=cost,
        made_by=by,
        made_at=now,
        ends_on=ends_on,
        newcomers_only=newcomers_only,
    )
    check(play)
    play.save(force_insert=True)
    return play


def make_ready(*, ready: str, by: str, now: datetime) -> Play:
    """A draft of one of the plays that come with Regulars; refuses a name that is none of them."""
    if ready not in READY:
        raise Refused("no play that comes with Regulars is called %(name)s", name=ready)
    each = READY[ready]
    return make(
        title=each.title,
        name=each.name,
        audience=each.audience,
        steps=each.steps,
        outcome_days=each.outcome_days,
        gain=each.gain,
        newcomers_only=each.newcomers_only,
        by=by,
        now=now,
    )


def _free(name: str) -> str:
    taken = set(Play.objects.filter(name__startswith=name).values_list("name", flat=True))
    return next(each for each in (name, *(f"{name}-{n}" for n in range(2, 1000))) if each not in taken)


def change(*, play: Play, by: str, **given: Any) -> Play:
    """Change a draft; who changes it is who made it, so that somebody else has to agree. Refuses a play that ran."""
    with transaction.atomic():  # somebody may just have started what was read before
        play.state = _locked(play).state
        if play.state not in (State.DRAFT, State.PROPOSED):
            raise Refused("a play that has started is not changed: end it, and make another")
        for name, value in given.items():
            setattr(play, name, value)
        play.made_by, play.state, play.approved_by = by, State.DRAFT, ""
        check(play)
        play.save()
    return play


def _locked(play: Play) -> Play:
    """A play as it stands now, locked until the transaction ends."""
    return Play.objects.select_for_update().get(pk=play.pk)


def check(play: Play) -> None:
    """Refuse a play without title or steps, an audience or a step that cannot be read, and arms of nobody."""
    if not play.title.strip():
        raise Refused("a play needs a title")
    if play.purpose not in PURPOSES:
        raise Refused(
            "a play is for marketing, research or service, not for %(purpose)s", purpose=play.purpose
        )
    segment(play.audience)
    if not play.steps:
        raise Refused("a play needs at least one step")
    asked = {name: field.kind for name, field in fields().items()}
    for step in steps_of(play):
        step.check(asked)
    if not 0.05 <= play.treated_share <= 0.95:
        raise Refused("each arm needs at least one person in twenty")
    if not 1 <= play.outcome_days <= 365:
        raise Refused("the outcome is counted for 1 to 365 days, not for %(days)d", days=play.outcome_days)
    if not 0 < play.gain < 1:
        raise Refused("the smallest gain worth knowing lies between 0 and 100 points")
    if play.cost < 0:
        raise Refused("a cost is not below nothing")


def needs_agreement(play: Play) -> bool:
    """Whether a second person has to agree before the play starts, and nobody has yet."""
    return play.cost > limits().agree_above and not play.approved_by


def start(*, play: Play, by: str, now: datetime) -> Play:
    """Start a draft; one that may cost more than the limit waits for a second person instead. Refuses others."""
    with transaction.atomic():  # what it costs is read where nobody can change it meanwhile
        there = _locked(play)
        check(there)
        if needs_agreement(there):
            return _become(play, (State.DRAFT,), State.PROPOSED, made_by=by)
        return _become(play, (State.DRAFT,), State.RUNNING, started_at=now)


def approve(*, play: Play, by: str, now: datetime) -> Play:
    """Agree to a play that waits for a second person, which starts it; refuses the person who asked."""
    if by == play.made_by:
        raise Refused("%(name)s asked for this play; somebody else has to agree", name=by)
    return _become(play, (State.PROPOSED,), State.RUNNING, approved_by=by, started_at=now)


def stop(*, play: Play) -> Play:
    """Stop a running play: nobody enters, no step is done, and no message of it leaves from here on."""
    return _become(play, (State.RUNNING,), State.STOPPED)


def resume(*, play: Play) -> Play:
    """Let a stopped play run on where it stood."""
    return _become(play, (State.STOPPED,), State.RUNNING)


def end(*, play: Play, now: datetime) -> Play:
    """End a play for good: who is under way leaves; what was sent stays, and the outcome goes on being counted."""
    ended = _become(
        play, (State.RUNNING, State.STOPPED, State.PROPOSED, State.DRAFT), State.ENDED, ended_at=now
    )
    let_go(ended)
    return ended


def let_go(play: Play) -> int:
    """Those under way in a play that has ended leave it; how many."""
    going = Entry.objects.filter(play=play, state=Entry.State.GOING)
    left = 0
    for chunk in chunks(list(going.order_by("pk").values_list("pk", flat=True))):
        with transaction.atomic():
            left += going.filter(pk__in=chunk).update(state=Entry.State.LEFT, why="ended", due_at=None)
    return left


def _become(play: Play, before: Sequence[str], after: str, **also: Any) -> Play:
    """Move a play on if it is where it is thought to be; else say where it is."""
    with transaction.atomic():
        moved = Play.objects.filter(pk=play.pk, state__in=before).update(state=after, **also)
    play.refresh_from_db()
    if not moved:
        raise Refused(
            "the play %(title)s is %(state)s already", title=play.title, state=play.get_state_display()
        )
    return play


def step_of(values: dict[str, Any]) -> dict[str, Any]:
    """A step as it is stored, out of a typed form; refuses a kind that nobody brings and settings that cannot work."""
    kind = kinds().get(str(values.get("step", "")))
    if kind is None:
        raise Refused("no step is called %(kind)s", kind=values.get("step", ""))
    step = made(kind, values)
    step.check({name: field.kind for name, field in fields().items()})
    return {"step": kind.name, **vars(step)}
