"""Numbers in a real browser: opened and followed by the keyboard, sliced, sorted, taken away, and on a phone."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.web import cast, cast_habits
from tests.web.conftest import Enter

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PATHS = (
    "/numbers/",
    "/numbers/lost/",
    "/numbers/worth/",
    "/numbers/orders/",
    "/numbers/cohort_second_visit/?by=week",
    "/numbers/rfm_grid/",
    "/numbers/days_to_nth_visit/",
    "/numbers/interpurchase_interval/",
    "/numbers/discount_share/",
    "/cohorts/?begun=first_store",
)


@pytest.fixture
def inside(page: Page, heard: list[str], enter: Enter, made_brand: None) -> Page:
    """A browser in which an analyst has logged in."""
    cast_habits.habits()
    cast.account("analyst")
    enter("analyst")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    return page


@pytest.mark.parametrize("path", ["/", "/stores/", "/cohorts/"])
def test_a_number_is_opened_by_the_keyboard_and_leads_to_its_page(
    inside: Page, live_server: Any, heard: list[str], path: str
) -> None:
    inside.goto(f"{live_server.url}{path}")
    inside.locator(".number", has_text="%").first.focus()
    inside.keyboard.press("Enter")
    opened = inside.locator("[popover]:popover-open")
    expect(opened.get_by_role("link", name="The whole number")).to_be_visible()
    inside.keyboard.press("Tab")
    expect(opened.get_by_role("link", name="The whole number")).to_be_focused()
    inside.keyboard.press("Enter")
    inside.wait_for_url("**/numbers/*/**")
    expect(inside.get_by_role("heading", name="What stands behind it")).to_be_visible()
    assert heard == []


def test_a_number_is_sliced_sorted_and_taken_away(
    inside: Page, live_server: Any, heard: list[str], tmp_path: Path
) -> None:
    inside.goto(f"{live_server.url}/numbers/cohort_second_visit/")
    chip = inside.get_by_role("navigation", name="By").get_by_role("link", name="store")
    chip.focus()
    assert chip.evaluate("each => getComputedStyle(each).outlineStyle") != "none"
    inside.keyboard.press("Enter")
    first = inside.locator("#t-slices tbody th").first
    expect(first).to_have_text(cast.STORES["S01"])
    inside.locator("#t-slices thead").get_by_role("link", name="store").click()
    expect(inside.locator("#t-slices [aria-sort=ascending]")).to_have_text("store")
    stores = inside.locator("#t-slices tbody th").all_inner_texts()
    assert stores == sorted(stores, key=str.casefold)
    with inside.expect_download() as taken:
        inside.locator("#t-slices").get_by_role("link", name="Export").click()
    taken.value.save_as(tmp_path / "slices.csv")
    with (tmp_path / "slices.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row["store"] for row in csv.DictReader(file)] == stores
    assert heard == []


@pytest.mark.parametrize("path", PATHS)
def test_a_page_of_numbers_fits_a_phone_and_draws_nothing_without_words(
    inside: Page, live_server: Any, heard: list[str], path: str
) -> None:
    inside.set_viewport_size(cast.PHONE)
    inside.goto(f"{live_server.url}{path}")
    assert inside.evaluate("document.documentElement.scrollWidth") == cast.PHONE["width"]
    assert inside.evaluate(
        "[...document.querySelectorAll('main svg[role=img]')].every(each => each.ariaLabel)"
    )
    bare = "[...document.querySelectorAll('main svg')].filter(each => !each.role && each.ariaHidden !== 'true').length"
    assert inside.evaluate(bare) == 0
    assert inside.evaluate("[...document.querySelectorAll('.wide')].every(each => each.tabIndex === 0)")
    assert heard == []
