"""The shift page and the tasks page as those who lead use them; A2 among it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from regulars.access.models import AuditEntry
from regulars.brand.models import Store
from regulars.improve.actions import merge, refuse
from regulars.improve.models import Finding
from regulars.listen.actions import hear
from regulars.listen.models import Complaint
from regulars.measure.models import PlayResult
from regulars.serve.models import Card
from tests.serve import cast
from tests.web.cast_staff import PIN, device, fast_passwords, gift, guest_here, sign, store, taps
from tests.web.conftest import LogIn

__all__ = ["device", "fast_passwords", "store"]


def test_above_the_limit_it_climbs_to_the_shift_lead(device: Client) -> None:
    """A2."""
    comp = gift(5000, reason="soup too sweet")
    sign(device, "S01-W")
    refused = device.get("/shift/")
    assert (refused.status_code, "decides here" in refused.content.decode()) == (403, True)
    assert device.post(f"/shift/agreed/{comp.pk}/").status_code == 403
    sign(device, "S01-L", next="/shift/")
    shown = device.get("/shift/").content.decode()
    assert "more than the giver may, so the shift lead decides" in shown
    device.post(f"/shift/agreed/{comp.pk}/")
    comp.refresh_from_db()
    assert comp.agreed_by == "S01-L"
    assert AuditEntry.objects.filter(verb="agree", detail="S01-L").exists()


def test_before_the_shift_a_lead_reads_who_comes_and_what_is_open(device: Client) -> None:
    card = guest_here()
    taps(device, {"does": "complaint", "words": "the soup is too sweet", "visit": card.visit_id})
    sign(device, "S01-M", next="/shift/")
    shown = device.get("/shift/").content.decode()
    assert "1 complaint is open: go there first." in shown
    assert "the soup is too sweet" in shown
    assert "Allergic: peanuts" in shown
    assert "13800000007" not in shown
    device.post(f"/shift/closed/{Complaint.objects.get().pk}/", {"how": "mended"})
    assert (Complaint.objects.get().state, Complaint.objects.get().closed_by) == ("mended", "S01-M")


def test_a7_why_a_finding_was_refused_goes_back_to_the_store_that_raised_it(device: Client) -> None:
    voices = []
    for number in (1, 2, 3):
        cast.guest(number)
        said: dict[str, Any] = {
            "at": cast.NOW,
            "now": cast.NOW,
            "customer": number,
            "store_id": "S01",
            "text": "too sweet",
        }
        voices.append(hear(key=f"v{number}", source="note", product_id="P1", **said).voice_id)
    finding = merge(finding=None, voices=voices, by="owner", now=cast.NOW)
    sign(device, "S01-M", next="/shift/")
    assert "What was decided" not in device.get("/shift/").content.decode()
    refuse(finding=finding, reason="the house's own recipe", by="owner", now=cast.NOW)
    shown = device.get("/shift/").content.decode()
    assert "Tomato hotpot</a> <small>will stay as it is: the house&#x27;s own recipe</small>" in shown
    Finding.objects.update(answered_at=cast.NOW - timedelta(days=15))
    assert "What was decided" not in device.get("/shift/").content.decode()


def test_a_manager_sets_pins_a_shift_lead_does_not(device: Client) -> None:
    sign(device, "S01-L")
    assert device.post("/shift/pin/", {"staff": "S01-W", "pin": "8305"}).status_code == 404
    sign(device, "S01-M")
    assert device.post("/shift/pin/", {"staff": "S01-W", "pin": "8305"}).status_code == 302
    assert sign(device, "S01-W", pin=PIN).status_code == 403
    assert sign(device, "S01-W", pin="8305").status_code == 302


def test_tasks_show_what_was_done_and_near_service_beside_its_comparison(
    device: Client, log_in: LogIn
) -> None:
    long_ago = cast.NOW - timedelta(days=61)
    for number in range(40):
        Card.objects.create(
            key=f"near:{number}", kind="near", about="round", customer=number, store_id="S01", made_at=long_ago,
            shown=number % 2 == 0, state="done" if number % 4 == 0 else "expired",
            came_back_on=cast.TODAY if number % 5 == 0 else None,
        )  # fmt: skip
    operator = log_in("operator")
    assert "No turn has compared them yet." in operator.get("/tasks/").content.decode()
    PlayResult.objects.create(
        batch=1, play="near_service", as_of=cast.TODAY, matured_treated=900, matured_control=880, share_treated=0.24,
        share_control=0.2, diff=0.04, low=0.01, high=0.07, decision="gain",
    )  # fmt: skip
    shown = operator.get("/tasks/").content.decode()
    assert "Of what cards asked for, staff did 50%." in shown
    assert "+4.0 points" in shown
    assert "came back with a card, of 900 guests" in shown
    assert "between +1.0 and +7.0 points" in shown
    assert device.get("/tasks/").status_code == 403


def test_limits_are_set_by_headquarters_in_whole_money(store: Store, log_in: LogIn) -> None:
    client = log_in("operator")
    client.post("/tasks/limits/", {"staff": "12.50", "shift_lead": "80", "manager": "200"})
    assert gift(1251, reason="x").climbs
    for typed in ("NaN", "1e999999999"):
        said = {"staff": typed, "shift_lead": "80", "manager": "200"}
        page = client.post("/tasks/limits/", said, follow=True).content.decode()
        assert "write an amount of money" in page


@pytest.mark.usefixtures("made_brand")
def test_tasks_count_cards_whatever_the_head_of_the_page_says(log_in: LogIn) -> None:
    Card.objects.create(
        key="near:1",
        kind="near",
        about="round",
        customer=1,
        store_id="S01",
        made_at=cast.NOW,
        shown=True,
        state="done",
    )
    shown = log_in("operator").get("/tasks/").content.decode()
    assert "as of the turn of" in shown
    assert "1 of 1 cards that were shown and are over." in shown


def test_before_there_is_a_store_the_pages_of_a_shift_say_where_stores_come_from(log_in: LogIn) -> None:
    client = log_in("owner")
    for path in ("/shift/", "/staff/"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert "No store is known yet." in answer.content.decode()
