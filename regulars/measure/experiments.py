"""What each play did, published with a turn: people as assigned, by the arm of their first entry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.db import transaction

from regulars.brand.models import Brand
from regulars.core.months import month_number
from regulars.core.refused import Refused
from regulars.desk import bulk
from regulars.engage.actions.outlook import tried
from regulars.engage.rules.sample_size import people_needed
from regulars.lake.computed import EFFECTS
from regulars.lake.engine import Lake
from regulars.measure.models import PlayResult
from regulars.measure.rules.experiment import Sums
from regulars.measure.rules.periods import ENOUGH, EPOCH, day_number
from regulars.measure.rules.result import Arm, Look, Plan, Result, result, weeks_left
from regulars.measure.tables import arms
from regulars.measure.trials import People, Trial, aliases, business_date, first_entries, near_service, plays

BEFORE = 365  # days before entry whose revenue says what somebody would have brought anyway
RATE_DAYS = 28  # over which the people entering a week are counted
UNKNOWN_BASE = 0.5  # asks for the most people, until enough have been watched to know better
SEATED = pa.schema([("customer_id", pa.int64()), ("day", pa.int64())])
NOTHING = {"n": 0, "back": 0, "y": 0.0, "yy": 0.0, "x": 0.0, "xx": 0.0, "xy": 0.0}


def prove(
    *, lake: Lake, days: ir.Table, sightings: ir.Table, links: ir.Table, as_of: date, batch: int
) -> list[PlayResult]:
    """Publish the result of every play that has entries as of a landing, and return them.

    ``days`` is ``customer_days``; ``sightings`` those that stand and ``links`` lead booked visits to customers.
    """
    brand = Brand.objects.first() or Brand()
    trials = [each for each in (*plays(), near_service(brand)) if len(each.customer)]
    if not trials:
        return []
    merged = aliases(batch)
    shown = {row.play: row for row in PlayResult.objects.filter(until=None)}
    found = [first_entries(each.customer, each.treated, each.entered, merged) for each in trials]
    watched = [
        _watched(number, trial, people, shown.get(trial.name), as_of)
        for number, (trial, people) in enumerate(zip(trials, found, strict=True))
    ]
    watching = pa.concat_tables(watched)
    first, last = _span(watching)
    seated = _seated(lake, sightings, links, brand, first)
    near = days.filter(days.month.between(month_number(first), month_number(last)))
    rows = arms(lake.keep("watched", watching), near, lake.keep("seated", seated), BEFORE)
    sums = {(row["play"], row["treated"]): row for row in lake.con.to_pyarrow(rows).to_pylist()}
    results = [
        _published(
            trial,
            people,
            [sums.get((number, arm), NOTHING) for arm in (1, 0)],
            shown.get(trial.name),
            as_of,
            lake.head.number,
        )
        for number, (trial, people) in enumerate(zip(trials, found, strict=True))
    ]
    bulk.close(PlayResult, number=batch, field="play", values=[row.play for row in results])
    for row in results:
        row.batch = batch
    with transaction.atomic():
        PlayResult.objects.bulk_create(results)
    return results


def effects(results: Sequence[PlayResult]) -> pa.Table:
    """The results that can be told as the lake's ``effects``: share back and revenue, two rows a play."""
    rows: list[dict[str, Any]] = []
    for row in results:
        if row.diff is None or row.blocked:
            continue
        told = {"subject": row.play, "n": row.matured_treated + row.matured_control, "as_of": row.as_of}
        adjusted = "cuped" if row.revenue_saved else "welch"
        rows.append(
            told
            | {"metric": "back", "estimate": row.diff, "low": row.low, "high": row.high, "method": row.method}
        )
        rows.append(
            told
            | {
                "metric": "revenue",
                "estimate": row.revenue_diff,
                "low": row.revenue_low,
                "high": row.revenue_high,
            }
            | {"method": adjusted}
        )
    return pa.Table.from_pylist(rows, schema=EFFECTS.schema)


def _watched(number: int, trial: Trial, people: People, last: PlayResult | None, as_of: date) -> pa.Table:
    """Those of a trial that have been watched to the end, and that its plan counts, as ``tables.arms`` takes them."""
    until = people.entered + trial.window
    closed = last.closed_on if last else None
    counts = (until <= day_number(as_of)) & (people.entered <= (day_number(closed) if closed else until))
    return pa.table(
        {
            "play": pa.array(np.full(int(counts.sum()), number, dtype=np.int64)),
            "customer_id": pa.array(people.customer[counts]),
            "treated": pa.array(people.treated[counts]),
            "entered": pa.array(people.entered[counts]),
            "until": pa.array(until[counts]),
        }
    )


def _span(watched: pa.Table) -> tuple[date, date]:
    """The first and the last day that anything is asked of: no other month is read."""
    if not len(watched):
        return EPOCH, EPOCH
    first, last = pc.min(watched["entered"]).as_py() - BEFORE, pc.max(watched["until"]).as_py()
    return EPOCH + timedelta(days=first), EPOCH + timedelta(days=last)


def _seated(lake: Lake, sightings: ir.Table, links: ir.Table, brand: Brand, since: date) -> pa.Table:
    """``customer_id`` and ``day`` of visits from a day on at which somebody sat under an identifier of their own.

    Where there were none, nobody's sightings are read.
    """
    visits = lake.table("visits")
    begins = datetime.combine(since - timedelta(days=1), time(0), UTC)
    sat = visits.filter(visits.seated_at.notnull() & (visits.seated_at >= begins))
    if not lake.rows(sat.limit(1).count()).as_py():
        return SEATED.empty_table()
    seen = sightings.filter(sightings.kind == "visit").select("source", "identifier_hash", visit_id="ref_id")
    owners = links.filter(links.customer_id.notnull()).select("identifier_hash", "customer_id")
    found = sat.join(seen, ("source", "visit_id")).join(owners, "identifier_hash")
    rows = lake.con.to_pyarrow(found.select("customer_id", "seated_at").distinct())
    days = business_date(rows["seated_at"].cast(pa.timestamp("us", "UTC")), brand)
    return pa.table({"customer_id": rows["customer_id"], "day": days.cast(pa.int32()).cast(pa.int64())})


def _published(
    trial: Trial,
    people: People,
    sums: Sequence[dict[str, Any]],
    last: PlayResult | None,
    as_of: date,
    head: int,
) -> PlayResult:
    """One trial's row: what may be said of it now, and how much more is needed."""
    entered = [int((people.treated == arm).sum()) for arm in (1, 0)]
    treated, control = (
        Arm(entered[at], row["back"], Sums(row["n"], *(row[name] for name in ("y", "yy", "x", "xx", "xy"))))
        for at, row in enumerate(sums)
    )
    looks = [Look(**look) for look in last.looks] if last else []
    base = last.base if last else _base(trial, head)
    planned = last.planned if last and looks else planned_for(trial, base, treated, control)
    plan = Plan(planned, trial.gain, trial.split)
    found = result(treated, control, plan=plan, on=as_of.isoformat(), mixed=people.mixed, looks=looks)
    row = _row(trial, treated, control, found)
    recent = int((people.entered > day_number(as_of) - RATE_DAYS).sum())
    watched = row.matured_treated + row.matured_control
    row.weeks = weeks_left(planned, sum(entered), watched, recent * 7 / RATE_DAYS, trial.window)
    row.as_of, row.mixed, row.planned, row.base = as_of, people.mixed, planned, base
    row.closed_on = last.closed_on if last else None
    if found.complete and row.closed_on is None:
        row.closed_on = EPOCH + timedelta(days=day_number(as_of) - trial.window)
    return row


def _base(trial: Trial, head: int) -> float | None:
    """The share back before the play began, as its page told it; None where history cannot say."""
    try:
        before = tried(trial.play, head=head) if trial.play else None
    except Refused:  # a step that nobody brings any more: its past cannot be tried, its people still count
        return None
    return before.share if before else None


def planned_for(trial: Trial, base: float | None, treated: Arm, control: Arm) -> int:
    """People that the smallest gain worth knowing asks for, on the share back before the play began.

    Where history cannot say, on the share of both arms together, until the first look: nobody is unblinded.
    """
    watched = treated.revenue.n + control.revenue.n
    if base is None:
        base = (treated.back + control.back) / watched if watched >= ENOUGH else UNKNOWN_BASE
    return people_needed(min(base, 1 - trial.gain), trial.gain, trial.split)


def _row(trial: Trial, treated: Arm, control: Arm, found: Result) -> PlayResult:
    row = PlayResult(play=trial.name, gain=trial.gain)
    for name, arm in (("treated", treated), ("control", control)):
        n = arm.revenue.n
        setattr(row, f"entered_{name}", arm.entered)
        setattr(row, f"matured_{name}", n)
        setattr(row, f"back_{name}", arm.back)
        setattr(row, f"share_{name}", arm.back / n if n else None)
        setattr(row, f"revenue_{name}", arm.revenue.mean if n else None)
    if found.share and found.revenue:
        row.diff, row.low, row.high = found.share.estimate, found.share.low, found.share.high
        row.method = found.share.method
        row.revenue_diff, row.revenue_saved = found.revenue.estimate, found.revenue.saved
        row.revenue_low, row.revenue_high = found.revenue.low, found.revenue.high
    if found.looks:
        row.z, row.bound = found.looks[-1].z, found.looks[-1].bound
    row.looks, row.look = [asdict(look) for look in found.looks], len(found.looks)
    row.srm_p, row.blocked, row.decision, row.needed = (
        found.srm_p,
        found.blocked,
        found.decision,
        found.needed,
    )
    return row
