"""The book while one transaction works on it: accounts locked in one order, then entries, lots and accounts at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from regulars.reward import models
from regulars.reward.rules import points as rules


@dataclass(frozen=True)
class Line:
    """A movement with what its entry says of it."""

    key: str
    movement: rules.Movement
    benefit: str = ""
    order: str = ""


@dataclass
class Book:
    """Accounts in memory as they were when locked; ``write`` puts what moved since into the tables.

    Open and write it within one ``transaction.atomic``: that is what keeps two of them apart.
    """

    before: dict[int, tuple[int, int]]
    accounts: dict[int, rules.Account]
    lots_left: dict[int, int] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)

    @classmethod
    def open(cls, numbers: Iterable[int], *, taking: Iterable[int]) -> Book:
        """Lock the accounts of these numbers, opened where they lack; the lots of those ``taking`` is about, too."""
        asked = sorted(set(numbers))
        models.Account.objects.bulk_create(
            [models.Account(customer=number) for number in asked], ignore_conflicts=True
        )
        rows = models.Account.objects.select_for_update().filter(customer__in=asked).order_by("customer")
        found = list(rows)
        book = cls(
            {row.customer: (row.balance, row.owed) for row in found},
            {row.customer: rules.Account(row.customer, row.owed) for row in found},
        )
        kept = models.Lot.objects.filter(customer__in=sorted(set(taking)), left__gt=0)
        for pk, number, left, ends, order in kept.order_by("pk").values_list(
            "pk", "customer", "left", "expires_at", "entry__order"
        ):
            book.accounts[number].lots.append(rules.Lot(left, ends, pk, order))
            book.lots_left[pk] = left
        return book

    def of(self, numbers: Sequence[int]) -> list[rules.Account]:
        """The accounts of one customer, in the order given."""
        return [self.accounts[number] for number in numbers]

    def note(
        self, key: str, movements: Sequence[rules.Movement], *, benefit: str = "", order: str = ""
    ) -> None:
        """Keep movements to be written, the first under ``key``, further ones under ``key#2``, ``key#3`` …"""
        for place, movement in enumerate(movements, 1):
            self.lines.append(Line(key if place == 1 else f"{key}#{place}", movement, benefit, order))

    def write(self, now: datetime) -> list[models.PointsEntry]:
        """Write the entries, what is left of lots, and the accounts; fails if an account is not as it was locked."""
        entries = models.PointsEntry.objects.bulk_create([_entry(line, now) for line in self.lines])
        models.Lot.objects.bulk_create(
            models.Lot(customer=entry.customer_id, entry=entry, left=lot.left, expires_at=lot.expires_at)
            for entry, line in zip(entries, self.lines, strict=True)
            if (lot := line.movement.lot) is not None
        )
        for account in self.accounts.values():
            for lot in account.lots:
                if lot.id is not None and lot.left != self.lots_left[lot.id]:
                    models.Lot.objects.filter(pk=lot.id).update(left=lot.left)
        self._write_accounts()
        return entries

    def _write_accounts(self) -> None:
        after = {number: list(pair) for number, pair in self.before.items()}
        for line in self.lines:
            owing = line.movement.kind in (rules.OWE, rules.REPAY)
            after[line.movement.number][owing] += -line.movement.amount if owing else line.movement.amount
        risen = []
        for number, (balance, owed) in after.items():
            had = self.before[number]
            if (balance, owed) == had:
                continue
            if balance >= had[0]:
                risen.append(models.Account(customer=number, balance=balance, owed=owed))
                continue
            rows = models.Account.objects.filter(customer=number, balance=had[0], owed=had[1])
            if not rows.update(balance=balance, owed=owed):
                raise RuntimeError(f"account {number} moved while it was locked")
        models.Account.objects.bulk_create(
            risen, update_conflicts=True, unique_fields=["customer"], update_fields=["balance", "owed"]
        )


def _entry(line: Line, now: datetime) -> models.PointsEntry:
    movement = line.movement
    return models.PointsEntry(
        key=line.key,
        customer_id=movement.number,
        kind=movement.kind,
        amount=movement.amount,
        benefit=line.benefit,
        order=line.order,
        expires_at=movement.lot.expires_at if movement.lot else None,
        at=now,
    )
