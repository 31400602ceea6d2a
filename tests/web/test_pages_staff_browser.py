"""The shared phone in a real browser: a tap without network waits on the phone and arrives exactly once."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from regulars.access.actions import set_pin
from regulars.access.models import User
from regulars.brand.models import Store
from regulars.listen.models import Complaint
from regulars.serve.actions import see
from regulars.serve.models import Card, Tap
from tests.serve import cast
from tests.serve.conftest import store
from tests.web import cast as web_cast
from tests.web.conftest import Enter

__all__ = ["store"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def phone(page: Page, enter: Enter, store: Store) -> Page:
    """A phone on which the waiter Mei has signed on; a guest with an allergy sits at table A12."""
    cast.guest(7)
    cast.tag(7, "peanuts", "allergy")
    see(visits=[cast.coming(seated_at=cast.NOW.isoformat(), table="A12", occasion="family")], now=cast.NOW)
    Card.objects.filter(kind="near").delete()  # chance would show it after the first, or not
    web_cast.account("store", "S01")
    set_pin(staff_id="S01-W", pin="4071", by=User.objects.get(), now=cast.NOW)
    page.set_viewport_size(web_cast.PHONE)
    enter("store", at="/staff/")
    page.get_by_text("Mei", exact=True).click()
    page.fill("#pin", "4071")
    page.get_by_role("button", name="That is me").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Near service now")
    expect(page.locator("body[data-kept]")).to_have_count(1, timeout=15_000)  # the phone has its own copy
    page.wait_for_load_state("networkidle")
    return page


def test_a_tap_without_network_waits_and_arrives_once(phone: Page) -> None:
    """A3: works without network, sends once later."""
    phone.context.set_offline(True)
    phone.reload()
    expect(phone.locator("article .allergy")).to_have_text("Allergic: peanuts")
    phone.get_by_role("button", name="Done").click()
    phone.fill("#words", "the soup is too sweet")
    phone.fill("#table", "A12")
    phone.get_by_role("button", name="A complaint").last.click()
    expect(phone.locator(".net")).to_contain_text("2 · waits for network")
    assert (Card.objects.get(about="allergy").state, Complaint.objects.count()) == ("open", 0)
    phone.context.set_offline(False)
    expect(phone.locator(".net")).to_be_hidden(timeout=20_000)
    expect(phone.locator(".outcome")).to_have_text(["sent", "sent"])
    phone.reload()
    expect(phone.locator("article .allergy")).to_have_count(0)
    assert Card.objects.get(about="allergy").state == "done"
    complaint = Complaint.objects.get()
    assert (complaint.table, complaint.voice.text) == ("A12", "the soup is too sweet")
    assert Tap.objects.count() == 2


def test_thumbs_can_hit_every_button_and_nothing_hangs_over_the_edge(phone: Page) -> None:
    beyond = phone.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert beyond == 0
    for button in phone.locator("main button:visible, .bar button, .bar a").all():
        box = button.bounding_box()
        assert box is not None
        assert box["height"] >= 44


def test_a_note_opens_by_keyboard_and_is_kept(phone: Page) -> None:
    said: list[str] = []
    phone.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    phone.get_by_role("button", name="Note", exact=True).first.press("Enter")
    phone.locator("article textarea").first.fill("likes the window")
    phone.get_by_role("button", name="A note").first.click()
    expect(phone.locator(".outcome")).to_have_text("sent")
    assert Tap.objects.get().does == "note"
    assert said == []
