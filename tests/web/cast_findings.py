"""Findings at every point of their way, written straight into the desk's tables for the pages to read."""

from __future__ import annotations

from datetime import date, timedelta

from regulars.improve.actions import accept, invite, merge, open_tasting, refuse, vote
from regulars.improve.models import Effect, Evidence, Finding, Invitation, Telling
from regulars.listen.models import Complaint
from tests.improve import cast as improve
from tests.web import cast

LATER = improve.NOW + timedelta(days=3)
WORDS = (
    "the tomato soup is too sweet",
    "番茄汤今天好甜，喝不下去",
    "so sweet that my mother left it",
    "tomato soup tastes like candy",
    "汤太甜了",
)


def _raised(code: str, name: str, first: int, people: int, *stores: str) -> Finding:
    improve.dish(code, name)
    voices = []
    for at in range(people):
        number = first + at
        voice = improve.said(
            number,
            improve.guest(number, name=cast.FAMILY[at % 10] + cast.GIVEN[at % 10]),
            at=improve.NOW + timedelta(hours=7 * at),
            product_id=code,
            store_id=stores[at % len(stores)],
            text=WORDS[at % len(WORDS)],
        )
        voices.append(voice.voice_id)
        if at < people - 1:
            Complaint.objects.create(
                voice=voice,
                state=Complaint.State.MENDED,
                due_at=voice.at,
                answered_at=voice.at + timedelta(minutes=2),
                closed_at=voice.at + timedelta(minutes=30),
            )
    return merge(finding=None, voices=voices, by="owner", now=improve.NOW + timedelta(days=2))


def _told(finding: Finding) -> None:
    for at, held in enumerate(finding.voices.select_related("voice").order_by("pk")):
        back = at in (0, 2, 3)
        Telling.objects.create(
            finding=finding,
            voice=held.voice,
            customer=held.voice.customer_id or 0,
            wave=0,
            planned_at=LATER,
            due_at=improve.NOW + timedelta(days=14),
            told_at=None if at == 4 else improve.NOW + timedelta(days=14),
            skipped="unsubscribed" if at == 4 else "",
            message=f"improve|{finding.pk}|{at}",
            back_on=date(2026, 11, 20) if back else None,
            revenue=12_400 + 900 * at if back else 0,
            usual=0.2,
        )
    Finding.objects.filter(pk=finding.pk).update(state=Finding.State.TOLD)


def _figures(told: Finding) -> None:
    """What a turn published of the dish and of its change."""
    change = told.changes.get()
    numbers = {"as_of": cast.TODAY, "batch": 1}
    Evidence.objects.create(
        product_id="P12",
        **numbers,
        orders=812,
        buyers=540,
        had=1410,
        had_back=320,
        others=5200,
        others_back=1590,
        difference=-0.071,
        low=-0.096,
        high=-0.046,
        strata=22,
    )
    Effect.objects.create(
        change=change,
        **numbers,
        before=410,
        before_back=84,
        after=61,
        after_back=17,
        lines=188,
        stores=2,
        others=4,
        more=210,
    )


def _tasted() -> Finding:
    """An accepted finding whose two versions eight fans have tried."""
    tasted = _raised("P14", "Sesame noodles", 3101, 4, "S02")
    accept(finding=tasted, owner="chef", due_on=date(2026, 11, 30), by="owner", now=LATER)
    tasting = open_tasting(finding=tasted, version_a="A", version_b="B, less oil", by="chef", now=LATER)
    for number in range(3150, 3160):
        improve.guest(number, stage="regular", visit_days=30, usual_store="S02", stores="|S02|")
    invite(tasting=tasting, link="https://regulars.example/t/TOKEN", now=LATER)
    for at, row in enumerate(Invitation.objects.filter(tasting=tasting, group="fan").order_by("pk")[:8]):
        vote(token=row.token, prefers="a" if at in (2, 5) else "b", words="", now=LATER)
    return tasted


def findings() -> dict[str, Finding]:
    """One of each: told with three back, accepted with a tasting, raised, too few yet, refused; and loose voices."""
    told = improve.changed(_raised("P12", "Tomato soup", 3001, 5, "S01", "S02"), "S01", "S02")
    _told(told)
    _figures(told)
    tasted = _tasted()
    waiting = _raised("P15", "Cold noodle set", 3201, 6, "S01", "S03")
    few = _raised("P16", "Sour plum drink", 3301, 2, "S01")
    stays = _raised("P17", "Braised beef noodles", 3401, 3, "S04")
    refuse(finding=stays, reason="the broth is the house's own", by="owner", now=LATER)
    improve.dish("P18", "Sesame flatbread")
    for number in range(3501, 3504):
        improve.said(
            number,
            improve.guest(number),
            at=cast.NOW - timedelta(days=2),
            product_id="P18",
            text="the flatbread is burnt",
            store_id="S03",
        )
    improve.said(
        3601,
        improve.guest(3601),
        at=cast.NOW - timedelta(days=3),
        product_id="P15",
        text="cold noodles so sweet",
    )
    return {"told": told, "tasted": tasted, "waiting": waiting, "few": few, "stays": stays}
