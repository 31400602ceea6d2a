"""Voices and answers in a real browser: found while one types, closed with a thumb, a tag taken from a word."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from regulars.know.models import Tag
from regulars.listen.models import Complaint, Voice
from tests.web import cast, cast_voices
from tests.web.conftest import Enter

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def inside(
    page: Page, heard: list[str], unsafe: None, live_server: Any, enter: Enter, made_brand: None
) -> Page:
    """A phone on which an operator has logged in."""
    cast.account("operator")
    page.set_viewport_size(cast.PHONE)
    enter("operator")
    expect(page).to_have_url(f"{live_server.url}/")
    return page


def test_voices_are_found_while_one_types_and_nothing_of_it_reaches_the_address(
    inside: Page, live_server: Any, heard: list[str]
) -> None:
    cast_voices.voices()
    inside.goto(f"{live_server.url}/voices/")
    rows = inside.locator("#found tbody tr")
    expect(rows).to_have_count(6)
    inside.get_by_role("searchbox").press_sequentially("头发", delay=20)
    expect(rows).to_have_count(1)
    inside.get_by_role("searchbox").fill("")
    expect(rows).to_have_count(6)
    inside.locator("select[name=store]").select_option("S02")
    expect(rows).to_have_count(3)
    inside.locator(".chips label", has_text="price").click()
    expect(rows).to_have_count(1)
    assert inside.url == f"{live_server.url}/voices/"
    assert inside.evaluate("document.documentElement.scrollWidth") <= cast.PHONE["width"]
    assert heard == []


def test_workflow_a4_the_managers_card_with_a_clock_is_closed_as_mended(
    inside: Page, live_server: Any, heard: list[str]
) -> None:
    cast_voices.waiting()
    inside.goto(f"{live_server.url}/voices/")
    inside.locator(".clock", has_text="Table 12").click()
    inside.get_by_role("button", name="I am with the guest").click()
    inside.get_by_label("What was said or done").fill("swapped it, and a drink")
    inside.get_by_role("button", name="mended", exact=True).click()
    expect(inside.locator(".steps")).to_contain_text("mended")
    complaint = Complaint.objects.get()
    assert (complaint.state, complaint.words) == ("mended", "swapped it, and a drink")
    assert heard == []


def test_words_a_guest_said_become_a_tag_by_selecting_them(
    inside: Page, live_server: Any, heard: list[str]
) -> None:
    inside.goto(f"{live_server.url}/voices/interview/1/")
    answer = inside.locator("textarea[name=lacking]")
    answer.fill("I want hot pot for one")
    answer.evaluate("area => { area.focus(); area.setSelectionRange(7, 22); }")
    inside.get_by_role("button", name="Make the selected words a tag").click()
    expect(inside.locator("#tags")).to_have_value("hot pot for one")
    inside.locator(".tags label", has_text="eats alone").click()
    inside.get_by_role("button", name="Keep the interview").click()
    expect(inside.get_by_role("heading", level=1)).to_contain_text("2 tags were taken from them.")
    assert set(Tag.objects.values_list("tag", flat=True)) == {"hot pot for one", "eats alone"}
    assert heard == []


@pytest.fixture
def phone(browser: Browser, unsafe: None, made_brand: None) -> Iterator[Page]:
    """A guest's phone, set to Chinese, that never logged in, without scripts: nothing needs one."""
    context = browser.new_context(viewport=cast.PHONE, locale="zh-CN", java_script_enabled=False)
    yield context.new_page()
    context.close()


def test_workflow_b3_a_guest_answers_the_one_question_on_a_phone(phone: Page, live_server: Any) -> None:
    ask = cast_voices.ask()
    phone.goto(f"{live_server.url}/a/{ask.token}")
    expect(phone.get_by_role("heading", level=1)).to_have_text("您还会再来吗？")
    box = phone.locator(".scores label", has_text="8").bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 44
    phone.locator(".scores label", has_text="8").click()
    phone.locator("textarea").fill("番茄汤太甜")
    phone.locator("button").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("谢谢您，我们收到了。")
    voice = Voice.objects.get()
    assert (voice.score, voice.text) == (8, "番茄汤太甜")
