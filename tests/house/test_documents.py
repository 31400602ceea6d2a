"""What the documents promise: links lead somewhere, decisions are numbered, none of them is a book."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.house.files import CHECKOUT, name, tracked

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
DOCUMENTS = tracked("*.md")
DECISIONS = tracked("docs/decisions/*.md")
HALF_A_SCREEN = 40


def anchors(path: Path) -> set[str]:
    headings = re.findall(r"^#+ +(.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", each.strip().lower()).replace(" ", "-") for each in headings}


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_every_link_leads_somewhere(document: Path) -> None:
    for target in LINK.findall(document.read_text(encoding="utf-8")):
        if re.match(r"[a-z]+:", target):
            continue
        where, _, anchor = target.partition("#")
        found = (document.parent / where).resolve() if where else document
        assert found.exists(), f"{name(document)} links to {target}"
        assert CHECKOUT in found.parents or found == CHECKOUT, f"{name(document)} links outside: {target}"
        if anchor and found.suffix == ".md":
            assert anchor in anchors(found), f"{name(document)} links to {target}"


def test_every_page_that_the_program_names_is_there() -> None:
    named = {
        f"{name(path)} names {page}"
        for path in tracked("*.py", "*.toml", "*.html", "Makefile", "*.yaml", ".ci/run")
        for page in re.findall(r"\bdocs/[\w/-]+\.(?:md|svg)\b", path.read_text(encoding="utf-8"))
        if not (CHECKOUT / page).exists()
    }
    assert not named


def test_decisions_are_numbered_without_a_gap() -> None:
    numbers = [int(path.name.split("-")[0]) for path in DECISIONS]
    assert numbers == list(range(1, len(numbers) + 1))
    assert numbers


@pytest.mark.parametrize("decision", DECISIONS, ids=name)
def test_a_decision_is_half_a_screen(decision: Path) -> None:
    text = decision.read_text(encoding="utf-8")
    assert text.startswith("# ")
    assert len(text.splitlines()) <= HALF_A_SCREEN


def test_the_licence_is_whole() -> None:
    text = (CHECKOUT / "LICENSE").read_text()
    assert "Apache License" in text
    assert "END OF TERMS AND CONDITIONS" in text
