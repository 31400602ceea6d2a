"""Cards are made when a guest is expected and end with the visit; whoever is on shift does them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F, Min, Q, QuerySet

from regulars import settings
from regulars.brand.actions import the_brand
from regulars.core.refused import Refused
from regulars.desk.bulk import chunks
from regulars.gather.models import Visit
from regulars.identify.actions import everyone_many
from regulars.lake import head as heads
from regulars.serve.actions.knowing import known
from regulars.serve.models import Card, Guest
from regulars.serve.rules import cards as rules

ENDS = (Card.State.DONE, Card.State.NOT_TODAY)


def see(*, visits: Sequence[Visit], now: datetime) -> list[Card]:
    """Find who is coming and make their cards; the cards that were not there before.

    A visit that is over, or further off than half a day, waits. Looking again makes no card twice; cards of somebody
    whom a later identifier showed to be another guest go, if nobody did them yet.
    """
    due = [each for each in visits if _is_near(each, now)]
    made: list[Card] = []
    for chunk in chunks(due):
        made += _see(chunk, now)
    return made


def _is_near(visit: Visit, now: datetime) -> bool:
    return visit.left_at is None and now - rules.LOOK_BACK <= visit.expected_at <= now + rules.LOOK_AHEAD


def _see(visits: list[Visit], now: datetime) -> list[Card]:
    head = heads.read(settings.HOME / "lake").number
    lists = [[(name, digest) for name, digest in each.identifiers] for each in visits]
    parties = everyone_many(lists, head=head)
    guests = known(customers=[party[0] for party in parties if party], head=head, now=now)
    guests = _with_kept(guests)
    today = now.astimezone(ZoneInfo(the_brand().time_zone)).date()
    rows, cards = [], []
    for visit, party in zip(visits, parties, strict=True):
        guest = guests[party[0]] if party else None
        times = guest.visits + 1 if guest else 0
        rows.append(
            Guest(
                visit=visit,
                customer=party[0] if party else None,
                others=party[1:],
                times=times,
                looked_at=now,
            )
        )
        if guest:
            cards += _cards(visit, guest, rules.suggested(guest, _coming(visit), today), now)
    with transaction.atomic():
        update = ["customer", "others", "times", "looked_at"]
        Guest.objects.bulk_create(rows, update_conflicts=True, unique_fields=["visit"], update_fields=update)
        for row in rows:
            stale = Card.objects.filter(visit=row.visit_id, state=Card.State.OPEN)
            if row.customer is not None:
                stale.exclude(customer=row.customer).delete()
        there = set(Card.objects.filter(key__in=[card.key for card in cards]).values_list("key", flat=True))
        Card.objects.bulk_create(cards, ignore_conflicts=True)
    return [card for card in cards if card.key not in there]


def _with_kept(guests: dict[int, rules.Known]) -> dict[int, rules.Known]:
    """Guests with the promises that were kept to them at the table: each is kept once."""
    voices = {guest.mended_voice for guest in guests.values() if guest.mended_voice is not None}
    done = Card.objects.filter(kind=Card.Kind.PROMISE, state=Card.State.DONE, voice__in=voices)
    kept = frozenset(voice for voice in done.values_list("voice", flat=True) if voice is not None)
    return {number: replace(guest, kept=kept) for number, guest in guests.items()} if kept else guests


def _coming(visit: Visit) -> rules.Coming:
    return rules.Coming(occasion=(visit.occasion or "").casefold(), party=visit.party)


def _cards(visit: Visit, guest: rules.Known, found: list[rules.Suggested], now: datetime) -> list[Card]:
    cards = []
    for each in found:
        key = f"{each.kind}:{visit.pk}:{guest.customer}:{each.about}"
        shown = each.kind != rules.NEAR or rules.drawn(settings.IDENTIFIER_KEY, key)
        cards.append(
            Card(
                key=key,
                kind=each.kind,
                visit=visit,
                customer=guest.customer,
                store_id=visit.store_id,
                about=each.about,
                facts=each.facts,
                voice=each.voice,
                shown=shown,
                made_at=now,
                due_at=visit.expected_at + rules.LOOK_BACK,
            )
        )
    return cards


def touch(*, card: Card, how: str, staff_id: str, now: datetime) -> Card:
    """A colleague did what a card says, or will not today; the first word stands, whoever of the store said it.

    Refuses another end than done and not_today, and a card that ended otherwise before.
    """
    if how not in ENDS:
        raise Refused("a card ends as done or not today, not as %(how)s", how=how)
    Card.objects.filter(pk=card.pk, state=Card.State.OPEN, shown=True).update(
        state=how, staff_id=staff_id, ended_at=now
    )
    card.refresh_from_db()
    if card.state != how:
        raise Refused("this card has ended already")
    return card


def run_due(*, now: datetime, still: Callable[[], bool]) -> int:
    """Look at visits that came near or changed since they were looked at, and end the cards of those that are over."""
    done = 0
    for chunk in chunks(list(_to_see(now).values_list("pk", flat=True)[:2000])):
        if not still():
            return done
        see(visits=list(Visit.objects.filter(pk__in=chunk).order_by("pk")), now=now)
        done += len(chunk)
    if still():
        over = Card.objects.filter(state=Card.State.OPEN)
        keys = over.filter(Q(due_at__lte=now) | Q(visit__left_at__lte=now)).values_list("pk", flat=True)
        for chunk in chunks(list(keys[:2000])):
            ended = Card.objects.filter(pk__in=chunk, state=Card.State.OPEN)
            done += ended.update(state=Card.State.EXPIRED, ended_at=now)
    return done


def next_due(*, now: datetime) -> datetime | None:
    """When a visit comes near enough to be looked at, or a card's visit is over; None when neither waits."""
    first = _unseen(now).values_list("expected_at", flat=True).first()
    if first and first <= now + rules.LOOK_AHEAD:
        return now
    ends = Card.objects.filter(state=Card.State.OPEN).aggregate(first=Min("due_at"))["first"]
    times = [first - rules.LOOK_AHEAD if first else None, ends]
    return min((each for each in times if each is not None), default=None)


def _to_see(now: datetime) -> QuerySet[Visit]:
    return _unseen(now).filter(expected_at__lte=now + rules.LOOK_AHEAD)


def _unseen(now: datetime) -> QuerySet[Visit]:
    """Visits that are not over and were not looked at since they changed, the next expected first."""
    there = Visit.objects.filter(left_at=None, expected_at__gte=now - rules.LOOK_BACK)
    return there.filter(Q(guest=None) | Q(guest__looked_at__lt=F("changed_at"))).order_by("expected_at", "pk")
