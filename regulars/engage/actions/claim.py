"""A claim: the next messages that are due are asked everything once more and taken, in one transaction."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from regulars.catalogue import CHANNELS
from regulars.core import registry
from regulars.desk.locks import owner_name, wall
from regulars.engage.actions import reach
from regulars.engage.actions.confirm import MOVING, zone_of
from regulars.engage.actions.limits import locked_limits
from regulars.engage.actions.outcome import end, fall_back
from regulars.engage.actions.permissions import spend
from regulars.engage.channel import Channel, filled
from regulars.engage.models import ChannelSetting, Limits, Message, Permission, Play
from regulars.engage.rules.consent import choose
from regulars.engage.rules.leaving import confirm_by
from regulars.engage.rules.quiet import next_allowed
from regulars.engage.rules.spare import refrain
from regulars.lake import head as heads

State = Message.State
AT_ONCE = 100  # messages of one claim


@dataclass(frozen=True)
class Claim:
    """What one worker took: ``messages`` are to be sent by it; ``done`` came to their end, or wait, without sending."""

    by: str
    settings: Any
    messages: list[Message] = field(default_factory=list)
    done: int = 0


@dataclass(frozen=True)
class Judged:
    """What is true of a message at its claim: why it is spared, or until when it waits, or neither: it goes."""

    reason: str = ""
    later: datetime | None = None


def channels() -> list[Channel]:
    """Every channel of the catalogue, in its order."""
    return registry.load(CHANNELS)


def setting_of(channel: Channel) -> tuple[Any, bool]:
    """A channel's settings, and whether anything may leave the machine by it."""
    row = ChannelSetting.objects.filter(pk=channel.name).first() or ChannelSetting(channel=channel.name)
    return filled(channel, row.values), row.out


def claim(channel: Channel, *, now: datetime) -> Claim | None:
    """Take the next due messages of a channel; None when nothing is due.

    Consent, complaint, hold-out, cap, quiet hours and the play are asked again, a tap is spent. What is spared ends
    with its reason; what staff send is handed over; where nothing may leave, the outbox is the end of the way.
    """
    if (
        not _due(now).filter(channel=channel.name).exists()
    ):  # nothing is due any more: no reason to lock anything
        return None
    values, out = setting_of(channel)
    with transaction.atomic():
        rules = locked_limits()  # as in post: two at once would share a cap
        found = _pick(channel, now)
        if not found:
            return None
        judged = judge(found, rules, now)
        spared = {each.pk: judged[each.pk].reason for each in found if judged[each.pk].reason}
        waiting = [each for each in found if judged[each.pk].later]
        going = [each for each in found if each.pk not in spared and not judged[each.pk].later]
        if channel.by_permission:
            for each in going:
                if not spend(message=each, template=values.template):
                    spared[each.pk] = "no_permission"
            going = [each for each in going if each.pk not in spared]
        spare(found, spared, now)
        for each in waiting:
            Message.objects.filter(pk=each.pk).update(due_at=judged[each.pk].later)
        taken = Claim(by=owner_name(), settings=values, done=len(spared) + len(waiting))
        return _take(taken, channel, going, out, now)


def due_channels(now: datetime) -> frozenset[str]:
    """The names of the channels on which a message is due; asked each second, it locks nothing."""
    return frozenset(_due(now).order_by().values_list("channel", flat=True).distinct())


def _due(now: datetime) -> QuerySet[Message]:
    return Message.objects.filter(MOVING, state=State.WAITING, due_at__lte=now)


def _pick(channel: Channel, now: datetime) -> list[Message]:
    """The rows, locked where the desk locks rows: who claims at the same time takes the next ones."""
    due = _due(now).filter(channel=channel.name)
    locked = due.select_for_update(skip_locked=True, of=("self",))
    return list(locked.select_related("play", "entry").order_by("due_at", "pk")[:AT_ONCE])


def _take(claim: Claim, channel: Channel, going: list[Message], out: bool, now: datetime) -> Claim:
    keys = Message.objects.filter(pk__in=[each.pk for each in going])
    if channel.by_staff:
        for store in {each.store_id for each in going}:
            by = confirm_by(now, zone_of(store))
            keys.filter(store_id=store).update(state=State.HANDED, due_at=by, claimed_at=wall())
        return replace(claim, done=claim.done + len(going))
    if not out:
        ended = end(going, was=State.WAITING, becomes=State.SENT, now=now, delivered="outbox")
        return replace(claim, done=claim.done + ended)
    keys.update(state=State.SENDING, claimed_by=claim.by, claimed_at=wall())
    return replace(claim, messages=going)


def spare(
    messages: Sequence[Message], reasons: Mapping[int, str], now: datetime, was: str = State.WAITING
) -> None:
    """End those that have a reason, by the row's key, and go on by the next channel where only a tap was lacking."""
    grouped: dict[str, list[Message]] = defaultdict(list)
    for each in messages:
        if each.pk in reasons:
            grouped[reasons[each.pk]].append(each)
    for reason, group in grouped.items():
        end(group, was=was, becomes=State.SPARED, reason=reason, now=now)
    for each in grouped.get("no_permission", ()):
        fall_back(each, now=now)  # the tap went into another message; the person agreed to be written to


def judge(messages: Sequence[Message], rules: Limits, now: datetime) -> dict[int, Judged]:
    """What is true at ``now`` of each of up to 500 messages that were written and have not been sent."""
    head = heads.read(settings.HOME / "lake").number
    groups: dict[str, list[Message]] = defaultdict(list)
    for each in messages:
        groups[each.purpose].append(each)
    held = set(
        Permission.objects.filter(used_by__in=[each.pk for each in messages]).values_list(
            "used_by", flat=True
        )
    )
    found: dict[int, Judged] = {}
    for purpose, group in groups.items():
        numbers = [each.customer for each in group if each.customer is not None]
        people = reach.people(numbers, purpose=purpose, head=head, now=now, limits=rules)
        dropped: Counter[int] = Counter()
        for each in group:
            person = people.get(each.customer) if each.customer is not None else None
            found[each.pk] = _judge_one(each, person, rules, now, each.pk in held, dropped)
    return found


def _judge_one(
    message: Message,
    person: reach.Person | None,
    rules: Limits,
    now: datetime,
    holds_tap: bool,
    dropped: Counter[int],
) -> Judged:
    """The message counts in ``written`` itself, and so do those dropped before it in this claim: both are taken off."""
    if message.play and message.play.state == Play.State.ENDED:
        return Judged("stopped")
    if person is None:
        return Judged("no_address")
    counted = message.purpose == "marketing" and message.due_at >= now - timedelta(days=rules.most_days)
    addresses = [each for each in person.addresses if each[1] == message.address_hash]
    permitted = person.permitted | ({message.address_hash} if holds_tap else frozenset())
    choice = choose(reach.ways([message.channel]), addresses, person.words, permitted, now)
    reason = refrain(
        message.purpose,
        unreachable=choice.reason,
        held_out=person.held_out,
        complains=person.complains,
        written=person.written - counted - dropped[person.number],
        most=rules.most,
    )
    if reason:
        dropped[person.number] += counted
        return Judged(reason)
    later = next_allowed(now, person.zone, rules.quiet_from, rules.quiet_until)
    return Judged(later=later) if later > now else Judged()
