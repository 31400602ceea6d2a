"""A share goes on, the others pass over the next steps; which, the play's salt says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from regulars.core.refused import Refused
from regulars.engage.rules.arms import share_of
from regulars.engage.step import Next, Standing, setting


@dataclass(frozen=True)
class Split:
    """By HMAC of the number they entered with, so that it can be told again at any time."""

    name: ClassVar[str] = "split"
    label: ClassVar[str] = "split"
    touches: ClassVar[bool] = False

    share: float = setting("share that goes on", 0.5)
    skip: int = setting("steps the others pass over", 1)

    def check(self, kinds: Mapping[str, str]) -> None:
        """Refuse a share outside 0 to 1 and nothing to pass over."""
        if not 0 <= self.share <= 1:
            raise Refused("a share lies between 0 and 1, not at %(share)s", share=self.share)
        if self.skip < 1:
            raise Refused("a split passes over at least one step")

    def due(self, standing: Standing, now: datetime) -> datetime:
        """At once."""
        return now

    def do(self, those: Sequence[Standing], now: datetime) -> Sequence[Next]:
        """On, or further on."""
        return [Next(skip=0 if self._goes_on(each) else self.skip) for each in those]

    def _goes_on(self, standing: Standing) -> bool:
        entered_as = standing.entry.customer if standing.entry else standing.customer
        return share_of(standing.play.salt, entered_as, f"split {standing.position}") < self.share


STEP = Split
