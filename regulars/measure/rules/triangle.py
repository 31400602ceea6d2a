"""The cells of a cohort triangle that can be told: a month under way would look like customers lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from regulars.measure.rules.periods import is_over, last_day, month_number


@dataclass(frozen=True)
class Cohort:
    """The newcomers of a month: how many, how many of them ``bought`` so many months after, and whether most of them
    were first seen while their store had only begun to identify (``early``)."""

    month: int
    size: int
    bought: dict[int, int]
    early: bool = False


def until(month: int, after: int) -> date:
    """The last day that the cell ``after`` months from ``month`` looks at."""
    return last_day(month + after)


def cells(cohort: Cohort, as_of: date) -> list[tuple[int, float]]:
    """(months after the first, share of the cohort that bought then), for every month that is over on ``as_of``.

    A month in which nobody bought is 0, not missing.
    """
    months = range(month_number(as_of) - cohort.month + 1)
    return [
        (after, cohort.bought.get(after, 0) / cohort.size)
        for after in months
        if is_over(cohort.month + after, as_of)
    ]
