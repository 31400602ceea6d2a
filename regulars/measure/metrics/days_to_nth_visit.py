"""Of those who made a visit, how many make the next, and how soon: where on the way to a regular people are lost."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

import ibis.expr.types as ir
import pyarrow as pa

from regulars.know.tables.intervals import numbered, watched_counts
from regulars.measure.metric import FigureRow, Inputs, Metric
from regulars.measure.rules.waiting import curve_of, median, within

NAME = "days_to_nth_visit"
UPTO = 6
WINDOWS = (30, 90, 180, 365)


def reading(inputs: Inputs) -> ir.Table:
    """``visit`` 2 … 6, ``day``: ``ended``, whose watching since the visit before ended then, ``events`` among them."""
    seen = numbered(inputs.days, inputs.as_of)
    return watched_counts(seen, inputs.as_of, UPTO, WINDOWS[-1]).order_by("visit", "day")


def figures(counts: pa.Table, as_of: date) -> list[FigureRow]:
    """By the visit waited for (slice): the share who made it within a window, and the days by which half had."""
    ended: dict[int, dict[int, int]] = defaultdict(dict)
    events: dict[int, dict[int, int]] = defaultdict(dict)
    for row in counts.to_pylist():
        ended[row["visit"]][row["day"]] = row["ended"]
        events[row["visit"]][row["day"]] = row["events"]
    rows = []
    for visit in sorted(ended):
        curve, n = curve_of(ended[visit], events[visit]), sum(ended[visit].values())
        told = {str(window): within(curve, window, n) for window in WINDOWS}
        told["median"] = median(curve, n, WINDOWS[-1])
        rows += [
            FigureRow(
                NAME, "visit", str(visit), "", part, each.value, n, as_of, each.low, each.high, each.note
            )
            for part, each in told.items()
        ]
    return rows


METRIC = Metric(
    name=NAME,
    question="Of those who came once, twice, three times, how many come once more, and after how many days?",
    formula="1 − Π(1 − visit n on day t ÷ still watched since visit n − 1 and without it before day t); at risk of "
    "visit n is who made n − 1; median: the first day by which half made it",
    source="Kaplan and Meier 1958; variance Greenwood 1926, interval log(−log) (Kalbfleisch and Prentice 1980); of the "
    "median Brookmeyer and Crowley 1982",
    beside=("cohort_second_visit", "identified_share"),
    units={"median": "number"},
    reading=reading,
    figures=figures,
)
