"""Closes months: the state of everybody at the end of the last closed one, from the last such state or from nothing."""

from __future__ import annotations

import ibis.expr.types as ir

from regulars.know import tables
from regulars.know.rules.rhythm import Rhythm
from regulars.lake.engine import Lake

AT_ONCE = 20_000_000  # customer days folded in one step: what an engine sorts within its memory
CLOSED = "closed"


def close_months(
    *,
    lake: Lake,
    days: ir.Table,
    month: int,
    rhythm: Rhythm | None,
    closed: ir.Table | None = None,
    since: int = 0,
    disturbed: ir.Table | None = None,
) -> ir.Table:
    """The fold's state (`facts.CUSTOMER_CLOSED`) of everybody at the end of the month before ``month``, computed.

    ``days`` are all `customer_days`. ``closed`` is such a state at the end of the month before ``since``, folded with
    this very ``rhythm``; without it all months are folded from nothing, one range after another. ``disturbed``
    (customer_id) are those whose days before ``since`` are others now: they alone are folded anew from all their days.
    """
    state = closed
    if closed is not None and disturbed is not None:
        theirs = days.filter(days.month < since).semi_join(disturbed, "customer_id")
        anew = tables.fold(None, theirs, rhythm)
        state = lake.keep(f"{CLOSED}_mended", closed.anti_join(disturbed, "customer_id").union(anew))
    begin = since if closed is not None else 0
    for step, (first, last) in enumerate(_ranges(lake, days, begin, month)):
        part = days.filter((days.month >= first) & (days.month <= last))
        state = lake.keep(f"{CLOSED}_{step % 2}", tables.fold(state, part, rhythm))
    return tables.fold(None, days.filter(days.month < 0), rhythm) if state is None else state


def _ranges(lake: Lake, days: ir.Table, begin: int, end: int) -> list[tuple[int, int]]:
    """First and last month of each step, as many months as one step can sort."""
    some = days.filter((days.month >= begin) & (days.month < end))
    counts = lake.rows(some.group_by("month").agg(rows=some.count()).order_by("month")).to_pylist()
    found: list[tuple[int, int]] = []
    total = 0
    for row in counts:
        total += row["rows"]
        if not found or total > AT_ONCE:
            found.append((row["month"], row["month"]))
            total = row["rows"]
        found[-1] = (found[-1][0], row["month"])
    return found
