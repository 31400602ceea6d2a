"""PINs of colleagues on a shared device: they say who did something, behind the store's own log-in."""

from __future__ import annotations

import re
from datetime import datetime

from django.contrib.auth.hashers import PBKDF2PasswordHasher

from regulars.access import rules
from regulars.access.actions import failures
from regulars.access.actions.trail import log
from regulars.access.models import Pin, User
from regulars.brand.models import Staff
from regulars.core.refused import Refused


class PinHasher(PBKDF2PasswordHasher):
    """Ten thousand PINs are tried in minutes whatever each costs. What guards them is that a PIN opens nothing without
    the store's own log-in, and that failures are made to wait; so signing on need not take as long as logging in."""

    iterations = 50_000


HASHER = PinHasher()


def set_pin(*, staff_id: str, pin: str, by: User, now: datetime) -> Pin:
    """Give a colleague a PIN of four to six digits; failures before are forgotten.

    Refuses a colleague who is not there and a PIN that anyone would try first.
    """
    staff = Staff.objects.filter(pk=staff_id).first()
    if staff is None:
        raise Refused("no colleague has the code %(code)s", code=staff_id)
    if not re.fullmatch(r"[0-9]{4,6}", pin):
        raise Refused("a PIN is four to six digits")
    if rules.guessable(pin):
        raise Refused("%(pin)s is the first that anyone tries; choose other digits", pin=pin)
    row, _ = Pin.objects.update_or_create(
        staff=staff,
        defaults={"hash": HASHER.encode(pin, HASHER.salt()), "set_by": by.username, "set_at": now},
    )
    failures.forget(kind="pin", key=staff_id)
    log(user=by, verb="set PIN", subject=f"colleague {staff_id}", at=now)
    return row


def check_pin(*, staff_id: str, pin: str, now: datetime) -> Staff:
    """The colleague whose PIN this is; ``now`` is the wall's instant, as for passwords.

    Refuses in the same words a PIN that is wrong and a colleague who has none, and everything during a wait.
    """
    failures.refuse_to_hear(kind="pin", key=staff_id, now=now)
    row = Pin.objects.select_related("staff").filter(staff_id=staff_id).first()
    if row is None:
        HASHER.encode(pin, HASHER.salt())  # as slow as a check, so that nothing tells who has none
    if row is None or not HASHER.verify(pin, row.hash):
        failures.count_failure(kind="pin", key=staff_id[:200], now=now)
        raise Refused("this PIN is not right")
    failures.forget(kind="pin", key=staff_id)
    return row.staff
