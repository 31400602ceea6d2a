"""The page that lists every measure says what the measures say."""

from __future__ import annotations

from tests.docs.measures_page import PAGE, page


def test_the_page_says_what_the_definitions_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run python -m tests.docs.measures_page"
