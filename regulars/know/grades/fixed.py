"""Recency, frequency, monetary by fixed bounds: a grade that means the same next year, and that a brand sets itself.

Ranks move when others do; bounds do not. ``REGULARS_HOME/grades.toml`` sets them::

    [fixed]
    recency = [30, 60, 120, 240]
    visits = [2, 3, 5, 10]
    spend = [10000, 30000, 100000, 300000]
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import ClassVar

import ibis
import ibis.expr.types as ir

from regulars import settings
from regulars.core.refused import Refused

FILE = "grades.toml"
NAMES = ("recency", "visits", "spend")


@dataclass(frozen=True)
class FixedBounds:
    """Each digit runs from 1 to one more than there are bounds.

    ``recency``: days since the last visit, up to the first bound is best; ``visits``: visit days, from a bound on;
    ``spend``: net in minor units, from a bound on.
    """

    name: ClassVar[str] = "fixed"
    recency: tuple[int, ...] = (30, 60, 120, 240)
    visits: tuple[int, ...] = (2, 3, 5, 10)
    spend: tuple[int, ...] = (100_00, 300_00, 1000_00, 3000_00)

    def grades(self, states: ir.Table) -> ir.Table:
        """`customer_id`, `recency_score`, `frequency_score`, `monetary_score` and `grade`, the three digits as text."""
        bounds = self.told()
        late = [states.recency > bound for bound in bounds.recency]
        often = [states.visit_days >= bound for bound in bounds.visits]
        much = [states.net >= bound for bound in bounds.spend]
        scored = states.select(
            "customer_id",
            recency_score=(len(late) + 1 - _passed(late)).cast("int64"),
            frequency_score=(_passed(often) + 1).cast("int64"),
            monetary_score=(_passed(much) + 1).cast("int64"),
        )
        digits = [scored.recency_score, scored.frequency_score, scored.monetary_score]
        return scored.mutate(
            grade=digits[0].cast("string") + digits[1].cast("string") + digits[2].cast("string")
        )

    def told(self) -> FixedBounds:
        """The bounds of the brand's own file where it has one, else these."""
        return read(settings.HOME / FILE) if (settings.HOME / FILE).exists() else self


def _passed(conditions: list[ir.BooleanValue]) -> ir.IntegerValue:
    return sum((each.cast("int64") for each in conditions), ibis.literal(0, type="int64"))


def read(path: Path) -> FixedBounds:
    """The bounds of a file; what it leaves out is as it comes. Refuses what is no list of one to eight ascending whole
    numbers above nothing, and names that no bound has.
    """
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8")).get("fixed", {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Refused("%(file)s cannot be read: %(why)s", file=path.name, why=error) from error
    if unknown := sorted(set(said) - set(NAMES)):
        raise Refused(
            "%(file)s names %(name)s; bounds are of %(names)s",
            file=path.name, name=unknown[0], names=", ".join(NAMES),
        )  # fmt: skip
    for name, bounds in said.items():
        if not _ascending(bounds):
            raise Refused(
                "%(file)s: %(name)s must be one to eight whole numbers above nothing, each larger than the one before",
                file=path.name, name=name,
            )  # fmt: skip
    return FixedBounds(**{name: tuple(bounds) for name, bounds in said.items()})


def _ascending(bounds: object) -> bool:
    if not isinstance(bounds, list) or not 1 <= len(bounds) <= 8:
        return False
    whole = all(type(each) is int and each > 0 for each in bounds)
    return whole and all(before < after for before, after in pairwise(bounds))


GRADE = FixedBounds()
