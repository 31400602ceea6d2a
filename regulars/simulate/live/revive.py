"""Households that a mended dish keeps: the luck that lost them decides again, and they live on by their own process."""

from __future__ import annotations

from collections.abc import Callable
from zlib import crc32

import numpy as np

from regulars.simulate.live.added import Added
from regulars.simulate.live.respond import Fates
from regulars.simulate.returning import after

Mended = Callable[[int, int], bool]  # of a store and a day: whether the mended dish is served there


def revived(fates: Fates, begins: int, ends: int, mended: Mended) -> list[Added]:
    """The further visits of those who had the dish on a day in [begins, ends) where it was mended, and were kept by it.

    Only those who were lost under the old dish and are not under the new one: both are the same throw of dice.
    """
    visits = fates.life.visits
    rows = np.flatnonzero(visits.spared & (visits.time >= begins) & (visits.time < ends))
    lives: list[Added] = []
    for row in rows:
        if mended(int(visits.store[row]), int(visits.time[row])):
            lives += _onward(
                fates, int(visits.household[row]), float(visits.time[row]), int(visits.number[row]), mended
            )
    return lives


def _onward(fates: Fates, household: int, time: float, number: int, mended: Mended) -> list[Added]:
    """A household's visits after one that it outlived, until it drops out or the horizon ends."""
    life = fates.life
    brand, people, days = life.brand, life.households, life.days
    chance = np.random.default_rng([brand.seed, crc32(b"revived"), household, number])
    store, who = int(people.home[household]), np.asarray([household])
    alike = np.concatenate([[0.0], np.cumsum(days.footfall[store])])
    edges = np.arange(days.horizon + 1, dtype=np.float64)
    at = float(np.interp(time, edges, alike))
    came: list[Added] = []
    while True:
        gap = chance.gamma(2.0, 0.5) if people.habitual[household] else chance.exponential(1.0)
        at += float(gap / people.rate[household])
        if at >= alike[-1]:
            return came
        time, number = min(float(np.interp(at, alike, edges)), days.horizon - 1e-6), number + 1
        dish, fault, how, stays, spared = after(brand, people, who, number, chance)
        identity = 2 * household + int(chance.random() < brand.returning.household_pays)
        known = bool(fates.known(np.asarray([identity]), f"revived {number}")[0])
        came.append(
            Added(
                *(household, identity, number, time, store, "revived", known),
                dish=bool(dish[0]), fault=bool(fault[0]), mended=int(how[0]),
            )
        )  # fmt: skip
        if not stays[0] and not (spared[0] and mended(store, int(time))):
            return came
