"""What each play did, published with a turn: people as assigned, by the arm of their first entry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from django.db import transaction

from regulars.brand.models import Brand
from regulars.desk import bulk
from regulars.engage.models import Play
from regulars.engage.rules.sample_size import people_needed
from regulars.identify.models import Customer
from regulars.lake.engine import Lake
from regulars.lake.facts import EFFECTS
from regulars.measure.models import PlayResult
from regulars.measure.rules.experiment import Sums
from regulars.measure.rules.periods import ENOUGH, EPOCH, day_number
from regulars.measure.rules.result import Arm, Look, Plan, Result, result, weeks_left
from regulars.measure.tables import arms
from regulars.serve.models import Card
from regulars.serve.rules.cards import BACK_WITHIN

Ints = npt.NDArray[np.int64]

BEFORE = 365  # days before entry whose revenue says what somebody would have brought anyway
RATE_DAYS = 28  # over which the people entering a week are counted
NEAR = "near_service"  # the cards of staff that chance shows or leaves out, told as a play
NEAR_GAIN, NEAR_SPLIT = 0.02, 0.5
UNKNOWN_BASE = 0.5  # asks for the most people, until enough have been watched to know better
NOTHING = {"n": 0, "back": 0, "y": 0.0, "yy": 0.0, "x": 0.0, "xx": 0.0, "xy": 0.0}


@dataclass(frozen=True)
class Trial:
    """One comparison as it was planned, with its entries: customer as numbered then, treated or not, day number."""

    name: str
    window: int
    gain: float
    split: float
    customer: Ints
    treated: Ints
    entered: Ints


@dataclass(frozen=True)
class People:
    """A trial's people by their number now, each once; ``mixed`` had entries in both arms and are left out."""

    customer: Ints
    treated: Ints
    entered: Ints
    mixed: int


def prove(
    *, lake: Lake, days: ir.Table, sightings: ir.Table, links: ir.Table, as_of: date, batch: int
) -> list[PlayResult]:
    """Publish the result of every play that has entries as of a landing, and return them.

    ``days`` is ``customer_days``; ``sightings`` those that stand and ``links`` lead booked visits to customers.
    """
    brand = Brand.objects.first() or Brand()
    trials = [each for each in (*_plays(), _near(brand)) if len(each.customer)]
    if not trials:
        return []
    merged = _merged(batch)
    shown = {row.play: row for row in PlayResult.objects.filter(until=None)}
    found = [first_entries(each.customer, each.treated, each.entered, merged) for each in trials]
    watched = [
        _watched(number, trial, people, shown.get(trial.name), as_of)
        for number, (trial, people) in enumerate(zip(trials, found, strict=True))
    ]
    seated = _seated(lake, sightings, links, brand)
    rows = arms(lake.keep("watched", pa.concat_tables(watched)), days, lake.keep("seated", seated), BEFORE)
    sums = {(row["play"], row["treated"]): row for row in lake.con.to_pyarrow(rows).to_pylist()}
    results = [
        _published(
            trial, people, [sums.get((number, arm), NOTHING) for arm in (1, 0)], shown.get(trial.name), as_of
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


def first_entries(customer: Ints, treated: Ints, entered: Ints, merged: dict[int, int]) -> People:
    """Each person once, by the arm of their first entry; entries come in the order they were made.

    ``merged`` leads a number to the one its customer has now. Who entered both arms, as two customers who turned out
    to be one, is counted as mixed and left out.
    """
    if merged:
        known, place = np.unique(customer, return_inverse=True)
        customer = np.array([merged.get(each, each) for each in known.tolist()], dtype=np.int64)[place]
    people, first, place = np.unique(customer, return_index=True, return_inverse=True)
    least, most = np.ones(len(people), dtype=np.int64), np.zeros(len(people), dtype=np.int64)
    np.minimum.at(least, place, treated)
    np.maximum.at(most, place, treated)
    clean = least == most
    keep = first[clean]
    return People(people[clean], treated[keep], entered[keep], int((~clean).sum()))


def _plays() -> list[Trial]:
    """Every play with entries; a customer's first entry stands first."""
    trials = []
    for play in Play.objects.exclude(started_at=None).order_by("name"):
        rows = bulk.columns(play.entries.order_by("entered_on", "pk"), "customer", "arm", "entered_on")
        treated = pc.equal(rows["arm"].cast(pa.string()), "treated")
        trials.append(
            _trial(play.name, play.outcome_days, play.gain, play.treated_share, rows, treated, "entered_on")
        )
    return trials


def _near(brand: Brand) -> Trial:
    """Cards of near service, shown or left out by chance; a guest counts by the first, whatever later ones were."""
    cards = Card.objects.filter(kind=Card.Kind.NEAR).order_by("made_at", "pk")
    rows = bulk.columns(cards, "customer", "shown", "made_at")
    rows = rows.append_column("on", _business_date(rows["made_at"].cast(pa.timestamp("us", "UTC")), brand))
    _, first = np.unique(np.asarray(rows["customer"].cast(pa.int64())), return_index=True)
    rows = rows.take(pa.array(np.sort(first)))
    return _trial(NEAR, BACK_WITHIN.days, NEAR_GAIN, NEAR_SPLIT, rows, rows["shown"].cast(pa.bool_()), "on")


def _trial(
    name: str, window: int, gain: float, split: float, rows: pa.Table, treated: pa.ChunkedArray, on: str
) -> Trial:
    return Trial(
        name,
        window,
        gain,
        split,
        np.asarray(rows["customer"].cast(pa.int64())),
        np.asarray(treated.cast(pa.int64())),
        np.asarray(rows[on].cast(pa.date32()).cast(pa.int32()).cast(pa.int64())),
    )


def _merged(head: int) -> dict[int, int]:
    """Every alias with the number that its customer has now."""
    aliases = Customer.objects.filter(merged_into__isnull=False, until__lte=head).order_by("number")
    found: dict[int, int] = {}
    for number, into in aliases.values_list("number", "merged_into"):
        if into is not None:
            found[number] = found.get(into, into)  # a merge leads to a lower number, which came before
    return found


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


def _seated(lake: Lake, sightings: ir.Table, links: ir.Table, brand: Brand) -> pa.Table:
    """``customer_id`` and ``day`` of every visit at which somebody was seated under an identifier of their own."""
    visits = lake.table("visits")
    sat = visits.filter(visits.seated_at.notnull())
    seen = sightings.filter(sightings.kind == "visit").select("source", "identifier_hash", visit_id="ref_id")
    owners = links.filter(links.customer_id.notnull()).select("identifier_hash", "customer_id")
    found = sat.join(seen, ("source", "visit_id")).join(owners, "identifier_hash")
    rows = lake.con.to_pyarrow(found.select("customer_id", "seated_at").distinct())
    days = _business_date(rows["seated_at"].cast(pa.timestamp("us", "UTC")), brand)
    return pa.table({"customer_id": rows["customer_id"], "day": days.cast(pa.int32()).cast(pa.int64())})


def _business_date(instants: pa.ChunkedArray, brand: Brand) -> pa.ChunkedArray:
    """The store's own day of each instant: it ends at the brand's ``day_ends``."""
    ends = timedelta(hours=brand.day_ends.hour, minutes=brand.day_ends.minute)
    local = pc.local_timestamp(instants.cast(pa.timestamp("us", ZoneInfo(brand.time_zone).key)))
    return pc.subtract(local, pa.scalar(ends)).cast(pa.date32(), safe=False)


def _published(
    trial: Trial, people: People, sums: Sequence[dict[str, Any]], last: PlayResult | None, as_of: date
) -> PlayResult:
    """One trial's row: what may be said of it now, and how much more is needed."""
    entered = [int((people.treated == arm).sum()) for arm in (1, 0)]
    treated, control = (
        Arm(entered[at], row["back"], Sums(row["n"], *(row[name] for name in ("y", "yy", "x", "xx", "xy"))))
        for at, row in enumerate(sums)
    )
    looks = [Look(**look) for look in last.looks] if last else []
    planned = last.planned if last and looks else planned_for(trial, treated, control)
    plan = Plan(planned, trial.gain, trial.split)
    found = result(treated, control, plan=plan, on=as_of.isoformat(), mixed=people.mixed, looks=looks)
    row = _row(trial, treated, control, found)
    recent = int((people.entered > day_number(as_of) - RATE_DAYS).sum())
    watched = row.matured_treated + row.matured_control
    row.weeks = weeks_left(planned, sum(entered), watched, recent * 7 / RATE_DAYS, trial.window)
    row.as_of, row.mixed, row.planned = as_of, people.mixed, planned
    row.closed_on = last.closed_on if last else None
    if found.complete and row.closed_on is None:
        row.closed_on = EPOCH + timedelta(days=day_number(as_of) - trial.window)
    return row


def planned_for(trial: Trial, treated: Arm, control: Arm) -> int:
    """People that the smallest gain worth knowing asks for, on the share of both arms together: nobody is unblinded."""
    watched = treated.revenue.n + control.revenue.n
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
