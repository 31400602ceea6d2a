"""The worked examples of the documentation, run as they stand."""

import doctest
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs"
WITH_A_HOME = {"analyst.md"}  # run by a test of its own, on a brand that has been turned
PAGES = sorted(
    page
    for page in DOCS.rglob("*.md")
    if ">>>" in page.read_text(encoding="utf-8") and page.name not in WITH_A_HOME
)


@pytest.mark.parametrize("document", PAGES, ids=lambda page: page.relative_to(DOCS).as_posix())
def test_the_examples_of_a_page_give_what_it_says(document: Path) -> None:
    found = doctest.testfile(
        str(document), module_relative=False, encoding="utf-8", optionflags=doctest.ELLIPSIS
    )
    assert found.attempted > 0
    assert found.failed == 0


def test_every_algorithm_has_an_example() -> None:
    pages = {page.stem for page in (DOCS / "algorithms").glob("*.md")}
    assert pages - {page.stem for page in PAGES} == set()
