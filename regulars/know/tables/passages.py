"""The stages a customer has been through, as text that grows at its end: ``2025-01-03 new;2025-02-01 second_timer``.

A visit closes the gap before it, so what that gap made of the customer is written with the visit; what the gap still
open makes of them is added when it is told, as of a day. Entries begin with their date, and sorted they are in order.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from regulars.know.rules.rhythm import Rhythm
from regulars.know.tables.visits import as_date, late_after, lost_after

BETWEEN = ";"  # neither in a day nor in a stage's name


ARRIVALS = ("new", "second_timer", "regular", "won_back")
PLACES = 8  # more than there are arrivals: day number and arrival as one integer, of which the greatest is the last


def passed(seen: ir.Table, rhythm: Rhythm | None) -> ir.Table:
    """``seen`` (`visits_after`) with what each visit wrote: `entries`, and `opened`, the stage that it opened and its
    day. Both are null for a visit that changed nothing.

    A first visit opens `new`, the second `second_timer`, the third `regular`; a visit after having been lost opens
    `won_back`, and the next one in time makes the customer what the number of visits says. Between visits `cooling`
    begins the day after `late_after` days, `lost` the day after `lost_after` days.
    """
    n, elapsed, before = seen["visit"], seen.previous - seen["first"], seen.before - seen["first"]
    timed = seen.mutate(
        cooled=seen.previous + late_after(rhythm, n - 1, elapsed) + 1,
        left=seen.previous + lost_after(rhythm, n - 1, elapsed) + 1,
        left_before=seen.before + lost_after(rhythm, n - 2, before) + 1,
    )
    moved = (timed["visit"] <= 3) | _by(timed.cooled, timed.day) | _by(timed.left_before, timed.previous)
    arrival = ibis.ifelse(_by(timed.left, timed.day), 3, ibis.least(timed["visit"], 3) - 1)
    entries = (
        _entry_before(timed.cooled, "cooling", timed.day)
        + _entry_before(timed.left, "lost", timed.day)
        + _dated(timed.day)
        + _arrival(arrival)
    )
    return timed.mutate(
        entries=ibis.ifelse(moved, entries, ibis.null("string")),
        opened=ibis.ifelse(moved, timed.day * PLACES + arrival, ibis.null("int64")),
    ).drop("cooled", "left", "left_before")


def history(passages: ir.Table) -> dict[str, ir.Value]:
    """Aggregates of `passed` by customer: `history`, and the `opened` of the last visit that changed something."""
    return {
        "history": passages.entries.collect().sort().join(BETWEEN).nullif(""),
        "opened": passages.opened.max(),
    }


def arrived(opened: ir.IntegerValue) -> dict[str, ir.Value]:
    """`arrival` and `arrived` (a day number) of an `opened`."""
    return {"arrival": _arrival(opened % PLACES), "arrived": opened // PLACES}


def _arrival(place: ir.IntegerValue) -> ir.StringValue:
    return ibis.cases(*((place == at, ibis.literal(stage)) for at, stage in enumerate(ARRIVALS)))


def continued(before: ir.StringValue, after: ir.StringValue) -> ir.StringValue:
    """Two parts of a history as one; either may be null."""
    return ibis.coalesce(before + ibis.literal(BETWEEN) + after, before, after)


def since(day: ir.IntegerValue, stage: str) -> ir.StringValue:
    """What is added to a history when a stage has begun on a day."""
    return ibis.literal(BETWEEN) + _dated(day) + ibis.literal(stage)


def _dated(day: ir.IntegerValue) -> ir.StringValue:
    return as_date(day).cast("string") + ibis.literal(" ")


def _by(began: ir.IntegerValue, day: ir.IntegerValue) -> ir.BooleanValue:
    return ibis.coalesce(began <= day, ibis.literal(False))


def _entry_before(began: ir.IntegerValue, stage: str, day: ir.IntegerValue) -> ir.StringValue:
    entry = _dated(began) + ibis.literal(stage + BETWEEN)
    return ibis.ifelse(ibis.coalesce(began < day, ibis.literal(False)), entry, ibis.literal(""))
