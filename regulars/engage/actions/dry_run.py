"""Who would enter a play now, in which arm and by which channel, and who is spared and why.

One list, used twice: the dry run shows it, entering writes it. So the two are equal, person by person, at one instant.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from regulars.desk.bulk import among, chunks
from regulars.desk.spans import visible
from regulars.engage.actions import reach
from regulars.engage.actions.limits import limits
from regulars.engage.actions.standing import due_day, states, steps_of
from regulars.engage.models import Entry, Limits, Play, Touch
from regulars.engage.rules.arms import CONTROL, TREATED, arm
from regulars.engage.rules.spare import maybe_old, refrain
from regulars.engage.step import Standing, Step
from regulars.engage.steps.wait import DATED, Wait
from regulars.gather.models import Order, Sighting
from regulars.identify.actions import numbers_of_many
from regulars.know.actions.segments import flagged, members, segment
from regulars.know.fields import business_date
from regulars.know.models import CustomerState

LATEST = timedelta(days=800)  # a rhythm longer than that is nobody's
DUE_FOR = timedelta(days=7)  # who was due longer ago has been missed: a play that starts does not reach back


@dataclass(frozen=True)
class Line:
    """One customer of the list: entered, held_back or spared."""

    customer: int  # the living number
    what: str
    due_on: date
    arm: str = ""
    channel: str = ""
    reason: str = ""
    store_id: str = ""


def opening(steps: Sequence[Step]) -> Wait | None:
    """The wait that says when a person enters: a play's first step, if it names a day of the customer's own."""
    first = steps[0] if steps else None
    return first if isinstance(first, Wait) and first.until in DATED else None


def dry_run(play: Play, *, head: int, now: datetime) -> list[Line]:
    """Everybody of the audience who is due at ``now`` and not yet judged, by customer.

    Consent is judged before the arm is drawn, as is every reason to spare: so the arms stay alike.
    """
    return judged(play, head=head, now=now)[0]


def judged(play: Play, *, head: int, now: datetime) -> tuple[list[Line], dict[int, reach.Person]]:
    """``dry_run``, with what was read of the people on it."""
    steps, rules = steps_of(play), limits()
    due = _due(play, steps, head, now)
    if not due:
        return [], {}
    people = reach.people(sorted(due), purpose=play.purpose, head=head, now=now, limits=rules)
    known = states(sorted(due), head)
    old = _maybe_old(known, people, head, now) if play.newcomers_only else frozenset[int]()
    back = _already_back(known, people, head)
    lines = []
    for number in sorted(due):
        channel, unreachable = _reached(steps, people[number], now)
        reason = _spared(people[number], play, unreachable, rules)
        reason = reason or ("maybe_old" if number in old else "already_back" if number in back else "")
        given: dict[str, Any] = {"customer": number, "due_on": due[number], "channel": channel}
        given["store_id"] = known[number].usual_store or known[number].first_store or ""
        if reason:
            what = "held_back" if reason == "brand_hold_out" else "spared"
            lines.append(Line(what=what, reason=reason, **given))
            continue
        drawn = arm(play.salt, number, play.treated_share)
        what, why = ("enter", "") if drawn == TREATED else ("held_back", CONTROL)
        lines.append(Line(what=what, arm=drawn, reason=why, **given))
    return lines, people


def _due(play: Play, steps: Sequence[Step], head: int, now: datetime) -> dict[int, date]:
    """Those of the audience whose day came within the last week, with the day; not who was judged before."""
    asked, wait = segment(play.audience), opening(steps)
    if wait is None:
        due = dict.fromkeys(members(asked, head=head, now=now), business_date(now))
        done = _judged(play, due, head)
        return {number: on for number, on in due.items() if number not in done}
    due = due_by(wait, head=head, today=business_date(now))
    done = _judged(play, due, head)
    mine = members(asked, head=head, now=now, numbers=[number for number in due if number not in done])
    return {number: due[number] for number in mine}


def due_by(wait: Wait, *, head: int, today: date) -> dict[int, date]:
    """Customers whose day, as a dated wait names it, lies within the week that ends with ``today``."""
    rows, after = CustomerState.objects.filter(visible(head)), due_day(head)
    days = {"curve": after, "visit": wait.days, "rhythm": 0}[wait.until]
    if days is None:
        return {}
    last, first = today - timedelta(days=days), today - timedelta(days=days) - DUE_FOR
    if wait.until == "curve":
        rows = rows.filter(first_day__gt=first, first_day__lte=last)
    elif wait.until == "visit":
        rows = rows.filter(last_day__gt=first, last_day__lte=last)
    else:
        rows = rows.filter(last_day__gt=today - LATEST, late_after__isnull=False)
    found = {}
    for number, began, latest, late in rows.values_list("customer", "first_day", "last_day", "late_after"):
        person = Standing(
            "", None, None, 0, number, first_day=began, last_day=latest, late_after=late, due_day=after
        )
        on = wait.day(person)
        if on is not None and today - DUE_FOR < on <= today:
            found[number] = on
    return found


def _judged(play: Play, numbers: Mapping[int, Any], head: int) -> set[int]:
    """Those who entered this play before, or were spared by it, under any of their numbers."""
    found = _named(
        play, numbers
    )  # most were judged by the number they have: only the others' aliases are asked
    others = numbers_of_many([number for number in numbers if number not in found], head=head)
    home = {each: main for main, all_of in others.items() for each in all_of}
    return found | {home[each] for each in _named(play, home)}


def _named(play: Play, numbers: Iterable[int]) -> set[int]:
    """Those of these very numbers that this play judged."""
    found: set[int] = set()
    for chunk in chunks(numbers):
        found.update(Entry.objects.filter(play=play, customer__in=chunk).values_list("customer", flat=True))
        doors = {touch_key(play, each): each for each in chunk}
        found.update(doors[key] for key in Touch.objects.filter(key__in=doors).values_list("key", flat=True))
    return found


def touch_key(play: Play, customer: int) -> str:
    """The key of the touch that says how somebody was judged at a play's door: once."""
    return f"{play.name}|door|{customer}"


def _reached(steps: Sequence[Step], person: reach.Person, now: datetime) -> tuple[str, str]:
    """The channel of the first step that writes and can reach them; or why none can. No step that writes: neither."""
    missed = ""
    for step in steps:
        ways = getattr(step, "ways", None)
        if ways is None:
            continue
        choice = person.choose(reach.ways(ways()), now)
        if choice.channel:
            return choice.channel, ""
        missed = missed or choice.reason
    return "", missed


def _spared(person: reach.Person, play: Play, unreachable: str, rules: Limits) -> str:
    if person.held_out and not unreachable:  # no play of any purpose reaches them
        return "brand_hold_out"
    return refrain(
        play.purpose,
        unreachable=unreachable,
        held_out=person.held_out,
        complains=person.complains,
        written=person.written,
        most=rules.most,
    )


def _maybe_old(
    known: Mapping[int, CustomerState], people: Mapping[int, reach.Person], head: int, now: datetime
) -> frozenset[int]:
    """Those whose first visit as seen may not have been their first."""
    began = {store: _began(store, head) for store in {state.first_store for state in known.values()}}
    joins = flagged("candidate_join", sorted(known), head=head, now=now)
    return joins | {
        number
        for number, state in known.items()
        if maybe_old(state.first_day, began[state.first_store], people[number].registered)
    }


def _began(store: str | None, head: int) -> date:
    """The first day of all on which anybody first came to a store; today's list lies in it, so there is one."""
    rows = CustomerState.objects.filter(visible(head), first_store=store).order_by("first_day", "pk")
    return rows.values_list("first_day", flat=True)[0]


def _already_back(
    known: Mapping[int, CustomerState], people: Mapping[int, reach.Person], head: int
) -> frozenset[int]:
    """Those with an order on the desk that is younger than what is published of them."""
    owner = {address: number for number in known for _kind, address in people[number].addresses}
    since = min((state.last_day for state in known.values()), default=None)
    if since is None:
        return frozenset()
    orders: dict[tuple[str, str], set[int]] = {}
    for chunk in chunks(owner):
        seen = Sighting.objects.filter(visible(head), identifier_hash__in=chunk)
        for address, source, order_id in seen.values_list("identifier_hash", "source", "order_id"):
            orders.setdefault((source, order_id), set()).add(owner[address])
    found: set[int] = set()
    for pairs in chunks(orders):
        rows = Order.objects.filter(
            visible(head), among(pairs, "source", "order_id"), net__gt=0, business_date__gt=since
        )
        for source, order_id, day in rows.values_list("source", "order_id", "business_date"):
            found |= {number for number in orders.get((source, order_id), ()) if day > known[number].last_day}
    return frozenset(found)
