"""The lifecycle read off the histories of states: periods, the stage on any day, who went from which to which."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import ibis
import ibis.expr.types as ir

from regulars.core.months import first_day
from regulars.know.tables.passages import BETWEEN

DATED = len("2025-01-03")
UNKNOWN = "unknown"  # where a customer comes from who was not one before


def stage_periods(states: ir.Table) -> ir.Table:
    """`customer_id`, `stage`, `since`, `until` (dates; the day the next stage began, null: still so), one row a
    period, of `customer_states`.
    """
    entries = _entries(states)
    order = ibis.window(group_by="customer_id", order_by="since")
    return entries.mutate(until=entries.since.lead(1).over(order)).select(
        "customer_id", "stage", "since", "until"
    )


def stages_on(states: ir.Table, day: date) -> ir.Table:
    """`customer_id`, `stage` and `since` of everybody known on a day no later than that of the states.

    What was then is judged as today: by what the customer had done before, and by the rhythm of the states. Only the
    histories of customers whose stage has changed since are taken apart.
    """
    still = states.filter(states.stage_since <= day).select("customer_id", "stage", since="stage_since")
    then = ibis.literal(day.isoformat())
    moved = states.filter(states.stage_since > day)
    last = moved.history.split(BETWEEN).filter(lambda entry: entry.substr(0, DATED) <= then).sort()
    known = moved.select("customer_id", entry=ibis.ifelse(last.length() > 0, last[last.length() - 1], ""))
    known = known.filter(known.entry != "")
    return still.union(known.select("customer_id", stage=_stage(known.entry), since=_since(known.entry)))


def stage_changes(states: ir.Table, since: int | None = None) -> ir.Table:
    """One row a change of stage: `customer_id`, the `day` (date) and `month` (year × 12 + month − 1) it came to be,
    `from_stage` (``unknown``: the first visit) and `to_stage`; changes of the month ``since`` and later, or all.

    Changes are never taken back by later days, so those of a month that is over are the same ever after, under the same
    rhythm. With ``since`` only the histories of customers whose stage has changed since are taken apart.
    """
    if since is not None:
        states = states.filter(states.stage_since >= first_day(since))
    entries = _entries(states)
    order = ibis.window(group_by="customer_id", order_by="since")
    before = ibis.coalesce(entries.stage.lag(1).over(order), ibis.literal(UNKNOWN))
    changes = entries.mutate(from_stage=before)
    changes = changes.filter(changes.from_stage != changes.stage)  # a visit on the very day of being late
    month = changes.since.year().cast("int64") * 12 + changes.since.month().cast("int64") - 1
    told = changes.select(
        "customer_id", day="since", month=month.cast("int64"), from_stage="from_stage", to_stage="stage"
    )
    return told if since is None else told.filter(told.month >= since)


def stage_flows(changes: ir.Table, by: Sequence[str] = ()) -> ir.Table:
    """`stage_changes` counted: columns of one's own named in ``by``, `month`, `from_stage`, `to_stage`, `customers`.
    Additive: flows of two sets of people add up, and a customer who went the same way twice in a month counts twice.
    """
    return changes.group_by(*by, "month", "from_stage", "to_stage").agg(
        customers=changes.count().cast("int64")
    )


def _entries(states: ir.Table) -> ir.Table:
    each = states.select("customer_id", entry=states.history.split(BETWEEN).unnest())
    return each.select("customer_id", stage=_stage(each.entry), since=_since(each.entry))


def _stage(entry: ir.StringValue) -> ir.StringValue:
    return entry.substr(DATED + 1)


def _since(entry: ir.StringValue) -> ir.DateValue:
    return entry.substr(0, DATED).cast("date")
