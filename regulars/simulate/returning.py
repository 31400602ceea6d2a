"""Who comes for the first time, and who comes again: the all-seeing process, before any till has seen anybody."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from regulars.simulate.brand import SOURCES, Brand
from regulars.simulate.calendar import Days, days_of
from regulars.simulate.draw import Flags, Floats, Ints, chances, pick, stream
from regulars.simulate.premises import Premises, premises_of

PILOT = 6000  # newcomers tried a store, to learn how many orders one newcomer brings
OPENING = SOURCES.index("opening")


@dataclass(frozen=True)
class Households:
    """Who decides to come; one row each, numbered from 0 by first visit. Times are days since the warm-up began."""

    home: Ints
    source: Ints
    first: Floats
    never: Flags
    rate: Floats  # visits a day
    drop: Floats  # chance to drop out after a visit
    habitual: Flags


@dataclass(frozen=True)
class Visits:
    """Every visit up to the horizon, ordered by time; `number` is 1 for a household's first."""

    household: Ints
    number: Ints
    time: Floats
    store: Ints
    dish: Flags  # had the disliked dish
    fault: Flags
    mended: Ints  # 0 no, 1 next day, 2 at the table
    last: Flags  # dropped out after this one
    spared: Flags  # dropped out, and would not have with the disliked dish mended: the same luck under another chance


def newcomers(brand: Brand, premises: Premises, days: Days, a_day: Floats, part: str) -> Households:
    """Households by their first visits: Poisson by store and day, `a_day` newcomers at each store on a usual day."""
    chance = stream(brand.seed, part)
    day = np.arange(days.horizon)
    opening = _opening(brand, days, day)
    expected = a_day[:, None] * days.footfall * (day[None, :] >= days.opened[:, None])
    expected = expected * np.where(opening, brand.decoys.opening_rush, 1.0)
    counts = chance.poisson(expected)
    store, first_day = np.divmod(np.repeat(np.arange(counts.size), counts.ravel()), days.horizon)
    first = first_day + chance.random(len(store))
    order = np.argsort(first, kind="stable")
    store, first_day, first = store[order], first_day[order], first[order]
    size = len(store)
    source = pick(chance, size, [origin.share for origin in brand.sources])
    by_coupon = chances(chance, size, brand.decoys.opening_coupon) & opening[store, first_day]
    source = np.where(by_coupon, OPENING, source)
    ways = brand.returning
    never = np.minimum(premises.never[store] * np.asarray([s.never for s in brand.sources])[source], 0.97)
    faster = np.asarray([origin.rate for origin in brand.sources])[source]
    return Households(
        store,
        source,
        first,
        chances(chance, size, never),
        np.maximum(chance.gamma(ways.shape, 1 / ways.days, size) * faster, 1e-12),
        chance.beta(ways.drop_a, ways.drop_b, size),
        chances(chance, size, ways.habitual),
    )


def _opening(brand: Brand, days: Days, day: Ints) -> Flags:
    """Stores × days: the first weeks of a store that opened within the history."""
    since = day[None, :] - days.opened[:, None]
    opening: Flags = (days.opened[:, None] > 0) & (since >= 0) & (since < 7 * brand.decoys.opening_weeks)
    return opening


def come_again(brand: Brand, days: Days, households: Households, part: str) -> Visits:
    """Every visit of the households up to the horizon.

    Visits are drawn in a time in which every day is alike and then laid onto the calendar by each home store's
    footfall, so that weekends and holidays move visits without changing how many there are.
    """
    chance = stream(brand.seed, part)
    alike = np.concatenate([np.zeros((len(days.footfall), 1)), np.cumsum(days.footfall, axis=1)], axis=1)
    edges = np.arange(days.horizon + 1, dtype=np.float64)
    now = np.empty(len(households.home))
    end = alike[households.home, -1]
    for store in range(len(alike)):
        here = households.home == store
        now[here] = np.interp(households.first[here], edges, alike[store])
    rounds: list[tuple[Ints, Ints, Floats, Flags, Flags, Ints, Flags, Flags]] = []
    who = np.arange(len(now), dtype=np.int64)
    number = 1
    while len(who):
        dish, fault, mended, stays, spared = after(brand, households, who, number, chance)
        rounds.append((who, np.full(len(who), number), now, dish, fault, mended, ~stays, spared))
        gap = np.where(
            households.habitual[who], chance.gamma(2.0, 0.5, len(who)), chance.exponential(1.0, len(who))
        )
        then = now + gap / households.rate[who]
        back = stays & (then < end[who])
        who, now, number = who[back], then[back], number + 1
    who, numbers, times, dish, fault, mended, last, spared = (
        np.concatenate(part) for part in zip(*rounds, strict=True)
    )
    time = np.empty_like(times)
    for store in range(len(alike)):
        here = households.home[who] == store
        time[here] = np.interp(times[here], alike[store], edges)
    time = np.minimum(time, days.horizon - 1e-6)
    time = np.where(numbers == 1, households.first[who], time)
    order = np.lexsort((numbers, who, time))
    visits = Visits(who, numbers, time, households.home[who], dish, fault, mended, last, spared)
    visits = Visits(*(getattr(visits, name)[order] for name in Visits.__dataclass_fields__))
    return replace(visits, store=_elsewhere(brand, days, visits, chance))


def after(
    brand: Brand, households: Households, who: Ints, number: int, chance: np.random.Generator
) -> tuple[Flags, Flags, Ints, Flags, Flags]:
    """What happened on the visit, who is still a customer after it, and who would be were the dish a mended one."""
    planted, size = brand.effects, len(who)
    dish = chances(chance, size, planted.dish_share * (1 - brand.delivery_share))
    fault = chances(chance, size, planted.fault)
    silent = 1 - planted.mended_at_table - planted.mended_next_day
    mended = np.where(
        fault, pick(chance, size, [silent, planted.mended_next_day, planted.mended_at_table]), 0
    )
    mending = np.asarray([planted.unmended_return, planted.next_day_return, planted.table_return])
    times = np.where(fault, mending[mended], 1.0)
    stay = (1 - households.drop[who] * (brand.returning.first_drop if number == 1 else 1.0)) * times
    drawn = chance.random(size)
    stays = drawn < stay * np.where(dish, planted.disliked_dish, 1.0)
    spared = dish & ~stays & (drawn < stay * brand.responses.mended_dish)
    if number == 1:
        stays &= ~households.never[who]
        spared &= ~households.never[who]
    return dish, fault, mended, stays, spared


def _elsewhere(brand: Brand, days: Days, visits: Visits, chance: np.random.Generator) -> Ints:
    """The store of each visit: a share of returns goes to another one that is open by then."""
    stores = len(days.opened)
    if stores == 1:
        return visits.store
    other = (visits.store + 1 + chance.integers(0, stores - 1, len(visits.store))) % stores
    goes = chances(chance, len(other), brand.returning.other_store) & (visits.number > 1)
    goes &= days.opened[other] <= visits.time
    return np.where(goes, other, visits.store)


@lru_cache(maxsize=32)
def orders_a_newcomer(brand: Brand) -> tuple[float, ...]:
    """By store, the orders of the history brought by each newcomer a usual day; found by a trial, not by a formula.

    Called with seed 0, so that all seeds of one brand share the trial.
    """
    premises = premises_of(brand)
    days = days_of(brand, premises)
    trial: Floats = PILOT / (days.horizon - days.opened)
    households = newcomers(brand, premises, days, trial, "pilot newcomers")
    visits = come_again(brand, days, households, "pilot visits")
    within = (visits.time >= days.opens) & (visits.time < days.closes)
    brought = np.bincount(households.home[visits.household[within]], minlength=len(trial))
    return tuple(float(orders) for orders in np.maximum(brought, 1) / trial)


def newcomers_a_day(brand: Brand, premises: Premises, days: Days) -> Floats:
    """Newcomers on a usual day at each store that give `orders_per_store_day` on the average day a store was open."""
    weights = np.asarray([store.weight for store in premises.stores])
    open_days = days.closes - np.maximum(days.opened, days.opens)
    wanted = brand.orders_per_store_day * open_days * weights * open_days.sum() / (weights @ open_days)
    a_day: Floats = wanted / np.asarray(orders_a_newcomer(replace(brand, seed=0)))
    return a_day
