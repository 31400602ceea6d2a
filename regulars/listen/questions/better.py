"""What one thing should be better: own words and nothing to tick, since ticks only hear what somebody thought of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from regulars.listen.question import Answer, Visit


@dataclass(frozen=True)
class Better:
    name: ClassVar[str] = "better"
    kind: ClassVar[str] = "words"

    def fits(self, visit: Visit) -> bool:
        return True

    def about(self, visit: Visit) -> str:
        return ""

    def read(self, said: Mapping[str, str], visit: Visit) -> Answer:
        return Answer()  # the open words that stand beside every question are all of it


QUESTION = Better()
