"""A4 with the play itself: whoever has an open complaint does not enter it, and who is under way hears nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from regulars.engage.actions import plays, run_due
from regulars.engage.models import Entry, Message, Touch
from regulars.listen.actions import close, complain
from regulars.listen.models import Complaint
from tests.engage import newcomers
from tests.engage.conftest import landed

__all__ = ["landed"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("landed")]
NOW = newcomers.NOW
MORNING = NOW + timedelta(hours=22, minutes=30)  # half past ten of the next day, when the play writes


def complained(customer: int) -> Complaint:
    return complain(key=f"c{customer}", at=NOW, now=NOW, customer=customer, store_id="S01", text="too sweet")


def said(customer: int) -> list[tuple[str, str]]:
    return list(Message.objects.filter(customer=customer).order_by("pk").values_list("state", "reason"))


def test_a4_an_open_complaint_stops_the_second_visit_play_before_it_and_under_way() -> None:
    for number in range(1, 31):
        newcomers.newcomer(number, "wecom", "sms")
    play = plays.make_ready(ready="second-visit", by="operator", now=NOW)
    plays.start(play=play, by="operator", now=NOW)
    complained(1)
    run_due(now=NOW, still=lambda: True)
    assert not Entry.objects.filter(customer=1).exists()
    assert Touch.objects.get(customer_id=1).reason == "open_complaint"
    first, second, *rest = (
        Entry.objects.filter(arm="treated").order_by("customer").values_list("customer", flat=True)
    )
    complained(first)
    mended = complained(second)
    close(complaint=mended, how="mended", by="Li", now=NOW + timedelta(minutes=10))
    run_due(now=MORNING, still=lambda: True)
    assert said(first) == []
    assert Entry.objects.get(customer=first).why == "open_complaint"
    assert Touch.objects.filter(customer_id=first).values_list("state", "reason").get() == (
        "spared",
        "open_complaint",
    )
    assert {number: said(number) for number in (second, *rest)} == {
        number: [("handed", "")] for number in (second, *rest)
    }
