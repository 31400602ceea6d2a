"""Leaves when a condition holds, as it does of who is already back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from django.conf import settings

from regulars.engage.step import Next, Standing, setting
from regulars.know.actions.segments import members, segment
from regulars.know.rules.segment import parse
from regulars.lake import head as heads


@dataclass(frozen=True)
class Leave:
    """Asked of the customer as published when they stand before it."""

    name: ClassVar[str] = "leave"
    label: ClassVar[str] = "leave"
    touches: ClassVar[bool] = False

    when: str = setting("when", "visits >= 2")
    why: str = setting("reason", "already_back")

    def check(self, kinds: Mapping[str, str]) -> None:
        """Refuse a condition that cannot be read."""
        parse(self.when, kinds)

    def due(self, standing: Standing, now: datetime) -> datetime:
        """At once."""
        return now

    def do(self, those: Sequence[Standing], now: datetime) -> Sequence[Next]:
        """Out, or on."""
        at_head = heads.read(settings.HOME / "lake").number
        numbers = [each.customer for each in those]
        out = set(members(segment(self.when), head=at_head, now=now, numbers=numbers))
        return [Next(leave=self.why[:40] if each.customer in out else "") for each in those]


STEP = Leave
