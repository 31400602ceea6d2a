"""What is known of every customer as of a turn: stages, grades, value; and what cannot be told yet, with why."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass
from datetime import date

import ibis.expr.types as ir

from regulars.catalogue import GRADES
from regulars.core import registry
from regulars.core.refused import Refused
from regulars.know import tables
from regulars.know.actions.rhythm import Pace, fit_rhythm
from regulars.know.actions.value import Worth, worth
from regulars.lake.engine import Lake
from regulars.lake.landing import Landing


@dataclass(frozen=True)
class Known:
    """Everybody as of a day: a table of the turn's connection, what they are worth, and what cannot be told yet."""

    states: ir.Table
    grade: str  # the column of ``states`` that lists show: the catalogue's first grade
    worth: Future[Worth]  # reckoned in a thread of its own while others read the lake
    refused: list[Refused]


def learn(
    *,
    lake: Lake,
    days: ir.Table,
    as_of: date,
    folded: ir.Table | None = None,
    pace: Pace | None = None,
    landing: Landing | None = None,
    sales: ir.Table | None = None,
) -> Known:
    """Stages, history and grades of every customer with a visit up to ``as_of``.

    ``folded`` is the fold's state of all days with the rhythm of ``pace``; without them both are made of ``days``.
    ``landing`` and ``sales`` as `worth` has them.
    """
    if pace is None:
        pace = _of_all(lake, days, as_of)
    if folded is None:
        folded = tables.fold(None, days, pace.rhythm)
    told = lake.keep("states_told", tables.told(folded, as_of, pace.rhythm))
    states, grades = told, registry.load(GRADES)
    for grade in grades:
        graded = grade.grades(told).select("customer_id", **{grade.name: "grade"})
        states = states.left_join(graded, "customer_id").drop("customer_id_right")
    kept = lake.keep("states", states)
    lake.keep("states_told", kept.limit(0))  # its memory is needed for what follows
    reckoned = worth(lake=lake, days=days, states=kept, as_of=as_of, landing=landing, sales=sales)
    return Known(kept, grades[0].name, reckoned, [pace.refused] if pace.refused else [])


def _of_all(lake: Lake, days: ir.Table, as_of: date) -> Pace:
    try:
        return Pace(fit_rhythm(lake, days, as_of))
    except Refused as too_young:
        return Pace(None, too_young)
