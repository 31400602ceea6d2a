"""The step that gives something: a coupon or points, once for each person who comes to stand before it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from django.db import transaction

from regulars import catalogue
from regulars.core.refused import Refused
from regulars.core.registry import load
from regulars.engage.step import Next, Standing, setting
from regulars.reward.benefit import Benefit


@dataclass(frozen=True)
class Give:
    """Who cannot be given it (all are gone, they had theirs) leaves: the words that follow would promise nothing."""

    name: ClassVar[str] = "benefit"
    label: ClassVar[str] = "benefit"
    touches: ClassVar[bool] = True

    benefit: str = setting("benefit", "coupon")
    what: str = setting("which, or how many")

    def check(self, kinds: Mapping[str, str]) -> None:
        """Refuse a benefit that the catalogue does not list, and one that cannot be given."""
        self.chosen().check(self.what)

    def due(self, standing: Standing, now: datetime) -> datetime:
        """At once."""
        return now

    def do(self, those: Sequence[Standing], now: datetime) -> Sequence[Next]:
        """Give it; messages after this step may name what it was."""
        benefit = self.chosen()
        return [self._given(benefit, each, now) for each in those]

    def chosen(self) -> Benefit:
        """The benefit by its name; refuses one that is not in the catalogue."""
        benefits: list[Benefit] = load(catalogue.BENEFITS)
        for each in benefits:
            if each.name == self.benefit:
                return each
        raise Refused(
            "a benefit is one of %(names)s, not %(name)s",
            names=", ".join(each.name for each in benefits), name=self.benefit,
        )  # fmt: skip

    def _given(self, benefit: Benefit, standing: Standing, now: datetime) -> Next:
        try:
            with transaction.atomic():
                return Next(
                    facts=benefit.give(self.what, customer=standing.customer, key=standing.key, now=now)
                )
        except Refused:
            return Next(leave="no_benefit")


STEP = Give
