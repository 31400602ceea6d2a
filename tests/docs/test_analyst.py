"""The page for analysts: its cells run on the made-up brand of the door's own tests and give what they show."""

from __future__ import annotations

import doctest
from pathlib import Path

import pytest

from tests.analyst.home import made_up

PAGE = Path(__file__).parents[2] / "docs" / "analyst.md"


@pytest.mark.slow
def test_the_cells_give_what_the_page_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGULARS_HOME", str(made_up()))
    monkeypatch.delenv("REGULARS_ENGINE", raising=False)
    found = doctest.testfile(str(PAGE), module_relative=False, encoding="utf-8", optionflags=doctest.ELLIPSIS)
    assert found.attempted > 20
    assert found.failed == 0
