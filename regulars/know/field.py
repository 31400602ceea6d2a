"""The contract of a field: one thing a segment may ask of customers, for all of them or for some.

To add one: a `Field` in the `fields.py` of your stage, and that list in `catalogue.FIELDS`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol

from django.utils.functional import Promise

Kind = Literal["number", "flag", "text", "date", "words"]
Value = int | float | bool | str | date | frozenset[str] | None

# What customers have of whom a field says nothing. Nothing is known of an empty number or date: no comparison holds.
EMPTY: dict[str, Value] = {"number": None, "flag": False, "text": "", "date": None, "words": frozenset()}


class Read(Protocol):
    """How a field is read."""

    def __call__(self, numbers: Sequence[int] | None, *, head: int, now: datetime) -> Mapping[int, Value]:
        """Values by customer, of these customers or (None) of all, as published at ``head``.

        Who is not in the answer has the kind's ``EMPTY`` value. Numbers are living ones.
        """
        ...


@dataclass(frozen=True)
class Field:
    """A name that expressions use, what kind of value it has, how people call it, and how it is read."""

    name: str
    kind: Kind
    label: str | Promise
    read: Read
    unit: str = ""  # days, money (whole units of the currency) or nothing
