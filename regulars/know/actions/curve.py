"""Publishes how the brand's newcomers come back, and the day on which to speak to one who has not."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa

from regulars.core.refused import Refused
from regulars.desk import bulk
from regulars.know import tables
from regulars.know.models import ReturnCurve
from regulars.know.rules.due import YEAR, due_day, points
from regulars.know.rules.survival import kaplan_meier
from regulars.lake.engine import Lake

NOT_YET_NEW = timedelta(days=90)  # after the first sale identified: "first seen" says little of "first visit"
LONG_ENOUGH = timedelta(days=90 + 180)  # of history, so that leaving those out leaves somebody to watch


def publish_curve(*, lake: Lake, states: ir.Table, as_of: date, number: int) -> ReturnCurve:
    """Write the curve as of a day under landing ``number`` if it says something else than the one that stands."""
    fresh = read_curve(lake=lake, states=states, as_of=as_of)
    standing = ReturnCurve.objects.filter(until=None).order_by("-batch", "-pk").first()
    said = ("due_day", "why", "points", "newcomers")
    if standing and all(getattr(standing, name) == getattr(fresh, name) for name in said):
        return standing
    if standing:
        bulk.close(ReturnCurve, number=number, field="pk", values=[standing.pk])
    fresh.batch = number
    fresh.save()
    return fresh


def read_curve(*, lake: Lake, states: ir.Table, as_of: date) -> ReturnCurve:
    """The brand's curve as of a day, not saved; newcomers of the first 90 days of a long history are left out."""
    began: Any = lake.rows(states.first_day.min()).as_py()
    since = began + NOT_YET_NEW if began and as_of - began >= LONG_ENOUGH else None
    found: pa.Table = lake.rows(tables.first_returns_of(states, as_of, since))
    counts = [found[name].to_numpy() for name in ("day", "at_risk", "events")]
    newcomers = int(counts[1][0]) if len(found) else 0
    curve = ReturnCurve(newcomers=newcomers, as_of=as_of)
    if newcomers:
        told = kaplan_meier(*counts)
        curve.points = points(told, YEAR)
    try:
        if not newcomers:
            raise Refused("nobody has come for the first time yet")
        curve.due_day = due_day(told).day
    except Refused as too_young:
        curve.why = str(too_young)
    return curve
