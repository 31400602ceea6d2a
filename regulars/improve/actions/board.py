"""Findings on their way through the seven links: how many got so far, on which day, and what was lost between."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from statistics import median
from typing import Any

from regulars.identify.actions import living
from regulars.improve.actions import hearing
from regulars.improve.actions.linking import links
from regulars.improve.models import Finding, FindingVoice, Telling
from regulars.improve.rules import raising
from regulars.improve.rules.returning import (
    Back,
    Difference,
    Waved,
    over_findings,
    too_few_alone,
    waves_apart,
    within_strata,
)
from regulars.improve.tables import USUAL
from regulars.know.fields import business_date
from regulars.listen.models import Voice

LINKS = ("heard", "answered", "mended", "finding", "changed", "told", "back")
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Step:
    """One link: how many of the voices reached it, and the median day since each was heard (None: nobody yet)."""

    name: str
    reached: int
    day: int | None
    lost: int  # voices that reached the link before and not this one


@dataclass(frozen=True)
class Way:
    """A finding's way: its voices and people, the seven links, those told and back, and the revenue since."""

    voices: int
    people: int
    missing: int
    steps: tuple[Step, ...]
    told: int
    back: int
    usual: float | None  # the share of such guests who come within 30 days anyway
    alone: bool  # whether those told are too few to say anything by themselves
    skipped: Mapping[str, int]
    revenue: int


def seen_by(stores: Sequence[str] | None) -> Any:
    """The findings somebody may see: all, or those their stores raised; the latest first."""
    rows = Finding.objects.order_by("-made_at", "-pk")
    if stores is None:
        return rows
    return rows.filter(voices__voice__store_id__in=stores).distinct()


def ways(
    findings: Iterable[Finding], *, now: datetime, stores: Sequence[str] | None = None
) -> dict[int, Way]:
    """The way of each finding by its key; of voices at ``stores`` only, where they are given."""
    keys = [finding.pk for finding in findings]
    held = FindingVoice.objects.filter(finding__in=keys)
    if stores is not None:
        held = held.filter(voice__store_id__in=stores)
    finding_of = dict(held.values_list("voice_id", "finding_id"))
    table = links(since=BEGINNING, now=now, voices=sorted(finding_of)).to_pylist()
    rows: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in table:
        rows[finding_of[row["voice_id"]]].append(row)
    said: dict[int, list[raising.Said]] = defaultdict(list)
    for voice in hearing.said(Voice.objects.filter(voice_id__in=finding_of).order_by("voice_id")):
        said[finding_of[voice.voice_id]].append(voice)
    tellings: dict[int, list[Telling]] = defaultdict(list)
    for telling in Telling.objects.filter(voice_id__in=finding_of).order_by("pk"):
        tellings[telling.finding_id].append(telling)
    return {key: _way(rows[key], said[key], tellings[key]) for key in keys}


def _way(rows: Sequence[Mapping[str, Any]], said: Sequence[raising.Said], tellings: Sequence[Telling]) -> Way:
    steps, before = [], len(rows)
    for name in LINKS:
        days = [(row[name] - row["heard"]).days for row in rows if row[name] is not None]
        steps.append(Step(name, len(days), round(median(days)) if days else None, max(before - len(days), 0)))
        before = len(days)
    told = [each for each in tellings if each.told_at]
    usual = [each.usual for each in told if each.usual is not None]
    skipped: dict[str, int] = defaultdict(int)
    for each in tellings:
        if each.skipped:
            skipped[each.skipped] += 1
    return Way(
        voices=len(rows),
        people=raising.people(said),
        missing=raising.missing(said),
        steps=tuple(steps),
        told=len(told),
        back=sum(1 for each in told if each.back_on),
        usual=sum(usual) / len(usual) if usual else None,
        alone=too_few_alone(len(told)),
        skipped=dict(sorted(skipped.items())),
        revenue=sum(each.revenue for each in told),
    )


def together(*, now: datetime) -> tuple[Difference, int]:
    """How many more of those told came within 30 days than such guests usually do, over all findings; how many
    findings these are. Only those told 30 days ago or more: the others have not had the time.
    """
    today = business_date(now)
    people = []
    for each in Telling.objects.filter(told_at__isnull=False, usual__isnull=False).order_by("pk"):
        told = business_date(each.told_at) if each.told_at else today
        if (today - told).days >= USUAL:
            back = each.back_on is not None and (each.back_on - told).days <= USUAL
            people.append(Back(each.finding_id, back, each.usual or 0.0))
    return over_findings(people), len({each.finding for each in people})


def by_waves(finding: Finding, *, as_of: date) -> Difference:
    """What being told did in one finding, its waves held against those whose week had not come."""
    people = [
        Waved(
            each.wave, business_date(each.due_at), tuple(date.fromisoformat(day) for day, _net in each.came)
        )
        for each in finding.tellings.order_by("pk")
    ]
    return within_strata(waves_apart(people, as_of))


def people_of(finding: Finding) -> list[int]:
    """The living customers who raised a finding, ascending."""
    return sorted({voice.person for voice in hearing.of(finding) if voice.person is not None})


def home_of(numbers: Iterable[int]) -> dict[int, int]:
    """The living number of each of these."""
    return living(numbers, head=hearing.at_head())
