"""What is on each order and what it comes to: lines, offers, comps, returns; every sum ties to the fen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow.compute as pc

from regulars.simulate.brand import PLACES, Brand
from regulars.simulate.calendar import Days
from regulars.simulate.draw import Flags, Ints, chances, pick, stream
from regulars.simulate.premises import Premises
from regulars.simulate.sales import (
    DELIVERY,
    GROUP_BUY,
    NEWCOMER_COUPON,
    NO_OFFER,
    OPENING_COUPON,
    PROMOTION,
    Sales,
)

OFF = {OPENING_COUPON: 0.40, NEWCOMER_COUPON: 0.35, PROMOTION: 0.15}
PLATFORM_PAYS = 0.3  # of what a promotion takes off
COMP_REASONS = ["fault", "regular", "birthday", "manager"]
FAN = 5  # visits


@dataclass(frozen=True)
class Lines:
    """One row a line, in the order of the orders; prices are fen of the whole line."""

    order: Ints
    line: Ints  # from 1
    product: Ints
    quantity: Ints
    list_price: Ints
    paid_price: Ints
    returned: Flags
    chased: Flags


@dataclass(frozen=True)
class Money:
    """Of each order, in fen: `net` = gross − discount − comp + platform_subsidy, what the sale brought before
    commission; `refunded` is what went back of what the guest paid."""

    gross: Ints
    discount: Ints
    platform_subsidy: Ints
    commission: Ints
    comp: Ints
    comp_reason: Ints  # into COMP_REASONS, -1 for none
    net: Ints
    refunded: Ints
    fully_refunded: Flags


def fill(
    brand: Brand,
    premises: Premises,
    days: Days,
    sales: Sales,
    households: int,
    identified: Flags,
    part: str = "baskets",
) -> tuple[Lines, Money]:
    """Baskets and what is paid for them."""
    chance = stream(brand.seed, part)
    count = _counts(brand, sales, households, chance)
    starts = np.cumsum(count) - count
    order = np.repeat(np.arange(len(count)), count)
    product = _dishes(brand, premises, sales, households, starts, len(order), chance)
    quantity = _quantities(premises, sales, order, product, chance)
    listed = _prices(brand, premises, days, sales)(order, product) * quantity
    reason = _comps(brand, sales, count, identified, chance)
    ends = starts + count - 1
    free = np.zeros(len(order), dtype=np.bool_)
    free[ends[reason >= 0]] = True
    gross = np.add.reduceat(listed, starts)
    comp = np.where(reason >= 0, listed[ends], 0)
    discount = _discount(brand, sales, gross - comp, identified)
    charged = np.where(free, 0, listed)
    taken = charged * discount[order] // np.maximum(gross - comp, 1)[order]
    taken[starts] += discount - np.add.reduceat(taken, starts)
    paid = charged - taken
    # More is sent back, and asked after, where something went wrong.
    trouble = np.where(sales.fault, 5.0, 0.8)[order]
    returned = chances(chance, len(order), brand.table.line_returned * trouble) & (paid > 0)
    returned &= ~sales.cancelled[order]
    chased = chances(chance, len(order), brand.table.line_chased * trouble)
    number = np.arange(len(order)) - starts[order] + 1
    back = np.add.reduceat(np.where(returned, paid, 0), starts)
    lines = Lines(order, number, product, quantity, listed, paid, returned, chased)
    return lines, _settled(brand, sales, gross, discount, comp, reason, back, chance)


def _counts(brand: Brand, sales: Sales, households: int, chance: np.random.Generator) -> Ints:
    """Lines of each order: by heads and by how much the household usually orders."""
    table = brand.table
    heads = np.where(sales.channel == DELIVERY, table.delivery_heads, sales.guests)
    appetite = np.exp(chance.normal(0, 0.25, households + 1))[np.minimum(sales.household, households)]
    beyond_one = (table.dishes_a_table + table.dishes_a_head * heads) * appetite - 0.6
    count = 1 + chance.poisson(np.maximum(beyond_one, 0.1))
    return np.where(sales.farmed, 1, count)


def _prices(brand: Brand, premises: Premises, days: Days, sales: Sales) -> Callable[[Ints, Ints], Ints]:
    """The list price in fen of a product on an order, after the rise of prices in whole yuan."""
    rise = brand.decoys.price_rise_week
    dearer = np.zeros(len(sales.day), dtype=np.bool_) if rise is None else sales.day >= days.opens + 7 * rise
    raised = np.round(premises.prices * (1 + brand.decoys.price_rise) / 100).astype(np.int64) * 100
    return lambda order, product: np.where(dearer[order], raised[product], premises.prices[product])


def _settled(
    brand: Brand,
    sales: Sales,
    gross: Ints,
    discount: Ints,
    comp: Ints,
    reason: Ints,
    back: Ints,
    chance: np.random.Generator,
) -> Money:
    """What the platform adds and takes, and what goes back to the guest: lines returned, or all of it."""
    fully = chances(chance, len(gross), brand.table.refunded) & ~sales.cancelled
    paid = gross - discount - comp
    subsidy = np.where(sales.offer == PROMOTION, (discount * PLATFORM_PAYS).astype(np.int64), 0)
    cost = np.where(sales.channel == DELIVERY, brand.table.delivery_cost, 0.0)
    cost = np.where(sales.offer == GROUP_BUY, brand.table.voucher_cost, cost)
    commission = np.round((paid + subsidy) * cost).astype(np.int64)
    refunded = np.where(fully, paid, back)
    return Money(gross, discount, subsidy, commission, comp, reason, paid + subsidy, refunded, fully)


def _dishes(
    brand: Brand,
    premises: Premises,
    sales: Sales,
    households: int,
    starts: Ints,
    lines: int,
    chance: np.random.Generator,
) -> Ints:
    """The product of each line: by popularity, the first line often the household's favourite or a planted dish."""
    product = pick(chance, lines, premises.popularity)
    favourite = pick(chance, households + 1, premises.popularity)[np.minimum(sales.household, households)]
    size = len(starts)
    leading = np.where(chances(chance, size, 0.4), favourite, product[starts])
    station = premises.place[sales.store] == PLACES.index("station")
    alone = station & (sales.guests == 1) & (sales.channel != DELIVERY)
    noodles = chances(chance, size, np.where(alone, brand.decoys.noodles_alone, 0.02)) & ~sales.dish
    leading = np.where(noodles, premises.noodles, leading)
    product[starts] = np.where(sales.dish, premises.disliked, leading)
    return product


def _quantities(
    premises: Premises, sales: Sales, order: Ints, product: Ints, chance: np.random.Generator
) -> Ints:
    """One of each, but as many bowls and cups as guests, often."""
    each = np.asarray(pc.is_in(premises.products["category"], pc.cast(["饮品", "主食", "蘸料"], "string")))
    each &= premises.popularity > 0
    many = each[product] & chances(chance, len(order), 0.4) & (sales.channel[order] != DELIVERY)
    return np.where(many, sales.guests[order], 1)


def _comps(brand: Brand, sales: Sales, count: Ints, identified: Flags, chance: np.random.Generator) -> Ints:
    """Why the last dish was given free, -1 where none was: a fault mended at the table, or a fan well known."""
    size = len(count)
    fault, regular, birthday, manager = range(4)
    fan = (sales.number >= FAN) & identified & ~sales.farmed
    reason = np.where(chances(chance, size, 0.004), manager, -1)
    reason = np.where(chances(chance, size, 0.003) & identified, birthday, reason)
    reason = np.where(chances(chance, size, brand.decoys.comp_for_fans) & fan, regular, reason)
    reason = np.where(chances(chance, size, 0.8) & sales.fault & (sales.mended == 2), fault, reason)
    return np.where((count >= 2) & (sales.channel != DELIVERY) & ~sales.cancelled, reason, -1)


def _discount(brand: Brand, sales: Sales, amount: Ints, identified: Flags) -> Ints:
    """What is taken off `amount` fen, in whole jiao: by offer, or a little for members who come by themselves."""
    off = np.where(
        (sales.offer == NO_OFFER) & identified & (sales.channel != DELIVERY), brand.table.member_off, 0.0
    )
    for offer, share in {**OFF, GROUP_BUY: brand.table.voucher_off}.items():
        off = np.where(sales.offer == offer, share, off)
    return (amount * off / 10).astype(np.int64) * 10
