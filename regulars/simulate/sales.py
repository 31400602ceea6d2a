"""From visits to sales: channel, party, till, hour and offer of each order, before anyone is recognised."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from regulars.simulate.brand import SOURCES, Brand
from regulars.simulate.calendar import Days
from regulars.simulate.draw import Flags, Ints, chances, pick, pick_by_row, stream
from regulars.simulate.farming import Farmed
from regulars.simulate.premises import STAFF_A_STORE, Premises
from regulars.simulate.returning import OPENING, Households, Visits

CHANNELS = ["dine_in", "pick_up", "delivery", "mini_program"]
DINE_IN, PICK_UP, DELIVERY, MINI_PROGRAM = range(4)
OFFERS = ["", "group_buy", "opening_coupon", "newcomer_coupon", "platform_promotion"]
NO_OFFER, GROUP_BUY, OPENING_COUPON, NEWCOMER_COUPON, PROMOTION = range(5)
PLATFORM = SOURCES.index("platform")
FIRST_BY_DELIVERY = 0.45  # of the first visits of newcomers who came through a platform
TILLS = 3


@dataclass(frozen=True)
class Sales:
    """One row an order in order of time, arrays aligned; seconds count from midnight of `day`, past 86,400 too."""

    household: Ints  # rings are numbered after the households
    identity: (
        Ints  # who shows an identifier: 2 × household, + 1 when another of the household pays; accounts after
    )
    number: Ints  # of the visit of this household, over its whole life
    store: Ints
    day: Ints
    second: Ints
    sequence: Ints  # of the order within its store and day, from 1
    channel: Ints
    offer: Ints
    guests: Ints
    till: Ints
    staff: Ints  # row of the staff table
    dish: Flags
    fault: Flags
    mended: Ints
    farmed: Flags
    cancelled: Flags  # rung up wrongly some minutes before the order that stands; nobody's visit


@dataclass(frozen=True)
class Came:
    """Visits of households, then orders of rings, before anything is rung up."""

    household: Ints
    identity: Ints
    number: Ints
    store: Ints
    day: Ints
    source: Ints
    dish: Flags
    fault: Flags
    mended: Ints
    farmed: Flags


def ring_up(
    brand: Brand, premises: Premises, days: Days, households: Households, visits: Visits, farmed: Farmed
) -> Sales:
    """The orders of the history."""
    chance = stream(brand.seed, "sales")
    return rung_up(brand, premises, days, _came(brand, days, households, visits, farmed, chance), chance)


def rung_up(brand: Brand, premises: Premises, days: Days, came: Came, chance: np.random.Generator) -> Sales:
    """An order for each who came, and some that were rung up wrongly before."""
    size = len(came.day)
    channel = _channel(brand, days, came, chance)
    offer = _offer(brand, channel, came, chance)
    guests = np.where(came.farmed, 1, _guests(brand, premises.place[came.store], chance))
    second = _second(brand, size, chance)
    till = chance.integers(1, TILLS + 1, size)
    wrong = np.flatnonzero(chances(chance, size, brand.table.cancelled))
    rows = np.concatenate([np.arange(size), wrong])
    cancelled = rows != np.arange(len(rows))
    earlier = np.where(cancelled, chance.integers(60, 600, len(rows)), 0)
    second = np.maximum(second[rows] - earlier, 0)
    order = np.lexsort((cancelled, came.identity[rows], came.store[rows], second, came.day[rows]))
    rows, second, cancelled = rows[order], second[order], cancelled[order]
    store, day = came.store[rows], came.day[rows]
    return Sales(
        *(came.household[rows], came.identity[rows], came.number[rows]),
        *(store, day, second, _sequence(store, day, brand.stores)),
        *(channel[rows], offer[rows], guests[rows], till[rows], _staff(premises, days, store, day, chance)),
        *(came.dish[rows], came.fault[rows], came.mended[rows], came.farmed[rows], cancelled),
    )


def _came(
    brand: Brand,
    days: Days,
    households: Households,
    visits: Visits,
    farmed: Farmed,
    chance: np.random.Generator,
) -> Came:
    """Who orders within the history; a return may be another's of the household."""
    within = np.flatnonzero((visits.time >= days.opens) & (visits.time < days.closes))
    own, rings, size = len(within), len(farmed.account), len(households.home)
    no, zero = np.zeros(rings, dtype=np.bool_), np.zeros(rings, dtype=np.int64)
    household, number = visits.household[within], visits.number[within]
    other = chances(chance, own, brand.returning.household_pays) & (number > 1)
    return Came(
        household=np.concatenate([household, size + farmed.ring]),
        identity=np.concatenate([2 * household + other, 2 * size + farmed.account]),
        number=np.concatenate([number, farmed.number]),
        store=np.concatenate([visits.store[within], farmed.store]),
        day=np.concatenate([visits.time[within], farmed.time]).astype(np.int64),
        source=np.concatenate([households.source[household], zero]),
        dish=np.concatenate([visits.dish[within], no]),
        fault=np.concatenate([visits.fault[within], no]),
        mended=np.concatenate([visits.mended[within], zero]),
        farmed=np.concatenate([np.zeros(own, dtype=np.bool_), ~no]),
    )


def _channel(brand: Brand, days: Days, came: Came, chance: np.random.Generator) -> Ints:
    """Delivery on a wet day is likelier, and likelier for a newcomer of a platform; shares hold over all orders."""
    habits, share, size = brand.calendar, brand.delivery_share, len(came.day)
    wet_delivery, wet_else = share * (1 + habits.rain_delivery), (1 - share) * (1 + habits.rain_dine_in)
    by_rain = np.where(days.rain[came.day], wet_delivery / (wet_delivery + wet_else) / max(share, 1e-9), 1.0)
    by_rain /= by_rain.mean()
    certain = came.dish | came.farmed
    platform = _by_platform(came) & ~certain
    free = max(int((~certain & ~platform).sum()), 1)
    usual_first = min(FIRST_BY_DELIVERY, 2.2 * share)
    rest = (share * size - usual_first * platform.sum()) / free
    wanted = np.where(platform, usual_first, max(rest, 0.0)) * by_rain
    delivered = chances(chance, size, np.where(certain, 0.0, wanted))
    table = brand.table
    elsewhere = pick(
        chance, size, [1 - table.mini_program - table.pick_up, table.pick_up, table.mini_program]
    )
    kinds = np.asarray([DINE_IN, PICK_UP, MINI_PROGRAM])[elsewhere]
    kinds = np.where(came.dish, DINE_IN, np.where(came.farmed, PICK_UP, kinds))
    return np.where(delivered, DELIVERY, kinds)


def _by_platform(came: Came) -> Flags:
    """First visits of newcomers who came through a platform."""
    platform: Flags = (came.number == 1) & ~came.farmed & (came.source == PLATFORM)
    return platform


def _offer(brand: Brand, channel: Ints, came: Came, chance: np.random.Generator) -> Ints:
    """What brought the order about: the coupon of an opening, a voucher bought in a group, a platform's promotion."""
    dines = channel == DINE_IN
    platform = dines & _by_platform(came)
    tables = max(int((dines & ~platform).sum()), 1)
    first_share = min(0.7, 2.4 * brand.table.voucher_share)
    rest = (brand.table.voucher_share * dines.sum() - first_share * platform.sum()) / tables
    voucher = chances(chance, len(channel), np.where(platform, first_share, max(rest, 0.0))) & dines
    promoted = chances(chance, len(channel), 0.5) & (channel == DELIVERY)
    offer = np.where(voucher, GROUP_BUY, np.where(promoted, PROMOTION, NO_OFFER))
    opening = (came.number == 1) & ~came.farmed & (came.source == OPENING) & (channel != DELIVERY)
    return np.where(came.farmed, NEWCOMER_COUPON, np.where(opening, OPENING_COUPON, offer))


def _guests(brand: Brand, place: Ints, chance: np.random.Generator) -> Ints:
    weights = np.asarray(brand.table.parties, dtype=np.float64)
    return 1 + pick_by_row(chance, weights[place])


def _second(brand: Brand, size: int, chance: np.random.Generator) -> Ints:
    hours = brand.table.hours
    hour = np.asarray([hour for hour, _ in hours])[pick(chance, size, [weight for _, weight in hours])]
    return hour * 3600 + chance.integers(0, 3600, size)


def _staff(premises: Premises, days: Days, store: Ints, day: Ints, chance: np.random.Generator) -> Ints:
    """Who serves: the holder, on that day, of a post drawn among the store's; a row of the staff table."""
    week = (day - days.opens) // 7
    post = chance.integers(1, STAFF_A_STORE, len(day))  # post 0 manages
    joined = premises.staff["joined_week"].to_numpy()
    posts = premises.posts
    # Within a post the holders follow each other, so one search over post and week finds the holder of a week.
    wide = 1 + int(week.max(initial=0)) + int(joined.max(initial=0))
    row: Ints = (
        np.searchsorted(posts * wide + joined, (store * STAFF_A_STORE + post) * wide + week, side="right") - 1
    )
    return row.astype(np.int64)


def _sequence(store: Ints, day: Ints, stores: int) -> Ints:
    """Number each order within its store and day, in the order given."""
    group = day * stores + store
    order = np.argsort(group, kind="stable")
    grouped = group[order]
    begins = np.flatnonzero(np.concatenate([[True], grouped[1:] != grouped[:-1]])) if len(group) else order
    lengths = np.diff(np.append(begins, len(group)))
    sequence = np.empty(len(group), dtype=np.int64)
    sequence[order] = np.arange(len(group)) - np.repeat(begins, lengths) + 1
    return sequence


def seconds_of(days: Days, sales: Sales) -> Ints:
    """Local time of each order in seconds since 1970-01-01 00:00 of the store's own clock."""
    first = int(np.datetime64(days.first, "D").astype(np.int64))
    return (first + sales.day) * 86_400 + sales.second
