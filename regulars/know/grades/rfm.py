"""Recency, frequency, monetary: three digits by rank within the brand, the first thing most brands ask for.

Equal customers get equal digits, so the parts are not always of one size; splitting ties by number would be
arbitrary.
"""

from dataclasses import dataclass
from typing import ClassVar

import ibis
import ibis.expr.types as ir


@dataclass(frozen=True)
class RecencyFrequencyMonetary:
    """Each digit runs from 1 (the lowest part) to `parts` (Hughes 1994, Strategic Database Marketing)."""

    name: ClassVar[str] = "rfm"
    parts: int = 5

    def grades(self, states: ir.Table) -> ir.Table:
        """`customer_id`, `recency_score` (fewest days since the last visit is best), `frequency_score` (visit
        days), `monetary_score` (net, minor units) and `grade`, the three digits as text.
        """
        scored = states.select(
            "customer_id",
            recency_score=self._score(states, -states.recency),
            frequency_score=self._score(states, states.visit_days),
            monetary_score=self._score(states, states.net),
        )
        digits = [scored.recency_score, scored.frequency_score, scored.monetary_score]
        return scored.mutate(
            grade=digits[0].cast("string") + digits[1].cast("string") + digits[2].cast("string")
        )

    def _score(self, states: ir.Table, better: ir.IntegerValue) -> ir.IntegerValue:
        below = ibis.rank().over(ibis.window(order_by=better)).cast("int64")  # how many are strictly worse
        everybody = states.customer_id.count().over(ibis.window()).cast("int64")
        return (below * self.parts // everybody + 1).cast("int64")


GRADE = RecencyFrequencyMonetary()
