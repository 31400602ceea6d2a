"""What the desk holds of one customer, read through links: orders find their customer, they never name one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from regulars.brand.models import Product
from regulars.gather.models import Identifier, Order, Record, Sighting
from regulars.identify.actions import numbers_of
from regulars.identify.models import Customer, Link
from regulars.identify.rules import strength
from regulars.know.models import CustomerState, Stage
from regulars.web import timeline, written
from regulars.web.pages.door import Look

SHOWN, LINES = 200, 12  # orders on one page, the latest; lines read out of each


@dataclass(frozen=True)
class Belongings:
    """Events, newest first; identifiers, records and aliases; ``elsewhere``: orders at stores not theirs."""

    events: list[dict[str, Any]]
    elsewhere: int
    identifiers: list[dict[str, str]]
    records: list[Record]
    aliases: list[int]


def of(seen: Look, state: CustomerState) -> Belongings:
    """Everything of one customer that the person looking may see."""
    number = state.customer
    links = list(
        Link.objects.filter(seen.shown(), customer=number).order_by("identifier_type", "identifier_hash")
    )
    values = Identifier.objects.in_bulk([link.identifier_hash for link in links])
    identifiers = [
        {"kind": link.identifier_type, "rule": link.rule, "value": values[link.identifier_hash].value}
        for link in links
        if link.identifier_hash in values
    ]
    orders = _orders(seen, number, links)
    mine = [order for order in orders if seen.sees_store(order.store_id)]
    aliases = Customer.objects.filter(merged_into=number, until__lte=seen.head).order_by("number")
    records = _records(seen, {link.identifier_hash for link in links}, identifiers)
    return Belongings(
        events=_events(state, mine[:SHOWN], records, timeline.of(seen, numbers_of(number, head=seen.head))),
        elsewhere=len(orders) - len(mine),
        identifiers=identifiers,
        records=records,
        aliases=list(aliases.values_list("number", flat=True)),
    )


def _orders(seen: Look, number: int, links: list[Link]) -> list[Order]:
    """The customer's orders, newest first: where several customers' identifiers were seen, the strongest one's."""
    hashes = [link.identifier_hash for link in links]
    touched = set(
        Sighting.objects.filter(seen.shown(), identifier_hash__in=hashes).values_list("source", "order_id")
    )
    names = [order_id for _source, order_id in touched]
    theirs: dict[tuple[str, str], list[str]] = defaultdict(list)
    for chunk in _chunks(names):
        sightings = Sighting.objects.filter(seen.shown(), order_id__in=chunk)
        for source, order_id, digest in sightings.values_list("source", "order_id", "identifier_hash"):
            theirs[source, order_id].append(digest)
    others = {digest for digests in theirs.values() for digest in digests}
    owner: dict[str, tuple[int, int | None]] = {}
    for chunk in _chunks(others):
        linked = Link.objects.filter(seen.shown(), identifier_hash__in=chunk, customer__isnull=False)
        for kind, digest, customer in linked.values_list("identifier_type", "identifier_hash", "customer"):
            owner[digest] = (strength.place(kind), customer)
    kept = {
        key
        for key in touched
        if min((owner[digest] for digest in theirs[key] if digest in owner), default=(0, number))[1] == number
    }
    found: list[Order] = []
    for chunk in _chunks(names):
        orders = Order.objects.filter(seen.shown(), order_id__in=chunk)
        found += [order for order in orders if (order.source, order.order_id) in kept]
    return sorted(found, key=lambda order: (order.ordered_at, order.source, order.order_id), reverse=True)


def _chunks(values: Iterable[str]) -> Iterable[list[str]]:
    ordered = sorted(set(values))
    return (ordered[start : start + 500] for start in range(0, len(ordered), 500))


def _records(seen: Look, hashes: set[str], identifiers: list[dict[str, str]]) -> list[Record]:
    """What sources say of this person: records named by one of the account numbers, and carrying it."""
    accounts = [each["value"] for each in identifiers if each["kind"] in ("external", "member_card")]
    names = {name for value in accounts for name in (value, value.partition(":")[2]) if name}
    rows = Record.objects.filter(seen.shown(), record_id__in=names).order_by("source", "record_id", "pk")
    return [record for record in rows if hashes & set(record.identifiers)]


def _events(
    state: CustomerState, orders: list[Order], records: list[Record], more: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    named = _products(orders)
    events: list[dict[str, Any]] = [
        {"kind": "order", "day": each.business_date, "order": each, "bought": _bought(each, named)}
        for each in orders
    ]
    events += [
        {"kind": "stage", "day": date.fromisoformat(each["since"]), "stage": Stage(each["stage"])}
        for each in state.history
    ]
    events += [
        {"kind": "record", "day": each.registered_at.date(), "record": each}
        for each in records
        if each.registered_at
    ]
    kinds = ("record", "points", "order", "stage", "note", "voice", "finding", "touch", "told")  # of one day
    rank = {kind: place for place, kind in enumerate(kinds)}
    return sorted([*events, *more], key=lambda event: (event["day"], rank[event["kind"]]), reverse=True)


def _products(orders: list[Order]) -> dict[str, str]:
    """Names of the products on these orders, by code."""
    codes = {str(line.get("product_id") or "") for order in orders for line in order.lines[:LINES]}
    return dict(Product.objects.filter(code__in=codes).values_list("code", "name"))


def _bought(order: Order, named: dict[str, str]) -> str:
    """What was bought as one would read it out: names, with how many of each beyond one."""
    said = []
    for line in order.lines[:LINES]:
        code, quantity = str(line.get("product_id") or ""), str(line.get("quantity") or "1")
        many = quantity.rstrip("0").rstrip(".") if "." in quantity else quantity
        said.append(named.get(code, code) if many in ("1", "") else f"{named.get(code, code)} × {many}")
    more = " …" if len(order.lines) > LINES else ""
    return written.listed(filter(None, said)) + more
