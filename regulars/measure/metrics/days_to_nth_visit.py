"""Of those who made a visit, how many make the next, and how soon: where on the way to a regular people are lost."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from regulars.know.tables.intervals import numbered, watched_counts
from regulars.measure.metric import FigureRow, Inputs, Metric
from regulars.measure.rules.periods import ENOUGH
from regulars.measure.rules.waiting import curve_of, median, within
from regulars.measure.tables import named, stack

NAME = "days_to_nth_visit"
UPTO = 6
WINDOWS = (30, 90, 180, 365)
APART = (90, 365)  # windows told by where customers began
KINDS = ("first_store", "first_channel")
WEEK = 7


def reading(inputs: Inputs) -> ir.Table:
    """``kind``, ``slice``, ``visit`` 2 … 6, ``day``: ``ended``, whose watching since the visit before ended then,
    ``events`` among them.

    By first store and channel in weeks, that a brand of many stores has few rows: where 30 or more are at risk.
    """
    states = inputs.states
    began = states.select("customer_id", **{kind: named(states[kind]) for kind in KINDS})
    seen = numbered(inputs.days, inputs.as_of)
    each = watched_counts(seen, inputs.as_of, UPTO, WINDOWS[-1], began)
    whole = _summed(each.mutate(kind=ibis.literal(""), slice=ibis.literal("")))
    last = ibis.literal(WINDOWS[-1], type="int64")
    week = ibis.least((each.day + WEEK - 1) // WEEK * WEEK, last).cast("int64")
    weekly = each.mutate(day=(each.day > last).ifelse(each.day, week))
    slices = stack([_summed(weekly.mutate(kind=ibis.literal(kind), slice=weekly[kind])) for kind in KINDS])
    at_risk = slices.group_by("kind", "slice", "visit").aggregate(people=slices.ended.sum())
    told = slices.semi_join(at_risk.filter(at_risk.people >= ENOUGH), ("kind", "slice", "visit"))
    return whole.union(told).order_by("kind", "slice", "visit", "day")


def _summed(counts: ir.Table) -> ir.Table:
    sums = {name: counts[name].sum().cast("int64") for name in ("ended", "events")}
    return counts.group_by("kind", "slice", "visit", "day").aggregate(**sums)


def figures(counts: pa.Table, as_of: date) -> list[FigureRow]:
    """By the visit waited for (slice): the share who made it within a window, and the days by which half had; by where
    they began the shares alone, the visit in the part: ``365:2``."""
    ended: dict[tuple[str, str, int], dict[int, int]] = defaultdict(dict)
    events: dict[tuple[str, str, int], dict[int, int]] = defaultdict(dict)
    for row in counts.to_pylist():
        key = (
            row.get("kind") or "",
            row.get("slice") or "",
            row["visit"],
        )  # a reading may be older than its slices
        ended[key][row["day"]] = row["ended"]
        events[key][row["day"]] = row["events"]
    rows = []
    for kind, slice, visit in sorted(ended):
        days = ended[kind, slice, visit]
        curve, n = curve_of(days, events[kind, slice, visit]), sum(days.values())
        told = {str(window): within(curve, window, n) for window in (APART if kind else WINDOWS)}
        if not kind:
            told["median"] = median(curve, n, WINDOWS[-1])
        for part, each in told.items():
            where = (kind, slice, "", f"{part}:{visit}") if kind else ("visit", str(visit), "", part)
            rows.append(FigureRow(NAME, *where, each.value, n, as_of, each.low, each.high, each.note))
    return rows


METRIC = Metric(
    name=NAME,
    question="Of those who came once, twice, three times, how many come once more, and after how many days?",
    formula="1 − Π(1 − visit n on day t ÷ still watched since visit n − 1 and without it before day t); at risk of "
    "visit n is who made n − 1; median: the first day by which half made it; by first store and channel days are "
    "counted by the end of their week",
    source="Kaplan and Meier 1958; variance Greenwood 1926, interval log(−log) (Kalbfleisch and Prentice 1980); of the "
    "median Brookmeyer and Crowley 1982",
    beside=("cohort_second_visit", "identified_share"),
    units={"median": "number"},
    reading=reading,
    figures=figures,
)
