"""Sales and customer days of the months that a turn writes anew: the open one, or all of them range by range."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis.expr.types as ir

from regulars.core.months import first_day
from regulars.gather.tables import several
from regulars.identify.tables import resolved
from regulars.know.tables import customer_days
from regulars.lake.engine import Lake
from regulars.lake.head import Head
from regulars.lake.landing import Landing
from regulars.turn import plan as plans
from regulars.turn.plan import CHUNK
from regulars.turn.tables import highest, month_of, ties

BY_CUSTOMER = ("customer_id", "business_date")  # how days lie within a month; sales lie as their orders came
COMPACT = 20  # times as many rows as patches, or the table is written anew


@dataclass(frozen=True)
class Range:
    """Months from the first to the last, both included."""

    first: int
    last: int

    @property
    def begins(self) -> date:
        """Its first day."""
        return first_day(self.first)

    @property
    def ends(self) -> date:
        """The first day after it."""
        return first_day(self.last + 1)


def look(lake: Lake, landing: Landing) -> None:
    """Let the turn read what its own landing has written so far."""
    lake.head = Head(lake.head.number, dict(landing.versions))


def sell(lake: Lake, landing: Landing, links: ir.Table, since: int | None, *, from_one: bool = False) -> None:
    """Write ``sales``, ``ties`` and ``customer_days`` of every month from ``since`` on anew (None: of all months).

    ``from_one``: no order has a version below 1.
    """
    every = lake.table("orders")
    new = every if since is None else every.filter(every.business_date >= first_day(since))
    among = None if since is None else new.select("source", "order_id")
    told = lake.keep("told_versions", several(every, among, from_one=from_one))
    first = True
    for each in ranges(lake, new):
        _write(lake, landing, links, told, each, since if first else each.first)
        first = False
    if first:  # nothing is left of these months
        for name in ("sales", "ties", "customer_days"):
            landing.put(name, lake.table(name).limit(0), lake, since=since)
    if since is None:
        for name in ("sales_patches", "customer_days_patches"):
            if name in landing.versions:
                landing.put(name, lake.table(name).limit(0), lake)
    look(lake, landing)


def ranges(lake: Lake, rows: ir.Table, size: int = CHUNK) -> Iterator[Range]:
    """The months of rows with a business_date, in ranges of about ``size`` rows and at least a month."""
    month = month_of(rows.business_date)
    counted = lake.rows(rows.group_by(month=month).agg(n=rows.count())).to_pylist()
    first, total, last = None, 0, None
    for row in sorted((row for row in counted if row["month"] is not None), key=lambda row: row["month"]):
        if first is not None and last is not None and total + row["n"] > size:
            yield Range(first, last)
            first, total = None, 0
        first = row["month"] if first is None else first
        last, total = row["month"], total + row["n"]
    if first is not None and last is not None:
        yield Range(first, last)


def compact(lake: Lake, landing: Landing, name: str) -> None:
    """Write a table by month anew, without patches, where these have grown to more than a twentieth of it."""
    patches = f"{name}_patches"
    if lake.size(patches) * COMPACT <= lake.size(name) + plans.FEW:
        return
    for at, months in enumerate(ranges(lake, lake.table(name))):
        part = within(lake, name, months)
        part = part.order_by(*BY_CUSTOMER) if name == "customer_days" else part
        landing.put(name, part, lake, since=months.first if at else None)
    landing.put(patches, lake.table(patches).limit(0), lake)
    look(lake, landing)


def _write(
    lake: Lake, landing: Landing, links: ir.Table, told: ir.Table, months: Range, since: int | None
) -> None:
    every = lake.table("orders")
    there = every.filter((every.business_date >= months.begins) & (every.business_date < months.ends))
    newest = highest(there, told)
    seen = seen_on(lake, there)
    landing.put("sales", resolved(newest, seen, links), lake, since=since)
    landing.put("ties", ties(newest, seen, links), lake, since=since)
    look(lake, landing)
    days = customer_days(within(lake, "sales", months)).order_by(*BY_CUSTOMER)
    landing.put("customer_days", days, lake, since=since)


def within(lake: Lake, name: str, months: Range) -> ir.Table:
    """The rows of a table by month that lie in a range."""
    return lake.table(name, since=months.first, before=months.last + 1)


def seen_on(lake: Lake, orders: ir.Table) -> ir.Table:
    """Sightings that may speak for orders: those of the landings that brought these."""
    found: Any = lake.rows(orders.select("batch").distinct())
    batches = sorted(found["batch"].to_pylist())
    seen = lake.table("sightings")
    if not batches:
        return seen.limit(0)
    seen = seen.filter((seen.kind == "order") & seen.batch.between(batches[0], batches[-1]))
    return seen.filter(seen.batch.isin(batches)) if len(batches) < batches[-1] - batches[0] + 1 else seen
