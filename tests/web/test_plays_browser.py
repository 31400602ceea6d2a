"""Plays in a real browser: an audience is counted while one types, a play starts and stops, pages fit a phone."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from regulars.engage.models import Play
from tests.engage import newcomers
from tests.web import cast
from tests.web.conftest import Enter

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def inside(page: Page, heard: list[str], unsafe: None, enter: Enter, stopped_clock: None) -> Page:
    """A browser in which an operator of a brand with newcomers has logged in."""
    cast.brand()
    newcomers.land()
    for number in range(1001, 1013):
        newcomers.newcomer(number)
    cast.account("operator")
    enter("operator", at="/plays/")
    page.wait_for_url(re.compile("/plays/"))
    return page


def test_from_a_click_to_a_stop(inside: Page, heard: list[str]) -> None:
    inside.get_by_role("button", name="Make a draft").first.click()
    expect(inside.get_by_role("heading", level=1)).to_contain_text("12 are due this week, 12 would enter.")
    inside.get_by_role("link", name="Change", exact=True).click()
    inside.locator("textarea[name=audience]").fill("visits == 1 and net > 1000")
    expect(inside.locator("#size")).to_contain_text("0 customers now")
    inside.locator("textarea[name=audience]").fill("visits = 1")
    expect(inside.locator("#size")).to_contain_text("cannot be read")
    inside.locator("textarea[name=audience]").fill("visits == 1")
    expect(inside.locator("#size")).to_contain_text("12 customers now")
    inside.get_by_role("button", name="Keep").click()
    inside.get_by_role("button", name="Start").click()
    expect(inside.get_by_role("button", name="Stop")).to_be_visible()
    inside.get_by_role("button", name="Stop").click()
    expect(inside.get_by_role("heading", level=1)).to_contain_text("Stopped")
    assert Play.objects.get().state == "stopped"
    assert heard == []


def test_the_pages_fit_a_phone_and_break_no_policy(inside: Page, live_server: Any, heard: list[str]) -> None:
    inside.get_by_role("button", name="Make a draft").first.click()
    inside.wait_for_url(re.compile("second-visit"))
    inside.set_viewport_size(cast.PHONE)
    for path in ("/plays/", "/plays/second-visit/", "/plays/second-visit/change/"):
        inside.goto(f"{live_server.url}{path}")
        wide = inside.evaluate("document.documentElement.scrollWidth")
        assert wide <= cast.PHONE["width"], path
    assert heard == []
