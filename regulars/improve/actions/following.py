"""Who of those told came back, and what they brought: read anew from the lake by each turn, refunds included."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import ibis.expr.types as ir
from django.db import transaction

from regulars.core.months import month_number
from regulars.desk import bulk
from regulars.identify.actions import living
from regulars.improve import tables
from regulars.improve.actions.coming import seated
from regulars.improve.models import Telling
from regulars.know.fields import business_date
from regulars.lake.engine import Lake

FOLLOWED = timedelta(days=180)  # how long those told are followed


@dataclass(frozen=True)
class Came:
    """One visit of somebody, or money that went back: when, its business date, what it brought (minor units)."""

    at: datetime
    day: date
    net: int
    visit: bool


def follow(*, lake: Lake, sales: ir.Table, days: ir.Table, as_of: date, number: int, now: datetime) -> int:
    """Write for each telling when they came since it was planned and what it brought; returns how many tellings.

    A visit counts for whoever booked it, also when a friend pays: its revenue is then counted here and not with the
    friend. What was refunded is off the revenue, and an order wholly refunded is no visit.
    """
    rows = list(Telling.objects.filter(planned_at__gt=now - FOLLOWED).order_by("pk"))
    if not rows:
        return 0
    home = living([row.customer for row in rows], head=number)
    people = set(home.values())
    planned = min(row.planned_at for row in rows)
    since = business_date(planned)
    visits = seated(people, since=planned, head=number)
    booked = {
        (row.store_id, row.visit_id): (guest, row.seated_at)
        for guest, row in visits
        if row.seated_at is not None
    }
    near = sales.filter(sales.month >= month_number(since))
    asked = tables.orders_of(near, sorted(people), sorted({visit for _store, visit in booked}), since)
    came = _came(lake.rows(asked).to_pylist(), booked, people)
    usual = _usual(lake, days, rows, home, as_of)
    for chunk in bulk.chunks(rows):
        with transaction.atomic():
            for row in chunk:
                _write(row, came[home[row.customer]], usual.get(row.pk))
    return len(rows)


def _came(
    orders: Iterable[Mapping[str, Any]],
    booked: Mapping[tuple[str, str], tuple[int, datetime]],
    people: set[int],
) -> dict[int, list[Came]]:
    came: dict[int, list[Came]] = defaultdict(list)
    for guest, at in booked.values():
        came[guest].append(Came(at, business_date(at), 0, True))
    for order in orders:
        visit = bool(order["orders"])
        host, _seated = booked.get((order["store_id"], order["visit_id"]), (None, None))
        payer = order["customer_id"] if order["customer_id"] in people else None
        at, day = order["ordered_at"], order["business_date"]
        if host is not None:
            came[host].append(Came(at, day, order["revenue"], visit))
            if payer is not None and payer != host and visit:
                came[payer].append(Came(at, day, 0, True))
        elif payer is not None:
            came[payer].append(Came(at, day, order["revenue"], visit))
    return came


def _write(row: Telling, came: Sequence[Came], usual: float | None) -> None:
    after = [each for each in came if row.told_at is not None and each.at > row.told_at]
    by_day: dict[date, int] = defaultdict(int)
    for each in came:
        by_day[each.day] += each.net
    visits = {each.day for each in came if each.visit}
    Telling.objects.filter(pk=row.pk).update(
        came=[[day.isoformat(), net] for day, net in sorted(by_day.items()) if day in visits],
        back_on=min((each.day for each in after if each.visit), default=None),
        revenue=sum(each.net for each in after),
        usual=row.usual if usual is None else usual,
    )


def _usual(
    lake: Lake, days: ir.Table, rows: Sequence[Telling], home: Mapping[int, int], as_of: date
) -> dict[int, float]:
    """The share of guests like each newly told one (as long away, as many visits) who came within 30 days, untold.

    Read from the 30 days before the last business date, for the state that everybody had when those days began: the
    few of this list among them do not matter.
    """
    new = {row.pk: row for row in rows if row.told_at and row.usual is None}
    if not new:
        return {}
    on = as_of - timedelta(days=tables.USUAL)
    cells = lake.rows(tables.usual_returns(days, on)).to_pylist()
    share = {(cell["recency"], cell["often"]): cell["back"] / cell["people"] for cell in cells}
    people = sorted({home[row.customer] for row in new.values()})
    known = days.filter(days.customer_id.isin(people) & (days.orders > 0))
    visits: dict[int, list[date]] = defaultdict(list)
    for each in lake.rows(known.select("customer_id", "business_date")).to_pylist():
        visits[each["customer_id"]].append(each["business_date"])
    found = {}
    for key, row in new.items():
        told = business_date(row.told_at) if row.told_at else as_of
        before = [day for day in visits[home[row.customer]] if day <= told]
        if before:
            away = sum((told - max(before)).days > bound for bound in tables.RECENCY)
            often = sum(len(before) > bound for bound in tables.VISITS)
            if (away, often) in share:
                found[key] = share[away, often]
    return found
