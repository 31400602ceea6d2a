"""The members' register as a shop keeps it: names, consents, second records of one person, made-up accounts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from regulars.simulate.brand import SOURCES, Brand
from regulars.simulate.calendar import Days
from regulars.simulate.draw import Flags, Ints, chances, digits, joined, one_of, pick, stream, words
from regulars.simulate.farming import Farmed
from regulars.simulate.premises import Premises
from regulars.simulate.returning import Households
from regulars.simulate.sales import Sales, seconds_of
from regulars.simulate.seen import (
    CARD,
    PHONE,
    WALLET,
    Identities,
    Seen,
    card_numbers,
    phone_numbers,
    staff_cards,
    typed_otherwise,
)

SURNAMES = [
    *"王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫",
    *("欧阳", "司马", "上官", "诸葛"),
]
GIVEN = [
    *"伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰梅琳雪慧婷欣怡佳宁晨曦子轩浩然思远雨涵梓萱一诺嘉懿博文若彤俊熙诗琪家豪志远晓东海燕建国春"
]
LATIN_FIRST = [
    "Anna",
    "Ben",
    "Chloé",
    "David",
    "Emma",
    "Felix",
    "Grace",
    "Hugo",
    "Ines",
    "Jack",
    "Kenji",
    "Lena",
]
LATIN_LAST = ["Smith", "Müller", "Rossi", "Tanaka", "Nguyen", "García", "O'Brien", "Kim", "Silva", "Novák"]
LATIN = 0.04
BACKDATED = 0.5  # of members met before the history, registered at their first visit


@dataclass(frozen=True)
class Register:
    """The members' table, and for each row the identity behind it (−1 for staff) and what the row is."""

    table: pa.Table
    identity: Ints
    kind: pa.Array  # member, second_record, farmer or staff


def register(
    brand: Brand,
    premises: Premises,
    days: Days,
    households: Households,
    farmed: Farmed,
    sales: Sales,
    seen: Seen,
    people: Identities,
) -> Register:
    """Everybody who ever showed a card or a phone, once, some twice, in order of registration; then farming staff."""
    chance = stream(brand.seed, "register")
    shown = np.flatnonzero((seen.shown & 3) > 0)
    identity, at = np.unique(sales.identity[shown], return_index=True)
    at = shown[at]
    size, farmer = len(identity), people.farmed[identity]
    first, second = people.first[identity], people.second[identity]
    # A wallet alone makes no record, so for those who have one first, the second identifier is the first row.
    twice = chances(chance, size, brand.identity.second_record) & np.isin(second, [CARD, PHONE])
    twice &= (first != WALLET) & ~farmer
    rows = np.concatenate([np.arange(size), np.flatnonzero(twice)])
    again = np.arange(len(rows)) >= size
    seconds = _registered(days, households, sales, at, farmer, chance)[rows]
    seconds = seconds + np.where(again, chance.integers(86_400, 60 * 86_400, len(rows)), 0)
    exported = (int(np.datetime64(brand.last_day, "D").astype(np.int64)) + 1) * 86_400
    order = np.lexsort((rows, seconds))
    order = order[seconds[order] < exported]  # a second record made later is not in this export
    rows, again, seconds = rows[order], again[order], seconds[order]
    given = np.where(again, second[rows], first[rows])
    also = np.where(twice[rows], given, second[rows])  # whoever stands here once gives both at once
    has_card, has_phone = ((given == kind) | (also == kind) for kind in (CARD, PHONE))
    table = _columns(
        brand,
        premises,
        households,
        sales,
        at[rows],
        identity[rows],
        people,
        has_card,
        has_phone,
        seconds,
        chance,
    )
    staff = _staff(premises, days, sales, seen)
    kind = np.where(farmer[rows], 2, again.astype(np.int64))
    whole = pa.concat_tables([table, staff.select(table.column_names)]).combine_chunks()
    identities = np.concatenate([identity[rows], np.full(len(staff), -1)])
    whole = whole.add_column(0, "member_id", joined("M", digits(np.arange(1, len(whole) + 1), 7)))
    kinds = words(["member", "second_record", "farmer", "staff"], np.append(kind, np.full(len(staff), 3)))
    return Register(whole, identities, kinds)


def _registered(
    days: Days, households: Households, sales: Sales, at: Ints, farmer: Flags, chance: np.random.Generator
) -> Ints:
    """Local seconds of registration: the first order with an identifier, or the first visit before the history."""
    seconds = seconds_of(days, sales)[at]
    first = households.first[np.minimum(sales.household[at], len(households.first) - 1)]
    before = (first < days.opens) & chances(chance, len(at), BACKDATED) & ~farmer
    midnight = int(np.datetime64(days.first, "D").astype(np.int64))
    noon = (midnight + first.astype(np.int64)) * 86_400 + 12 * 3600
    registered: Ints = np.where(before, noon, seconds)
    return registered


def _columns(
    brand: Brand,
    premises: Premises,
    households: Households,
    sales: Sales,
    at: Ints,
    who: Ints,
    people: Identities,
    has_card: Flags,
    has_phone: Flags,
    seconds: Ints,
    chance: np.random.Generator,
) -> pa.Table:
    knows, size = brand.identity, len(who)
    latin, name = _names(who, brand.seed)
    phone = digits(phone_numbers(people.owner[who], people), 11)
    phone = typed_otherwise(phone, chances(chance, size, knows.typed_otherwise), chance)
    email = joined("guest", digits(who, 8), "@example.com")
    born = np.datetime64("1950-01-01", "D") + (chance.beta(3, 2.2, size) * 365.25 * 57).astype(np.int64)
    household = np.minimum(sales.household[at], len(households.source) - 1)
    source = np.where(people.farmed[who], SOURCES.index("paid"), households.source[household])
    consent = pick(
        chance, size, [knows.sms_consent, 0.75 - knows.sms_consent * 0.75, 0.25 - knows.sms_consent * 0.25]
    )
    friend = chances(chance, size, knows.wecom_friend)
    codes = [store.code for store in premises.stores]
    return pa.table(
        {
            "name": name,
            "phone": one_of(has_phone, phone, None),
            "email": one_of(chances(chance, size, knows.email), email, None),
            "member_card": one_of(has_card, card_numbers(people.owner[who]), None),
            "birthday": pa.array(born, mask=~chances(chance, size, 0.4)),
            "language": one_of(latin, "en", "zh-Hans"),
            "registered_at": pa.array(seconds, pa.int64()).cast(pa.timestamp("s")),
            "store": words(codes, sales.store[at]),
            "acquired_by": words(list(SOURCES), source, chances(chance, size, knows.acquired_by_recorded)),
            "sms_consent": words(["yes", "no", ""], consent),
            "wecom_friend": one_of(friend, "yes", "no"),
        }
    )


def _names(who: Ints, seed: int) -> tuple[Flags, pa.Array]:
    """The name of each identity, the same wherever it appears; whether it is written in Latin letters."""
    names = max(int(who.max(initial=0)) + 1, 1)
    chance = stream(seed, "names")
    surname = (len(SURNAMES) * chance.random(names) ** 1.8).astype(np.int64)[who]
    given = chance.integers(0, len(GIVEN), names)[who]
    more = chance.integers(0, len(GIVEN), names)[who]
    longer = chances(chance, names, 0.7)[who]
    latin = chances(chance, names, LATIN)[who]
    chinese = joined(words(SURNAMES, surname), words(GIVEN, given), one_of(longer, words(GIVEN, more), ""))
    first = words(LATIN_FIRST, given % len(LATIN_FIRST))
    return latin, one_of(latin, joined(first, " ", words(LATIN_LAST, more % len(LATIN_LAST))), chinese)


def _staff(premises: Premises, days: Days, sales: Sales, seen: Seen) -> pa.Table:
    """Staff who collect guests' points have a member record like anybody."""
    collecting = _collecting(seen)
    staff, at = np.unique(sales.staff[collecting], return_index=True)
    at = np.flatnonzero(collecting)[at]
    seconds = seconds_of(days, sales)[at]
    none = pa.nulls(len(staff), pa.string())
    codes = [store.code for store in premises.stores]
    return pa.table(
        {
            "name": premises.staff["name"].combine_chunks().take(pa.array(staff)),
            "phone": none,
            "email": none,
            "member_card": staff_cards(staff),
            "birthday": pa.nulls(len(staff), pa.date32()),
            "language": pa.array(["zh-Hans"] * len(staff), pa.string()),
            "registered_at": pa.array(seconds, pa.int64()).cast(pa.timestamp("s")),
            "store": words(codes, sales.store[at]),
            "acquired_by": none,
            "sms_consent": pa.array([""] * len(staff), pa.string()),
            "wecom_friend": pa.array(["no"] * len(staff), pa.string()),
        }
    )


def _collecting(seen: Seen) -> Flags:
    collecting: Flags = np.asarray(seen.how.fill_null("").to_numpy(zero_copy_only=False) == "staff_farming")
    return collecting
