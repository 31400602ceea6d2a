"""The arithmetic of the book: pure, so that it can be tried against every order of events.

One customer may have several accounts, because rows do not move when customers merge: the living number's first,
then its aliases'. An account's balance is what is left of its lots; what it owes is written apart, so that what can be
spent never goes below zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

EARN, SPEND, EXPIRE, REVERSE, OWE, REPAY = "earn", "spend", "expire", "reverse", "owe", "repay"


@dataclass
class Lot:
    """What is left of one earning; ``id`` is None until it is kept."""

    left: int
    expires_at: datetime | None
    id: int | None = None
    order: str = ""


@dataclass
class Account:
    """One number's account, as it stands in memory while a transaction works on it."""

    number: int
    owed: int = 0
    lots: list[Lot] = field(default_factory=list)

    @property
    def balance(self) -> int:
        return sum(lot.left for lot in self.lots)


@dataclass(frozen=True)
class Movement:
    """An entry to be written: of which account, what kind, how many points (signed)."""

    number: int
    kind: str
    amount: int
    lot: Lot | None = None  # the lot that an earning opens


def points_of(kept: int, *, unit: int, per_unit: int) -> int:
    """Points for money kept (minor units; ``unit`` of them make one of the currency): whole units only."""
    return max(kept, 0) // unit * per_unit


def can_spend(accounts: Sequence[Account]) -> int:
    """What a customer can spend: all balances less all that is owed, never below zero."""
    return max(0, sum(account.balance - account.owed for account in accounts))


def may_see(balance: int, visible_from: int) -> bool:
    """Whether a guest is shown points: from when they can be spent on something."""
    return balance >= visible_from


def earned(
    accounts: Sequence[Account], points: int, *, expires_at: datetime | None, order: str = ""
) -> list[Movement]:
    """Points come in on the first account; what any of them owes is paid first."""
    moved, rest = [], points
    for account in accounts:
        paid = min(account.owed, rest)
        if paid:
            account.owed -= paid
            rest -= paid
            moved.append(Movement(account.number, REPAY, paid))
    if rest:
        lot = Lot(rest, expires_at, order=order)
        accounts[0].lots.append(lot)
        moved.append(Movement(accounts[0].number, EARN, rest, lot))
    return moved


def spent(accounts: Sequence[Account], points: int) -> list[Movement] | None:
    """Points go out of the accounts in turn, of each the oldest first; None, and no move, if they do not suffice."""
    if points > can_spend(accounts):
        return None
    moved, _ = _taken(accounts, points, SPEND)
    return moved


def reversed_(account: Account, points: int, *, order: str = "") -> list[Movement]:
    """Points are taken back from the account they came to: what is left of that order, then of anything else of it.

    What is not there any more is owed. No other account of the customer is drawn on: a split leaves each side its own.
    """
    moved, rest = _taken([account], points, REVERSE, order)
    if rest:
        account.owed += rest
        moved.append(Movement(account.number, OWE, -rest))
    return moved


def expired(account: Account, now: datetime) -> list[tuple[Lot, Movement]]:
    """What is left of each lot whose time is over, and the movement that ends it."""
    ended = []
    for lot in oldest_first(account.lots):
        if lot.left and lot.expires_at is not None and lot.expires_at <= now:
            ended.append((lot, Movement(account.number, EXPIRE, -lot.left)))
            lot.left = 0
    return ended


def oldest_first(lots: Sequence[Lot], order: str = "") -> list[Lot]:
    """Lots in the order in which they are used: those of ``order``, then the soonest to expire, then the earlier."""
    return sorted(
        lots,
        key=lambda lot: (
            not (order and lot.order == order),
            lot.expires_at is None,
            lot.expires_at.timestamp() if lot.expires_at else 0.0,
            lot.id is None,
            lot.id or 0,
        ),
    )


def _taken(
    accounts: Sequence[Account], points: int, kind: str, order: str = ""
) -> tuple[list[Movement], int]:
    """Take up to ``points`` out of lots, account after account; the movements and how many were not there."""
    moved, rest = [], points
    for account in accounts:
        before = rest
        for lot in oldest_first(account.lots, order):
            part = min(lot.left, rest)
            lot.left -= part
            rest -= part
        if before - rest:
            moved.append(Movement(account.number, kind, rest - before))
    return moved, rest
