"""One question after one visit in five, by a link that answers once, and nobody twice in 90 days."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings

from regulars.core.refused import Refused
from regulars.engage.models import Message
from regulars.listen.actions import answer, asks, complain, next_due, run_due
from regulars.listen.actions.asks import key_of
from regulars.listen.models import Ask, Considered, Voice
from regulars.listen.rules.asking import drawn
from tests.listen import cast
from tests.listen.cast import NOON

pytestmark = pytest.mark.django_db
EVENING = NOON + timedelta(hours=8)  # 20:00 in Shanghai


@pytest.fixture(autouse=True)
def brand(db: None) -> None:
    cast.brand()


def always() -> bool:
    return True


def picked(count: int, prefix: str = "O") -> list[str]:
    """Order numbers that chance picks under this installation's key."""
    numbers = (f"{prefix}{each}" for each in range(100_000))
    found = (each for each in numbers if drawn(settings.IDENTIFIER_KEY, key_of("till", each)))
    return [next(found) for _ in range(count)]


def test_workflow_b3_one_visit_in_five_is_asked_one_question() -> None:
    for number in range(1, 301):
        cast.order(cast.customer(number, "research"), EVENING)
    done = run_due(now=EVENING + timedelta(hours=2), still=always)
    assert done == Ask.objects.count()
    assert 40 <= done <= 80  # 60 expected, standard deviation 7
    assert set(Ask.objects.values_list("question", flat=True)) == {"again", "better", "dish"}
    for ask in Ask.objects.all():
        message = Message.objects.get(key=ask.message)
        assert message.purpose == "research"
        assert message.due_at == datetime(2026, 11, 17, 2, 30, tzinfo=UTC)  # half past ten in Shanghai
        assert f"/a/{ask.token}" in message.body
        assert ask.expires_at == message.due_at + timedelta(days=14)


def test_workflow_b3_nobody_is_asked_more_than_once_in_90_days() -> None:
    one, two, three = picked(3)
    cast.order(cast.customer(7, "research"), EVENING, one)
    assert run_due(now=EVENING, still=always) == 1
    for order_id, days in ((two, 88), (three, 92)):
        at = EVENING + timedelta(days=days)
        cast.order(7, at, order_id, batch=cast.HEAD + days)
        cast.land(cast.HEAD + days)
        assert run_due(now=at, still=always) == (days == 92)
    assert Ask.objects.count() == 2


def test_an_alias_was_asked_for_the_customer_it_became() -> None:
    one, two = picked(2)
    cast.order(cast.customer(7, "research"), EVENING, one)
    cast.customer(9, "research", into=7)
    cast.order(9, EVENING, two)
    assert run_due(now=EVENING, still=always) == 1


def test_an_order_is_considered_once_a_landing_and_written_once_for_ever() -> None:
    (one,) = picked(1)
    cast.order(cast.customer(7, "research"), EVENING, one)
    assert next_due(now=EVENING) == EVENING
    assert run_due(now=EVENING, still=always) == 1
    assert next_due(now=EVENING) is None
    Considered.objects.update(number=0)
    Ask.objects.update(customer=99)  # nobody's now, so only the key keeps it from being asked again
    assert run_due(now=EVENING, still=always) == 0
    assert Message.objects.count() == 1


def test_what_is_stopped_half_way_is_taken_up_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asks, "AT_ONCE", 1)
    for number, order_id in enumerate(picked(4), 1):
        cast.order(cast.customer(number, "research"), EVENING, order_id)
    answers = iter([True, True, True, False])
    assert run_due(now=EVENING, still=lambda: next(answers, False)) < 4
    assert run_due(now=EVENING, still=always) > 0
    assert Ask.objects.count() == Message.objects.count() == 4


@pytest.mark.parametrize(
    "told", [{"sales_channel": "delivery"}, {"status": "cancelled"}, {"net": 0}, {"until": 4}, {"batch": 9}]
)
def test_what_is_no_visit_is_not_asked_about(told: dict[str, object]) -> None:
    (one,) = picked(1)
    cast.order(cast.customer(7, "research"), EVENING, one, **told)
    assert run_due(now=EVENING, still=always) == 0


def test_a_visit_four_days_ago_is_not_asked_about() -> None:
    (one,) = picked(1)
    cast.order(cast.customer(7, "research"), EVENING, one)
    assert run_due(now=EVENING + timedelta(days=4), still=always) == 0


def test_who_did_not_agree_to_research_is_spared_with_the_reason_and_may_be_asked_another_time() -> None:
    one, _two = picked(2)
    cast.order(cast.customer(7, "marketing"), EVENING, one)
    assert run_due(now=EVENING, still=always) == 0
    assert [(each.state, each.reason) for each in Message.objects.all()] == [("spared", "no_consent")]
    assert not Ask.objects.exists()


def test_who_complained_is_not_asked_how_it_was() -> None:
    (one,) = picked(1)
    cast.order(cast.customer(7, "research"), EVENING, one)
    complain(key="c", at=EVENING, now=EVENING, customer=7)
    assert run_due(now=EVENING, still=always) == 0
    assert Message.objects.get().reason == "open_complaint"


def asked(question: str) -> Ask:
    (one,) = picked(1)
    cast.order(cast.customer(7, "research"), EVENING, one)
    run_due(now=EVENING, still=always)
    Ask.objects.update(question=question)
    return Ask.objects.get()


def test_an_answer_is_one_voice_tied_to_its_visit_however_often_it_is_sent() -> None:
    ask = asked("again")
    at = EVENING + timedelta(days=1)
    voice = answer(ask=ask, said={"score": "8", "words": "the 番茄汤 was too sweet"}, now=at)
    assert answer(ask=ask, said={"score": "1", "words": "changed my mind"}, now=at) is None
    assert Voice.objects.get() == voice
    assert voice is not None
    assert (voice.score, voice.text, voice.product_id, voice.theme) == (
        8,
        "the 番茄汤 was too sweet",
        "P1",
        "too_sweet",
    )
    assert (voice.customer_id, voice.order_id, voice.store_id, voice.staff_id) == (
        7,
        ask.order_id,
        "S01",
        "W2",
    )
    assert voice.visit_id == f"V{ask.order_id}"
    ask.refresh_from_db()
    assert (ask.answered_at, ask.voice) == (at, voice)


def test_a_dish_is_answered_with_yes_or_no_and_it_is_the_dearest_of_the_bill() -> None:
    voice = answer(ask=asked("dish"), said={"choice": "no"}, now=EVENING)
    assert voice is not None
    assert (voice.score, voice.product_id, voice.field) == (0, "P1", "taste")


@pytest.mark.parametrize("score", ["", "11", "-1", "９", "1e1", "99999999999"])
def test_an_answer_that_was_not_offered_says_nothing(score: str) -> None:
    with pytest.raises(Refused, match="choose an answer"):
        answer(ask=asked("again"), said={"score": score, "words": "  "}, now=EVENING)
    assert Ask.objects.get().answered_at is None


def test_after_fourteen_days_nothing_is_kept_any_more() -> None:
    ask = asked("better")
    assert answer(ask=ask, said={"words": "warmer"}, now=ask.expires_at) is None
    assert not Voice.objects.exists()


def test_a_token_cannot_be_guessed_from_the_order() -> None:
    ask = asked("again")
    assert re.fullmatch(r"[\w-]{32}", ask.token)
    assert ask.order_id not in ask.token
