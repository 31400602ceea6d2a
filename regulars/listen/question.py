"""The contract of a question: what is asked after a visit, of whom it can be asked, and what an answer means.

To add one: a file in ``questions/`` with a frozen dataclass (its fields are its settings) and a line in
``catalogue.QUESTIONS``; its words stand in ``web/words/voices.py`` under its name. The page draws it by ``kind``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Protocol


@dataclass(frozen=True)
class Visit:
    """What a question may know of the visit: codes of what was on the bill, the dearest first."""

    dishes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answer:
    """What was answered: a score from 0 to 10, words, and what they are about."""

    score: int | None = None
    text: str = ""
    field: str = ""
    product_id: str = ""


class Question(Protocol):
    """One question; an open answer in own words always stands beside it."""

    name: ClassVar[str]
    """What the catalogue and an ask call it; lower case, at most 20 letters."""
    kind: ClassVar[str]
    """How the page draws it: ``score`` (0 to 10), ``words``, ``yes_no``."""

    def fits(self, visit: Visit) -> bool:
        """Whether it can be asked about this visit."""
        ...

    def about(self, visit: Visit) -> str:
        """The code of the dish it asks about; empty where it asks about the visit."""
        ...

    def read(self, said: Mapping[str, str], visit: Visit) -> Answer:
        """What a form's values mean; an answer that is not one of those offered means nothing."""
        ...
