"""A coupon of a kind that is set up: its terms say what it takes off and when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from regulars.core.refused import Refused
from regulars.reward import actions
from regulars.reward.models import CouponKind


class CouponOf:
    """``what`` is the kind's name; a message may name ``coupon``, ``coupon_title`` and ``coupon_until``."""

    name: ClassVar[str] = "coupon"
    label: ClassVar[str] = "coupon"

    def check(self, what: str) -> None:
        """Refuse a kind that is not set up."""
        _kind(what)

    def most(self, what: str) -> int:
        """Its amount; of a share nothing can be said beforehand, so it counts as the whole of the least order."""
        kind = _kind(what)
        return kind.amount or int(kind.share * kind.least)

    def give(self, what: str, *, customer: int, key: str, now: datetime) -> Mapping[str, Any]:
        """One coupon, with its code."""
        coupon = actions.give(kind=what, customer=customer, key=key, now=now)
        until = coupon.ends_at.date().isoformat()
        return {"coupon": coupon.code, "coupon_title": coupon.kind.title, "coupon_until": until}


def _kind(name: str) -> CouponKind:
    kind = CouponKind.objects.filter(name=name).first()
    if kind is None:
        raise Refused("there is no coupon named %(name)s", name=name)
    return kind


BENEFIT = CouponOf()
