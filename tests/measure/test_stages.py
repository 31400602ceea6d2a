"""The share of each stage that acts, counted on the desk, and what may and may not be its leak."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from regulars.engage.models import Message
from regulars.improve.models import Change, Finding
from regulars.listen.models import Ask
from regulars.measure.leak import leak_figures
from regulars.measure.models import PlayResult
from regulars.measure.rules.leak import StageShare
from regulars.measure.stages import desk_shares, end_of
from regulars.reward.models import Coupon, CouponKind
from regulars.serve.models import Card

pytestmark = pytest.mark.django_db
AS_OF = date(2026, 8, 31)
AT = datetime(2026, 8, 30, 10, tzinfo=UTC)


def shares() -> dict[str, StageShare]:
    return {stage.stage: stage for stage in desk_shares(AS_OF)}


def messages(week: int, state: str, count: int, reason: str = "") -> None:
    begun = Message.objects.count()
    Message.objects.bulk_create(
        Message(key=f"m{number}", customer=number, channel="sms", purpose="marketing", address_hash="h", state=state,
                reason=reason, due_at=AT - timedelta(weeks=week))
        for number in range(begun, begun + count)
    )  # fmt: skip


def figures(*stages: StageShare) -> dict[str, Any]:
    return {row.part: row for row in leak_figures([], [], AS_OF, stages)}


def test_an_empty_desk_has_no_shares() -> None:
    assert desk_shares(AS_OF) == []


def test_a_day_is_over_when_the_brands_day_ends() -> None:
    assert end_of(AS_OF) == datetime(
        2026, 8, 31, 20, tzinfo=UTC
    )  # four in the morning of 1 September, in Shanghai


def test_messages_count_as_delivered_of_those_meant_for_somebody() -> None:
    for week in range(6):
        messages(week, "sent", 30 + 5 * week)
        messages(week, "spared", 10, "no_consent")
    messages(0, "spared", 3, "capped")
    messages(0, "spared", 500, "control")
    messages(0, "waiting", 500)
    told = shares()["engage"]
    assert (told.done, told.of) == (150, 193)
    assert told.cause == "no_consent"
    assert len(told.units) == 6
    assert told.concerned == pytest.approx(193 * 30 / 28)
    assert figures(told)["engage"].value > 0


def test_a_handful_shows_its_share_and_no_leak() -> None:
    messages(0, "sent", 20)
    messages(0, "spared", 5, "no_consent")
    told = figures(shares()["engage"])
    assert told["engage:now"].value == pytest.approx(0.8)
    assert (told["engage:done"].value, told["engage:of"].value) == (20, 25)
    assert "engage" not in told
    assert "the_leak" not in told


def test_a_coupon_counts_once_it_is_used_or_has_ended() -> None:
    kind = CouponKind.objects.create(name="second-visit", title="t")
    for number in range(40):
        used, ends = AT if number < 10 else None, AT + timedelta(days=10 if number < 15 else -5)
        Coupon.objects.create(kind=kind, code=str(number), customer=number, key=str(number), used_at=used,
                              given_at=AT - timedelta(days=20), ends_at=ends)  # fmt: skip
    told = shares()["reward"]
    assert (told.done, told.of, told.cause) == (10, 35, "second-visit")


def test_cards_and_questions_are_told_by_store_with_the_one_where_most_is_left() -> None:
    for number in range(200):
        store = "ABCD"[number % 4]
        done = store != "C" or number % 8 == 2
        Card.objects.create(key=f"c{number}", kind="near", customer=number, store_id=store, about="x", made_at=AT,
                            state="done" if done else "expired")  # fmt: skip
        Card.objects.create(key=f"l{number}", kind="near", customer=number, store_id=store, about="x", made_at=AT,
                            state="expired", shown=False)  # fmt: skip
        Ask.objects.create(key=f"a{number}", customer=number, source="till", order_id=str(number), store_id=store,
                           visited_on=AS_OF, question="q", token=f"t{number}", asked_at=AT - timedelta(days=9),
                           expires_at=AT - timedelta(days=2), answered_at=AT if store == "A" else None)  # fmt: skip
    told = shares()
    assert (told["serve"].done, told["serve"].of, told["serve"].cause) == (175, 200, "store:C")
    assert sorted(told["serve"].units) == [0.5, 1.0, 1.0, 1.0]
    assert (told["listen"].done, told["listen"].of, told["listen"].cause) == (50, 200, "store:B")
    assert figures(*told.values())["the_leak"].value > 0


def test_a_finding_is_mended_in_time_by_a_change_that_begins_by_its_day() -> None:
    for at, (due, begins) in enumerate([(30, 29), (30, 31), (20, None)]):
        finding = Finding.objects.create(
            title=str(at), state="accepted", due_on=date(2026, 8, due), made_by="o", made_at=AT
        )
        if begins:
            Change.objects.create(finding=finding, kind="recipe", to_version="2", begins_on=date(2026, 8, begins),
                                  decided_by="o", at=AT)  # fmt: skip
    Finding.objects.create(title="refused", state="refused", due_on=AS_OF, made_by="o", made_at=AT)
    told = shares()["improve"]
    assert (told.done, told.of, told.units) == (1, 3, ())


def test_plays_are_decided_when_they_gain_lose_or_do_nothing() -> None:
    for name, decision in (("a", "gain"), ("b", "nothing"), ("c", "too_early"), ("d", "blocked")):
        PlayResult.objects.create(batch=1, play=name, as_of=AS_OF, decision=decision)
    PlayResult.objects.create(batch=1, until=2, play="old", as_of=AS_OF, decision="loss")
    told = shares()["measure"]
    assert (told.done, told.of) == (2, 4)
