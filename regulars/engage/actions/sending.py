"""Sending what is due: claims of a few messages, each outcome written as it comes, and what a killed worker left."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Generator, Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, F, Min, Q

from regulars.desk.bulk import chunks
from regulars.desk.locks import is_gone, wall
from regulars.desk.spans import CHUNK
from regulars.engage.actions.claim import Claim, channels, claim, due_channels, judge, setting_of, spare
from regulars.engage.actions.confirm import MOVING, expire
from regulars.engage.actions.limits import limits
from regulars.engage.actions.outcome import end, fall_back
from regulars.engage.actions.unsubscribe import link
from regulars.engage.channel import Channel, Failed, Outcome, Outgoing
from regulars.engage.models import Message, Play
from regulars.engage.rules.leaving import MOST_TRIES, pause
from regulars.gather.models import Identifier

log = logging.getLogger(__name__)
State = Message.State
LEASE = timedelta(seconds=60)  # a claim whose worker is silent this long is anybody's
LOOK = 0.5  # seconds between two looks whether to go on
BEGUN = (
    "begun"  # stands in ``delivered`` of what was handed to a channel that cannot tell the same message again
)
AT_RISK = 20  # messages marked so at a time: as many may stay unknown when a worker dies
REST = timedelta(minutes=1)  # of a channel by which nothing can leave
AT_MOST_ONCE = ("marketing", "research")  # decision 0009
TAKEN_BACK = ("open_complaint", "unsubscribed", "no_address")
_looked: dict[str, datetime] = {}  # in this process: when what is with staff was asked about
_resting: dict[str, datetime] = {}  # by channel, in this process: until when it is left alone


def run(*, now: datetime, still: Callable[[], bool]) -> int:
    """Send everything that is due at ``now`` while ``still`` says so; how many messages moved on.

    Any number of workers may call this at once: each message is one worker's, and is sent once (by e-mail, at most
    once; decision 0009).
    """
    done = reclaim(now=now) + expire(now=now, still=still) + take_back(now=now)
    moved = True
    while moved and still():  # what one channel gives up may go on by another
        moved = False
        due = due_channels(now)
        for channel in (each for each in channels() if each.name in due):
            while still() and _resting.get(channel.name, now) <= now:
                taken = claim(channel, now=now)
                if taken is None:
                    break
                moved = True
                done += taken.done + _send(channel, taken, now, still)
    return done


def next_due(*, now: datetime) -> datetime | None:
    """When the next message is due, or the next that staff have not confirmed; what a dead worker holds is due now."""
    rows = Message.objects.filter(state__in=(State.WAITING, State.HANDED, State.SENDING))
    sending = Q(state=State.SENDING)
    there = rows.aggregate(held=Count("pk", filter=sending), first=Min("due_at", filter=MOVING & ~sending))
    if there["held"] and any(_is_free(by, at) for by, at in _claims()):
        return now
    first: datetime | None = there["first"]
    return first


def reclaim(*, now: datetime) -> int:
    """Take back what workers held that died or fell silent; how many messages.

    They wait again where they were not begun, or the far end takes the same id once. Of the others nobody can tell
    whether they were sent: service is sent again under the same Message-ID, the rest is not, and listed as unknown.
    """
    free = [by for by, at in _claims() if _is_free(by, at)]
    if not free:
        return 0
    again = {each.name for each in channels() if each.same_by_id or not setting_of(each)[1]}
    done = 0
    for by in free:
        held = Message.objects.filter(claimed_by=by, state=State.SENDING).select_related("play", "entry")
        for chunk in chunks(held.order_by("pk")):
            safe = [
                each
                for each in chunk
                if each.delivered != BEGUN or each.channel in again or each.purpose not in AT_MOST_ONCE
            ]
            unknown = [each for each in chunk if each not in safe]
            done += _release(safe, by)
            done += end(unknown, was=State.SENDING, becomes=State.FAILED, claimed_by=by, now=now, reason="unknown",
                        error="the worker was killed while it sent; whether this left is unknown")  # fmt: skip
    return done


def take_back(*, now: datetime) -> int:
    """Take from staff what is not to be sent any more, as a complaint was opened or consent withdrawn; how many.

    Asked once a minute of the brand's clock, of up to 500 messages that are due first.
    """
    last = _looked.get("with staff")
    if last is not None and last <= now < last + REST:
        return 0
    _looked["with staff"] = now
    held = Message.objects.filter(MOVING, state=State.HANDED).select_related("play", "entry")
    found = list(held.order_by("due_at", "pk")[:CHUNK])
    if not found:
        return 0
    with transaction.atomic():
        judged = judge(found, limits(), now)
        reasons = {key: each.reason for key, each in judged.items() if each.reason in TAKEN_BACK}
        spare(found, reasons, now, was=State.HANDED)
    return len(reasons)


def _claims() -> list[tuple[str, datetime | None]]:
    rows = Message.objects.filter(state=State.SENDING).order_by().values_list("claimed_by")
    return list(rows.annotate(at=Min("claimed_at")))


def _is_free(by: str, at: datetime | None) -> bool:
    return at is None or at < wall() - LEASE or is_gone(by)


def _release(messages: Iterable[Message], by: str, due_at: datetime | None = None, error: str = "") -> int:
    """Let claimed messages wait again; a tap that one of them spent stays its own."""
    keys = [each.pk for each in messages]
    rows = Message.objects.filter(pk__in=keys, state=State.SENDING, claimed_by=by)
    more = {"due_at": due_at, "error": error[:200]} if due_at else {}
    return rows.update(state=State.WAITING, claimed_by="", claimed_at=None, delivered="", **more)


def _send(channel: Channel, taken: Claim, now: datetime, still: Callable[[], bool]) -> int:
    """Hand the messages of a claim to the channel one by one; how many moved on. What was not begun waits again."""
    if not taken.messages:
        return 0
    outgoing, homeless = _addressed(taken.messages)
    done = _write(taken, [(each, Failed("no address", permanent=True)) for each in homeless], now)
    plays = sorted({each.play_id for each, _ in outgoing if each.play_id is not None})
    sender = channel.send([each for _, each in outgoing], taken.settings)
    told: list[tuple[Message, Outcome]] = []
    looked, begun = time.monotonic(), 0
    try:
        for message, _each in outgoing:
            if time.monotonic() - looked >= LOOK:
                done += _write(taken, told, now)
                told, looked = [], time.monotonic()
                if not (_go_on(plays) and still()):
                    break
                _beat(taken)
            if not channel.same_by_id and begun % AT_RISK == 0:
                with transaction.atomic():
                    done += _write(taken, told, now)
                    _begin(taken, [each for each, _ in outgoing[begun : begun + AT_RISK]])
                told = []
            begun += 1
            told.append((message, _ask(sender)))
    except Failed as error:
        done += _rest(channel, taken, outgoing[begun - 1 :], error, now)
    finally:
        _close(sender)
        done += _write(taken, told, now)
        _release(taken.messages, taken.by)
    return done


def _begin(taken: Claim, messages: Sequence[Message]) -> None:
    rows = Message.objects.filter(pk__in=[each.pk for each in messages], claimed_by=taken.by)
    rows.filter(state=State.SENDING).update(delivered=BEGUN, claimed_at=wall())


def _ask(sender: Generator[Outcome, None, None]) -> Outcome:
    """The next outcome. A plug-in that breaks breaks for one message, which may have left, and rests afterwards."""
    try:
        return next(sender)
    except Failed:
        raise
    except StopIteration:
        raise Failed("the channel gives no more outcomes") from None
    except Exception as error:
        log.exception("a channel broke")
        return Failed(f"the channel broke: {error!r}", unknown=True)


def _close(sender: Generator[Outcome, None, None]) -> None:
    try:
        sender.close()
    except Exception:  # nothing that was written before depends on how a connection ends
        log.exception("a channel did not close")


def _go_on(plays: Sequence[int]) -> bool:
    return not Play.objects.filter(pk__in=plays).exclude(state=Play.State.RUNNING).exists()


def _beat(taken: Claim) -> None:
    Message.objects.filter(state=State.SENDING, claimed_by=taken.by).update(claimed_at=wall())


def _rest(
    channel: Channel,
    taken: Claim,
    left: Sequence[tuple[Message, Outgoing]],
    error: Failed,
    now: datetime,
) -> int:
    """Leave a channel alone by which nothing leaves; the message it broke at goes behind the others."""
    _resting[channel.name] = now + REST
    first, others = [each for each, _ in left[:1]], [each for each, _ in left[1:]]
    done = _release(first, taken.by, now + 2 * REST, str(error))
    return done + _release(others, taken.by, now + REST, str(error))


def _addressed(messages: Sequence[Message]) -> tuple[list[tuple[Message, Outgoing]], list[Message]]:
    """Each message as it goes out, and those whose address is not kept in plain text."""
    hashes = [each.address_hash for each in messages]
    plain = dict(Identifier.objects.filter(pk__in=hashes).values_list("identifier_hash", "value"))
    found: list[tuple[Message, Outgoing]] = []
    for each in messages:
        if to := plain.get(each.address_hash):
            way_out = link(each.token) if each.token and each.purpose != "service" else ""
            found.append((each, Outgoing(each.key, to, each.subject, each.body, way_out)))
    return found, [each for each in messages if each.address_hash not in plain]


def _write(taken: Claim, told: Sequence[tuple[Message, Outcome]], now: datetime) -> int:
    """Write outcomes in one transaction; only those of messages that are still this claim's."""
    if not told:
        return 0
    done = 0
    with transaction.atomic():
        words: dict[str, list[Message]] = {}
        for message, outcome in told:
            if isinstance(outcome, str):
                words.setdefault(outcome, []).append(message)
            else:
                done += _failed(taken, message, outcome, now)
        for word, messages in words.items():
            done += end(messages, was=State.SENDING, becomes=State.SENT, claimed_by=taken.by, now=now,
                        delivered=word[:20])  # fmt: skip
    return done


def _failed(taken: Claim, message: Message, failure: Failed, now: datetime) -> int:
    """For now: it waits, longer each time. For good: the next channel. Unknown: at most once, but for service."""
    lost = failure.unknown and message.purpose in AT_MOST_ONCE
    if not lost and not failure.permanent and message.tries + 1 < MOST_TRIES:
        rows = Message.objects.filter(pk=message.pk, claimed_by=taken.by, state=State.SENDING)
        rows.update(tries=F("tries") + 1)
        return _release([message], taken.by, now + pause(message.tries + 1), str(failure))
    reason = "unknown" if failure.unknown else "failed"
    ended = end([message], was=State.SENDING, becomes=State.FAILED, claimed_by=taken.by, now=now, reason=reason,
                error=str(failure))  # fmt: skip
    if ended and not failure.unknown:
        fall_back(message, now=now)
    return ended
