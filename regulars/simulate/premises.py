"""What a brand has: stores by place, staff who come and go, and the menu with its costs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyarrow as pa

from regulars.core.refused import Refused
from regulars.simulate.brand import PLACES, Brand
from regulars.simulate.draw import Floats, Ints, stream
from regulars.simulate.menus import MENUS

NAMES = {
    "community": (
        "梧桐里店",
        "人民路店",
        "学府街店",
        "滨江花园店",
        "东湖路店",
        "柳荫巷店",
        "南苑店",
        "翠微路店",
    ),
    "mall": ("万和广场店", "天悦城店", "新城天地店", "环宇汇店", "银泰里店", "嘉年华店"),
    "station": ("火车南站店", "东站店", "机场航站楼店", "长途汽车站店"),
}
PATTERN = ("community", "mall", "station", "community", "community")  # a fifth of the stores each
STAFF_A_STORE = 9
STAFF_TURNOVER = 0.07  # a month


@dataclass(frozen=True)
class Store:
    """One shop: `weight` its share of newcomers, `opened_week` None when older than the history."""

    code: str
    name: str
    place: str
    weight: float
    spring_festival: float
    opened_week: int | None


@dataclass(frozen=True)
class Premises:
    """Stores, menu and staff of a brand; arrays are aligned with the stores or with the menu."""

    stores: tuple[Store, ...]
    never: Floats  # by store
    place: Ints  # by store, into PLACES
    prices: Ints  # fen, by product
    popularity: Floats
    disliked: int  # the product whose buyers return less
    noodles: int  # the dish eaten alone at the station
    products: pa.Table
    staff: pa.Table
    posts: Ints  # by row of staff: store × STAFF_A_STORE + post


@lru_cache(maxsize=8)
def premises_of(brand: Brand) -> Premises:
    """Stores, products and staff of the brand."""
    if brand.format not in MENUS:
        raise Refused(
            "there is no format %(name)s; there are %(all)s", name=brand.format, all=", ".join(MENUS)
        )
    menu = MENUS[brand.format]
    stores = _stores(brand)
    place = np.asarray([PLACES.index(store.place) for store in stores], dtype=np.int64)
    codes = [f"P{number:03d}" for number in range(1, len(menu) + 1)]
    costs = [round(price * share) for _, _, price, _, share, _ in menu]
    products = pa.table(
        {
            "product": codes,
            "product_name": [dish[0] for dish in menu],
            "category": [dish[1] for dish in menu],
            "list_price": pa.array([dish[2] for dish in menu], pa.int64()),
            "unit_cost": pa.array(costs, pa.int64()),
        }
    )
    staff, posts = _staff(brand, stores)
    roles = [dish[5] for dish in menu]
    return Premises(
        stores,
        np.asarray(brand.returning.never)[place],
        place,
        np.asarray([dish[2] for dish in menu], dtype=np.int64),
        np.asarray([dish[3] for dish in menu], dtype=np.float64),
        roles.index("disliked"),
        roles.index("alone"),
        products,
        staff,
        posts,
    )


def _stores(brand: Brand) -> tuple[Store, ...]:
    low, high = brand.calendar.spring_festival
    chance = stream(brand.seed, "stores")
    sizes = np.exp(chance.normal(0, 0.15, brand.stores))
    opening = brand.decoys.opening_store_week
    stores = []
    for number in range(brand.stores):
        place = PATTERN[number % len(PATTERN)]
        names = NAMES[place]
        used = [PATTERN[n % len(PATTERN)] for n in range(number)].count(place)
        again = "" if used < len(names) else str(used // len(names) + 1)
        swing = {"community": low, "mall": (low + high) / 2, "station": high}[place]
        new = opening is not None and opening < brand.weeks and number == brand.stores - 1 and number > 0
        stores.append(
            Store(
                f"S{number + 1:02d}",
                names[used % len(names)] + again,
                place,
                float(sizes[number] / sizes.mean()),
                swing,
                opening if new else None,
            )
        )
    return tuple(stores)


def _staff(brand: Brand, stores: tuple[Store, ...]) -> tuple[pa.Table, Ints]:
    """One row a member of staff; posts are refilled when somebody leaves. Weeks count from the start of the history."""
    chance = stream(brand.seed, "staff")
    surnames, given = "王李张刘陈杨赵黄周吴", "敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英"
    rows: list[tuple[str, str, str, str, int, int | None]] = []
    posts: list[int] = []
    for position, store in enumerate(stores):
        for post in range(STAFF_A_STORE):
            week = 0 if store.opened_week is None else store.opened_week
            while week < brand.weeks:
                stays = int(chance.geometric(STAFF_TURNOVER / 4.345))
                left = week + stays if week + stays < brand.weeks else None
                name = surnames[chance.integers(len(surnames))] + given[chance.integers(len(given))]
                role = "manager" if post == 0 else "cashier" if post < 3 else "waiter"
                posts.append(position * STAFF_A_STORE + post)
                rows.append((f"E{len(rows) + 1:04d}", name, store.code, role, week, left))
                week = brand.weeks if left is None else left
    columns = list(zip(*rows, strict=True))
    names = ("staff", "name", "store", "role", "joined_week", "left_week")
    kinds = (pa.string(), pa.string(), pa.string(), pa.string(), pa.int64(), pa.int64())
    table = pa.table({n: pa.array(c, k) for n, c, k in zip(names, columns, kinds, strict=True)})
    return table, np.asarray(posts, dtype=np.int64)
