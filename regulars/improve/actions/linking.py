"""One number a voice, from what was said to the revenue it brought: the seven links of the loop, voice by voice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa

from regulars.brand.actions import the_brand
from regulars.identify.actions import living
from regulars.improve.actions import hearing
from regulars.improve.models import Change, FindingVoice, Telling
from regulars.lake.facts import INSTANT
from regulars.listen.models import Complaint, Promise, Voice

NOON = time(12)
SCHEMA = pa.schema(
    [
        ("voice_id", pa.int64()),
        ("store_id", pa.string()),
        ("heard", INSTANT),
        ("answered", INSTANT),
        ("mended", INSTANT),
        ("finding", INSTANT),
        ("changed", INSTANT),
        ("told", INSTANT),
        ("back", INSTANT),
        ("revenue", pa.int64()),
    ]
)


def links(
    *,
    since: datetime,
    now: datetime,
    stores: Sequence[str] | None = None,
    voices: Sequence[int] | None = None,
) -> pa.Table:
    """A row a voice heard in [since, now]: when it reached each link (UTC; null: not yet), and revenue (minor units).

    answered: somebody answered, or asked whether they may be told; mended: at the table; finding: it is part of one
    that is raised; changed: the first change since it was said began in its store (noon of its day, as ``back``), so
    who speaks of the new version waits for the next; told and back: of the person who said it. Revenue stands with
    the one voice they were told of, so that no visit is counted twice. With ``stores`` or ``voices`` only theirs.
    """
    heard = Voice.objects.filter(at__gte=since, at__lte=now)
    if stores is not None:
        heard = heard.filter(store_id__in=stores)
    if voices is not None:
        heard = heard.filter(voice_id__in=voices)
    rows = list(heard.order_by("voice_id").values_list("voice_id", "store_id", "customer_id", "at"))
    reached = _Reached(now)
    zone = ZoneInfo(the_brand().time_zone)
    home = living(
        [customer for _v, _s, customer, _at in rows if customer is not None], head=hearing.at_head()
    )
    table: dict[str, list[Any]] = {name: [] for name in SCHEMA.names}
    for voice, store, customer, at in rows:
        answered, mended = reached.answers.get(voice, (None, None))
        finding, raised = reached.findings.get(voice, (None, None))
        telling = (
            reached.tellings.get((finding, home[customer])) if customer is not None and finding else None
        )
        own = telling is not None and telling.voice_id == voice
        line = (
            voice,
            store,
            at,
            answered,
            mended,
            raised,
            _noon(reached.changed(finding, store, at.astimezone(zone).date()), zone, now),
            telling.told_at if telling else None,
            _noon(telling.back_on, zone, now) if telling else None,
            telling.revenue if telling and own else 0,
        )
        for name, value in zip(SCHEMA.names, line, strict=True):
            table[name].append(value)
    return pa.table(table, schema=SCHEMA)


class _Reached:
    """What each voice reached, read in a few queries."""

    def __init__(self, now: datetime) -> None:
        self.answers: dict[int, tuple[datetime | None, datetime | None]] = {}
        asked = Promise.objects.filter(asked_at__lte=now)
        self.answers |= {voice: (at, None) for voice, at in asked.values_list("voice_id", "asked_at")}
        rows = Complaint.objects.values_list("voice_id", "answered_at", "state", "closed_at")
        for voice, answered, state, closed in rows:
            first = [each for each in (answered, self.answers.get(voice, (None, None))[0]) if each]
            mended = closed if state == Complaint.State.MENDED else None
            self.answers[voice] = (min(first, default=None), mended)
        held = FindingVoice.objects.values_list("voice_id", "finding_id", "at", "finding__raised_at")
        self.findings = {
            voice: (finding, max(at, raised) if raised else None) for voice, finding, at, raised in held
        }
        self.changes: dict[int, list[Change]] = defaultdict(list)
        for change in Change.objects.order_by("begins_on", "pk"):
            self.changes[change.finding_id].append(change)
        tellings = list(Telling.objects.all())
        home = living([each.customer for each in tellings], head=hearing.at_head())
        self.tellings = {(each.finding_id, home[each.customer]): each for each in tellings}

    def changed(self, finding: int | None, store: str, heard: date) -> date | None:
        """The day on which what was heard on a day in a store (empty: in none) was first changed there."""
        return next(
            (
                each.begins_on
                for each in self.changes.get(finding or 0, ())
                if each.begins_on >= heard and (not each.stores or not store or store in each.stores)
            ),
            None,
        )


def _noon(day: date | None, zone: ZoneInfo, now: datetime) -> datetime | None:
    if day is None or (at := datetime.combine(day, NOON, zone).astimezone(UTC)) > now:
        return None
    return at
