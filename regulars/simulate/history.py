"""A brand's past as its shops would export it, and the truth behind it; money is whole fen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from regulars.core.refused import Refused
from regulars.simulate.baskets import COMP_REASONS, Lines, Money, fill
from regulars.simulate.brand import Brand
from regulars.simulate.calendar import Days, days_of
from regulars.simulate.draw import Flags, chances, digits, joined, one_of, stream, words
from regulars.simulate.farming import Farmed, farm
from regulars.simulate.people import register
from regulars.simulate.premises import Premises, premises_of
from regulars.simulate.returning import Households, Visits, come_again, newcomers, newcomers_a_day
from regulars.simulate.sales import (
    CHANNELS,
    DELIVERY,
    DINE_IN,
    GROUP_BUY,
    MINI_PROGRAM,
    NEWCOMER_COUPON,
    NO_OFFER,
    OFFERS,
    OPENING_COUPON,
    PROMOTION,
    Sales,
    ring_up,
    seconds_of,
)
from regulars.simulate.seen import Identities, Seen, identities_of, look, shop_devices, shop_phones
from regulars.simulate.shop import spend_of, staff_of, stores_of, tickets
from regulars.simulate.truth import Truth, truth_of

TRAFFIC = ["own", "location", "platform"]
COUPONS = ["", "GROUPBUY", "OPENING40", "NEWCOMER35", "PROMO15"]
STATUS = ["paid", "refunded", "cancelled"]


@dataclass(frozen=True)
class History:
    """Tables named as the files are; `totals` is each store's till roll by business date, cancelled orders left out."""

    brand: Brand
    orders: pa.Table
    lines: pa.Table
    members: pa.Table
    products: pa.Table
    stores: pa.Table
    staff: pa.Table
    visits: pa.Table
    spend: pa.Table
    totals: pa.Table
    truth: Truth


@dataclass(frozen=True)
class Life:
    """How a brand's history came about: what only the simulation knows, and its orders as the tills printed them."""

    brand: Brand
    premises: Premises
    days: Days
    households: Households
    visits: Visits
    farmed: Farmed
    identities: Identities
    sales: Sales
    history: History


def simulate(brand: Brand) -> History:
    """The whole history of the brand; the same brand gives the same tables. Refuses a brand nobody comes to."""
    return lived(brand).history


def lived(brand: Brand) -> Life:
    """The history of the brand with how it came about; refuses a brand nobody comes to."""
    premises = premises_of(brand)
    days = days_of(brand, premises)
    a_day = newcomers_a_day(brand, premises, days)
    households = newcomers(brand, premises, days, a_day, "newcomers")
    if not ((households.first >= days.opens) & (households.first < days.closes)).any():
        raise Refused(
            "nobody came in %(weeks)s weeks at %(orders)s orders a store and day: give the brand more of either",
            weeks=brand.weeks,
            orders=brand.orders_per_store_day,
        )
    visits = come_again(brand, days, households, "visits")
    farmed = farm(brand, days, households, visits)
    sales = ring_up(brand, premises, days, households, visits, farmed)
    identities = identities_of(brand, len(households.home), farmed)
    history = _exported(brand, premises, days, households, visits, farmed, sales, identities)
    return Life(brand, premises, days, households, visits, farmed, identities, sales, history)


def _exported(
    brand: Brand,
    premises: Premises,
    days: Days,
    households: Households,
    visits: Visits,
    farmed: Farmed,
    sales: Sales,
    identities: Identities,
) -> History:
    seen = look(brand, premises, days, sales, identities)
    lines, money = fill(brand, premises, days, sales, len(households.home), seen.identified)
    members = register(brand, premises, days, households, farmed, sales, seen, identities)
    order_no = order_numbers(premises, days, sales)
    chance = stream(brand.seed, "exports")
    ticketed = chances(chance, len(sales.day), 0.5) & (sales.channel == DINE_IN) & ~sales.cancelled
    sent_twice = chances(chance, len(sales.day), brand.table.sent_twice)
    visit_no = one_of(ticketed, joined("Q", order_no), None)
    tables = digits(stream(brand.seed, "tables").integers(1, 41, len(sales.day)), 2)
    orders = orders_of(premises, days, sales, seen, money, order_no, visit_no, tables)
    return History(
        brand,
        orders,
        lines_of(premises, sales, lines, order_no),
        members.table,
        premises.products,
        stores_of(brand, premises, shop_phones(premises), shop_devices(premises)),
        staff_of(brand, premises),
        tickets(brand, premises, orders, ticketed, sales.fault),
        spend_of(brand, premises, days, households),
        _totals(premises, days, sales, money),
        truth_of(
            *(brand, premises, days, households, visits, farmed, sales, seen, members, order_no, sent_twice)
        ),
    )


def order_numbers(premises: Premises, days: Days, sales: Sales) -> pa.Array:
    """Store, day and a number that restarts each day: S01-20260131-0007."""
    dates = days.dates.astype("datetime64[D]")
    text = np.datetime_as_string(dates)
    by_day = words([day.replace("-", "") for day in text], sales.day)
    codes = [store.code + "-" for store in premises.stores]
    return joined(words(codes, sales.store), by_day, "-", digits(sales.sequence, 4))


def orders_of(
    premises: Premises,
    days: Days,
    sales: Sales,
    seen: Seen,
    money: Money,
    order_no: pa.Array,
    visit_no: pa.Array,
    tables: pa.Array,
) -> pa.Table:
    """Orders as a till exports them; `tables` is where each would sit."""
    dines = sales.channel == DINE_IN
    platform = (sales.channel == DELIVERY) | np.isin(sales.offer, [GROUP_BUY, PROMOTION])
    invited = np.isin(sales.offer, [OPENING_COUPON, NEWCOMER_COUPON])
    own = (sales.channel == MINI_PROGRAM) | invited | (seen.identified & (sales.number > 1))
    shift = words(["lunch", "dinner"], (sales.second >= 15 * 3600).astype(np.int64))
    status = np.where(sales.cancelled, 2, np.where(money.fully_refunded, 1, 0))
    return pa.table(
        {
            "order_no": order_no,
            "store": words([store.code for store in premises.stores], sales.store),
            "till": joined("T", digits(sales.till, 1)),
            "staff": premises.staff["staff"].combine_chunks().take(pa.array(sales.staff)),
            "shift": shift,
            "table_no": one_of(dines, joined("A", tables), None),
            "guests": pa.array(sales.guests, mask=~dines),
            "channel": words(CHANNELS, sales.channel),
            "traffic": words(TRAFFIC, np.where(platform, 2, np.where(own, 0, 1))),
            "offer": words(OFFERS, sales.offer, sales.offer != NO_OFFER),
            "ordered_at": pa.array(seconds_of(days, sales)).cast(pa.timestamp("s")),
            "gross": money.gross,
            "discount": money.discount,
            "platform_subsidy": money.platform_subsidy,
            "commission": money.commission,
            "comp": money.comp,
            "comp_reason": words(COMP_REASONS, np.maximum(money.comp_reason, 0), money.comp_reason >= 0),
            "net": money.net,
            "status": words(STATUS, status),
            "refunded": money.refunded,
            "member_asked": seen.member_asked,
            "member_card": seen.member_card,
            "phone": seen.phone,
            "wallet_token": seen.wallet_token,
            "visit_no": visit_no,
        }
    )


def lines_of(premises: Premises, sales: Sales, lines: Lines, order_no: pa.Array) -> pa.Table:
    """Lines as a till exports them; no dish has a version yet."""
    offer = sales.offer[lines.order]
    coupon = words(COUPONS, offer, (offer != NO_OFFER) & (lines.line == 1))
    products = premises.products
    return pa.table(
        {
            "order_no": order_no.take(pa.array(lines.order)),
            "line": lines.line,
            "product": products["product"].combine_chunks().take(pa.array(lines.product)),
            "product_name": products["product_name"].combine_chunks().take(pa.array(lines.product)),
            "product_version": pa.nulls(len(lines.order), pa.string()),
            "quantity": lines.quantity,
            "list_price": lines.list_price,
            "paid_price": lines.paid_price,
            "coupon_code": coupon,
            "returned": _yes(lines.returned),
            "chased": _yes(lines.chased),
        }
    )


def _yes(flags: Flags) -> pa.Array:
    return words(["no", "yes"], flags.astype(np.int64))


def _totals(premises: Premises, days: Days, sales: Sales, money: Money) -> pa.Table:
    """What each till roll says at closing."""
    stands = ~sales.cancelled
    group = (sales.day * len(premises.stores) + sales.store)[stands]
    keys, where = np.unique(group, return_inverse=True)
    day, store = np.divmod(keys, len(premises.stores))

    def summed(column: np.ndarray[tuple[int], np.dtype[np.int64]]) -> pa.Array:
        # Sums in float64 are exact here: a day's takings in fen are far below 2^53.
        return pa.array(np.bincount(where, weights=column[stands], minlength=len(keys)).astype(np.int64))

    return pa.table(
        {
            "store": words([s.code for s in premises.stores], store),
            "business_date": pa.array(days.dates[day], pa.date32()),
            "orders": np.bincount(where, minlength=len(keys)).astype(np.int64),
            "gross": summed(money.gross),
            "discount": summed(money.discount),
            "comp": summed(money.comp),
            "net": summed(money.net),
            "refunded": summed(money.refunded),
        }
    )
