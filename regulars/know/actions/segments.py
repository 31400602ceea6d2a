"""Segments as pages and plays ask them: checked against the catalogue's fields, counted on what is published."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np

from regulars.catalogue import FIELDS
from regulars.core import registry
from regulars.desk.spans import visible
from regulars.know.field import Field
from regulars.know.models import CustomerState
from regulars.know.rules.conditions import column
from regulars.know.rules.segment import Segment, parse


def fields() -> dict[str, Field]:
    """Every field that the stages bring, by name; a line of the catalogue names one or a list."""
    found: dict[str, Field] = {}
    for each in registry.load(FIELDS):
        for field in each if isinstance(each, list | tuple) else (each,):
            found[field.name] = field
    return found


def segment(text: str) -> Segment:
    """Check an expression; refuses what ``rules.segment.parse`` refuses."""
    return parse(text, {name: field.kind for name, field in fields().items()})


def members(segment: Segment, *, head: int, now: datetime, numbers: Sequence[int] | None = None) -> list[int]:
    """The living customers (of ``numbers``, or of all) of whom it is true at ``now``, ascending."""
    known = fields()
    if numbers is None:
        everyone = list(
            CustomerState.objects.filter(visible(head))
            .order_by("customer")
            .values_list("customer", flat=True)
        )
    else:
        everyone = sorted(set(numbers))
    if not everyone:
        return []
    columns: dict[str, Any] = {}
    for name in segment.names:
        field = known[name]
        values = field.read(numbers and everyone, head=head, now=now)
        columns[name] = column(field.kind, [values.get(number) for number in everyone])
    return [int(number) for number in np.array(everyone)[segment.mask(columns)]]


def count(segment: Segment, *, head: int, now: datetime) -> int:
    """How many customers it is true of."""
    return len(members(segment, head=head, now=now))


def flagged(name: str, numbers: Sequence[int], *, head: int, now: datetime) -> frozenset[int]:
    """Those of whom a flag is true; nobody where no stage brings a field of that name."""
    field = fields().get(name)
    values = field.read(numbers, head=head, now=now) if field else {}
    return frozenset(number for number, value in values.items() if value)
