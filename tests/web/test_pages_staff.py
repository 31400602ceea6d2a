"""The shared phone as staff use it; A1, A3 and A11 among it."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
from django.core import signing
from django.test import Client

from regulars.engage.models import Message, Play
from regulars.gather.models import Visit
from regulars.listen.actions import complain
from regulars.listen.models import Complaint, Voice
from regulars.serve.actions import see
from regulars.serve.models import Card, Note, Tap
from regulars.web.pages.staff.signing import SALT, word
from tests.serve import cast
from tests.web import cast as web_cast
from tests.web.cast_staff import WAITER, Who, device, fast_passwords, gift, guest_here, sign, store, taps
from tests.web.conftest import LogIn

__all__ = ["device", "fast_passwords", "store"]


def test_the_waiter_sees_the_table_not_the_phone_number(device: Client) -> None:
    """A1."""
    guest_here()
    sign(device)
    shown = device.get("/staff/").content.decode()
    assert "table A12" in shown
    assert "visit no. 2" in shown
    assert "Allergic: peanuts" in shown
    assert "Tell the kitchen: no peanuts." in shown
    assert "13800000007" not in shown


def test_nobody_sees_cards_before_signing_on_and_a_wrong_pin_shows_none(device: Client) -> None:
    guest_here()
    assert "peanuts" not in device.get("/staff/").content.decode()
    answer = sign(device, pin="9999")
    assert answer.status_code == 403
    assert "this PIN is not right" in answer.content.decode()
    assert sign(device, code="S99-W").status_code == 403
    assert sign(device).headers["Location"] == "/staff/"
    assert "peanuts" in device.get("/staff/").content.decode()
    device.post("/staff/off/")
    assert "peanuts" not in device.get("/staff/").content.decode()


def test_a_phone_at_rest_asks_for_the_pin_again(device: Client) -> None:
    guest_here()
    sign(device)
    session = device.session
    session["staff"] = session["staff"] | {"until": "2020-01-01T00:00:00+00:00"}
    session.save()
    assert "peanuts" not in device.get("/staff/").content.decode()


def test_an_analyst_is_no_waiter_and_another_store_is_not_here(device: Client, log_in: LogIn) -> None:
    assert log_in("analyst").get("/staff/").status_code == 403
    card = guest_here()
    cast.store("S02")
    elsewhere = Client(headers={"host": "localhost"})
    elsewhere.force_login(web_cast.account("store", "S02", name="other"))
    said = {"does": "done", "card": card.pk}
    assert taps(elsewhere, said) == ["sign on again, then do it once more"]
    stranger = Who("S02-W", "Mei", "staff", "S02")
    assert taps(elsewhere, {**said, "key": "key-other-1"}, who=stranger) == ["this is not here any more"]
    card.refresh_from_db()
    assert card.state == Card.State.OPEN


def test_a_tap_sent_twice_is_done_once(device: Client) -> None:
    """A3: works without network, sends once later."""
    card = guest_here()
    said = (
        {"does": "done", "card": card.pk},
        {"does": "note", "words": "sits by the window", "visit": card.visit_id},
        {"does": "complaint", "words": "the tomato soup is too sweet", "visit": card.visit_id},
    )
    assert taps(device, *said) == ["", "", ""]
    assert taps(device, *said) == ["", "", ""]
    assert (Note.objects.count(), Complaint.objects.count(), Voice.objects.count(), Tap.objects.count()) == (
        1,
        1,
        2,
        3,
    )


def test_what_a_waiter_wrote_is_tied_to_visit_table_and_customer_and_kept_as_said(device: Client) -> None:
    """A3."""
    card = guest_here()
    later = cast.NOW - timedelta(minutes=3)
    taps(
        device,
        {
            "does": "complaint",
            "words": "the Tomato hotpot is too sweet",
            "visit": card.visit_id,
            "at": later.isoformat(),
        },
    )
    complaint = Complaint.objects.select_related("voice").get()
    voice = complaint.voice
    assert (complaint.table, voice.customer_id, voice.visit_id, voice.product_id) == ("A12", 7, "Q1", "P1")
    assert (voice.staff_id, voice.store_id, voice.at, voice.text) == (
        "S01-W", "S01", later, "the Tomato hotpot is too sweet",
    )  # fmt: skip


def test_hand_over_whoever_is_on_shift_does_the_card(device: Client) -> None:
    """A11."""
    card = guest_here()
    sign(device, "S01-L")
    assert f"card-{card.pk}" in device.get("/staff/").content.decode()
    assert taps(device, {"does": "done", "card": card.pk}, who=Who("S01-L", "Lan", "shift_lead", "S01")) == [
        ""
    ]
    card.refresh_from_db()
    assert (card.state, card.staff_id) == ("done", "S01-L")
    assert taps(device, {"does": "not_today", "card": card.pk, "key": "key-later"}) == [
        "this card has ended already"
    ]


def test_raised_it_is_mended_offer_it_note_the_words(device: Client) -> None:
    """A11."""
    card = guest_here()
    Card.objects.filter(visit=card.visit_id).delete()
    Card.objects.create(
        key="promise:x", kind="promise", about="mended", visit_id=card.visit_id, customer=7, store_id="S01",
        facts={"dish": "P1", "times": 2, "allergies": []}, voice=3, made_at=cast.NOW,
    )  # fmt: skip
    sign(device)
    shown = device.get("/staff/").content.decode()
    assert "Raised Tomato hotpot; it is mended: offer it, note the words." in shown


def test_a_card_left_out_by_chance_is_not_shown_and_cannot_be_done(device: Client) -> None:
    card = guest_here()
    Card.objects.update(shown=False)
    sign(device)
    shown = device.get("/staff/").content.decode()
    assert f"card-{card.pk}" not in shown
    assert "1 more party, nothing to do for it." in shown
    assert taps(device, {"does": "done", "card": card.pk}) == ["this is not here any more"]


def test_a_message_is_confirmed_by_who_sent_it(device: Client) -> None:
    guest_here()
    message = Message.objects.create(
        key="m", customer=7, channel="wecom", purpose="marketing", body="Good to see you soon", store_id="S01",
        state="handed", due_at=cast.NOW + timedelta(hours=2), address_hash="a",
    )  # fmt: skip
    sign(device)
    assert "Good to see you soon" in device.get("/staff/").content.decode()
    assert taps(device, {"does": "sent", "message": message.pk}) == [""]
    message.refresh_from_db()
    assert (message.state, message.staff_id) == ("sent", "S01-W")


def test_a4_what_must_not_be_sent_now_is_on_no_phone(device: Client) -> None:
    """An open complaint, and a play that was stopped, take a message from staff's list at once."""
    play = Play.objects.create(
        name="p", title="p", audience="visits == 1", salt="s", state="running", made_at=cast.NOW
    )
    for number, of in ((7, None), (8, play)):
        Message.objects.create(
            key=f"m{number}", customer=number, channel="wecom", purpose="marketing", body=f"Dear {number}", play=of,
            store_id="S01", state="handed", due_at=cast.NOW + timedelta(hours=2), address_hash="a",
        )  # fmt: skip
    sign(device)
    listed = device.get("/staff/").content.decode()
    assert "Dear 7" in listed
    assert "Dear 8" in listed
    cast.guest(7)
    complain(key="c", at=cast.NOW, now=cast.NOW, customer=7, store_id="S01", text="too sweet")
    Play.objects.update(state="stopped")
    listed = device.get("/staff/").content.decode()
    assert "Dear 7" not in listed
    assert "Dear 8" not in listed


def test_the_phone_asks_only_why(device: Client) -> None:
    comp = gift(1000)
    sign(device)
    assert "Given away: why?" in device.get("/staff/").content.decode()
    assert taps(device, {"does": "why", "comp": comp.pk, "words": "soup too sweet"}) == [""]
    comp.refresh_from_db()
    assert (comp.reason, comp.reason_by) == ("soup too sweet", "S01-W")
    assert "Given away: why?" not in device.get("/staff/").content.decode()


@pytest.mark.parametrize("body", ["", "[]", '{"taps": 1}', '{"taps": [1]}', "{" * 100_000])
def test_a_batch_that_is_none_is_refused(device: Client, body: str) -> None:
    assert device.post("/staff/sync/", body, content_type="application/json").status_code == 400


@pytest.mark.parametrize(
    "said",
    [
        {"does": "fly"},
        {"does": "done", "card": "x"},
        {"does": "done", "card": "9" * 40},
        {"does": "note", "visit": 99},
    ],
)
def test_a_tap_that_means_nothing_is_answered_and_breaks_nothing(
    device: Client, said: dict[str, Any]
) -> None:
    assert taps(device, said) == ["this is not here any more"]


@pytest.mark.parametrize(("days", "why"), [(2, ""), (8, "sign on again, then do it once more")])
def test_a_tap_that_waited_for_a_network_over_days_off_is_not_lost(
    device: Client, days: int, why: str
) -> None:
    card = guest_here()
    stamp = signing.b62_encode(int(time.time()) - days * 24 * 3600)
    said = word(WAITER).rsplit(":", 2)[0] + ":" + stamp
    old = f"{said}:{signing.TimestampSigner(salt=SALT).signature(said)}"
    assert taps(device, {"does": "done", "card": card.pk, "word": old}) == [why]


def test_a_forged_word_taps_for_nobody(device: Client) -> None:
    card = guest_here()
    assert taps(device, {"does": "done", "card": card.pk, "word": "forged"}) == [
        "sign on again, then do it once more"
    ]


def test_a_card_with_a_missing_fact_still_reads_as_a_sentence(device: Client) -> None:
    cast.guest(7)
    visit: Visit = cast.coming(seated_at=cast.NOW.isoformat(), table="A1")
    see(visits=[visit], now=cast.NOW)
    Card.objects.update(shown=True)
    sign(device)
    assert "Say that you are glad to see them again." in device.get("/staff/").content.decode()


def test_the_waiter_reads_that_a_guest_came_back(device: Client) -> None:
    """A12."""
    for number, state in enumerate(("done", "expired")):
        Card.objects.create(
            key=f"c{number}", kind="near", about="round", customer=number, store_id="S01", state=state,
            facts={"times": 10}, made_at=cast.NOW - timedelta(days=20), came_back_on=cast.TODAY - timedelta(days=1),
        )  # fmt: skip
    sign(device)
    shown = device.get("/staff/").content.decode()
    assert shown.count("came back on 20 Nov") == 1
    assert "1 Nov: Thank them for coming so often." in shown


def test_half_an_emoji_holds_up_no_phone(device: Client) -> None:
    guest_here()
    cut = {"does": "note", "words": "more soup \ud83d", "key": "key-cut-\ud83d"}
    assert taps(device, cut, {"does": "note", "words": "and\x00 rice", "key": "key-whole"}) == ["", ""]
    assert list(Note.objects.order_by("pk").values_list("text", flat=True)) == ["more soup ?", "and rice"]
