"""Points out of the book: spent once by key, or let go when their time is over; never more than there is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from regulars import settings
from regulars.core.refused import Refused
from regulars.desk.bulk import chunks
from regulars.identify.actions import numbers_of
from regulars.lake import head as heads
from regulars.reward.actions.book import Book
from regulars.reward.models import Lot, PointsEntry
from regulars.reward.rules import points as rules


@transaction.atomic
def redeem(*, customer: int, points: int, benefit: str, key: str, now: datetime) -> list[PointsEntry]:
    """Spend a customer's points on a benefit, out of the accounts of all their numbers in order, once by ``key``.

    Returns the entries; the same key gives those that are there. Refuses more than can be spent, less than one point,
    and a key that was used for something else.
    """
    if points < 1:
        raise Refused("points are spent one by one, not %(points)s of them", points=points)
    family = numbers_of(customer, head=heads.read(settings.HOME / "lake").number)
    book = Book.open(family, taking=family)
    base = f"spend|{key}"
    there = _under(base)
    if there:
        if sum(entry.amount for entry in there) != -points or there[0].benefit != benefit:
            raise Refused("the key %(key)s was used for something else", key=key)
        return there
    accounts = book.of(family)
    moved = rules.spent(accounts, points)
    if moved is None:
        raise Refused(
            "%(points)d points are asked for and %(left)d can be spent",
            points=points, left=rules.can_spend(accounts),
        )  # fmt: skip
    book.note(base, moved, benefit=benefit)
    return book.write(now)


def _under(base: str) -> list[PointsEntry]:
    """The entries of one spending: its key, and key#2, key#3 … for further accounts."""
    found = list(PointsEntry.objects.filter(key=base))
    while found and (more := PointsEntry.objects.filter(key=f"{base}#{len(found) + 1}").first()):
        found.append(more)
    return found


def expire(*, now: datetime, still: Callable[[], bool] = lambda: True) -> int:
    """End what is left of every earning whose time is over, the oldest first; how many entries that made."""
    done = 0
    over = Lot.objects.filter(left__gt=0, expires_at__lte=now).values_list("customer", flat=True)
    # Sorted here: asked to, SQLite would walk every lot that is open.
    for numbers in chunks(sorted(set(over))):
        if not still():
            break
        with transaction.atomic():
            book = Book.open(numbers, taking=numbers)
            for number in numbers:
                for lot, movement in rules.expired(book.accounts[number], now):
                    book.note(f"expire|{lot.id}", [movement])
            done += len(book.write(now))
    return done


def next_expiry() -> datetime | None:
    """When the next points run out; None while none are left that will."""
    open_ = Lot.objects.filter(left__gt=0, expires_at__isnull=False).order_by("expires_at")
    return open_.values_list("expires_at", flat=True).first()
