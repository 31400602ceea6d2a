"""The way out of a message: opening it does nothing, one tap does, in both languages and without logging in."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from regulars import clock
from regulars.engage.actions import sending
from regulars.gather.models import Consent
from tests.engage.guests import NOON, guest, states, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def stranger(stopped_clock: None) -> Client:
    clock.stop_at(NOON)
    return Client(headers={"host": "localhost"}, enforce_csrf_checks=True)


def withdrawn() -> set[tuple[str, str]]:
    return set(Consent.objects.filter(state="withdrawn").values_list("channel", "purpose"))


def test_a_mail_scanner_that_opens_every_link_unsubscribes_nobody(stranger: Client) -> None:
    guest(1)
    row = write(1)
    links = re.findall(r"https?://[^/]+(/\S+)", row.body)
    assert links == [f"/u/{row.token}"]
    for link in links * 3:
        assert stranger.get(link).status_code == 200
        assert stranger.head(link).status_code == 200
    assert withdrawn() == set()


def test_one_click_of_a_mail_programme_unsubscribes_without_page_or_cookie(stranger: Client) -> None:
    """RFC 8058: the body of the POST is List-Unsubscribe=One-Click."""
    guest(1, ("email", "sms"))
    first, second = (write(1, key=key, channels=("email",)) for key in "ab")
    answer = stranger.post(f"/u/{first.token}", {"List-Unsubscribe": "One-Click"})
    assert (answer.status_code, withdrawn()) == (200, {("email", "marketing")})
    assert Consent.objects.get(state="withdrawn").evidence == "message a"
    sending.run(now=NOON, still=lambda: True)
    assert states() == {"a": "spared unsubscribed", "b": "spared unsubscribed"}
    assert second.token != first.token


def test_pressing_twice_is_pressing_once_and_service_goes_on(stranger: Client) -> None:
    guest(1)
    row = write(1)
    for _ in range(2):
        assert "You are unsubscribed." in stranger.post(f"/u/{row.token}").content.decode()
    assert withdrawn() == {("email", "marketing")}
    assert Consent.objects.filter(state="withdrawn").count() == 1
    write(1, key="answer", purpose="service")
    sending.run(now=NOON, still=lambda: True)
    assert states()["answer"] == "sent"
    assert "/u/" not in write(1, key="answer").body


@pytest.mark.parametrize(
    ("language", "said"), [("en", "One tap and it is done"), ("zh-hans", "点一下即可退订")]
)
def test_the_page_speaks_the_language_of_whoever_opens_it(stranger: Client, language: str, said: str) -> None:
    guest(1)
    page = stranger.get(f"/u/{write(1).token}", headers={"accept-language": language})
    assert said in page.content.decode()
    assert page.headers["Referrer-Policy"] == "no-referrer"


def test_a_link_nobody_was_sent_leads_nowhere(stranger: Client) -> None:
    assert stranger.get("/u/nothing").status_code == 404
    assert stranger.post("/u/nothing").status_code == 404
