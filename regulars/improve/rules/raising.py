"""When voices raise a finding: counted by people, because one person who says it five times is one person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

PEOPLE = 3  # different people, or one voice about safety
NOBODY = ("nobody", "")  # all voices of a finding that nobody can tell apart count as one person together


@dataclass(frozen=True)
class Said:
    """A voice as far as these rules go; ``person`` is the living customer number, None where nobody can name them."""

    voice_id: int
    person: int | None
    source: str
    store_id: str
    product_id: str
    field: str
    text: str
    at: datetime
    theme: str = ""
    key: str = ""
    order_id: str = ""
    public: bool = False
    safety: bool = False


def person(voice: Said) -> tuple[str, str]:
    """Who counts as having said it.

    A voice that nobody can name is a person of its own only if it came with a number from outside: a public review
    (its own id) or a delivery note (its order). The same review twice is one, two notes on one order are one. All other
    nameless voices of a finding may be one guest talking, so together they count as one.
    """
    if voice.person is not None:
        return ("customer", str(voice.person))
    if voice.order_id:
        return ("order", voice.order_id)
    if voice.public:
        return ("review", voice.key)
    return NOBODY


def people(voices: Iterable[Said]) -> int:
    """How many different people said it."""
    return len({person(voice) for voice in voices})


def raised(voices: Sequence[Said]) -> bool:
    """Whether it is enough to be raised: three different people, or one voice about safety."""
    return any(voice.safety for voice in voices) or people(voices) >= PEOPLE


def missing(voices: Sequence[Said]) -> int:
    """How many more people it needs to be raised; 0 when it is."""
    return 0 if raised(voices) else PEOPLE - people(voices)


def stores(voices: Iterable[Said]) -> list[str]:
    """Codes of the stores where it was said, ascending; a voice without a store names none."""
    return sorted({voice.store_id for voice in voices if voice.store_id})


def scope(voices: Iterable[Said]) -> str:
    """``store`` where one store raised it, ``company`` where two or more did."""
    return "company" if len(stores(voices)) > 1 else "store"
