"""The stages a customer has been through, as text that grows at its end: ``2025-01-03 new;2025-02-01 second_timer``.

A visit closes the gap before it, so what that gap made of the customer is written with the visit; what the gap still
open makes of them is added when it is told, as of a day. Entries begin with their date, and sorted they are in order.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from regulars.know.rules.rhythm import Rhythm
from regulars.know.tables.visits import as_date, late_after, lost_after

BETWEEN = ";"  # Spark splits by a regular expression, in which this means nothing else


def passages(seen: ir.Table, rhythm: Rhythm | None) -> ir.Table:
    """One row a customer whose stage a visit of ``seen`` (`numbered`) changed: `history`, the entries up to and with
    the last such visit, `arrival` (the stage that it opened) and `arrived`, its day number.

    A first visit opens `new`, the second `second_timer`, the third `regular`; a visit after having been lost opens
    `won_back`, and the next one in time makes the customer what the number of visits says. Between visits `cooling`
    begins the day after `late_after` days, `lost` the day after `lost_after` days.
    """
    n, elapsed = seen["visit"], seen.previous - seen["first"]
    timed = seen.select(
        "customer_id",
        "day",
        "visit",
        cooled=seen.previous + late_after(rhythm, n - 1, elapsed) + 1,
        left=seen.previous + lost_after(rhythm, n - 1, elapsed) + 1,
        left_before=seen.before + lost_after(rhythm, n - 2, seen.before - seen["first"]) + 1,
        previous=seen.previous,
    )
    was_lost = _by(timed.left, timed.day)
    arrival = ibis.cases(
        (was_lost, ibis.literal("won_back")),
        (timed["visit"] == 1, ibis.literal("new")),
        (timed["visit"] == 2, ibis.literal("second_timer")),
        else_=ibis.literal("regular"),
    )
    moved = (timed["visit"] <= 3) | _by(timed.cooled, timed.day) | _by(timed.left_before, timed.previous)
    changed = timed.mutate(arrival=arrival).filter(moved)
    entries = (
        _entry_before(changed.cooled, "cooling", changed.day)
        + _entry_before(changed.left, "lost", changed.day)
        + as_date(changed.day).cast("string")
        + ibis.literal(" ")
        + changed.arrival
    )
    return changed.group_by("customer_id").agg(
        history=entries.collect().sort().join(BETWEEN),
        arrival=changed.arrival.argmax(changed.day),
        arrived=changed.day.max(),
    )


def continued(before: ir.StringValue, after: ir.StringValue) -> ir.StringValue:
    """Two parts of a history as one; either may be null."""
    return ibis.coalesce(before + ibis.literal(BETWEEN) + after, before, after)


def since(day: ir.IntegerValue, stage: str) -> ir.StringValue:
    """What is added to a history when a stage has begun on a day."""
    return ibis.literal(BETWEEN) + as_date(day).cast("string") + ibis.literal(f" {stage}")


def _by(began: ir.IntegerValue, day: ir.IntegerValue) -> ir.BooleanValue:
    return ibis.coalesce(began <= day, ibis.literal(False))


def _entry_before(began: ir.IntegerValue, stage: str, day: ir.IntegerValue) -> ir.StringValue:
    entry = as_date(began).cast("string") + ibis.literal(f" {stage}{BETWEEN}")
    return ibis.ifelse(ibis.coalesce(began < day, ibis.literal(False)), entry, ibis.literal(""))
