"""What is true of consent, arms, quiet hours and sample sizes."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.engage.rules.arms import arm, held_out, share_of
from regulars.engage.rules.consent import Way, Word, choose
from regulars.engage.rules.quiet import at_time, next_allowed
from regulars.engage.rules.sample_size import people_needed, weeks_until_known
from regulars.engage.rules.spare import maybe_old, refrain

NOW = datetime(2026, 11, 21, 4, tzinfo=UTC)
SMS, MAIL, MINI = (
    Way("sms", ("phone",)),
    Way("email", ("email",)),
    Way("mini", ("openid",), by_permission=True),
)
YES, NO = Word("given"), Word("withdrawn")
PHONE, POST = ("phone", "p"), ("email", "e")


@pytest.mark.parametrize(
    ("addresses", "words", "channel", "reason"),
    [
        ([PHONE, POST], {("p", "sms"): YES, ("e", "email"): YES}, "sms", ""),
        ([PHONE, POST], {("e", "email"): YES}, "email", ""),
        ([PHONE], {}, "", "no_consent"),
        ([PHONE], {("p", "sms"): NO}, "", "unsubscribed"),
        ([PHONE], {("p", "sms"): Word("given", NOW)}, "", "no_consent"),
        ([PHONE], {("p", "email"): YES}, "", "no_consent"),
        ([], {}, "", "no_address"),
        ([("openid", "o")], {("o", "mini"): YES}, "", "no_permission"),
    ],
)
def test_the_first_channel_with_an_address_and_a_yes_is_taken(
    addresses: list[tuple[str, str]], words: dict[tuple[str, str], Word], channel: str, reason: str
) -> None:
    found = choose([SMS, MAIL, MINI], addresses, words, frozenset(), NOW)
    assert (found.channel, found.reason) == (channel, reason)


def test_the_channels_left_wait_behind_the_one_taken() -> None:
    found = choose([SMS, MAIL], [POST, PHONE], {("p", "sms"): YES, ("e", "email"): YES}, frozenset(), NOW)
    assert (found.channel, found.address_hash, found.others) == ("sms", "p", ("email",))


@pytest.mark.parametrize(
    ("there", "moved"),
    [
        ("2026-11-21 20:59", "2026-11-21 20:59"),
        ("2026-11-21 21:00", "2026-11-22 09:00"),
        ("2026-11-22 08:59", "2026-11-22 09:00"),
        ("2026-11-22 09:00", "2026-11-22 09:00"),
    ],
)
def test_the_night_of_the_person_is_passed_over(there: str, moved: str) -> None:
    # Urumqi lies on +06:00: at 21:00 there it is 23:00 in Shanghai
    zone, east = "Asia/Urumqi", timedelta(hours=6)
    at = datetime.fromisoformat(there).replace(tzinfo=UTC) - east
    assert next_allowed(at, zone, time(21), time(9)) + east == datetime.fromisoformat(moved).replace(
        tzinfo=UTC
    )


@given(
    st.integers(0, 365 * 24 * 60).map(lambda minutes: NOW + timedelta(minutes=minutes)),
    st.times(),
    st.times(),
)
def test_a_message_is_never_earlier_than_asked_nor_a_second_time_moved(
    at: datetime, begins: time, ends: time
) -> None:
    begins, ends = begins.replace(second=0, microsecond=0), ends.replace(second=0, microsecond=0)
    moved = next_allowed(at, "Europe/Berlin", begins, ends)
    assert at <= moved <= at + timedelta(hours=25)
    assert next_allowed(moved, "Europe/Berlin", begins, ends) == moved


def test_a_time_of_day_is_the_next_one_there() -> None:
    assert at_time(NOW, "Asia/Shanghai", time(10, 30)) == datetime(2026, 11, 22, 2, 30, tzinfo=UTC)
    assert at_time(NOW, "Asia/Shanghai", time(12)) == NOW


def test_the_arm_is_a_published_hash_that_anybody_can_check() -> None:
    digest = hmac.new(b"salt", b"17", hashlib.sha256).hexdigest()
    assert share_of("salt", 17) == pytest.approx(int(digest[:8], 16) / 2**32, abs=1e-9)


def test_arms_split_as_asked_and_independently_of_the_hold_out() -> None:
    people = range(20_000)
    treated = [arm("play", number, 0.5) == "treated" for number in people]
    out = [held_out("brand", number, 0.03) for number in people]
    assert sum(treated) == pytest.approx(10_000, abs=4 * 71)
    assert sum(out) == pytest.approx(600, abs=4 * 25)
    both = sum(a and b for a, b in zip(treated, out, strict=True))
    assert both == pytest.approx(sum(out) / 2, abs=4 * 13)


@pytest.mark.parametrize(
    ("share", "gain", "each"),
    # R 4: power.prop.test(p1 = .10, p2 = .15, power = .8) says n = 685.6, of .20 and .30 n = 293.2 in each arm
    [(0.10, 0.05, 686), (0.20, 0.10, 294)],
)
def test_a_sample_size_is_that_of_the_textbook(share: float, gain: float, each: int) -> None:
    assert people_needed(share, gain) == 2 * each


def test_unequal_arms_need_more_people_and_a_bigger_gain_fewer() -> None:
    assert people_needed(0.13, 0.03, 0.9) > people_needed(0.13, 0.03) > people_needed(0.13, 0.05)
    with pytest.raises(ValueError, match="gain"):
        people_needed(0.13, 0.0)


def test_weeks_are_those_of_entering_and_of_watching_the_last() -> None:
    assert weeks_until_known(4428, 500, 30) == 14
    assert weeks_until_known(4428, 0, 30) is None


@pytest.mark.parametrize(
    ("purpose", "facts", "reason"),
    [
        ("marketing", {"held_out": True, "complains": True}, "brand_hold_out"),
        ("marketing", {"complains": True, "written": 2}, "open_complaint"),
        ("marketing", {"written": 2}, "capped"),
        ("marketing", {"written": 1}, ""),
        ("research", {"complains": True}, "open_complaint"),
        ("research", {"held_out": True, "written": 9}, ""),
        ("service", {"held_out": True, "complains": True, "written": 9}, ""),
        ("service", {"unreachable": "unsubscribed"}, "unsubscribed"),
    ],
)
def test_service_passes_cap_and_hold_out_never_an_unsubscribe(purpose: str, facts: dict, reason: str) -> None:  # type: ignore[type-arg]
    known = {"unreachable": "", "held_out": False, "complains": False, "written": 0, "most": 2} | facts
    assert refrain(purpose, **known) == reason


def test_first_seen_is_not_always_first_visit() -> None:
    began = date(2026, 1, 1)
    assert maybe_old(date(2026, 3, 31), began, None)
    assert not maybe_old(date(2026, 4, 1), began, None)
    assert not maybe_old(date(2026, 6, 1), began, date(2026, 5, 20))
    assert maybe_old(date(2026, 6, 1), began, date(2026, 4, 1))
