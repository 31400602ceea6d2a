"""Write keys open doors for machines, PINs say which colleague it was; neither is kept as it was typed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from regulars.access import actions
from regulars.access.models import AuditEntry, Pin, WriteKey
from regulars.brand.models import Staff
from regulars.core.refused import Refused
from tests.access.test_actions import lin

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def test_a_key_is_given_once_and_only_its_hash_is_kept() -> None:
    key = actions.add_key(name="bookings", kind="secret", by=None, now=NOW)
    row = WriteKey.objects.get()
    assert actions.key_of(key) == row
    assert key not in str(row.__dict__)
    assert actions.key_of(key + "x") is None
    with pytest.raises(Refused, match="there is a key named bookings already"):
        actions.add_key(name="bookings", kind="public", by=None, now=NOW)


def test_an_ended_key_opens_nothing() -> None:
    key = actions.add_key(name="bookings", kind="secret", by=None, now=NOW)
    actions.end_key(name="bookings", by=None, now=NOW)
    assert actions.key_of(key) is None
    with pytest.raises(Refused, match="no open key"):
        actions.end_key(name="bookings", by=None, now=NOW)


def colleague(pin: str = "4071") -> Staff:
    staff = Staff.objects.create(code="W3", name="Mei")
    actions.set_pin(staff_id="W3", pin=pin, by=lin(), now=NOW)
    return staff


def test_a_pin_says_who_it_is_and_is_kept_as_a_hash() -> None:
    staff = colleague()
    assert actions.check_pin(staff_id="W3", pin="4071", now=NOW) == staff
    assert "4071" not in Pin.objects.get().hash
    assert AuditEntry.objects.filter(verb="set PIN", subject="colleague W3").exists()


@pytest.mark.parametrize("pin", ["1111", "1234", "987654", "407", "4071234", "40 71", "٤٠٧١"])
def test_a_pin_that_anyone_tries_first_or_no_keypad_types_is_refused(pin: str) -> None:
    Staff.objects.create(code="W3", name="Mei")
    with pytest.raises(Refused):
        actions.set_pin(staff_id="W3", pin=pin, by=lin(), now=NOW)


def test_after_five_wrong_pins_the_right_one_has_to_wait_and_a_new_one_ends_the_wait() -> None:
    colleague()
    for _ in range(5):
        with pytest.raises(Refused, match="not right"):
            actions.check_pin(staff_id="W3", pin="0000", now=NOW)
    with pytest.raises(Refused, match="try again in"):
        actions.check_pin(staff_id="W3", pin="4071", now=NOW + timedelta(seconds=5))
    assert actions.check_pin(staff_id="W3", pin="4071", now=NOW + timedelta(seconds=16)).code == "W3"


def test_who_has_no_pin_hears_what_a_wrong_pin_hears() -> None:
    Staff.objects.create(code="W4", name="Lan")
    for code in ("W4", "nobody"):
        with pytest.raises(Refused, match="this PIN is not right"):
            actions.check_pin(staff_id=code, pin="4071", now=NOW)
