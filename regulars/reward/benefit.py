"""The contract of a benefit: what a customer can be given, once by key, and what may then be said of it.

To add one: a file in ``benefits/`` with a class of this shape and a line in ``catalogue.BENEFITS``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Protocol


class Benefit(Protocol):
    """A kind of thing to give; ``what`` says which or how much of it, as a person typed it."""

    name: ClassVar[str]
    label: ClassVar[str]

    def check(self, what: str) -> None:
        """Refuse what cannot be given."""
        ...

    def most(self, what: str) -> int:
        """The most that giving it once can cost, in minor units."""
        ...

    def give(self, what: str, *, customer: int, key: str, now: datetime) -> Mapping[str, Any]:
        """Give it, once by ``key``; the facts that a message may name. Refuses what its terms do not allow."""
        ...
