"""One question after one visit in five: considered once a landing, written once an order, answered once."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction

from regulars import catalogue
from regulars.brand.actions import the_brand
from regulars.brand.models import Store
from regulars.core.refused import Refused
from regulars.core.registry import load
from regulars.desk.bulk import chunks
from regulars.desk.spans import visible
from regulars.engage.actions import Letter, locked_limits, post_many
from regulars.engage.models import Message
from regulars.gather.models import Order, Sighting
from regulars.identify.actions import find_many, numbers_of_many
from regulars.lake import head as heads
from regulars.listen.actions.addresses import address_of, short_key
from regulars.listen.actions.voices import LONGEST, hear
from regulars.listen.models import Ask, Considered, Voice
from regulars.listen.question import Question, Visit
from regulars.listen.rules import asking, letters

AT_ONCE = 100  # visits asked about in one transaction


def questions() -> dict[str, Question]:
    """The questions of the catalogue by name."""
    return {each.name: each for each in load(catalogue.QUESTIONS)}


def next_due(*, now: datetime) -> datetime | None:
    """``now`` where orders landed that nobody considered yet."""
    head = heads.read(settings.HOME / "lake").number
    return now if head > _considered() else None


def _considered() -> int:
    row = Considered.objects.filter(pk=1).first()
    return row.number if row else 0


def ask_due(*, now: datetime, still: Callable[[], bool]) -> int:
    """Ask about the dine-in visits of the last three days that chance picked; how many questions were posted.

    Asked are known customers whom nobody asked in 90 days, under any of their numbers. Each landing's orders are
    considered once; a run that is stopped half-way is taken up again.
    """
    head = heads.read(settings.HOME / "lake").number
    if head <= _considered() or not catalogue.QUESTIONS:
        return 0
    asked = 0
    for chunk in _picked(head, now):
        for visits in chunks(_whose(chunk, head), AT_ONCE):
            if not still():
                return asked
            asked += ask_about(visits, head, now)
    with transaction.atomic():
        Considered.objects.get_or_create(pk=1)
        Considered.objects.filter(pk=1, number__lt=head).update(number=head)
    return asked


def _picked(head: int, now: datetime) -> Iterator[list[Order]]:
    """Orders of visits of the last days that chance picked, in chunks; the others are never loaded."""
    rows = Order.objects.filter(
        visible(head), ordered_at__gte=now - asking.LOOK_BACK, ordered_at__lte=now, sales_channel="dine_in"
    )
    rows = rows.filter(status="paid", net__gt=0).order_by("ordered_at", "pk")
    drawn = [
        number
        for number, source, order_id in rows.values_list("pk", "source", "order_id").iterator()
        if asking.drawn(settings.IDENTIFIER_KEY, key_of(source, order_id))
    ]
    for chunk in chunks(drawn):
        yield list(Order.objects.filter(pk__in=chunk).order_by("ordered_at", "pk"))


def key_of(source: str, order_id: str) -> str:
    """The key of the question about an order."""
    return f"{source} {order_id}"


def _whose(orders: Sequence[Order], head: int) -> Iterable[tuple[Order, int]]:
    """Each order with its customer, leaving out what is nobody's and what was asked about, or spared, before."""
    keys = {key_of(each.source, each.order_id): each for each in orders}
    done = set(Ask.objects.filter(key__in=keys).values_list("key", flat=True))
    letters_of = {_message_key(key): key for key in keys}
    done |= {
        letters_of[key] for key in Message.objects.filter(key__in=letters_of).values_list("key", flat=True)
    }
    left = [each for key, each in keys.items() if key not in done]
    seen: dict[tuple[str, str], list[tuple[str, str]]] = {(each.source, each.order_id): [] for each in left}
    sightings = Sighting.objects.filter(
        visible(head), batch__in={each.batch for each in left}, order_id__in=[each.order_id for each in left]
    )
    for source, order_id, digest in sightings.values_list("source", "order_id", "identifier_hash"):
        if (source, order_id) in seen:
            seen[source, order_id].append(("", digest))
    found = find_many(list(seen.values()), head=head)
    return [(order, customer) for order, customer in zip(left, found, strict=True) if customer is not None]


def _message_key(key: str) -> str:
    return short_key("ask", key, 120)


def ask_about(visits: Sequence[tuple[Order, int]], head: int, now: datetime) -> int:
    """Post the question about each order, unless its customer was asked within 90 days; how many were posted."""
    asked = 0
    people = numbers_of_many([customer for _order, customer in visits], head=head)
    while visits:
        firsts: dict[
            int, tuple[Order, int]
        ] = {}  # who came twice is asked about the first, if that can be posted
        again = []
        for order, customer in visits:
            if firsts.setdefault(people[customer][0], (order, customer))[0] is not order:
                again.append((order, customer))
        asked += _ask(list(firsts.values()), people, now)
        visits = again
    return asked


@transaction.atomic
def _ask(visits: Sequence[tuple[Order, int]], people: Mapping[int, list[int]], now: datetime) -> int:
    """The questions about visits of as many customers, in one transaction; how many were posted."""
    locked_limits()  # another worker may just be asking one of them about another visit
    lately = _asked_lately([number for _order, customer in visits for number in people[customer]], now)
    drafts = _drafts([each for each in visits if lately.isdisjoint(people[each[1]])], now)
    messages = post_many([letter for letter, _ask in drafts], purpose="research", now=now)
    asks = []
    for message, (_letter, ask) in zip(messages, drafts, strict=True):
        if message.state == Message.State.SPARED or ask.token not in message.body:
            continue  # not written to, or another worker was faster: its question has another token
        ask.asked_at, ask.expires_at = message.due_at, message.due_at + asking.OPEN_FOR
        asks.append(ask)
    Ask.objects.bulk_create(asks)
    return len(asks)


def _asked_lately(numbers: Iterable[int], now: datetime) -> set[int]:
    found: set[int] = set()
    for chunk in chunks(numbers):
        rows = Ask.objects.filter(customer__in=chunk, asked_at__gt=now - asking.ONCE_IN)
        found.update(rows.values_list("customer", flat=True))
    return found


def _drafts(visits: Sequence[tuple[Order, int]], now: datetime) -> list[tuple[Letter, Ask]]:
    """The letter and the question about each order that a question fits; when they go out is not said yet."""
    brand, stores = the_brand(), {each.code: each for each in Store.objects.all()}
    subject, body = letters.letter("ask", brand.region)
    drafts = []
    for order, customer in visits:
        key, visit, store = key_of(order.source, order.order_id), visit_of(order), stores.get(order.store_id)
        fitting = [name for name, each in questions().items() if each.fits(visit)]
        if not fitting:
            continue
        day, token = order.business_date, secrets.token_urlsafe(24)
        zone = (store and store.time_zone) or brand.time_zone
        letter = Letter(
            key=_message_key(key),
            customer=customer,
            subject=subject,
            body=body,
            due_at=asking.writing_at(order.ordered_at, now, zone),
            store_id=order.store_id,
            facts={
                "store": store.name if store else order.store_id,
                "day": letters.day_of(day.month, day.day, brand.region),
                "link": address_of("answer", token),
            },
        )
        ask = Ask(
            key=key,
            customer=customer,
            source=order.source,
            order_id=order.order_id,
            store_id=order.store_id,
            visited_on=day,
            question=asking.pick(settings.IDENTIFIER_KEY, key, fitting),
            token=token,
            message=letter.key,
        )
        drafts.append((letter, ask))
    return drafts


def visit_of(order: Order | None) -> Visit:
    """What a question may know of an order: its dishes by code, the dearest first."""
    lines = [line for line in (order.lines if order else []) if line.get("product_id")]
    dearest = sorted(lines, key=lambda line: (-(line.get("paid_price") or 0), str(line["product_id"])))
    return Visit(dishes=tuple(dict.fromkeys(str(line["product_id"]) for line in dearest)))


def order_of(ask: Ask) -> Order | None:
    """The desk's row of the order a question is about, at its highest version."""
    rows = Order.objects.filter(source=ask.source, order_id=ask.order_id, store_id=ask.store_id)
    return rows.filter(until=None).order_by("-version", "-pk").first()


def answer(*, ask: Ask, said: Mapping[str, str], now: datetime) -> Voice | None:
    """Keep the answer to a question as one voice, once; None where it was answered before or is over.

    ``said`` is what the form sent, read by the question. Refuses an answer without anything in it.
    """
    question = questions()[ask.question]
    visit = visit_of(order_of(ask))
    heard = question.read(said, visit)
    text = str(said.get("words", ""))[:LONGEST].strip()
    text = "\n".join(part for part in (heard.text, text) if part)
    if heard.score is None and not text:
        raise Refused("choose an answer, or write some words")
    with transaction.atomic():
        taken = Ask.objects.filter(pk=ask.pk, answered_at=None, expires_at__gt=now).update(answered_at=now)
        if not taken:
            return None
        order = order_of(ask)
        voice = hear(
            key=f"answer {ask.pk}",
            source="answer",
            at=now,
            now=now,
            text=text,
            customer=ask.customer,
            order_id=ask.order_id,
            visit_id=(order.visit_id or "") if order else "",
            store_id=ask.store_id,
            staff_id=(order.staff_id or "") if order else "",
            product_id=heard.product_id,
            field=heard.field,
            score=heard.score,
        )
        Ask.objects.filter(pk=ask.pk).update(voice=voice)
    return voice
