"""Points as a present: they enter the book as earned ones do, and pay what is owed first."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from regulars.core.refused import Refused
from regulars.reward import actions


class Points:
    """``what`` is how many; a message may name ``points``."""

    name: ClassVar[str] = "points"
    label: ClassVar[str] = "points"

    def check(self, what: str) -> None:
        """Refuse what is no number of points, and points without a programme."""
        _number(what)
        actions.terms_of_programme()

    def most(self, what: str) -> int:
        """Nothing beforehand: points cost when they are spent."""
        return 0

    def give(self, what: str, *, customer: int, key: str, now: datetime) -> Mapping[str, Any]:
        """So many points, once."""
        actions.present(customer=customer, points=_number(what), key=key, now=now)
        return {"points": _number(what)}


def _number(what: str) -> int:
    if not what.isascii() or not what.isdigit() or not 0 < int(what) <= 1_000_000:
        raise Refused("%(what)s is no number of points", what=what)
    return int(what)


BENEFIT = Points()
