"""The day after a complaint its guest is asked whether to be told; a yes is a promise with a due date."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from regulars.brand.models import Brand
from regulars.core.refused import Refused
from regulars.engage.actions import limits, post
from regulars.engage.models import Limits, Message
from regulars.gather.models import Consent
from regulars.listen.actions import close, complain, next_due, run_due, say
from regulars.listen.models import Complaint, Promise
from tests.listen import cast

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 16, 11, 25, tzinfo=UTC)  # 19:25 in Shanghai
TUESDAY = datetime(2026, 11, 17, 2, 30, tzinfo=UTC)  # 10:30


@pytest.fixture(autouse=True)
def brand(db: None) -> None:
    cast.brand()


def always() -> bool:
    return True


def complained(customer: int | None = 7, key: str = "c") -> Complaint:
    return complain(
        key=key, at=MONDAY, now=MONDAY, text="too sweet", customer=customer, store_id="S01", staff_id="W2"
    )


def test_workflow_a4_an_open_complaint_stops_all_marketing_to_this_guest_the_second_visit_play_included() -> (
    None
):
    cast.customer(7, "marketing", "service")
    complaint = complained()

    def second_visit(key: str) -> Message:
        return post(
            key=key,
            customer=7,
            purpose="marketing",
            subject="",
            body="come again",
            due_at=TUESDAY,
            now=TUESDAY,
        )

    limits()
    Limits.objects.update(hold_out=0.01, salt="nobody is held out under this salt")
    assert second_visit("one").reason == "open_complaint"
    close(complaint=complaint, how="mended", by="Li", now=TUESDAY)
    assert second_visit("two").state == Message.State.WAITING


def test_workflow_a5_on_tuesday_half_past_ten_the_guest_is_asked_by_whom_they_met() -> None:
    cast.customer(7, "service")
    complained()
    assert next_due(now=MONDAY) is not None
    assert run_due(now=TUESDAY - timedelta(minutes=1), still=always) == 0
    for _again in range(2):
        run_due(now=TUESDAY, still=always)
    message = Message.objects.get()
    assert (message.purpose, message.state, message.due_at) == ("service", "waiting", TUESDAY)
    assert message.staff_id == "W2"
    assert "Riverside的Li" in message.body
    assert f"/p/{Promise.objects.get().token}" in message.body


def test_workflow_a5_yes_is_a_promise_with_a_due_date_and_no_is_none() -> None:
    cast.customer(7, "service")
    complained()
    run_due(now=TUESDAY, still=always)
    promise = Promise.objects.get()
    for _again in range(2):
        say(promise=promise, yes=True, now=TUESDAY)
    assert (promise.said, promise.due_on) == ("yes", date(2026, 12, 1))
    with pytest.raises(Refused):
        say(promise=promise, yes=False, now=TUESDAY)


def test_workflow_a5_service_passes_cap_and_hold_out() -> None:
    cast.customer(7, "service", "marketing")
    limits()
    Limits.objects.update(most=0, hold_out=0.05)
    complained()
    assert run_due(now=TUESDAY, still=always) == 1
    assert Message.objects.get().state == Message.State.WAITING


def test_workflow_a5_service_never_passes_quiet_hours() -> None:
    cast.customer(7, "service")
    limits()
    Limits.objects.update(quiet_from=time(9), quiet_until=time(12))
    complained()
    run_due(now=TUESDAY, still=always)
    assert Message.objects.get().due_at == TUESDAY + timedelta(minutes=90)


def test_workflow_a5_service_never_passes_an_unsubscribe() -> None:
    cast.customer(7, "service")
    Consent.objects.create(
        address_hash=f"phone{7:027d}",
        channel="sms",
        purpose="service",
        state="withdrawn",
        source="link",
        at=MONDAY,
    )
    complained()
    assert run_due(now=TUESDAY, still=always) == 0
    assert [(each.state, each.reason) for each in Message.objects.all()] == [("spared", "unsubscribed")]
    assert not Promise.objects.exists()
    assert next_due(now=TUESDAY) is None


def test_who_cannot_be_named_is_not_written_to() -> None:
    complained(customer=None)
    assert run_due(now=TUESDAY, still=always) == 0
    assert not Message.objects.exists()


def test_a_complaint_that_came_late_by_file_is_not_dug_up() -> None:
    cast.customer(7, "service")
    complained()
    assert run_due(now=MONDAY + timedelta(days=6), still=always) == 0


def test_a_letter_is_in_the_language_of_the_brands_region() -> None:
    Brand.objects.update(region="GB", time_zone="Europe/London")
    cast.customer(7, "service")
    complained()
    run_due(now=datetime(2026, 11, 17, 10, 30, tzinfo=UTC), still=always)
    assert "May we tell you when it is mended?" in Message.objects.get().body
