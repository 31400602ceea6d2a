"""What the shop learns of who is there: identifiers as typed, missing, shared, mistyped or made up at the till."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from regulars.simulate.brand import Brand
from regulars.simulate.calendar import Days
from regulars.simulate.draw import Flags, Floats, Ints, chances, digits, joined, one_of, pick, stream, words
from regulars.simulate.farming import Farmed
from regulars.simulate.premises import Premises
from regulars.simulate.sales import DELIVERY, MINI_PROGRAM, Sales

CARD, PHONE, WALLET = range(3)
FIRST_KINDS = (0.40, 0.42, 0.18)
PREFIXES = np.asarray(
    [130, 131, 135, 136, 137, 138, 139, 150, 151, 152, 158, 159, 177, 180, 186, 188, 189, 199]
)
FARMED_PREFIXES = np.asarray([165, 167, 170, 171])
BLOCKED = ["0", "13800000000", "anonymous", "-1", "null", "00000000000"]
ASKED = ["yes", "no", ""]


@dataclass(frozen=True)
class Identities:
    """What each identity could show: `first` and `second` kind (-1 for none), and whose number it gives as its own."""

    first: Ints
    second: Ints
    owner: Ints  # another's card and phone where shared, its own otherwise
    wallet: Ints  # of a ring: the wallet of its first account
    willing: Floats
    farmed: Flags


@dataclass(frozen=True)
class Seen:
    """What stands on each order, as the point of sale exports it, and how it came about."""

    member_card: pa.Array
    phone: pa.Array
    wallet_token: pa.Array
    member_asked: pa.Array
    shown: Ints  # bit 0 card, bit 1 phone, bit 2 wallet: what the guest truly showed
    identified: Flags
    shared: Flags  # the card or phone shown is another's
    how: pa.Array  # plain, mistyped, blocked, shop_device, staff_farming or null


def identities_of(brand: Brand, households: int, farmed: Farmed) -> Identities:
    """Two identities a household (who came first, and another of the household), then the accounts of rings."""
    chance = stream(brand.seed, "identities")
    people, accounts = 2 * households, len(farmed.ring_of_account)
    size = people + accounts
    first = pick(chance, size, FIRST_KINDS)
    second = (first + chance.integers(1, 3, size)) % 3
    second = np.where(chances(chance, size, brand.identity.second_identifier), second, -1)
    sharing = chances(chance, size, brand.identity.shared_identifier) & (np.arange(size) < people)
    near = np.minimum(np.arange(size) + 2 * chance.integers(1, 40, size), max(people - 1, 0))
    owner = np.where(sharing, near, np.arange(size))
    willing = np.where(chance.random(size) < 0.75, 1.2, 0.4)
    is_farmed = np.arange(size) >= people
    first = np.where(is_farmed, PHONE, first)
    second = np.where(is_farmed, WALLET, second)
    wallet = np.arange(size)
    wallet[people:] = people + farmed.first_account[farmed.ring_of_account]
    return Identities(first, second, owner, wallet, willing, is_farmed)


def look(
    brand: Brand,
    premises: Premises,
    days: Days,
    sales: Sales,
    people: Identities,
    part: str = "seen",
    known: Flags | None = None,
) -> Seen:
    """What the tills have seen; `known` says which orders are identified where that was decided before."""
    chance = stream(brand.seed, part)
    size = len(sales.day)
    identified = chances(chance, size, _share(brand, days, sales, people, chance)) if known is None else known
    farmed = people.farmed[sales.identity]
    first, second = people.first[sales.identity], people.second[sales.identity]
    shows = np.where(second < 0, 0, pick(chance, size, [0.4, 0.3, 0.3]))  # first only, second only, both
    shows = np.where(farmed, pick(chance, size, [0.4, 0.0, 0.6]), shows)
    bits = np.where(identified, _bits(first, second, shows, sales.channel == MINI_PROGRAM), 0)
    unknown = ~identified & (sales.channel != DELIVERY)
    collected = _collected(brand, sales, chance) & unknown
    blocked = chances(chance, size, brand.identity.blocked_value) & unknown & ~collected
    device = chances(chance, size, brand.identity.shop_device) & unknown & ~collected & ~blocked
    phone, mistyped = _phones(brand, sales, people, bits, chance)
    own_number = words(shop_phones(premises), sales.store)
    typed = one_of(
        chances(chance, size, 0.25), own_number, words(BLOCKED, chance.integers(0, len(BLOCKED), size))
    )
    phone = one_of(blocked, typed, phone)
    card = one_of((bits & 1) > 0, card_numbers(people.owner[sales.identity]), None)
    card = one_of(collected, staff_cards(sales.staff), card)
    wallet = one_of((bits & 4) > 0, wallet_tokens(people.wallet[sales.identity]), None)
    wallet = one_of(device, words(shop_devices(premises), sales.store), wallet)
    how = one_of(identified, one_of(mistyped, "mistyped", "plain"), None)
    for flags, name in ((collected, "staff_farming"), (blocked, "blocked"), (device, "shop_device")):
        how = one_of(flags, name, how)
    shared = identified & ((bits & 3) > 0) & (people.owner[sales.identity] != sales.identity)
    return Seen(card, phone, wallet, _asked(brand, sales, identified, chance), bits, identified, shared, how)


def _bits(first: Ints, second: Ints, shows: Ints, mini_program: Flags) -> Ints:
    """Which kinds are shown, as bits: the first unless only the second is, the second where it is, a wallet online."""
    one = np.left_shift(1, first) * (shows != 1)
    two = np.left_shift(1, np.maximum(second, 0)) * (shows != 0)
    bits: Ints = one | two | (mini_program * (1 << WALLET))
    return bits


def _share(brand: Brand, days: Days, sales: Sales, people: Identities, chance: np.random.Generator) -> Floats:
    """The chance that each order is identified, by channel, week, store, who serves and how willing the guest is."""
    knows = brand.identity
    rise = knows.rise_week
    risen = np.zeros(len(sales.day), dtype=np.bool_) if rise is None else sales.day >= days.opens + 7 * rise
    wanted = np.where(risen, knows.share_after, knows.share_before)
    delivery, mini = sales.channel == DELIVERY, sales.channel == MINI_PROGRAM
    at_till = ~(delivery | mini)
    by_store = chance.uniform(0.8, 1.2, brand.stores)[sales.store]
    by_staff = chance.uniform(0.6, 1.4, int(sales.staff.max(initial=0)) + 1)[sales.staff]
    leaning = by_store * by_staff * people.willing[sales.identity]
    leaning /= max(float(leaning[at_till].mean()), 1e-9) if at_till.any() else 1.0
    known = 0.95 * mini.mean() + knows.delivery_share * delivery.mean()
    rest = np.maximum(wanted - known, 0.02 * wanted) / max(float(at_till.mean()), 1e-9)
    # Even the keenest shop misses some, unless it is asked to miss none.
    missed_none = (wanted >= 1) & ~delivery
    share = np.where(mini, 0.95, np.where(missed_none, 1.0, np.minimum(rest * leaning, 0.98)))
    share = np.where(delivery, knows.delivery_share, np.where(missed_none, 1.0, share))
    return np.where(people.farmed[sales.identity], 1.0, share)


def _collected(brand: Brand, sales: Sales, chance: np.random.Generator) -> Flags:
    """Orders on which one of the staff shows a card of their own, in some stores, served by some."""
    stores = int(np.ceil(brand.farming.staff_stores * brand.stores - 1e-9))
    guilty = np.zeros(brand.stores, dtype=np.bool_)
    guilty[chance.permutation(brand.stores)[:stores]] = True
    greedy = chances(chance, int(sales.staff.max(initial=0)) + 1, 0.3)
    share = brand.farming.staff_orders / 0.3
    return chances(chance, len(sales.day), share) & guilty[sales.store] & greedy[sales.staff]


def _phones(
    brand: Brand, sales: Sales, people: Identities, bits: Ints, chance: np.random.Generator
) -> tuple[pa.Array, Flags]:
    """Phones as typed: one digit wrong or missing in some, spaces, dashes or a country code in others."""
    size = len(bits)
    typed = (bits & 2) > 0
    numbers = phone_numbers(people.owner[sales.identity], people)
    wrong = chances(chance, size, brand.identity.typing_error) & typed & (sales.channel != MINI_PROGRAM)
    place = 10 ** chance.integers(0, 8, size)
    digit = numbers // place % 10
    numbers = np.where(
        wrong, numbers + ((digit + chance.integers(1, 10, size)) % 10 - digit) * place, numbers
    )
    text = digits(numbers, 11)
    text = one_of(wrong & (chance.random(size) < 0.2), pc.utf8_slice_codeunits(text, 0, 10), text)
    otherwise = chances(chance, size, brand.identity.typed_otherwise) & typed & ~wrong
    return one_of(typed, typed_otherwise(text, otherwise, chance), None), wrong


def typed_otherwise(text: pa.Array, where: Flags, chance: np.random.Generator) -> pa.Array:
    """Phones where `where` is true as people type them: +86 138…, 138-…-…, 138 … …"""
    head, middle, tail = (pc.utf8_slice_codeunits(text, a, b) for a, b in ((0, 3), (3, 7), (7, 11)))
    way = pick(chance, len(where), [0.5, 0.25, 0.25])
    dashed = pc.binary_join_element_wise(head, middle, tail, "-")
    spaced = pc.binary_join_element_wise(head, middle, tail, " ")
    changed = one_of(way == 0, joined("+86 ", text), one_of(way == 1, dashed, spaced))
    return one_of(where, changed, text)


def _asked(brand: Brand, sales: Sales, identified: Flags, chance: np.random.Generator) -> pa.Array:
    """Whether the guest was asked for membership: yes, no, or not recorded; nobody asks on a platform or a phone."""
    size = len(identified)
    asked = np.where(identified, 0, np.where(chances(chance, size, 0.55), 1, 0))
    blank = chances(chance, size, brand.identity.asked_not_recorded)
    blank |= (sales.channel == DELIVERY) | (sales.channel == MINI_PROGRAM)
    return words(ASKED, np.where(blank, 2, asked))


def _scattered(number: Ints, shift: int) -> Ints:
    """A different number below 10^8 for each below 10^8: neighbours must not look alike."""
    return (number * 61_803_399 + shift) % 100_000_000


def phone_numbers(identity: Ints, people: Identities) -> Ints:
    """The own phone of each identity, eleven digits; rings use ranges that virtual operators sell."""
    scattered = _scattered(identity, 27_182_818)
    usual = PREFIXES[scattered % len(PREFIXES)]
    bought = FARMED_PREFIXES[scattered % len(FARMED_PREFIXES)]
    return np.where(people.farmed[identity], bought, usual) * 100_000_000 + scattered


def card_numbers(identity: Ints) -> pa.Array:
    """The member card of each identity."""
    return joined("VIP", digits(_scattered(identity, 31_415_926), 8))


def wallet_tokens(identity: Ints) -> pa.Array:
    """The payment token of each identity's wallet."""
    return joined(
        "wx", digits(_scattered(identity, 14_142_135), 8), digits(_scattered(identity, 17_320_508), 8)
    )


def staff_cards(staff: Ints) -> pa.Array:
    """The member card of each row of the staff table."""
    return joined("VIP9", digits(staff, 7), "S")


def shop_phones(premises: Premises) -> list[str]:
    """Each store's own number."""
    return [f"4008{20_000 + 137 * number:06d}" for number in range(len(premises.stores))]


def shop_devices(premises: Premises) -> list[str]:
    """The token of the device on each store's counter, with which staff pay for guests who cannot."""
    return [f"wxdev{number + 1:02d}0000000000" for number in range(len(premises.stores))]
