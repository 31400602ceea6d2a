"""The brand's rhythm as its month's reading: taken of the closed months, and the same for every turn of the month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import ibis.expr.types as ir
import numpy as np

from regulars.core.months import first_day, month_number
from regulars.core.refused import Refused
from regulars.know import tables
from regulars.know.actions import readings
from regulars.know.rules import rhythm as rhythms
from regulars.know.rules.rhythm import Rhythm
from regulars.lake.engine import Lake
from regulars.lake.landing import Landing

READING = "rhythm"
AT_ONCE = 20_000_000  # customer days that one pass sorts


@dataclass(frozen=True)
class Pace:
    """The rhythm that this turn judges by; None with the reason where the brand is too young for one."""

    rhythm: Rhythm | None
    refused: Refused | None = None


def read_rhythm(*, lake: Lake, landing: Landing, days: ir.Table, as_of: date) -> Pace:
    """The rhythm of the month of ``as_of``, the last business date of ``days`` (all `customer_days`).

    Taken of the months before it and kept for the month. While those alone are too few to tell, it is taken of all
    days each turn, and not kept.
    """
    month = month_number(as_of)

    def take() -> dict[str, Any]:
        closed = days.filter(days.month < month)
        return fit_rhythm(lake, closed, first_day(month) - timedelta(days=1)).told()

    try:
        return Pace(Rhythm.of(readings.read_or_take(lake, landing, READING, month, take)))
    except Refused:
        pass  # a brand of its first months: nothing of them is closed for long
    try:
        return Pace(fit_rhythm(lake, days, as_of))
    except Refused as too_young:
        return Pace(None, too_young)


def fit_rhythm(lake: Lake, days: ir.Table, as_of: date) -> Rhythm:
    """The brand's rhythm from its gaps up to a day; refuses a brand too young to tell.

    The prior of the usual gap is rounded before patience is measured by it, so the share of false alarms is what was
    meant, and a month that brought nothing new has the rhythm of the month before it.
    """
    parts = _parts(lake, days)
    sums = _counted(lake, [tables.gap_sums(part, as_of) for part in parts])
    prior = rhythms.rounded(rhythms.credibility(**sums))
    lengths = _counted(lake, [tables.gap_lengths(part, as_of, prior) for part in parts])
    first: date = lake.rows(
        days.business_date.min()
    ).as_py()  # there is one, or no gap would have been counted
    return rhythms.rhythm(prior, **lengths, history=(as_of - first).days)


def _parts(lake: Lake, days: ir.Table) -> list[ir.Table]:
    """The days by customer in as many parts as one pass needs."""
    parts = lake.rows(days.count()).as_py() // AT_ONCE + 1
    return [days] if parts == 1 else [days.filter(days.customer_id % parts == part) for part in range(parts)]


def _counted(lake: Lake, parts: list[ir.Table]) -> dict[str, Any]:
    """The counts of all parts under one another; the rules add up rows of equal keys by themselves."""
    found = [lake.rows(part) for part in parts]
    return {name: np.concatenate([part[name].to_numpy() for part in found]) for name in found[0].column_names}
