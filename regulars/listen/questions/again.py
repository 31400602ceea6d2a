"""How likely they would come again, from 0 to 10: compared over time and stores, never with another brand's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from regulars.listen.question import Answer, Visit


@dataclass(frozen=True)
class Again:
    name: ClassVar[str] = "again"
    kind: ClassVar[str] = "score"

    def fits(self, visit: Visit) -> bool:
        return True

    def about(self, visit: Visit) -> str:
        return ""

    def read(self, said: Mapping[str, str], visit: Visit) -> Answer:
        given = said.get("score", "")
        inside = given.isascii() and given.isdigit() and len(given) <= 2 and int(given) <= 10
        return Answer(score=int(given) if inside else None)


QUESTION = Again()
