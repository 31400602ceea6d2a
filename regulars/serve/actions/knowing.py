"""What the desk holds of guests who are expected, for many at once: state, tags, dishes, later stages' fields."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from regulars import catalogue
from regulars.core.registry import load
from regulars.desk.bulk import among, chunks
from regulars.desk.spans import visible
from regulars.gather.models import Order, Sighting
from regulars.identify.actions import numbers_of_many
from regulars.identify.models import Link
from regulars.know.field import Field
from regulars.know.models import CustomerState, Tag
from regulars.serve.rules.cards import Known

# What later stages publish of a guest, by name: serve cannot import them, and without them there is nothing to say.
ASKED = {
    "open_complaint": "open_complaint",
    "last_complaint": "last_complaint",
    "last_complaint_dish": "complaint_dish",
    "last_complaint_voice": "complaint_voice",
    "mended_for": "mended_for",
}
RECENT = 40  # orders of one guest that are looked at


def known(*, customers: Sequence[int], head: int, now: datetime) -> dict[int, Known]:
    """What is known of customers (living numbers) as HEAD stands at ``head``, for the cards."""
    numbers = sorted(set(customers))
    found: dict[int, dict[str, Any]] = {number: {"customer": number} for number in numbers}
    for chunk in chunks(numbers):
        states = CustomerState.objects.filter(visible(head), customer__in=chunk)
        for number, days, last, stage in states.values_list("customer", "visit_days", "last_day", "stage"):
            found[number] |= {"visits": days, "last_day": last, "stage": stage}
    for number, tags in _tags(numbers, head, now).items():
        found[number]["tags"] = tuple(tags)
    for number, dishes in _dishes(numbers, head).items():
        found[number] |= dishes
    for name, values in _fields(numbers, head, now).items():
        for number, value in values.items():
            if number in found and value:
                found[number] |= _mended(value) if name == "mended_for" else {name: value}
    return {number: Known(**facts) for number, facts in found.items()}


def _tags(numbers: Sequence[int], head: int, now: datetime) -> dict[int, list[tuple[str, str, date]]]:
    """Words said of each and still true, whichever of the customer's numbers they were written with."""
    aliases = numbers_of_many(numbers, head=head)
    home = {alias: number for number, all_of in aliases.items() for alias in all_of}
    found: dict[int, list[tuple[str, str, date]]] = defaultdict(list)
    for chunk in chunks(sorted(home)):
        rows = Tag.objects.filter(Q(expires_at=None) | Q(expires_at__gt=now), customer__in=chunk)
        for row in rows.order_by("at", "pk"):
            found[home[row.customer]].append((row.tag, row.kind, row.at.date()))
    return found


def _dishes(numbers: Sequence[int], head: int) -> dict[int, dict[str, Any]]:
    """The dish in most of a guest's recent orders, in how many, and the dearest line of the last one."""
    owner: dict[str, int] = {}
    for chunk in chunks(numbers):
        links = Link.objects.filter(visible(head), customer__in=chunk)
        owner |= {
            digest: number for digest, number in links.values_list("identifier_hash", "customer") if number
        }
    theirs: dict[tuple[str, str], int] = {}
    for chunk in chunks(sorted(owner)):
        seen = Sighting.objects.filter(visible(head), identifier_hash__in=chunk)
        for source, order_id, digest in seen.values_list("source", "order_id", "identifier_hash"):
            theirs.setdefault((source, order_id), owner[digest])
    bought: dict[int, list[tuple[datetime, str, list[Any]]]] = defaultdict(list)
    for chunk in chunks(sorted(theirs)):
        rows = Order.objects.filter(visible(head), among(chunk, "source", "order_id"), status="paid")
        for source, order_id, ordered_at, lines in rows.values_list(
            "source", "order_id", "ordered_at", "lines"
        ):
            bought[theirs[source, order_id]].append((ordered_at, order_id, lines))
    return {number: _favourite(sorted(rows, key=lambda row: row[:2])) for number, rows in bought.items()}


def _favourite(orders: list[tuple[datetime, str, list[Any]]]) -> dict[str, Any]:
    times: Counter[str] = Counter()
    for _at, _id, lines in orders[-RECENT:]:
        times.update({str(line["product_id"]) for line in lines if line.get("product_id")})
    dearest: dict[str, Any] = max(
        orders[-1][2], key=lambda line: (line.get("paid_price") or 0, str(line.get("product_id"))), default={}
    )
    dish, many = min(times.items(), key=lambda each: (-each[1], each[0]), default=("", 0))
    return {"dish": dish, "dish_times": many, "first_dish": str(dearest.get("product_id") or "")}


def _fields(numbers: Sequence[int], head: int, now: datetime) -> dict[str, Mapping[int, Any]]:
    """Values of the fields asked, by the name that cards know them by."""
    if not numbers:
        return {}
    listed: list[Field] = []
    for each in load(catalogue.FIELDS):
        listed += each if isinstance(each, list | tuple) else [each]
    return {ASKED[each.name]: each.read(numbers, head=head, now=now) for each in listed if each.name in ASKED}


def _mended(value: Mapping[str, Any]) -> dict[str, Any]:
    """What a guest raised that is mended since: the dish, and the voice in which they said it."""
    return {"mended_for": str(value.get("product") or ""), "mended_voice": value.get("voice")}
