"""How visits and cards read on a phone: the table and what to do, never a phone number."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_time
from django.utils.translation import gettext as _

from regulars.brand.models import Product
from regulars.gather.models import Visit
from regulars.serve.models import Card
from regulars.serve.rules.cards import LOOK_BACK, order
from regulars.web import written
from regulars.web.words.serve import OCCASIONS, said

TONIGHT = timedelta(hours=10)  # how far ahead bookings are listed
LATELY, TOLD = timedelta(days=14), 5  # how long, and how many at most, guests who came back are told of


@dataclass
class Party:
    """A visit as staff read it: where, when, which visit it is, and the card that comes first."""

    visit: Visit
    where: str
    when: str
    times: str
    group: str  # here, waiting, booked
    note: str = ""  # party, occasion, household
    card: Card | None = None
    do: str = ""
    why: str = ""
    say: str = ""
    allergies: str = ""
    tags: list[str] = field(default_factory=list)


def parties(*, store: str, now: datetime, zone: str) -> list[Party]:
    """Visits of a store that are here, waiting or booked for the next hours, with the first open card of each.

    Whoever must not eat something stands first, the others by when they came or are due.
    """
    visits = Visit.objects.filter(
        store_id=store, left_at=None, expected_at__gte=now - LOOK_BACK, expected_at__lte=now + TONIGHT
    )
    found = list(visits.select_related("guest").order_by("expected_at", "pk"))
    cards: dict[int, list[Card]] = {}
    for card in Card.objects.filter(visit__in=found, state=Card.State.OPEN, shown=True).order_by("pk"):
        cards.setdefault(card.visit_id or 0, []).append(card)
    named = products([card for several in cards.values() for card in several])
    shown = []
    for visit in found:
        first = min(cards.get(visit.pk, []), key=lambda card: order((card.kind, card.about)), default=None)
        shown.append(_party(visit, first, now, zone, named))
    return sorted(shown, key=lambda party: not (party.card and party.card.about == "allergy"))


def _party(visit: Visit, card: Card | None, now: datetime, zone: str, named: dict[str, str]) -> Party:
    guest = getattr(visit, "guest", None)
    times = _("visit no. %(times)d") % {"times": guest.times} if guest and guest.times else ""
    if not times and visit.first_time_said:
        times = _("here for the first time")
    party = Party(
        visit=visit,
        where=_("table %(table)s") % {"table": visit.table} if visit.table else "",
        when=clock_time(visit.expected_at, zone),
        times=times,
        group="here" if visit.seated_at else "booked" if visit.expected_at > now else "waiting",
        note=_note(visit, bool(guest and guest.others)),
    )
    if card is not None:
        fill(party, card, named)
    return party


def _note(visit: Visit, household: bool) -> str:
    said = []
    if visit.party:
        said.append(_("party of %(count)d") % {"count": visit.party})
    if visit.occasion:
        said.append(str(OCCASIONS.get(visit.occasion.casefold(), visit.occasion)))
    if household:
        said.append(_("one household: more than one of them is known"))
    return " · ".join(said)


def fill(party: Party, card: Card, named: dict[str, str]) -> None:
    """Write what a card says onto its party."""
    facts = told(card, named)
    sentences = said(card.about, facts)
    party.card, party.do, party.why, party.say = (
        card,
        str(sentences.do),
        str(sentences.why),
        str(sentences.say),
    )
    party.allergies = written.listed(card.facts.get("allergies", []))
    party.tags = [str(each) for each in card.facts.get("likes", [])] if card.about != "likes" else []


def told(card: Card, named: dict[str, str]) -> dict[str, Any]:
    """A card's facts as sentences take them: names for codes, days and lists in words."""
    facts = dict(card.facts)
    if facts.get("dish"):
        facts["dish"] = named.get(facts["dish"], facts["dish"])
    if facts.get("on"):
        facts["on"] = written.day(date.fromisoformat(facts["on"]), card.made_at.year)
    return {
        name: written.listed(map(str, value)) if isinstance(value, list) else value
        for name, value in facts.items()
    }


def products(cards: list[Card]) -> dict[str, str]:
    """Names of the dishes that cards speak of, by code."""
    codes = {str(card.facts.get("dish") or "") for card in cards} - {""}
    return dict(Product.objects.filter(code__in=codes).values_list("code", "name"))


def clock_time(at: datetime, zone: str) -> str:
    """An instant as the clock on the store's wall shows it."""
    return str(format_time(at, "HH:mm", tzinfo=ZoneInfo(zone), locale=written.locale()))


def came_back(*, store: str, today: date) -> list[dict[str, str]]:
    """What became of cards that colleagues did: guests who came back in the last two weeks, the latest first."""
    rows = Card.objects.filter(
        store_id=store,
        shown=True,
        state=Card.State.DONE,
        came_back_on__gt=today - LATELY,
        came_back_on__lte=today,
    )
    cards = list(rows.order_by("-came_back_on", "pk")[:TOLD])
    named = products(cards)
    return [
        {
            "do": str(said(card.about, told(card, named)).do),
            "done": written.day(card.made_at.date(), today.year),
            "back": written.day(card.came_back_on, today.year),
        }
        for card in cards
    ]
