"""Orders into points: what an order's highest version is worth, less what earlier versions have booked already."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from regulars import settings
from regulars.brand.actions import the_brand
from regulars.core.money import minor_units
from regulars.core.refused import Refused
from regulars.desk.bulk import chunks
from regulars.identify.actions import numbers_of, numbers_of_many
from regulars.lake import head as heads
from regulars.reward.actions.book import Book
from regulars.reward.models import PointsEntry, Programme
from regulars.reward.rules import points as rules

BY = "order"  # what an earning names as its benefit


@dataclass(frozen=True)
class Sold:
    """A version of an order: whose it is (None: nobody's that is known) and the money kept of it, in minor units."""

    source: str
    order_id: str
    version: int
    customer: int | None
    kept: int  # 0 when it was cancelled or wholly refunded
    day: date  # business date
    at: datetime

    @property
    def order(self) -> str:
        return f"{self.source}|{self.order_id}"


@dataclass
class _Booked:
    """What the book holds of one order: points by number, the highest version, and the keys in use."""

    points: defaultdict[int, int]
    version: int
    keys: set[str]


def earn(*, orders: Iterable[Sold], head: int, now: datetime) -> int:
    """Book orders under (source, order_id, version), 500 to a transaction; how many movements that made.

    A version books the difference to what the order has booked; where it belongs to somebody else than before, what it
    brought them is taken back. The same version again books nothing, an older one neither. Without a programme, and for
    business dates before it starts, nothing is earned.
    """
    programme = Programme.objects.filter(pk=1).first()
    if programme is None:
        return 0
    unit = minor_units(the_brand().currency)
    return sum(_book(chunk, programme, unit, head, now) for chunk in chunks(orders))


def reverse(*, source: str, order_id: str, version: int, head: int, now: datetime) -> int:
    """Take back what an order brought, because this version of it was cancelled or wholly refunded.

    What is left is taken back, the rest is written as owed and paid first by the next earnings.
    """
    gone = Sold(source, order_id, version, None, 0, date.min, now)
    return earn(orders=[gone], head=head, now=now)


@transaction.atomic
def present(*, customer: int, points: int, key: str, now: datetime) -> int:
    """Give a customer points that no order earned, once by ``key``; how many. Refuses without a programme."""
    programme = terms_of_programme()
    family = numbers_of(customer, head=heads.read(settings.HOME / "lake").number)
    book = Book.open(family, taking=())
    base = f"present|{key}"
    if PointsEntry.objects.filter(key=base).exists():
        return points
    moved = rules.earned(book.of(family), points, expires_at=_ends(now, programme))
    book.note(base, moved, benefit="present")
    book.write(now)
    return points


def terms_of_programme() -> Programme:
    """The programme's terms; refuses where none was begun."""
    programme = Programme.objects.filter(pk=1).first()
    if programme is None:
        raise Refused("there is no programme yet under which points are kept")
    return programme


@transaction.atomic
def _book(orders: Sequence[Sold], programme: Programme, unit: int, head: int, now: datetime) -> int:
    Programme.objects.select_for_update().get(pk=1)  # two at once would each book the same difference
    booked = _booked(orders)
    worth = [_worth(each, programme, unit) for each in orders]
    moving = [
        (each, wanted) for each, wanted in zip(orders, worth, strict=True) if each.order in booked or wanted
    ]
    if not moving:
        return 0
    holding = {number for one in booked.values() for number, points in one.points.items() if points}
    aliases = numbers_of_many({each.customer for each, _ in moving if each.customer is not None}, head=head)
    book = Book.open(holding | {number for family in aliases.values() for number in family}, taking=holding)
    for each, wanted in moving:
        before = booked.setdefault(each.order, _Booked(defaultdict(int), 0, set()))
        mine = aliases[each.customer] if each.customer is not None else []
        if _speaks(each, before):
            _note(book, each, before, _movements(book, each, before, wanted, mine, _ends(each.at, programme)))
    return len(book.write(now))


def _worth(sold: Sold, programme: Programme, unit: int) -> int:
    if sold.customer is None or sold.day < programme.starts_on:
        return 0
    return rules.points_of(sold.kept, unit=unit, per_unit=programme.per_unit)


def _booked(orders: Sequence[Sold]) -> dict[str, _Booked]:
    found: dict[str, _Booked] = {}
    rows = PointsEntry.objects.filter(order__in=[each.order for each in orders])
    for order, number, amount, key in rows.values_list("order", "customer_id", "amount", "key"):
        one = found.setdefault(order, _Booked(defaultdict(int), 0, set()))
        one.points[number] += amount
        one.version = max(one.version, int(key.rpartition("|")[2].partition("#")[0]))
        one.keys.add(key)
    return found


def _speaks(sold: Sold, booked: _Booked) -> bool:
    """Whether a version is to be booked: none older, and of the same only what somebody is known to own.

    Rows stay with the number they were written with, so an order that merely lost its owner keeps its points.
    """
    return sold.version > booked.version or (sold.version == booked.version and sold.customer is not None)


def _movements(
    book: Book, sold: Sold, booked: _Booked, wanted: int, mine: Sequence[int], ends: datetime | None
) -> list[rules.Movement]:
    """Back from whoever else holds points of an earlier version, then the difference to or from the owner."""
    moved: list[rules.Movement] = []
    if sold.version > booked.version:
        for number, points in sorted(booked.points.items()):
            if points and number not in mine:
                moved += rules.reversed_(book.accounts[number], points, order=sold.order)
    # The same version again was mended under its number: then whoever holds its points keeps what it is worth now.
    again = sold.version == booked.version
    standing = {number: points for number, points in sorted(booked.points.items()) if again or number in mine}
    more = wanted - sum(standing.values())
    for number, points in standing.items():
        back = min(points, -more)
        if back > 0:
            moved += rules.reversed_(book.accounts[number], back, order=sold.order)
            more += back
    if more > 0:
        moved += rules.earned(book.of(mine), more, expires_at=ends, order=sold.order)
    for movement in moved:
        booked.points[movement.number] += movement.amount
    booked.version = max(booked.version, sold.version)
    return moved


def _note(book: Book, sold: Sold, booked: _Booked, movements: Sequence[rules.Movement]) -> None:
    base = f"order|{sold.order}|{sold.version}"
    for movement in movements:
        place = sum(key == base or key.startswith(f"{base}#") for key in booked.keys) + 1
        key = base if place == 1 else f"{base}#{place}"
        booked.keys.add(key)
        book.note(key, [movement], benefit=BY, order=sold.order)


def _ends(at: datetime, programme: Programme) -> datetime | None:
    return at + timedelta(days=programme.expires_after) if programme.expires_after else None
