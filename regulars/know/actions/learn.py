"""Fits the brand's rhythm and value models on a turn's customer days; what cannot be told yet is left out, with why."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa

from regulars.catalogue import GRADES
from regulars.core import registry
from regulars.core.refused import Refused
from regulars.know import tables
from regulars.know.actions.value import Worth, worth
from regulars.know.rules import rhythm as rhythms
from regulars.lake.engine import Lake


@dataclass(frozen=True)
class Known:
    """Everybody as of a day: tables of the turn's connection, what they are worth, and what cannot be told yet."""

    states: ir.Table
    grade: str  # the column of ``states`` that lists show: the catalogue's first grade
    histories: ir.Table
    worth: Future[Worth]  # reckoned in a thread of its own while others read the lake
    refused: list[Refused]


def learn(*, lake: Lake, days: ir.Table, as_of: date) -> Known:
    """Stages, history and grades of every customer with a visit up to ``as_of``."""
    refused: list[Refused] = []
    rhythm = None
    try:
        rhythm = fit_rhythm(lake, days, as_of)
    except Refused as too_young:
        refused.append(too_young)
    states = tables.customer_states(days, as_of, rhythm)
    grades = registry.load(GRADES)
    for grade in grades:
        graded = grade.grades(states).select("customer_id", **{grade.name: "grade"})
        states = states.left_join(graded, "customer_id").drop("customer_id_right")
    kept = lake.keep("states", states)
    histories = tables.histories_told(tables.stage_periods(days, as_of, rhythm))
    reckoned = worth(lake=lake, days=days, states=kept, as_of=as_of)
    return Known(kept, grades[0].name, histories, reckoned, refused)


def fit_rhythm(lake: Lake, days: ir.Table, as_of: date) -> rhythms.Rhythm:
    """The brand's rhythm from its gaps; refuses a brand too young to tell."""
    sums = _columns(lake, tables.gap_sums(days, as_of))
    credibility = rhythms.credibility(
        gaps=sums["gaps"], customers=sums["customers"], total=sums["total"],
        total_squares=sums["total_squares"], squares=sums["squares"],
    )  # fmt: skip
    lengths = _columns(lake, tables.gap_lengths(days, as_of, credibility))
    first: Any = lake.con.to_pyarrow(days.business_date.min()).as_py()
    return rhythms.rhythm(credibility, **lengths, history=(as_of - first).days)


def _columns(lake: Lake, table: ir.Table) -> dict[str, Any]:
    found: pa.Table = lake.con.to_pyarrow(table)
    return {name: found[name].to_numpy() for name in found.column_names}
