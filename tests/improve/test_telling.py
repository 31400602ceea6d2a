"""Those who raised it are told once, by name, in waves; who is not told is kept with the reason."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from regulars.core.refused import Refused
from regulars.engage.models import Message
from regulars.gather.models import Consent, Visit, VisitSighting
from regulars.identify.models import Customer, Link
from regulars.improve import fields
from regulars.improve.actions import change, merge, next_due, run_due, tell
from regulars.improve.models import Finding, Telling
from regulars.know.models import CustomerState
from regulars.listen.models import Promise, Voice
from tests.improve import cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("brand")]
DAY_14 = datetime(2026, 11, 16, 2, 30, tzinfo=UTC)  # 10:30 in the store


def always() -> bool:
    return True


def run(now: datetime = DAY_14) -> int:
    return run_due(now=now, still=always)


def send(now: datetime = DAY_14) -> None:
    """What a channel does with what waits."""
    Message.objects.filter(state=Message.State.WAITING).update(state=Message.State.SENT, sent_at=now)


def planned(people: int = 3) -> Finding:
    finding = cast.changed(cast.raised(people), "S01")
    tell(finding=finding, starts_at=None, by="owner", now=cast.NOW + timedelta(days=12))
    return finding


def ends() -> dict[int, str]:
    """By customer: told, or why not."""
    rows = Telling.objects.order_by("customer")
    return {row.customer: row.skipped or ("told" if row.told_at else "") for row in rows}


def test_a10_all_who_raised_it_are_told_by_name_on_day_14_none_held_out() -> None:
    finding = planned(5)
    assert next_due(now=cast.NOW) == DAY_14
    assert run(DAY_14 - timedelta(minutes=1)) == 0
    assert run() == 5
    bodies = list(Message.objects.order_by("customer").values_list("body", "purpose", "state"))
    assert [(f"Guest {number}" in body, purpose) for number, (body, purpose, _s) in enumerate(bodies, 1)] == [
        (True, "service")
    ] * 5
    assert all("the tomato soup is too sweet" in body for body, _p, _s in bodies)
    send()
    run()
    assert set(ends().values()) == {"told"}
    finding.refresh_from_db()
    assert finding.state == Finding.State.TOLD


@pytest.mark.parametrize("words", ["{{ name", "{{ link }}", "{{ 7 * 7 }}", "{{ said }}" * 4])
def test_words_that_cannot_be_filled_in_are_refused_before_anybody_waits(words: str) -> None:
    finding = cast.changed(cast.raised(3), "S01")
    with pytest.raises(Refused):
        tell(finding=finding, starts_at=None, by="owner", now=cast.NOW + timedelta(days=12), words=words)
    assert not Telling.objects.exists()


def test_neither_a_long_voice_nor_words_that_were_kept_broken_hold_up_the_others() -> None:
    finding = planned(3)
    Finding.objects.filter(pk=finding.pk).update(words="{% if name %}{{ link }}{% endif %}")
    Voice.objects.filter(customer_id=1).update(text="汤太甜" * 1300)
    assert run() == 3
    assert Message.objects.filter(body__contains="汤太甜" * 600).count() == 1
    assert Message.objects.filter(body__contains="the tomato soup is too sweet").count() == 2


def test_a10_erased_unsubscribed_already_back_are_skipped_with_the_reason() -> None:
    finding = cast.changed(cast.raised(8), "S01")
    tell(finding=finding, starts_at=DAY_14, by="owner", now=DAY_14)
    Link.objects.filter(customer=1).update(until=2)  # erased
    for purpose in ("service", "research"):
        Consent.objects.create(
            address_hash=f"{2:032x}",
            channel=cast.CHANNEL,
            purpose=purpose,
            state="withdrawn",
            source="link",
            at=DAY_14,
        )
    CustomerState.objects.filter(customer=3).update(last_day=date(2026, 11, 13))  # saw it themselves
    Link.objects.filter(customer=4).update(identifier_type="member_card")  # no address
    Consent.objects.filter(address_hash=f"{5:032x}").delete()
    voices = {each.voice.customer_id: each.voice for each in finding.voices.select_related("voice")}
    Promise.objects.create(voice=voices[6], asked_at=cast.NOW, token="t6", said="no", said_at=cast.NOW)
    Visit.objects.create(
        source="queue",
        visit_id="Q1",
        store_id="S01",
        seated_at=DAY_14 - timedelta(hours=15),
        expected_at=DAY_14 - timedelta(hours=15),
        identifiers=[["phone", f"{7:032x}"]],
        changed_at=DAY_14,
    )
    VisitSighting.objects.create(identifier_hash=f"{7:032x}", source="queue", visit_id="Q1")
    run()
    send()
    run()
    assert ends() == {
        1: "erased",
        2: "unsubscribed",
        3: "already_back",
        4: "no_address",
        5: "not_asked",
        6: "said_no",
        7: "already_back",  # seated last night, before any turn knew
        8: "told",
    }


def test_a10_twenty_or_more_are_told_in_random_waves_a_week_apart() -> None:
    finding = cast.changed(cast.raised(24), "S01")
    tell(finding=finding, starts_at=DAY_14, by="owner", now=DAY_14)
    waves = [sorted(Telling.objects.filter(wave=wave).values_list("customer", flat=True)) for wave in (0, 1)]
    assert [len(wave) for wave in waves] == [12, 12]
    assert waves[0] != list(range(1, 13))  # by chance, not in their order
    assert run() == 12
    assert next_due(now=DAY_14) == DAY_14 + timedelta(days=7)
    assert run(DAY_14 + timedelta(days=7)) == 12
    assert Message.objects.count() == 24


def test_it_is_told_once_however_often_it_is_run_or_planned() -> None:
    finding = planned(3)
    tell(finding=finding, starts_at=None, by="owner", now=DAY_14)
    for _ in range(3):
        run()
    assert (Telling.objects.count(), Message.objects.count()) == (3, 3)


def test_a_crash_after_the_outbox_took_it_sends_nothing_twice() -> None:
    planned(3)
    run()
    Telling.objects.update(message="")  # the power failed between the outbox and this row
    run()
    assert Message.objects.count() == 3
    assert Telling.objects.filter(message="").count() == 0


def test_two_numbers_of_one_guest_are_told_once() -> None:
    finding = cast.raised(4)
    Customer.objects.filter(number=4).update(merged_into=1, until=4)
    cast.changed(finding, "S01")
    tell(finding=finding, starts_at=DAY_14, by="owner", now=DAY_14)
    assert sorted(Telling.objects.values_list("customer", flat=True)) == [1, 2, 3]


def test_who_is_merged_in_later_is_told_when_planned_again() -> None:
    finding = planned(3)
    run()
    late = cast.said(9, cast.guest(9))
    merge(finding=finding, voices=[late.voice_id], by="owner", now=DAY_14)
    (added,) = tell(finding=finding, starts_at=None, by="owner", now=DAY_14)
    assert added.customer == 9
    assert run() == 1


def test_told_keeps_the_promise() -> None:
    finding = planned(3)
    voice = finding.voices.order_by("pk")[0].voice
    promise = Promise.objects.create(voice=voice, asked_at=cast.NOW, token="t", said="yes", said_at=cast.NOW)
    run()
    promise.refresh_from_db()
    assert promise.kept_at is None
    send()
    run()
    promise.refresh_from_db()
    assert promise.kept_at == DAY_14


def test_a_message_that_was_not_sent_is_not_told() -> None:
    planned(3)
    run()
    Message.objects.filter(customer=1).update(state=Message.State.SPARED, reason="unsubscribed")
    Message.objects.filter(customer=2).update(state=Message.State.FAILED)
    run()
    assert ends() == {1: "unsubscribed", 2: "failed", 3: ""}


def test_nobody_is_told_before_the_change_begins() -> None:
    finding = cast.raised(3)
    with pytest.raises(Refused, match="nothing is changed"):
        tell(finding=finding, starts_at=None, by="owner", now=DAY_14)
    cast.changed(finding, "S01")
    with pytest.raises(Refused, match="before the change begins"):
        tell(finding=finding, starts_at=datetime(2026, 11, 12, 4, tzinfo=UTC), by="owner", now=cast.NOW)


def test_stopping_stops_between_two_people() -> None:
    planned(3)
    answers = iter((True, False))
    assert run_due(now=DAY_14, still=lambda: next(answers)) == 1
    assert Message.objects.count() == 1


def test_a11_what_was_mended_is_known_of_those_who_raised_it_in_that_store() -> None:
    finding = cast.raised(3)
    away = cast.said(8, cast.guest(8), store_id="S02")
    merge(finding=finding, voices=[away.voice_id], by="owner", now=cast.NOW)
    cast.changed(finding, "S01")
    assert fields.mended_for(None, head=5, now=datetime(2026, 11, 12, 4, tzinfo=UTC)) == {}
    told = fields.mended_for(None, head=5, now=DAY_14)
    assert sorted(told) == [1, 2, 3]
    voice = finding.voices.order_by("pk")[0].voice_id
    assert fields.mended_for([1, 8], head=5, now=DAY_14) == {
        1: {"product": "P12", "voice": voice, "finding": finding.pk}
    }


def test_who_said_it_where_nothing_changed_or_of_the_new_version_is_not_told_that_it_is_mended() -> None:
    finding = cast.raised(3)
    elsewhere = cast.said(8, cast.guest(8), store_id="S02")
    of_the_new = cast.said(9, cast.guest(9), at=datetime(2026, 11, 14, 11, tzinfo=UTC))
    merge(finding=finding, voices=[elsewhere.voice_id, of_the_new.voice_id], by="owner", now=DAY_14)
    cast.changed(finding, "S01")
    tell(finding=finding, starts_at=DAY_14, by="owner", now=DAY_14)
    assert sorted(Telling.objects.values_list("customer", flat=True)) == [1, 2, 3]
    change(
        finding=finding,
        kind="standard",
        to_version="2",
        stores=["S02"],
        begins_on=date(2026, 11, 20),
        by="owner",
        now=DAY_14,
    )
    (added,) = tell(finding=finding, starts_at=None, by="owner", now=DAY_14)
    assert added.customer == 8
