"""Who enters a play and who is spared: one list, shown before and written when the play runs."""

from __future__ import annotations

from datetime import timedelta

import pytest

from regulars.engage.actions import journeys, run_due
from regulars.engage.actions.dry_run import Line, dry_run
from regulars.engage.actions.limits import limits
from regulars.engage.models import Entry, Limits, Message, Play, Touch
from regulars.engage.rules.arms import arm, held_out
from regulars.gather.models import Identifier, Order, Record, Sighting
from regulars.identify.models import Customer, Link
from regulars.know.models import CustomerState, ReturnCurve
from tests.engage import guests
from tests.engage.newcomers import (
    DUE_DAY,
    HEAD,
    NOW,
    ON_DAY,
    TODAY,
    WRITE,
    arms,
    newcomer,
    play,
    reasons,
    state,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("landed")]


def listed(of: Play) -> dict[int, str]:
    return {line.customer: line.reason for line in dry_run(of, head=HEAD, now=NOW)}


def everybody() -> None:
    """One of each kind of person, and twenty who simply are due."""
    for number in range(1, 21):
        newcomer(number)
    guests.guest(30, ("sms",), purposes=())
    state(30, TODAY - timedelta(days=DUE_DAY))  # said nothing
    newcomer(31, "sms", "email")
    newcomer(32)
    for n in range(2):
        guests.write(32, key=f"before {n}")  # has heard enough this month
    newcomer(33, "email")
    guests.consent(33, "email", state="withdrawn", at=NOW)
    newcomer(34, first_store="S02")  # the store has identified guests for no longer
    newcomer(35)
    registered(35, days_before=60)
    newcomer(36)
    bought(36, days_ago=1)
    newcomer(37, days_late=7)  # was due a week ago
    newcomer(38, days_late=-1)  # is due tomorrow
    newcomer(40)
    newcomer(41)


def registered(number: int, days_before: int) -> None:
    digest = f"external{number:0>24}"
    Link.objects.create(
        batch=0, identifier_type="external", identifier_hash=digest, customer=number, rule="account"
    )
    Identifier.objects.create(identifier_hash=digest, identifier_type="external", value=f"members:{number}")
    at = NOW - timedelta(days=DUE_DAY + days_before)
    Record.objects.create(batch=0, source="members", record_id=str(number), registered_at=at)


def bought(number: int, days_ago: int) -> None:
    day = TODAY - timedelta(days=days_ago)
    at = NOW - timedelta(days=days_ago)
    Order.objects.create(batch=2, source="till", order_id=f"T{number}", version=1, store_id="S01", ordered_at=at,
                         business_date=day, net=4200, status="paid")  # fmt: skip
    Sighting.objects.create(
        batch=2, identifier_hash=guests.address_hash(number, "phone"), source="till", order_id=f"T{number}"
    )


def test_each_who_is_spared_is_kept_with_the_reason(complaining: set[int]) -> None:
    everybody()
    complaining.add(40)
    out = Limits.objects.filter(pk=1)
    salt = next(
        str(n) for n in range(9999) if [n2 for n2 in range(1, 99) if held_out(str(n), n2, 0.01)] == [41]
    )
    out.update(salt=salt, hold_out=0.01)
    of = play()
    found = listed(of)
    assert {number: reason for number, reason in found.items() if reason not in ("", "control")} == {
        30: "no_consent", 32: "capped", 33: "unsubscribed", 34: "maybe_old", 35: "maybe_old", 36: "already_back",
        40: "open_complaint", 41: "brand_hold_out",
    }  # fmt: skip
    assert not {37, 38} & set(found)
    run_due(now=NOW, still=lambda: True)
    told = reasons(of)
    assert {number: told[number] for number, reason in found.items() if reason} == {
        number: reason for number, reason in found.items() if reason
    }
    assert set(arms(of)) == {number for number, reason in found.items() if reason in ("", "control")}


def test_the_dry_run_equals_the_send_person_by_person() -> None:
    """Workflow B, step 5."""
    everybody()
    of = play()
    before = dry_run(of, head=HEAD, now=NOW)
    run_due(now=NOW, still=lambda: True)
    sent = dict(Message.objects.filter(play=of).values_list("customer", "channel"))
    assert {line.customer: line.channel for line in before if line.what == "enter"} == sent
    assert {line.customer: line.arm for line in before if line.arm} == arms(of)
    kept = {line.customer: (line.what, line.arm, line.reason) for line in before if line.what != "enter"}
    touches = Touch.objects.filter(play=of.name, key__contains="|door|")
    assert kept == {each.customer_id: (each.state, each.arm, each.reason) for each in touches}
    assert len(sent) > 5
    assert {line.what for line in before} == {"enter", "held_back", "spared"}


def test_asked_again_nobody_enters_twice_and_nobody_is_judged_twice() -> None:
    everybody()
    of = play()
    assert journeys.enter(of, now=NOW) > 20
    entered, touched = Entry.objects.count(), Touch.objects.count()
    assert journeys.enter(of, now=NOW) == 0
    guests.consent(30, "sms", at=NOW)  # what was judged once stays as judged
    assert dry_run(of, head=HEAD, now=NOW) == []
    assert (Entry.objects.count(), Touch.objects.count()) == (entered, touched)


def test_who_entered_under_another_number_has_entered() -> None:
    newcomer(1)
    of = play()
    Customer.objects.create(number=7, batch=1, until=3, merged_into=1)
    Entry.objects.create(play=of, customer=7, arm="treated", entered_at=NOW, entered_on=TODAY)
    assert listed(of) == {}


def test_the_hold_out_of_the_play_is_kept_as_held_back() -> None:
    for number in range(1, 41):
        newcomer(number)
    of = play()
    journeys.enter(of, now=NOW)
    control = {number for number, arm in arms(of).items() if arm == "control"}
    assert 8 < len(control) < 32
    assert {n for n, reason in reasons(of).items() if reason == "control"} == control
    assert not Entry.objects.filter(arm="control", state="going").exists()


def test_the_arm_does_not_move_when_the_share_does() -> None:
    for number in range(1, 41):
        newcomer(number)
    of = play()
    journeys.enter(of, now=NOW)
    before = arms(of)
    Play.objects.filter(pk=of.pk).update(treated_share=0.9)
    journeys.enter(Play.objects.get(pk=of.pk), now=NOW)
    assert arms(of) == before


def test_the_due_day_moves_with_the_brands_curve() -> None:
    """Workflow B, step 4."""
    newcomer(1)
    of = play()
    assert listed(of).keys() == {1}
    ReturnCurve.objects.create(batch=2, due_day=DUE_DAY + 1, as_of=TODAY)
    assert listed(of) == {}
    state(2, TODAY - timedelta(days=DUE_DAY + 1))
    assert listed(of).keys() == {2}


def test_without_a_curve_nobody_is_due() -> None:
    ReturnCurve.objects.all().delete()
    newcomer(1)
    assert listed(play()) == {}


def test_a_play_may_wait_for_the_customers_own_rhythm() -> None:
    late = {"step": "wait", "until": "rhythm"}
    of = play(late, WRITE, audience="visits >= 3", newcomers_only=False)
    guests.guest(1, ("sms",))
    state(1, TODAY - timedelta(days=90), visits=4, last=TODAY - timedelta(days=20), late_after=20)
    guests.guest(2, ("sms",))
    state(2, TODAY - timedelta(days=90), visits=4, last=TODAY - timedelta(days=20), late_after=21)
    assert listed(of).keys() == {1}
    assert dry_run(of, head=HEAD, now=NOW)[0].due_on == TODAY


def test_a_play_without_a_day_takes_its_whole_audience_at_once() -> None:
    newcomer(1, days_late=300)
    newcomer(2)
    assert listed(play(WRITE)).keys() == {1, 2}


def test_a_line_says_who_what_and_by_which_channel() -> None:
    newcomer(1, "email")
    of = play(ON_DAY, WRITE)
    of.salt = next(str(n) for n in range(99) if arm(str(n), 1, of.treated_share) == "treated")
    [line] = dry_run(of, head=HEAD, now=NOW)
    assert line == Line(1, "enter", TODAY, arm="treated", channel="email", store_id="S01")


def test_a_step_that_writes_nothing_needs_no_consent() -> None:
    state(1, TODAY - timedelta(days=DUE_DAY))
    limits()
    Limits.objects.update(salt="s2", hold_out=0.01)  # under this salt chance holds nobody of 1 to 129 out
    assert set(listed(play(ON_DAY, {"step": "split", "share": 0.5})).values()) <= {"", "control"}


def test_many_are_judged_in_few_queries(django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    for number in range(1, 60):
        newcomer(number)
    of = play()
    with django_assert_max_num_queries(40):
        assert len(dry_run(of, head=HEAD, now=NOW)) == 59
    assert CustomerState.objects.count() == 60
