"""The one way to write to a guest: consent, cap, hold-out and quiet hours are asked here, whoever speaks."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from regulars.engage.actions import reach
from regulars.engage.actions.limits import locked_limits
from regulars.engage.actions.unsubscribe import body_with_link
from regulars.engage.models import Entry, Limits, Message, Play, Touch
from regulars.engage.rules.keys import speaker
from regulars.engage.rules.quiet import next_allowed
from regulars.engage.rules.spare import refrain
from regulars.engage.rules.templates import render
from regulars.engage.step import Next, Standing
from regulars.lake import head as heads

PURPOSES = ("marketing", "research", "service")


@dataclass(frozen=True)
class Letter:
    """What is to be written to one customer; ``post`` says what each part means."""

    key: str
    customer: int
    subject: str
    body: str
    due_at: datetime
    channels: Sequence[str] = ()
    store_id: str = ""
    staff_id: str = ""
    play: Play | None = None
    entry: Entry | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


class Writing:
    """What steps that write have in common: at once, one letter each, and on; the step has words and channels."""

    def words(self, language: str) -> tuple[str, str]:
        """Subject and body in a language, or in the other where that has no words."""
        raise NotImplementedError

    def ways(self) -> list[str]:
        """Names of the channels, the first preferred."""
        raise NotImplementedError

    def due(self, standing: Standing, now: datetime) -> datetime:
        """At once; quiet hours move it in the outbox."""
        return now

    def do(self, those: Sequence[Standing], now: datetime) -> Sequence[Next]:
        """Put one letter each into the outbox, or keep why it is spared."""
        if those:
            post_many([self.letter(each, now) for each in those], purpose=those[0].play.purpose, now=now)
        return [Next() for _each in those]

    def letter(self, standing: Standing, now: datetime) -> Letter:
        """What would reach them."""
        subject, body = self.words(standing.language)
        return Letter(
            key=standing.key,
            customer=standing.customer,
            subject=subject,
            body=body,
            due_at=now,
            channels=self.ways(),
            store_id=standing.store_id,
            play=standing.play,
            entry=standing.entry,
            facts=standing.facts,
        )


def post(
    *,
    key: str,
    customer: int,
    purpose: str,
    subject: str,
    body: str,
    due_at: datetime,
    now: datetime,
    channels: Sequence[str] = (),
    store_id: str = "",
    staff_id: str = "",
    play: Play | None = None,
    entry: Entry | None = None,
    facts: Mapping[str, Any] | None = None,
) -> Message:
    """Put one message into the outbox, or keep why it is spared; the same ``key`` gives the message that is there.

    ``channels``: the first with an address and a consent for ``purpose`` is taken, the others wait behind it (none
    given: all, as the catalogue has them). ``subject`` and ``body`` are sandboxed templates over ``facts``. It is due
    at ``due_at``, or when the person's quiet hours are over. Service passes the cap, the hold-out and an open
    complaint. Refuses an unknown purpose, and a template that ``rules.templates`` refuses.
    """
    letter = Letter(
        key, customer, subject, body, due_at, channels, store_id, staff_id, play, entry, facts or {}
    )
    return post_many([letter], purpose=purpose, now=now)[0]


def post_many(letters: Sequence[Letter], *, purpose: str, now: datetime) -> list[Message]:
    """``post`` for up to 500 at once, in one transaction and a few queries; the messages, in the same order."""
    if purpose not in PURPOSES:
        raise ValueError(f"a message is for one of {PURPOSES}, not for {purpose!r}")
    if not letters:
        return []
    at_head = heads.read(settings.HOME / "lake").number
    keys = [letter.key for letter in letters]
    with transaction.atomic():
        rules = locked_limits()
        there = {row.key: row for row in Message.objects.filter(key__in=keys)}
        fresh = {letter.key: letter for letter in letters if letter.key not in there}
        asked = [letter.customer for letter in fresh.values()]
        people = reach.people(asked, purpose=purpose, head=at_head, now=now, limits=rules)
        just_now: Counter[int] = Counter()
        made = []
        for letter in fresh.values():
            person = people[letter.customer]
            row = _row(letter, person, purpose, just_now[person.number], rules, now)
            just_now[person.number] += row.state == Message.State.WAITING and purpose == "marketing"
            made.append(row)
        Message.objects.bulk_create(made)
        Touch.objects.bulk_create([_spared(row, now) for row in made if row.reason], ignore_conflicts=True)
    there |= {row.key: row for row in made}
    return [there[key] for key in keys]


def _row(
    letter: Letter, person: reach.Person, purpose: str, just_now: int, rules: Limits, now: datetime
) -> Message:
    """The row of the outbox, waiting or spared."""
    choice = person.choose(reach.ways(letter.channels), now)
    reason = refrain(
        purpose,
        unreachable=choice.reason,
        held_out=person.held_out,
        complains=person.complains,
        written=person.written + just_now,
        most=rules.most,
    )
    due_at, token = max(letter.due_at, now), secrets.token_urlsafe(24)
    return Message(
        key=letter.key,
        play=letter.play,
        entry=letter.entry,
        customer=letter.customer,
        channel=choice.channel,
        others=list(choice.others),
        purpose=purpose,
        address_hash=choice.address_hash,
        subject=render(letter.subject, letter.facts, one_line=True)[:200],
        body=body_with_link(render(letter.body, letter.facts), purpose, token),
        store_id=letter.store_id,
        staff_id=letter.staff_id,
        state=Message.State.SPARED if reason else Message.State.WAITING,
        reason=reason,
        due_at=next_allowed(due_at, person.zone, rules.quiet_from, rules.quiet_until),
        token=token,
    )


def _spared(message: Message, now: datetime) -> Touch:
    """The touch that was not made, with its reason."""
    return Touch(
        key=f"message|{message.key}",
        customer_id=message.customer,
        play=message.play.name if message.play else speaker(message.key),
        arm=message.entry.arm if message.entry else "",
        channel=message.channel,
        state="spared",
        reason=message.reason,
        at=now,
    )
