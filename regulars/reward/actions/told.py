"""What a customer's points come to, and what the book says of every one of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Sum

from regulars import settings
from regulars.identify.actions import numbers_of
from regulars.lake import head as heads
from regulars.reward.models import Account, Lot, PointsEntry, Programme
from regulars.reward.rules import points as rules

OF_A_BALANCE = (rules.EARN, rules.SPEND, rules.EXPIRE, rules.REVERSE)


@dataclass(frozen=True)
class Balance:
    """Points of a customer over all their numbers: what can be spent, what is owed, what runs out next and when."""

    points: int
    owed: int
    expiring: int = 0
    expires_at: datetime | None = None
    visible: bool = False  # to the guest


def balance(customer: int, *, head: int | None = None) -> Balance:
    """What a customer has now; ``head`` is the lake's, where the caller has read it already."""
    at = heads.read(settings.HOME / "lake").number if head is None else head
    return standing(numbers_of(customer, head=at))


def standing(numbers: Sequence[int]) -> Balance:
    """``balance`` of a customer whose numbers are known."""
    sums = Account.objects.filter(customer__in=numbers).aggregate(left=Sum("balance"), owed=Sum("owed"))
    points = max(0, (sums["left"] or 0) - (sums["owed"] or 0))
    lots = Lot.objects.filter(customer__in=numbers, left__gt=0, expires_at__isnull=False)
    ends = lots.order_by("expires_at").values_list("expires_at", flat=True).first()
    expiring = lots.filter(expires_at=ends).aggregate(left=Sum("left"))["left"] or 0 if ends else 0
    programme = Programme.objects.filter(pk=1).first()
    seen = programme is not None and rules.may_see(points, programme.visible_from)
    return Balance(points, sums["owed"] or 0, min(expiring, points), ends, seen)


def statement(numbers: Sequence[int], *, most: int = 200) -> list[PointsEntry]:
    """The entries of a customer with these numbers, newest first, at most ``most``."""
    rows = PointsEntry.objects.filter(customer_id__in=numbers)
    return list(rows.order_by("-at", "-pk")[:most])


def differences() -> dict[int, tuple[int, int]]:
    """Numbers whose account is not what the book says, with how much more it has (balance, owed); empty: it balances.

    An account's balance is the sum of what was earned, spent, expired and reversed, and the sum of its lots; what it
    owes is what was owed and not repaid.
    """
    off: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for number, left, owed in Account.objects.values_list("customer", "balance", "owed"):
        off[number][0] += left
        off[number][1] += owed
    for number, kind, amount in _sums():
        off[number][kind not in OF_A_BALANCE] += amount if kind not in OF_A_BALANCE else -amount
    found = {number: (pair[0], pair[1]) for number, pair in off.items() if any(pair)}
    lots = dict(Lot.objects.values_list("customer").annotate(left=Sum("left")))
    for number, left in Account.objects.values_list("customer", "balance"):
        if left != lots.get(number, 0):
            found.setdefault(number, (left - lots.get(number, 0), 0))
    return found


def _sums() -> Iterable[tuple[int, str, int]]:
    return PointsEntry.objects.values_list("customer_id", "kind").annotate(points=Sum("amount")).order_by()


def programme(
    *, starts_on: date, per_unit: int = 1, expires_after: int | None = 365, visible_from: int = 100
) -> Programme:
    """Begin the programme, or change its terms for what is booked from now on; the book itself never changes.

    Where it starts on another day than before, the next turn looks at every order again.
    """
    moved = Programme.objects.filter(pk=1).exclude(starts_on=starts_on).exists()
    terms = ({"booked_to": 0} if moved else {}) | {
        "starts_on": starts_on,
        "per_unit": per_unit,
        "expires_after": expires_after,
        "visible_from": visible_from,
    }
    return Programme.objects.update_or_create(pk=1, defaults=terms)[0]
