"""What the page of the stage lists is what the catalogue has."""

from __future__ import annotations

import re
from pathlib import Path

from regulars.measure.actions import definitions

PAGE = Path(__file__).parents[2] / "docs" / "measure.md"


def test_the_page_lists_every_metric_and_no_other() -> None:
    _, _, section = PAGE.read_text(encoding="utf-8").partition("## The metrics")
    listed = re.findall(r"^\| `([a-z_0-9]+)` \|", section, re.MULTILINE)
    assert sorted(listed) == sorted(each.name for each in definitions())


def test_what_stands_beside_a_metric_exists() -> None:
    names = {each.name for each in definitions()}
    assert {other for each in definitions() for other in each.beside} <= names
