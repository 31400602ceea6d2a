"""Improvements in a real browser on a phone: a person decides, changes, has it told; a guest tastes with one tap."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from regulars.improve.models import Finding, Invitation, Telling, Vote
from tests.web import cast, cast_findings
from tests.web.conftest import Enter

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def phone(page: Page, enter: Enter, made_brand: None) -> Page:
    """A phone on which an owner has logged in."""
    cast.account("owner")
    page.set_viewport_size(cast.PHONE)
    enter("owner")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    return page


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_from_the_board_to_told_with_a_thumb(phone: Page, live_server: Any) -> None:
    key = cast_findings.findings()["waiting"].pk
    phone.goto(f"{live_server.url}/improvements/")
    assert fits(phone)
    phone.get_by_role("link", name="Decide").click()
    phone.get_by_label("Who owns it").fill("chef")
    phone.get_by_role("button", name="Accept").click()
    expect(phone.get_by_role("heading", level=1)).to_contain_text("is being mended by chef")
    assert fits(phone)
    phone.get_by_label("From").fill("2026-11-21")
    phone.get_by_role("button", name="Write it down").click()
    expect(phone.get_by_role("heading", level=1)).to_contain_text("nobody who raised it has been told yet")
    phone.get_by_role("button", name="Riverside: dinner").click()
    expect(phone.locator(".training .done")).to_have_count(1)
    phone.get_by_role("button", name="Tell them").click()
    expect(phone.locator(".said")).to_contain_text("6 people will be told.")
    assert fits(phone)
    assert Telling.objects.filter(finding=key).count() == 6
    assert Finding.objects.get(pk=key).state == Finding.State.CHANGED


def test_a8_a_guest_says_which_is_better_with_one_tap(page: Page, live_server: Any, made_brand: None) -> None:
    cast_findings.findings()
    row = Invitation.objects.filter(group="raised").order_by("pk")[0]
    page.set_viewport_size(cast.PHONE)
    page.goto(f"{live_server.url}/t/{row.token}")
    assert not Vote.objects.filter(customer=row.customer).exists()
    page.get_by_label("B, less oil").check()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Thank you")
    assert fits(page)
    assert Vote.objects.get(customer=row.customer).prefers == "b"
