"""How long guests leave between two visits, by which visit the gap led to: the first gap is the longest."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

import ibis.expr.types as ir
import pyarrow as pa

from regulars.know.tables.intervals import LONGEST, gap_counts, numbered
from regulars.measure.metric import FigureRow, Inputs, Metric
from regulars.measure.rules.periods import ENOUGH, day_number
from regulars.measure.rules.shares import wilson
from regulars.measure.rules.spread import quantile

NAME = "interpurchase_interval"
YEAR = 365
LAST = 6  # visits from here on are one
QUANTILES = (10, 25, 50, 75, 90)
WINDOWS = (7, 14, 30, 60, 90)


def reading(inputs: Inputs) -> ir.Table:
    """``visit``, ``gap``: ``gaps`` that ended in the last year."""
    return gap_counts(
        numbered(inputs.days, inputs.as_of), day_number(inputs.as_of) - YEAR + 1, LAST
    ).order_by("visit", "gap")


def figures(counts: pa.Table, as_of: date) -> list[FigureRow]:
    """Quantiles of the gaps in days and the share within 7 … 90, by the visit that ended the gap and of all.

    With an interval where a customer has one gap only (visits 2 to 5); the others are counted and told as they are.
    """
    gaps: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for row in counts.to_pylist():
        visit = f"{LAST}+" if row["visit"] == LAST else str(row["visit"])
        for slice in (visit, ""):
            gaps[slice][row["gap"]] += row["gaps"]
    rows = []
    for slice, lengths in sorted(gaps.items()):
        rows += _of(slice, lengths, as_of)
    return rows


def _of(slice: str, lengths: dict[int, int], as_of: date) -> list[FigureRow]:
    n, kind, once = sum(lengths.values()), "visit" if slice else "", slice.isdigit()
    if n < ENOUGH:
        return [FigureRow(NAME, kind, slice, "", "p50", None, n, as_of, note="too_few")]
    rows = []
    for percent in QUANTILES:
        value, low, high = quantile(lengths, percent / 100)
        ends = (float(low), float(high)) if once and high < LONGEST else (None, None)
        rows.append(FigureRow(NAME, kind, slice, "", f"p{percent}", float(value), n, as_of, *ends))
    for window in WINDOWS:
        hits = sum(times for gap, times in lengths.items() if gap <= window)
        ends = wilson(hits, n) if once else (None, None)
        rows.append(FigureRow(NAME, kind, slice, "", f"within:{window}", hits / n, n, as_of, *ends))
    return rows


METRIC = Metric(
    name=NAME,
    question="How many days lie between two visits of a guest?",
    formula="days from a visit to the next, of gaps that ended within the last 365 days; p50: half are no longer",
    source="definition; interval of a quantile Conover 1999, of a share Wilson 1927",
    beside=("days_to_nth_visit", "identified_share"),
    unit="share",
    units={f"p{percent}": "number" for percent in QUANTILES},
    reading=reading,
    figures=figures,
)
