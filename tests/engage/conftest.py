"""A published head for plays and messages, and a field of a later stage that says whose complaint is open."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from regulars import settings
from regulars.catalogue import FIELDS
from regulars.know.actions import segments
from regulars.know.field import Field
from tests.engage import newcomers

COMPLAINING: set[int] = set()
COMPLAINT = Field(
    "open_complaint", "flag", "complains", lambda numbers, **_asked: dict.fromkeys(COMPLAINING, True)
)


@pytest.fixture
def landed(db: None) -> Iterator[None]:
    """HEAD stands at a landing; afterwards no HEAD is left in the home."""
    newcomers.land()
    yield
    (settings.HOME / "lake" / "HEAD.json").unlink(missing_ok=True)


@pytest.fixture
def complaining(monkeypatch: pytest.MonkeyPatch) -> Iterator[set[int]]:
    """Whoever is put in has an open complaint, as a field of the catalogue says it."""
    own = [each for each in FIELDS if each.startswith("regulars.know.")]
    monkeypatch.setattr(segments, "FIELDS", [*own, f"{__name__}:COMPLAINT"])
    yield COMPLAINING
    COMPLAINING.clear()
