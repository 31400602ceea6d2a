"""Would they order this dish again, yes or no: asked about the dearest dish of the bill."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from regulars.listen.question import Answer, Visit


@dataclass(frozen=True)
class Dish:
    """A yes counts as 10 and a no as 0, so that it stands on the same scale as other scores."""

    name: ClassVar[str] = "dish"
    kind: ClassVar[str] = "yes_no"

    def fits(self, visit: Visit) -> bool:
        return bool(visit.dishes)

    def about(self, visit: Visit) -> str:
        return visit.dishes[0] if visit.dishes else ""

    def read(self, said: Mapping[str, str], visit: Visit) -> Answer:
        score = {"yes": 10, "no": 0}.get(said.get("choice", ""))
        return Answer(score=score, field="taste" if score is not None else "", product_id=self.about(visit))


QUESTION = Dish()
