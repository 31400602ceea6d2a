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
from regulars.engage.actions import post
from regulars.engage.models import Message
from regulars.gather.models import Order, Sighting
from regulars.identify.actions import find_many, numbers_of
from regulars.lake import head as heads
from regulars.listen.actions.addresses import address_of, short_key
from regulars.listen.actions.voices import LONGEST, hear
from regulars.listen.models import Ask, Considered, Voice
from regulars.listen.question import Question, Visit
from regulars.listen.rules import asking, letters


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
        for order, customer in _whose(chunk, head):
            if not still():
                return asked
            asked += ask_about(order, customer, head, now)
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


def ask_about(order: Order, customer: int, head: int, now: datetime) -> int:
    """Post the question about one order, unless this customer was asked within 90 days; 1 or 0."""
    lately = Ask.objects.filter(
        customer__in=numbers_of(customer, head=head), asked_at__gt=now - asking.ONCE_IN
    )
    if lately.exists():
        return 0
    key = key_of(order.source, order.order_id)
    visit = visit_of(order)
    fitting = [name for name, each in questions().items() if each.fits(visit)]
    if not fitting:
        return 0
    brand = the_brand()
    store = Store.objects.filter(code=order.store_id).first()
    due_at = asking.writing_at(order.ordered_at, now, (store and store.time_zone) or brand.time_zone)
    token = secrets.token_urlsafe(24)
    subject, body = letters.letter("ask", brand.region)
    day = order.business_date
    facts = {
        "store": store.name if store else order.store_id,
        "day": letters.day_of(day.month, day.day, brand.region),
        "link": address_of("answer", token),
    }
    with transaction.atomic():
        message = post(
            key=_message_key(key),
            customer=customer,
            purpose="research",
            subject=subject,
            body=body,
            due_at=due_at,
            now=now,
            store_id=order.store_id,
            facts=facts,
        )
        if message.state == Message.State.SPARED or token not in message.body:
            return 0  # not written to, or another worker was faster: its question has another token
        # Asked again behind the lock that ``post`` takes: another worker may just have asked about another visit.
        if lately.exists():
            transaction.set_rollback(True)
            return 0
        Ask.objects.create(
            key=key,
            customer=customer,
            source=order.source,
            order_id=order.order_id,
            store_id=order.store_id,
            visited_on=day,
            question=asking.pick(settings.IDENTIFIER_KEY, key, fitting),
            token=token,
            message=message.key,
            asked_at=message.due_at,
            expires_at=message.due_at + asking.OPEN_FOR,
        )
    return 1


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
