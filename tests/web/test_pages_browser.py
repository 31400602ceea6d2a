"""The pages in a real browser: they search while one types, open with a key, turn dark, fit a phone and print."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.web import cast
from tests.web.conftest import Enter

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PATHS = (
    "/",
    "/customers/",
    "/customers/1/",
    "/stores/",
    "/stores/S01/",
    "/cohorts/",
    "/imports/",
    "/outbox/",
    "/plays/",
)


@pytest.fixture
def inside(page: Page, heard: list[str], unsafe: None, enter: Enter, made_brand: None) -> Page:
    """A browser in which an operator has logged in through the door."""
    cast.account("operator")
    enter("operator")
    expect(page.get_by_role("heading", level=1)).to_contain_text("45 have come back")
    return page


def test_customers_are_found_while_one_types_and_nothing_of_it_reaches_the_address(
    inside: Page, live_server: Any, heard: list[str]
) -> None:
    inside.goto(f"{live_server.url}/customers/")
    inside.get_by_role("searchbox").press_sequentially("wangsi", delay=20)
    expect(inside.locator("#found tbody tr")).to_have_count(1)
    expect(inside.locator("#found tbody")).to_contain_text("王思远")
    assert inside.url == f"{live_server.url}/customers/"
    inside.get_by_role("searchbox").fill("")
    expect(inside.locator("#found tbody tr")).to_have_count(50)
    inside.locator(".chips label", has_text="cooling").click()
    expect(inside.locator("#found tbody .stage.regular")).to_have_count(0)
    inside.locator("#found").get_by_role("button", name="spent").click()
    expect(inside.locator("#found th[aria-sort]")).to_contain_text("spent")
    assert heard == []


def test_a_number_opens_and_closes_by_the_keyboard(inside: Page, heard: list[str]) -> None:
    number = inside.locator(".trio .number").first
    number.focus()
    inside.keyboard.press("Enter")
    opened = inside.locator("[popover]:popover-open")
    expect(opened).to_contain_text("Second-visit share of newcomers")
    expect(opened).to_contain_text("21,400 guests")
    inside.keyboard.press("Escape")
    expect(opened).to_have_count(0)
    assert heard == []


def test_the_first_tab_leads_past_the_navigation(inside: Page) -> None:
    inside.keyboard.press("Tab")
    expect(inside.locator(".skip")).to_be_focused()
    inside.keyboard.press("Enter")
    expect(inside.locator("main")).to_be_focused()


def test_dark_and_chinese_stay_when_one_goes_on(inside: Page) -> None:
    inside.get_by_role("button", name="dark").click()
    inside.get_by_role("button", name="中文").click()
    inside.get_by_role("navigation").get_by_role("link", name="门店").click()
    expect(inside.locator("html")).to_have_attribute("data-theme", "dark")
    expect(inside.locator("html")).to_have_attribute("lang", "zh-Hans")
    red, green, blue = (
        int(part)
        for part in re.findall(r"\d+", inside.evaluate("getComputedStyle(document.body).backgroundColor"))[:3]
    )
    assert red + green + blue < 150


@pytest.mark.parametrize("path", PATHS)
def test_a_page_fits_a_phone_and_breaks_no_policy(
    inside: Page, live_server: Any, heard: list[str], path: str
) -> None:
    inside.set_viewport_size(cast.PHONE)
    inside.goto(f"{live_server.url}{path}")
    if path == "/imports/":
        inside.get_by_role("link", name="till 2026-11.csv").click()
        expect(inside.get_by_role("heading", level=1)).to_contain_text("81,167 were taken and 37 refused")
    beyond = inside.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert beyond == 0
    bar = inside.get_by_role("navigation", name="Pages").bounding_box()
    assert bar is not None
    assert round(bar["y"] + bar["height"]) == cast.PHONE["height"]
    assert heard == []


def test_a_table_is_sorted_where_it_stands(inside: Page, live_server: Any, heard: list[str]) -> None:
    inside.goto(f"{live_server.url}/stores/")
    inside.get_by_role("link", name="orders identified").click()
    expect(inside.locator("#t-stores [aria-sort=descending]")).to_have_text("orders identified")
    inside.get_by_role("link", name="orders identified").click()
    expect(inside.locator("#t-stores tbody th").first).to_have_text("Station hall")
    assert "stores.sort=known" in inside.url
    assert heard == []


def test_paper_carries_no_navigation(inside: Page) -> None:
    inside.emulate_media(media="print")
    expect(inside.locator(".side")).to_be_hidden()
    expect(inside.locator(".switches")).to_be_hidden()
    expect(inside.get_by_role("heading", level=1)).to_be_visible()


def test_a_file_that_is_sent_waits_and_says_so(inside: Page, live_server: Any, heard: list[str]) -> None:
    inside.goto(f"{live_server.url}/imports/")
    inside.set_input_files(
        "#file", {"name": "till.csv", "mimeType": "text/csv", "buffer": b"order,date\nT1,2026-11-01\n"}
    )
    inside.get_by_role("button", name="Send").click()
    expect(inside.get_by_role("heading", level=1)).to_have_text("On its way.")
    expect(inside.locator("#state")).to_contain_text("waiting")
    assert heard == []
