"""What a guest opens without logging in: looking does nothing, answering happens once, nothing personal shows."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from regulars import clock
from regulars.listen.models import Ask, Promise, Voice
from tests.web import cast_voices

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("made_brand")]
CHINESE = {"accept-language": "zh-CN,zh;q=0.9"}


@pytest.fixture
def guest() -> Client:
    return Client(headers={"host": "localhost"}, enforce_csrf_checks=True)


def test_a_mail_scanner_that_gets_every_link_answers_nothing(guest: Client) -> None:
    ask, promise = cast_voices.ask(), cast_voices.promise()
    for _again in range(3):
        for path in (
            f"/a/{ask.token}",
            f"/p/{promise.token}",
            f"/a/{ask.token}?score=0",
            f"/p/{promise.token}?say=no",
        ):
            assert guest.get(path).status_code == 200
            assert guest.head(path).status_code == 200
    assert Ask.objects.get().answered_at is None
    assert Promise.objects.get().said == ""
    assert Voice.objects.count() == 1  # the complaint


@pytest.mark.parametrize(
    ("question", "said", "score"),
    [
        ("again", {"score": "8"}, 8),
        ("dish", {"choice": "no"}, 0),
        ("better", {"words": "warmer plates"}, None),
    ],
)
def test_a_question_is_answered_once_without_logging_in(
    guest: Client, question: str, said: dict[str, str], score: int | None
) -> None:
    ask = cast_voices.ask(question)
    for sent in (said, {"score": "0", "choice": "yes", "words": "second thoughts"}):
        answer = guest.post(f"/a/{ask.token}", sent, follow=True)
        assert answer.status_code == 200
        assert "Thank you. We have it." in answer.content.decode()
    voice = Voice.objects.get()
    assert (voice.score, voice.customer_id, voice.order_id) == (score, 1, "T1")
    assert voice.text == said.get("words", "")


def test_hostile_text_is_kept_as_text(guest: Client) -> None:
    hostile = cast_voices.HOSTILE + "\x00 ' OR 1=1 --"
    guest.post(f"/a/{cast_voices.ask().token}", {"score": "10", "words": hostile})
    assert Voice.objects.get().text == hostile.replace("\x00", "")
    long = cast_voices.ask(token="l" * 32)
    guest.post(f"/a/{long.token}", {"words": "长" * 100_000})
    assert len(Voice.objects.get(key=f"answer {long.pk}").text) == 2000


def test_an_empty_answer_is_asked_for_again(guest: Client) -> None:
    answer = guest.post(f"/a/{cast_voices.ask().token}", {"score": "eleven", "words": " "})
    assert answer.status_code == 422
    assert "choose an answer, or write some words" in answer.content.decode()
    assert not Voice.objects.exists()


def test_the_page_shows_store_and_day_and_nothing_of_the_person(guest: Client) -> None:
    text = guest.get(f"/a/{cast_voices.ask('dish').token}").content.decode()
    assert "Riverside" in text
    assert "20 November" in text
    for personal in ("王思远", "Customer 1", "138", "M0000001", "T1"):
        assert personal not in text


def test_the_page_is_in_the_language_the_phone_asks_for(guest: Client) -> None:
    text = guest.get(f"/a/{cast_voices.ask().token}", headers=CHINESE).content.decode()
    assert "您还会再来吗？" in text
    assert "11月20日" in text
    assert not re.search(r"\bThank|\bSend\b", text)
    text = guest.get(f"/p/{cast_voices.promise().token}", headers=CHINESE).content.decode()
    assert "等改好了，可以告诉您一声吗？" in text


def test_nobody_else_is_told_of_the_link(guest: Client) -> None:
    answer = guest.get(f"/a/{cast_voices.ask().token}")
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "no-store" in answer.headers["Cache-Control"]
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert not answer.cookies


@pytest.mark.parametrize("path", ["/a/unknown", "/p/unknown", "/a/%00", "/a/" + "x" * 500])
def test_a_link_that_was_cut_off_says_so(guest: Client, path: str) -> None:
    answer = guest.get(path)
    assert answer.status_code == 404
    assert "This link leads nowhere." in answer.content.decode()
    assert guest.post(path, {"score": "1"}).status_code == 404


def test_after_fourteen_days_the_question_is_over(guest: Client) -> None:
    ask = cast_voices.ask()
    clock.stop_at(ask.expires_at)
    assert guest.get(f"/a/{ask.token}").status_code == 410
    answer = guest.post(f"/a/{ask.token}", {"score": "1"}, follow=True)
    assert "This question is over." in answer.content.decode()
    assert not Voice.objects.exists()


@pytest.mark.parametrize(
    ("say", "told"), [("yes", "Promised: you hear from us by 5 December."), ("no", "Understood.")]
)
def test_workflow_a5_may_we_tell_you_is_answered_once(guest: Client, say: str, told: str) -> None:
    promise = cast_voices.promise()
    answer = guest.post(f"/p/{promise.token}", {"say": say}, follow=True)
    assert told in answer.content.decode()
    other = guest.post(f"/p/{promise.token}", {"say": "no" if say == "yes" else "yes"})
    assert other.status_code == 422
    assert told in other.content.decode()
    assert Promise.objects.get().said == say
