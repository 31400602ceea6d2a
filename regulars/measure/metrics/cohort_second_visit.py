"""The cohort share: of those who came for the first time, who is back within so many days. Behaviour moves this one."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from regulars.core.refused import Refused
from regulars.know.rules.survival import Curve, Share, kaplan_meier
from regulars.measure.cubes.sold import SOLD_DAYS, since
from regulars.measure.metric import FigureRow, Inputs, Metric
from regulars.measure.rules.periods import (
    ENOUGH,
    MONTHS_KEPT,
    WEEKS_KEPT,
    day_number,
    month_number,
    month_text,
    week_text,
)
from regulars.measure.rules.shares import which_are_told
from regulars.measure.rules.shrunk import shrunk_rows
from regulars.measure.tables import counted, cube, firsts, margin, regional, stack

NAME = "cohort_second_visit"
WINDOWS = (30, 90, 180, 365)
WINDOW = 90  # the one that weeks and the months of a store are told for
SUMS = ("customers", "returned")
KEYS = ("early", "watched")


def counts(inputs: Inputs) -> ir.Table:
    """``kind, slice, month, early, watched``: ``customers`` watched so many days, ``returned`` those then back."""
    now = day_number(inputs.as_of)
    people = regional(firsts(inputs.states, since(inputs)), inputs.regions)
    people = people.mutate(
        watched=ibis.coalesce(people.second, ibis.literal(now, type="int64")) - people["first"],
        customers=counted(people["first"].notnull()),
        returned=counted(people.second.notnull()),
    )
    slices = ["store", "traffic", "offer", "sales_channel"] + (["region"] if inputs.regions else [])
    cells = cube(_watched(people, WINDOWS[-1]), [*slices, "month", *KEYS], SUMS)
    recent = people.filter(people["first"] > now - 7 * WEEKS_KEPT)
    weeks = _watched(recent, WINDOW)
    late = people.filter(people.month > month_number(inputs.as_of) - MONTHS_KEPT)
    return stack(
        [
            margin(cells, "", SUMS, by=KEYS),
            margin(cells, "", SUMS, by=KEYS, monthly=True),
            *[margin(cells, kind, SUMS, by=KEYS, slice=kind) for kind in slices],
            margin(_watched(late, WINDOW), "store", SUMS, by=KEYS, slice="store", monthly=True),
            margin(weeks, "week", SUMS, by=KEYS, slice="week"),
        ]
    )


def _watched(people: ir.Table, window: int) -> ir.Table:
    """Nobody watched longer than a day beyond the window: what comes later cannot change the share within it."""
    beyond = people.watched > window
    cut = ibis.least(people.watched, ibis.literal(window + 1, type="int64"))
    return people.mutate(watched=cut, returned=beyond.ifelse(ibis.literal(0, type="int64"), people.returned))


def figures(counts: pa.Table, as_of: date) -> list[FigureRow]:
    """The share back within each window by Kaplan and Meier, with its interval; null where it cannot be told yet.

    Of slices over all time also ``shrunk:90``: drawn towards the brand.
    """
    counts = counts.sort_by([(name, "ascending") for name in ("kind", "slice", "month", "early", "watched")])
    groups: dict[tuple[str, str, int], list[tuple[bool, int, int, int]]] = defaultdict(list)
    columns = [counts[name].to_pylist() for name in ("kind", "slice", "month", *KEYS, *SUMS)]
    for kind, slice, month, *cell in zip(*columns, strict=True):
        groups[kind, slice, month].append((cell[0], cell[1], cell[2], cell[3]))
    rows, drawn = [], []
    for (kind, slice, month), cells in groups.items():
        narrow = kind == "week" or (kind == "store" and month_text(month) != "")
        name = week_text(slice) if kind == "week" else slice
        n, curve, note = _curve(cells)
        if narrow and note == "too_few":
            continue  # one store's month of a dozen newcomers: there would be thousands of rows that say nothing
        rows += [
            _figure(curve, window, n, note, as_of, kind, name, month_text(month))
            for window in ((WINDOW,) if narrow else WINDOWS)
        ]
        if kind and not narrow:
            row = next(row for row in rows[-len(WINDOWS) :] if row.part == str(WINDOW))
            drawn.append((row, *_people(curve, n)))
    return [*rows, *shrunk_rows(drawn)]


def _curve(cells: list[tuple[bool, int, int, int]]) -> tuple[int, Curve, str]:
    people: dict[bool, int] = defaultdict(int)
    for early, _, customers, _ in cells:
        people[early] += customers
    with_early, note = which_are_told(people)
    days: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for early, day, customers, returned in cells:
        if with_early or not early:
            days[day][0] += customers
            days[day][1] += returned
    order = sorted(days)
    ended, events = np.array([days[each] for each in order]).T
    at_risk = ended[::-1].cumsum()[::-1]
    return int(ended.sum()), kaplan_meier(order, at_risk, events), note


def _people(curve: Curve, n: int) -> tuple[float, float]:
    """Of the share within the window: people back and people, as many as would tell as surely had all been watched."""
    try:
        share = _share(curve, WINDOW)
    except Refused:
        return 0.0, 0.0
    p, error = share.estimate, share.standard_error
    people = min(float(n), p * (1.0 - p) / error**2) if error > 0 else float(n)
    return p * people, people


def _share(curve: Curve, window: int) -> Share:
    """Everybody being back already, the rest of the window can bring nobody; refuses what nobody was watched for."""
    return curve.share(min(window, int(curve.day[-1])) if curve.back[-1] == 1.0 else window)


def _figure(
    curve: Curve, window: int, n: int, note: str, as_of: date, kind: str, slice: str, period: str
) -> FigureRow:
    def told(value: float | None, low: float | None, high: float | None, note: str) -> FigureRow:
        return FigureRow(NAME, kind, slice, period, str(window), value, n, as_of, low, high, note)

    if n < ENOUGH:
        return told(None, None, None, "too_few")
    try:
        share = _share(curve, window)
    except Refused:
        return told(None, None, None, "immature")
    return told(share.estimate, share.low, share.high, note)


METRIC = Metric(
    name=NAME,
    question="Of those who came for the first time, how many are back within so many days?",
    formula="1 − Π(1 − back on day t ÷ still watched and not back before day t), over the days t of the window",
    source="Kaplan and Meier 1958; variance Greenwood 1926, interval log(−log) (Kalbfleisch and Prentice 1980)",
    beside=("identified_share",),
    cubes=(SOLD_DAYS,),
    counts=counts,
    figures=figures,
)
