"""What else happened with a customer: what they said and what became of it, notes, messages and points."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from regulars.engage.models import Play, Touch
from regulars.improve.models import FindingVoice, Telling
from regulars.know.fields import business_date
from regulars.listen.models import Voice
from regulars.reward.models import PointsEntry
from regulars.serve.models import Note
from regulars.web.pages.door import Look
from regulars.web.words.improvements import SKIPPED
from regulars.web.words.outbox import REASONS
from regulars.web.words.plays import title
from regulars.web.words.timeline import MOVEMENTS, STAGES_THAT_SPEAK, TOUCHES
from regulars.web.words.voices import VOICE_SOURCES, spoken_of

MOST = 100  # of each kind, the latest


def of(seen: Look, numbers: Sequence[int]) -> list[dict[str, Any]]:
    """Events of the customer who goes by these numbers: voices, findings, notes, touches and points, unordered.

    Of voices, findings and notes only those of the viewer's stores; messages need the right to see plays.
    """
    events: list[dict[str, Any]] = []
    if seen.may("see_voices"):
        events += _voices(seen, numbers) + _findings(seen, numbers)
    if seen.may("serve_guests") or seen.may("see_voices"):
        events += _notes(seen, numbers)
    if seen.may("see_plays"):
        events += _touches(numbers)
    return events + _points(numbers)


def _voices(seen: Look, numbers: Sequence[int]) -> list[dict[str, Any]]:
    rows = Voice.objects.filter(customer_id__in=numbers).order_by("-at", "-voice_id")
    return [
        {
            "kind": "voice",
            "day": business_date(row.at),
            "voice": row,
            "source": VOICE_SOURCES.get(row.source, row.source),
            "about": spoken_of(row.field, row.theme),
        }
        for row in rows[:MOST]
        if seen.sees_store(row.store_id)
    ]


def _findings(seen: Look, numbers: Sequence[int]) -> list[dict[str, Any]]:
    """Into which finding a voice went, and that they were told, or why not."""
    held = FindingVoice.objects.filter(voice__customer_id__in=numbers).select_related("voice", "finding")
    events: list[dict[str, Any]] = [
        {"kind": "finding", "day": business_date(row.at), "finding": row.finding}
        for row in held.order_by("-at", "-pk")[:MOST]
        if seen.sees_store(row.voice.store_id)
    ]
    tellings = Telling.objects.filter(customer__in=numbers).select_related("voice", "finding")
    for row in tellings.order_by("-due_at", "-pk")[:MOST]:
        if not seen.sees_store(row.voice.store_id) or not (row.told_at or row.skipped):
            continue
        day = business_date(row.told_at or row.due_at)
        skipped = SKIPPED.get(row.skipped, row.skipped)
        events.append({"kind": "told", "day": day, "finding": row.finding, "skipped": skipped})
    return events


def _notes(seen: Look, numbers: Sequence[int]) -> list[dict[str, Any]]:
    rows = Note.objects.filter(customer__in=numbers).order_by("-at", "-pk")
    return [
        {"kind": "note", "day": business_date(row.at), "note": row}
        for row in rows[:MOST]
        if seen.sees_store(row.store_id)
    ]


def _touches(numbers: Sequence[int]) -> list[dict[str, Any]]:
    rows = list(Touch.objects.filter(customer_id__in=numbers).order_by("-at", "-pk")[:MOST])
    titles = {play.name: title(play) for play in Play.objects.filter(name__in={row.play for row in rows})}
    return [
        {
            "kind": "touch",
            "day": business_date(row.at),
            "state": TOUCHES.get(row.state, row.state),
            "about": titles.get(row.play) or STAGES_THAT_SPEAK.get(row.play, row.play),
            "reason": REASONS.get(row.reason, row.reason),
            "channel": row.channel,
        }
        for row in rows
    ]


def _points(numbers: Sequence[int]) -> list[dict[str, Any]]:
    rows = PointsEntry.objects.filter(customer_id__in=numbers).order_by("-at", "-pk")
    return [
        {
            "kind": "points",
            "day": business_date(row.at),
            "amount": row.amount,
            "movement": MOVEMENTS.get(row.kind, row.kind),
        }
        for row in rows[:MOST]
    ]
