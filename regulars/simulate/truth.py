"""What really happened, which no shop knows: read by tests and benchmarks, never by the product."""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from regulars.simulate.brand import SOURCES, Brand
from regulars.simulate.calendar import Days
from regulars.simulate.draw import Flags, Floats, chances, pick, stream, words
from regulars.simulate.farming import Farmed
from regulars.simulate.people import Register
from regulars.simulate.premises import Premises
from regulars.simulate.returning import Households, Visits
from regulars.simulate.sales import Sales
from regulars.simulate.seen import Seen

FAULTS = ["taste", "waiting", "manner", "hygiene", "price", "place"]
FAULT_SHARES = (0.40, 0.22, 0.13, 0.07, 0.08, 0.10)
MENDED = ["no", "next_day", "at_table"]


@dataclass(frozen=True)
class Truth:
    """`households` decide to come; `people` are 2 × household, and + 1 another of it; dates are business dates.

    `orders` has who was behind each order; `members` who is behind each record; `future` the visits of the days after
    the history; `planted` every parameter by name with its size, an effect of size zero included.
    """

    households: pa.Table
    orders: pa.Table
    members: pa.Table
    future: pa.Table
    planted: pa.Table


def truth_of(
    brand: Brand,
    premises: Premises,
    days: Days,
    households: Households,
    visits: Visits,
    farmed: Farmed,
    sales: Sales,
    seen: Seen,
    members: Register,
    order_no: pa.Array,
    sent_twice: Flags,
) -> Truth:
    """The all-seeing tables of a history."""
    ahead = visits.time >= days.closes
    codes = [store.code for store in premises.stores]
    other = chances(stream(brand.seed, "future"), len(ahead), brand.returning.household_pays) & (
        visits.number > 1
    )
    future = pa.table(
        {
            "household_id": visits.household[ahead],
            "person_id": (2 * visits.household + other)[ahead],
            "date": _dates(days, visits.time[ahead]),
            "store": words(codes, visits.store[ahead]),
        }
    )
    return Truth(
        _households(premises, days, households, visits, farmed),
        _orders(brand, households, sales, seen, order_no, sent_twice),
        _members(members, households, farmed),
        future,
        planted(brand),
    )


def _dates(days: Days, time: Floats, known: Flags | None = None) -> pa.Array:
    shown = np.datetime64(days.first, "D") + np.floor(np.where(np.isfinite(time), time, 0)).astype(np.int64)
    return pa.array(shown, pa.date32(), mask=None if known is None else ~known)


def _households(
    premises: Premises, days: Days, households: Households, visits: Visits, farmed: Farmed
) -> pa.Table:
    """One row a household that came before the history closed, rings after them. Second visits beyond the horizon are
    null, as is the day a household dropped out when that lies there."""
    size = len(households.home)
    second, dropped = np.full(size, np.inf), np.full(size, np.inf)
    twos = visits.number == 2
    second[visits.household[twos]] = visits.time[twos]
    dropped[visits.household[visits.last]] = visits.time[visits.last]
    ahead = visits.time >= days.closes
    within = (visits.time >= days.opens) & ~ahead
    came = np.flatnonzero(households.first < days.closes)
    second, dropped = second[came], dropped[came]
    none = np.zeros(len(came), dtype=np.bool_)
    table = pa.table(
        {
            "household_id": came,
            "home_store": words([store.code for store in premises.stores], households.home[came]),
            "source": words(list(SOURCES), households.source[came]),
            "first_visit": _dates(days, households.first[came]),
            "second_visit": _dates(days, second, np.isfinite(second)),
            "orders_in_history": np.bincount(visits.household[within], minlength=size)[came],
            "orders_ahead": np.bincount(visits.household[ahead], minlength=size)[came],
            "never_returns": households.never[came],
            "visits_a_day": households.rate[came],
            "drop_out": households.drop[came],
            "habitual": households.habitual[came],
            "dropped_out_on": _dates(days, dropped, np.isfinite(dropped)),
            "alive_at_end": dropped >= days.closes,
            "farmers": none,
        }
    )
    return pa.concat_tables([table, _rings(premises, days, size, farmed, table.schema)]).combine_chunks()


def _rings(premises: Premises, days: Days, size: int, farmed: Farmed, schema: pa.Schema) -> pa.Table:
    """Rings as households that do not live by the process; what they have no truth for is null."""
    rings = len(farmed.first_account)
    first = np.full(rings, np.inf)
    np.minimum.at(first, farmed.ring, farmed.time)
    home = farmed.store[np.searchsorted(farmed.ring, np.arange(rings))]
    no = np.zeros(rings, dtype=np.bool_)
    known = {
        "household_id": size + np.arange(rings),
        "home_store": words([store.code for store in premises.stores], home),
        "source": words(["farmers"], np.zeros(rings, dtype=np.int64)),
        "first_visit": _dates(days, first),
        "orders_in_history": np.bincount(farmed.ring, minlength=rings),
        "orders_ahead": np.zeros(rings, dtype=np.int64),
        "never_returns": no,
        "alive_at_end": no,
        "farmers": ~no,
    }
    columns = [known[field.name] if field.name in known else pa.nulls(rings, field.type) for field in schema]
    return pa.table(columns, schema=schema)


def _orders(
    brand: Brand, households: Households, sales: Sales, seen: Seen, order_no: pa.Array, sent_twice: Flags
) -> pa.Table:
    size = len(households.home)
    person = np.where(sales.farmed, 2 * sales.household, sales.identity)
    fault = pick(stream(brand.seed, "faults"), len(sales.day), FAULT_SHARES)
    real = ~sales.cancelled
    return pa.table(
        {
            "order_no": order_no,
            "household_id": sales.household,
            "person_id": person,
            "visit_number": sales.number,
            "is_visit": real,
            "disliked_dish": sales.dish & real,
            "fault": words(FAULTS, fault, sales.fault & real),
            "mended": words(MENDED, sales.mended, sales.fault & real),
            "ring": pa.array(sales.household - size, mask=~sales.farmed),
            "identified": seen.identified,
            "how": seen.how,
            "shared": seen.shared,
            "sent_twice": sent_twice,
        }
    )


def _members(members: Register, households: Households, farmed: Farmed) -> pa.Table:
    size = len(households.home)
    account = np.maximum(members.identity - 2 * size, 0)
    is_account = members.identity >= 2 * size
    ring = farmed.ring_of_account[account] if len(farmed.ring_of_account) else account
    person = np.where(is_account, 2 * (size + ring), members.identity)
    staff = members.identity < 0
    return pa.table(
        {
            "member_id": members.table["member_id"],
            "person_id": pa.array(person, mask=staff),
            "household_id": pa.array(person // 2, mask=staff),
            "kind": members.kind,
            "ring": pa.array(ring, mask=~is_account),
        }
    )


def planted(brand: Brand) -> pa.Table:
    """Every parameter as (name, size), and for what begins in a week of the history, its day."""
    begins = brand.last_day - timedelta(days=7 * brand.weeks - 1)
    rows = list(_named(brand, ""))
    days = [
        begins + timedelta(weeks=value) if name.endswith("_week") and isinstance(value, int) else None
        for name, value in rows
    ]
    return pa.table(
        {
            "name": [name for name, _ in rows],
            "size": pa.array(["" if value is None else str(value) for _, value in rows], pa.string()),
            "begins": pa.array(days, pa.date32()),
        }
    )


def _named(thing: Any, under: str) -> list[tuple[str, Any]]:
    """A parameter's dotted name and its value, dataclasses and tuples opened."""
    if is_dataclass(thing):
        parts = [(f.name, getattr(thing, f.name)) for f in fields(thing)]
    elif isinstance(thing, tuple):
        parts = [(str(number), part) for number, part in enumerate(thing)]
    else:
        value = thing.isoformat() if isinstance(thing, date) else thing
        return [(under, value)]
    return [row for name, part in parts for row in _named(part, f"{under}.{name}" if under else name)]
