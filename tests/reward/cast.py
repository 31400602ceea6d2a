"""Customers by number on an empty desk, a programme, and orders as the book is given them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from regulars.identify.models import Customer
from regulars.reward import actions
from regulars.reward.actions import Sold
from regulars.reward.models import Account, CouponKind
from tests.web.cast import HEAD as HEAD
from tests.web.cast import land

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
STARTS = date(2026, 1, 1)


def begin(*numbers: int, expires_after: int | None = 365) -> None:
    """HEAD, a programme, and customers with these numbers."""
    land()
    actions.programme(starts_on=STARTS, expires_after=expires_after, visible_from=50)
    for number in numbers:
        Customer.objects.get_or_create(number=number, defaults={"batch": 1})


def merge(alias: int, into: int) -> None:
    """Make a number an alias of a lower one, as a landing does."""
    Customer.objects.filter(number=alias).update(merged_into=into, until=HEAD)


def split(alias: int) -> None:
    """Undo ``merge``."""
    Customer.objects.filter(number=alias).update(merged_into=None, until=None)


def sold(
    order: str,
    customer: int | None,
    yuan: int,
    *,
    version: int = 1,
    days_ago: int = 0,
    starts: date | None = None,
) -> Sold:
    """An order of so many whole yuan kept."""
    at = NOW - timedelta(days=days_ago)
    return Sold("till", order, version, customer, yuan * 100, starts or at.date(), at)


def earn(*orders: Sold, now: datetime = NOW) -> int:
    return actions.earn(orders=orders, head=HEAD, now=now)


def account(number: int) -> tuple[int, int]:
    """Balance and owed of one number."""
    row = Account.objects.get(customer=number)
    return row.balance, row.owed


def kind(name: str, **terms: Any) -> CouponKind:
    """A coupon kind with these terms."""
    return CouponKind.objects.create(name=name, title=name.title(), **terms)
