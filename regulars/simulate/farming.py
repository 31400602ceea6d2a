"""Rings that open accounts for the newcomer's coupon: many cards and phones, few people, one wallet."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from regulars.simulate.brand import Brand
from regulars.simulate.calendar import Days
from regulars.simulate.draw import Floats, Ints, chances, stream
from regulars.simulate.returning import Households, Visits

KNOWN = 0.5  # of households of the history, about how many are ever known: what the share of accounts is of


@dataclass(frozen=True)
class Farmed:
    """Orders placed by rings; `account` numbers the made-up identities, `ring` who is behind them, both from 0."""

    account: Ints
    ring: Ints
    number: Ints  # of the order within its ring
    time: Floats
    store: Ints
    ring_of_account: Ints
    first_account: Ints  # of each ring


def farm(brand: Brand, days: Days, households: Households, visits: Visits) -> Farmed:
    """The rings of a brand: a base over the whole history, and many in the open newcomer offer."""
    chance = stream(brand.seed, "farming")
    within = (visits.time >= days.opens) & (visits.time < days.closes)
    known = KNOWN * len(np.unique(visits.household[within]))
    base = _rings(brand, chance, brand.farming.accounts * known, days.opens, days.closes - 21)
    rings = [base]
    week = brand.farming.newcomer_offer_week
    if week is not None and week < brand.weeks:
        start = days.opens + 7 * week
        end = min(start + 7 * brand.farming.newcomer_offer_weeks, days.closes - 21)
        new = KNOWN * ((households.first >= start) & (households.first < end)).sum()
        share = brand.farming.newcomer_offer
        rings.append(_rings(brand, chance, new * share / (1 - share), start, end))
    sizes = np.concatenate([size for size, _ in rings])
    starts = np.concatenate([start for _, start in rings])
    return _placed(brand, days, sizes, starts, chance)


def _rings(
    brand: Brand, chance: np.random.Generator, accounts: float, start: int, end: int
) -> tuple[Ints, Floats]:
    """Sizes and first days of rings that hold about so many accounts together."""
    smallest, largest = brand.farming.ring
    if accounts < smallest or end <= start:
        return np.zeros(0, dtype=np.int64), np.zeros(0)
    many = int(accounts / smallest) + 1
    sizes = np.exp(chance.uniform(np.log(smallest), np.log(largest + 1), many)).astype(np.int64)
    enough = int(np.searchsorted(np.cumsum(sizes), accounts)) + 1
    sizes = sizes[:enough]
    return sizes, chance.uniform(start, end, len(sizes))


def _placed(brand: Brand, days: Days, sizes: Ints, starts: Floats, chance: np.random.Generator) -> Farmed:
    """Each account orders once, some twice, within three weeks of the ring's first day."""
    ring = np.repeat(np.arange(len(sizes)), sizes)
    home = chance.integers(0, brand.stores, len(sizes))
    home = np.where(days.opened[home] <= starts, home, 0)
    time = starts[ring] + chance.uniform(0, 14, len(ring))
    twice = chances(chance, len(ring), 0.3)
    account = np.concatenate([np.arange(len(ring)), np.flatnonzero(twice)])
    times = np.concatenate([time, time[twice] + chance.uniform(0, 7, int(twice.sum()))])
    order = np.lexsort((account, times, ring[account]))
    account, times = account[order], times[order]
    firsts = np.cumsum(sizes) - sizes
    rows_a_ring = np.bincount(ring[account], minlength=len(sizes))
    number = np.arange(len(account)) - np.repeat(np.cumsum(rows_a_ring) - rows_a_ring, rows_a_ring) + 1
    return Farmed(account, ring[account], number, times, home[ring[account]], ring, firsts)
