"""The other books of a shop: stores, staff, queue tickets and what was spent on being found."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pyarrow as pa

from regulars.simulate.brand import SOURCES, Brand
from regulars.simulate.calendar import Days
from regulars.simulate.draw import Flags, Ints, chances, digits, joined, one_of, pick, stream, words
from regulars.simulate.premises import Premises
from regulars.simulate.returning import Households

OCCASIONS = ["family", "friends", "date", "business", "alone", ""]
LEFT_THE_QUEUE = 0.04
# What is paid for: source of newcomers, campaign, fen a newcomer, impressions and clicks a newcomer.
MEDIA = {
    "platform_ads": ("platform", "group_buy", 1800, 400, 12),
    "short_video": ("paid", "local_push", 4500, 900, 25),
    "leaflet": ("passing", "neighbourhood", 150, 0, 0),
}


def stores_of(brand: Brand, premises: Premises, phones: list[str], devices: list[str]) -> pa.Table:
    """The list of stores; `device` is the token of the counter's own scanner."""
    opens = brand.last_day - timedelta(days=7 * brand.weeks - 1)
    opened = [
        None if s.opened_week is None else opens + timedelta(weeks=s.opened_week) for s in premises.stores
    ]
    return pa.table(
        {
            "store": [store.code for store in premises.stores],
            "store_name": [store.name for store in premises.stores],
            "place": [store.place for store in premises.stores],
            "opened_on": pa.array(opened, pa.date32()),
            "phone": phones,
            "device": devices,
        }
    )


def staff_of(brand: Brand, premises: Premises) -> pa.Table:
    """Who worked where, from when to when; the first day of the history where longer."""
    opens = np.datetime64(brand.last_day - timedelta(days=7 * brand.weeks - 1), "D")
    joined_on = opens + 7 * premises.staff["joined_week"].to_numpy()
    left = premises.staff["left_week"].fill_null(-1).to_numpy()
    table = premises.staff.select(["staff", "name", "store", "role"])
    table = table.append_column("joined_on", pa.array(joined_on, pa.date32()))
    return table.append_column(
        "left_on", pa.array(opens + 7 * np.maximum(left, 0), pa.date32(), mask=left < 0)
    )


def tickets(brand: Brand, premises: Premises, orders: pa.Table, ticketed: Flags, fault: Flags) -> pa.Table:
    """Queue tickets and bookings: those that led to an order, and those of parties that left the queue."""
    chance = stream(brand.seed, "tickets")
    at = np.flatnonzero(ticketed)
    gone = chances(chance, len(at), LEFT_THE_QUEUE)
    rows = np.concatenate([at, at[gone]])
    left = np.arange(len(rows)) >= len(at)
    size = len(rows)
    ordered = orders["ordered_at"].to_numpy().astype(np.int64)[rows]
    seated = ordered - chance.integers(180, 900, size)
    waited = (chance.exponential(500, size) + np.where(fault[rows], 900, 0) + np.where(left, 1500, 0)).astype(
        np.int64
    )
    queued = seated - waited
    booked = chances(chance, size, 0.12) & ~left
    stayed = ordered + chance.integers(2100, 5400, size)
    party = orders["guests"].combine_chunks().take(pa.array(rows))
    order = np.lexsort((left, rows, queued))
    first_said = pick(chance, size, [0.08, 0.12, 0.80])
    occasion = pick(chance, size, [0.12, 0.10, 0.05, 0.04, 0.04, 0.65])
    visit_no = orders["visit_no"].combine_chunks().take(pa.array(rows))
    table = pa.table(
        {
            "visit_no": one_of(left, joined("L", digits(np.arange(size), 8)), visit_no),
            "store": orders["store"].combine_chunks().take(pa.array(rows)),
            "booked_at": _instants(queued - chance.integers(3600, 3 * 86_400, size), booked),
            "queued_at": _instants(queued, ~booked),
            "seated_at": _instants(seated, ~left),
            "left_at": _instants(np.where(left, seated, stayed), np.ones(size, dtype=np.bool_)),
            "party": party,
            "table_no": one_of(~left, orders["table_no"].combine_chunks().take(pa.array(rows)), None),
            "occasion": words(OCCASIONS, occasion),
            "first_time_said": words(["yes", "no", ""], first_said),
        }
    )
    return table.take(pa.array(order)).combine_chunks()


def _instants(seconds: Ints, shown: Flags) -> pa.Array:
    return pa.array(seconds, pa.int64(), mask=~shown).cast(pa.timestamp("s"))


def spend_of(brand: Brand, premises: Premises, days: Days, households: Households) -> pa.Table:
    """A row a week, medium and store: money put in, about so much for each newcomer of the source it feeds."""
    chance = stream(brand.seed, "spend")
    stores, weeks = len(premises.stores), brand.weeks
    came = (households.first >= days.opens) & (households.first < days.closes)
    week = ((households.first - days.opens) // 7).astype(np.int64)
    begins = days.dates[days.opens] + 7 * np.arange(weeks)
    tables = []
    for medium, (source, campaign, fen, impressions, clicks) in MEDIA.items():
        here = came & (households.source == SOURCES.index(source))
        newcomers = np.bincount(households.home[here] * weeks + week[here], minlength=stores * weeks)
        swing = np.exp(chance.normal(0, 0.2, stores * weeks))
        store, at = np.divmod(np.arange(stores * weeks), weeks)
        tables.append(
            pa.table(
                {
                    "date": pa.array(begins[at], pa.date32()),
                    "medium": pa.array([medium] * len(at)),
                    "campaign": pa.array([campaign] * len(at)),
                    "store": words([s.code for s in premises.stores], store),
                    "cost": (newcomers * fen * swing / 100).astype(np.int64) * 100,
                    "impressions": (newcomers * impressions * swing).astype(np.int64),
                    "clicks": (newcomers * clicks * swing).astype(np.int64),
                }
            )
        )
    return pa.concat_tables(tables).sort_by(
        [("date", "ascending"), ("store", "ascending"), ("medium", "ascending")]
    )
