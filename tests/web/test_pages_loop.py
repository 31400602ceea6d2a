"""The loop on Today: nine stages, one leak, the seven links, what plays earned; in the browser on a phone, too."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from regulars.measure.models import Figure
from tests.web import cast, cast_figures
from tests.web.conftest import LogIn

pytestmark = pytest.mark.django_db
ADDED = ("engage", "reward", "serve", "listen", "improve", "measure")


def page(log_in: LogIn, role: str = "operator", *stores: str, language: str = "en") -> str:
    return log_in(role, *stores, language=language).get("/").content.decode()


def loop(text: str) -> list[str]:
    """The tiles of the loop, each as the text that is read."""
    tiles = text.split('<ol class="loop')[1].split("</ol>")[0].split("<li")[1:]
    return [
        re.sub(r"\s+", " ", re.sub(r"<span popover.*?</span></span>|<[^>]+>", " ", "<li" + tile))
        for tile in tiles
    ]


@pytest.mark.usefixtures("made_brand")
def test_the_loop_has_nine_stages_and_one_leak(log_in: LogIn) -> None:
    text = page(log_in)
    tiles = loop(text)
    assert len(tiles) == 9
    assert [tile for tile in tiles if "leaks most here" in tile] == [tiles[1]]
    assert "78%" in tiles[3]
    assert "most others: the guest has not agreed" in tiles[3]
    assert "4 of 5" in tiles[7]
    assert "2 of 4" in tiles[8]


@pytest.mark.usefixtures("made_brand")
def test_a_stage_with_nothing_to_count_says_what_it_waits_for(log_in: LogIn) -> None:
    for stage in ADDED:
        Figure.objects.filter(metric="leak", part__startswith=stage).delete()
    tiles = loop(page(log_in))
    assert len(tiles) == 9
    assert "no play yet" in tiles[8]
    assert "nothing fell due in four weeks" in tiles[3]


@pytest.mark.usefixtures("made_brand")
@pytest.mark.parametrize(
    ("stage", "said"),
    [
        (
            "engage",
            "Of 100 messages that fell due, 22 did not go out, most because the guest has not agreed.",
        ),
        ("reward", "Most coupons end unused, most of all “second-visit”."),
        ("serve", "Cards are left undone, most of them at Station hall."),
        ("listen", "Guests who are asked do not answer, most of them at Tech park."),
    ],
)
def test_the_one_thing_to_do_follows_the_leak_into_the_second_half(
    log_in: LogIn, stage: str, said: str
) -> None:
    Figure.objects.filter(metric="leak", part="the_leak").update(note=stage)
    assert said in page(log_in)


@pytest.mark.usefixtures("made_brand")
def test_the_seven_links_are_counted_with_days_and_where_voices_end(log_in: LogIn) -> None:
    text = page(log_in)
    assert "Of 356 voices in half a year, 41 were told that it is mended, and 12 are back." in text
    strip = text.split('<ol class="links"')[1].split("</ol>")[0]
    assert strip.count("<li>") == 7
    for said in (
        "after 1 minute",
        "after 26 hours",
        "after 11 days",
        "66 got no further",
        "29 got no further",
    ):
        assert said in strip
    assert "¥1,240" in text


@pytest.mark.usefixtures("made_brand")
def test_before_anybody_was_told_the_answered_are_said(log_in: LogIn) -> None:
    Figure.objects.filter(metric="links", part__in=("told", "back")).update(value=0)
    assert (
        "Of 356 voices in half a year, 290 were answered; none of them has been told of a change yet."
        in page(log_in)
    )


@pytest.mark.usefixtures("made_brand")
def test_where_nothing_was_heard_no_links_are_drawn(log_in: LogIn) -> None:
    Figure.objects.filter(metric="links").delete()
    assert "The seven links" not in page(log_in)


@pytest.mark.usefixtures("made_brand")
def test_plays_say_a_gain_nothing_how_many_more_or_why_not(log_in: LogIn) -> None:
    cast_figures.results()
    text = page(log_in)
    table = text.split("looking every day")[1].split("</table>")[0]
    for said in (
        "+3.9 points",
        "no gain of 3 points or more",
        "400 more needed",
        "the arms are not split as planned",
    ):
        assert said in table
    assert table.count('class="whisker"') == 2, "what is blocked or too early is not drawn"


@pytest.mark.usefixtures("made_brand")
def test_a_store_account_sees_no_play_and_no_stage_of_the_brand(log_in: LogIn) -> None:
    cast_figures.results()
    text = page(log_in, "store", "S03")
    assert "What plays earned" not in text
    assert "Of 356 voices" not in text
    assert len(loop(text)) < 9


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("made_brand", "unsafe")
def test_on_a_phone_the_loop_stands_under_one_another_and_nothing_runs_over(
    page: Page, live_server: Any
) -> None:
    cast_figures.results()
    cast.account("operator")
    page.set_viewport_size(cast.PHONE)
    page.goto(f"{live_server.url}/log-in/")
    page.fill("#id_username", "operator")
    page.fill("#id_password", cast.PASSWORD)
    page.get_by_role("button", name="Log in").click()
    tiles = page.get_by_role("list", name="The loop").get_by_role("listitem")
    expect(tiles).to_have_count(9)
    boxes = [tiles.nth(at).bounding_box() for at in range(9)]
    assert len({box["x"] for box in boxes if box}) == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("list", name="The seven links").get_by_role("button").first.click()
    expect(page.get_by_text("Voices that got this far").first).to_be_visible()
