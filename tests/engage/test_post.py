"""The one way to write to a guest: consent, cap, hold-out, quiet hours; each thing not sent is kept with its reason."""

from __future__ import annotations

from datetime import timedelta

import pytest

from regulars.core.refused import Refused
from regulars.engage.actions import post
from regulars.engage.actions.limits import limits, set_limits
from regulars.engage.models import Limits, Message, Touch
from regulars.engage.rules.arms import held_out
from regulars.gather.models import Identifier, Record
from regulars.identify.models import Customer, Link
from tests.engage import guests
from tests.engage.guests import NOON, guest, write

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("landed")]


def test_a_message_waits_in_the_outbox_as_it_would_be_read() -> None:
    guest(1, ("sms",))
    message = write(1, body="Hello {{ name }}", facts={"name": "Ann"})
    assert (message.state, message.channel, message.body.splitlines()[0]) == ("waiting", "sms", "Hello Ann")
    assert message.address_hash == guests.address_hash(1, "phone")


def test_a_message_asked_for_twice_is_one() -> None:
    guest(1, ("sms",))
    assert write(1).pk == write(1, body="other words").pk
    assert Message.objects.count() == 1


def test_without_consent_nobody_is_written_to_and_the_reason_is_kept() -> None:
    guest(1, ("sms",), purposes=("service",))
    message = write(1)
    assert (message.state, message.reason) == ("spared", "no_consent")
    touch = Touch.objects.get()
    assert (touch.customer_id, touch.state, touch.reason) == (1, "spared", "no_consent")
    assert write(1, key="service", purpose="service").state == "waiting"


@pytest.mark.parametrize(
    ("key", "speaks"),
    [("ask till S01-4", "ask"), ("improve|4|17", "improve"), ("second-visit|3", "second-visit")],
)
def test_a_touch_says_who_spoke(key: str, speaks: str) -> None:
    guest(1, ())
    write(1, key=key)
    assert Touch.objects.get().play == speaks


def test_the_last_word_of_an_address_counts() -> None:
    guest(1, ("sms",))
    guests.consent(1, "sms", state="withdrawn", at=NOON - timedelta(days=1))
    guests.consent(1, "sms", state="given", at=NOON + timedelta(days=1))
    assert write(1).reason == "unsubscribed"
    assert write(1, key="later", now=NOON + timedelta(days=2)).state == "waiting"


def test_who_has_no_address_on_the_channels_asked_is_spared() -> None:
    guest(1, ("email",))
    assert write(1, channels=("sms",)).reason == "no_address"
    assert write(1, key="any").channel == "email"


def test_the_cap_counts_marketing_of_all_plays_within_thirty_days() -> None:
    guest(1, ("sms",))
    states = [write(1, key=f"m{n}").reason for n in range(3)]
    assert states == ["", "", "capped"]
    assert write(1, key="service", purpose="service").state == "waiting"
    assert write(1, key="next month", now=NOON + timedelta(days=31)).state == "waiting"


def test_messages_to_an_alias_count_for_the_living_number() -> None:
    guest(1, ("sms",))
    Customer.objects.create(number=7, batch=1, until=3, merged_into=1)
    write(7, key="a")
    write(1, key="b")
    assert write(7, key="c").reason == "capped"
    assert Message.objects.get(key="a").customer == 7  # rows keep the number they were written with


def test_the_brands_hold_out_gets_no_play_but_its_complaint_is_answered() -> None:
    guest(1, ("sms",))
    Limits.objects.filter(pk=1).update(hold_out=0.05)
    salt = next(str(n) for n in range(1000) if held_out(str(n), 1, 0.05))
    Limits.objects.filter(pk=1).update(salt=salt)
    assert write(1).reason == "brand_hold_out"
    assert write(1, key="service", purpose="service").state == "waiting"


def test_service_passes_cap_and_hold_out_never_quiet_hours_or_an_unsubscribe(complaining: set[int]) -> None:
    """Workflow A, step 5."""
    guest(1, ("sms",))
    complaining.add(1)
    night = NOON.replace(hour=14)  # 22:00 in Shanghai
    message = write(1, purpose="service", due_at=night, now=night)
    assert (message.state, message.due_at) == ("waiting", night.replace(day=22, hour=1))
    guests.consent(1, "sms", "service", "withdrawn", NOON)
    assert write(1, key="after", purpose="service", now=night).reason == "unsubscribed"


def test_an_open_complaint_stops_all_marketing_to_this_guest(complaining: set[int]) -> None:
    """Workflow A, step 4."""
    guest(1, ("sms",))
    complaining.add(1)
    assert write(1).reason == "open_complaint"
    assert write(1, key="research", purpose="research").reason != ""
    complaining.clear()
    assert write(1, key="mended").state == "waiting"


def test_quiet_hours_are_those_of_the_persons_own_zone() -> None:
    guest(1, ("sms",))
    Link.objects.create(
        batch=0, identifier_type="external", identifier_hash="e" * 32, customer=1, rule="account"
    )
    Identifier.objects.create(identifier_hash="e" * 32, identifier_type="external", value="members:77")
    Record.objects.create(batch=0, source="members", record_id="77", said={"time_zone": "America/New_York"})
    message = write(1)  # noon in Shanghai is 23:00 in New York
    assert message.due_at == NOON.replace(hour=14)


def test_a_template_that_cannot_be_written_is_refused() -> None:
    guest(1, ("sms",))
    with pytest.raises(Refused):
        write(1, body="{{ missing }}")
    assert not Message.objects.exists()
    with pytest.raises(ValueError, match="for one of"):
        post(key="x", customer=1, purpose="spam", subject="", body="", due_at=NOON, now=NOON)


def test_the_limits_keep_their_salt_and_refuse_a_hold_out_beyond_five_percent() -> None:
    salt = limits().salt
    said = {
        "most": 3,
        "quiet_from": limits().quiet_from,
        "quiet_until": limits().quiet_until,
        "agree_above": 0,
    }
    assert set_limits(hold_out=0.05, **said).salt == salt  # type: ignore[arg-type]
    with pytest.raises(Refused):
        set_limits(hold_out=0.06, **said)  # type: ignore[arg-type]
