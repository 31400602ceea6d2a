"""Who of each month's newcomers bought in the months after: the whole history of loyalty in one triangle."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from regulars.measure.cubes.sold import SOLD_DAYS, since
from regulars.measure.cubes.visits import VISITS
from regulars.measure.metric import FigureRow, Inputs, Metric
from regulars.measure.rules.periods import month_text
from regulars.measure.rules.shares import which_are_told
from regulars.measure.rules.triangle import Cohort, cells, until
from regulars.measure.tables import counted, cube, firsts

NAME = "cohort_triangle"


def counts(inputs: Inputs) -> ir.Table:
    """``month`` of the first visit, ``after`` it in months, ``customers`` who bought then; ``early`` newcomers."""
    none = ibis.literal(0, type="int64")
    cells = inputs.cube(VISITS)
    bought = cells.select(month="cohort", after=cells.month - cells.cohort, customers="customers", early=none)
    people = firsts(inputs.states, since(inputs))
    early = people.select("month", after=none, customers=none, early=counted(people.early))
    return cube(bought.union(early), ["month", "after"], ["customers", "early"])


def figures(counts: pa.Table, as_of: date) -> list[FigureRow]:
    """The share of each month's newcomers who bought 0, 1, 2 … months later; only of months that are over."""
    cohorts: dict[int, Cohort] = {}
    for row in counts.to_pylist():
        cohort = cohorts.setdefault(row["month"], Cohort(row["month"], 0, {}))
        cohort.bought[row["after"]] = row["customers"]
        if row["after"] == 0:
            n, early = row["customers"], row["early"]
            cohorts[row["month"]] = Cohort(row["month"], n, cohort.bought, 2 * early > n)
    rows = []
    for cohort in sorted(cohorts.values(), key=lambda each: each.month):
        enough = which_are_told({cohort.early: cohort.size})[1] != "too_few"
        note = ("new_not_meaningful" if cohort.early else "") if enough else "too_few"
        rows += [
            FigureRow(
                NAME,
                "",
                "",
                month_text(cohort.month),
                str(after),
                share if enough else None,
                cohort.size,
                until(cohort.month, after),
                note=note,
            )
            for after, share in cells(cohort, as_of)
        ]
    return rows


METRIC = Metric(
    name=NAME,
    question="Of the newcomers of each month, how many bought in the months after?",
    formula="customers of the cohort who bought in the k-th month after their first ÷ customers of the cohort",
    source="definition; a month that is not over has no cell",
    beside=("identified_share",),
    cubes=(VISITS, SOLD_DAYS),
    counts=counts,
    figures=figures,
)
