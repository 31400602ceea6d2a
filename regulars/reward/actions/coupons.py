"""Coupons: given once by key, used once by compare-and-set, whoever asks how often."""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from regulars import settings
from regulars.core.refused import Refused
from regulars.identify.actions import numbers_of
from regulars.lake import head as heads
from regulars.reward.models import Coupon, CouponKind
from regulars.reward.rules import coupons as rules

LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # nothing that is misread over a counter
WHY_NOT_GIVEN = {
    "all_given": "all %(most)s of %(title)s have been given",
    "enough": "this customer has had %(each)s of %(title)s, and no more are given to one",
}
WHY_NOT_USED = {
    "used": "this coupon was used on %(at)s",
    "over": "this coupon ended on %(at)s",
    "weekday": "this coupon is not for this day of the week",
    "store": "this coupon is not for this store",
    "least": "this coupon is for an order of at least %(least)s",
}


@transaction.atomic
def give(*, kind: str, customer: int, key: str, now: datetime) -> Coupon:
    """Give a customer a coupon of a kind, once by ``key``; the same key gives the one that is there.

    Refuses an unknown kind, more than there are, and more than one customer may have, whatever numbers they had.
    """
    row = CouponKind.objects.select_for_update().filter(name=kind).first()
    if row is None:
        raise Refused("there is no coupon named %(name)s", name=kind)
    if there := Coupon.objects.filter(key=key).select_related("kind").first():
        return there
    family = numbers_of(customer, head=heads.read(settings.HOME / "lake").number)
    had = Coupon.objects.filter(kind=row, customer__in=family).count()
    if why := rules.may_give(terms(row), given=row.given, had=had):
        raise Refused(WHY_NOT_GIVEN[why], title=row.title, most=row.most, each=row.each)
    free = Q(most__isnull=True) | Q(given__lt=F("most"))
    if not CouponKind.objects.filter(free, pk=row.pk).update(given=F("given") + 1):
        raise Refused(WHY_NOT_GIVEN["all_given"], title=row.title, most=row.most)
    code = "".join(secrets.choice(LETTERS) for _ in range(10))
    ends = now + timedelta(days=row.days)
    return Coupon.objects.create(kind=row, code=code, customer=customer, key=key, given_at=now, ends_at=ends)


@transaction.atomic
def use(
    *, code: str, source: str, order_id: str, store_id: str, day: date, gross: int, now: datetime
) -> Coupon:
    """Use a coupon on an order (``gross`` in minor units, ``day`` its business date); ``taken_off`` says how much.

    Once: of any number that ask at the same time one gets it, and that order may ask again. Refuses a code that is not
    there, and a coupon that may not be used on this order, saying why.
    """
    coupon = Coupon.objects.select_related("kind").filter(code=code.strip().upper()).first()
    if coupon is None:
        raise Refused("there is no coupon %(code)s", code=code)
    order = f"{source}|{order_id}"
    if coupon.used_on == order:
        return coupon
    what = terms(coupon.kind)
    why = rules.may_use(
        what, ends_at=coupon.ends_at, used=coupon.used_at is not None, now=now, day=day,
        store_id=store_id, gross=gross,
    )  # fmt: skip
    if why:
        raise _refusal(why, coupon)
    off = rules.takes_off(what, gross)
    unused = Coupon.objects.filter(pk=coupon.pk, used_at=None)
    won = unused.update(used_at=now, used_on=order, taken_off=off)
    coupon.refresh_from_db()
    if not won and coupon.used_on != order:
        raise _refusal("used", coupon)
    return coupon


def terms(kind: CouponKind) -> rules.Terms:
    """A kind's terms as the rules read them."""
    return rules.Terms(
        kind.amount, kind.share, kind.least, kind.weekdays, kind.most, kind.each, tuple(kind.stores)
    )


def _refusal(why: str, coupon: Coupon) -> Refused:
    at = coupon.used_at if why == "used" else coupon.ends_at
    return Refused(WHY_NOT_USED[why], at=at.date() if at else "", least=coupon.kind.least)
