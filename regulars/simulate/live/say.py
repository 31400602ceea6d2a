"""What guests say of a week unasked: to staff, in public reviews and in notes to a platform; a disliked dish most."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from regulars.simulate.draw import Ints, luck
from regulars.simulate.history import Life
from regulars.simulate.live.parties import identifier
from regulars.simulate.live.revive import Mended
from regulars.simulate.live.week import week_of
from regulars.simulate.live.wording import DISH, DISH_NOTES, DISH_REVIEWS, FAULTS, FINE, GOOD
from regulars.simulate.sales import DELIVERY, DINE_IN

DISH_TOLD, DISH_REVIEWED = 3, 1  # a week, while the dish stands; beside them a delivery note every third week
FORMAL = 0.003  # complaints an order about anything else, at most MOST a week
MOST = 6
REVIEWED = 0.01  # of dine-in orders
PLEASED = 0.88  # of reviews: four or five stars
MOST_REVIEWS = 25
REVIEWS = ("review_id", "kind", "platform", "store", "order_id", "stars", "text", "at")
Row = dict[str, Any]


def told(life: Life, week: int, mended: Mended, spoken: set[int], tellers: Ints) -> list[Row]:
    """What staff hear in a week: order_no, visit_no, store_id, staff_id, table, product_id, field, text, at (local),
    identity and who they are. Of the dish those speak whom a posted ticket names (`tellers`) and who have not `spoken`
    before: staff know with whom they speak.
    """
    begins, ends = week_of(life, week)
    dish = _dish_rows(life, begins, ends, mended)
    known = np.isin(dish, tellers)
    new = np.asarray([int(life.sales.identity[row]) not in spoken for row in dish], dtype=np.bool_)
    speaking = _over_stores(life, dish[known & new], "told of the dish", DISH_TOLD)
    rows = [_said(life, row, "taste", DISH[_pick(life, row, len(DISH))], dish=True) for row in speaking]
    faults = life.history.truth.orders["fault"]
    here = np.flatnonzero(life.sales.fault & ~life.sales.cancelled & (life.sales.channel != DELIVERY))
    here = here[(life.sales.day[here] >= begins) & (life.sales.day[here] < ends)]
    orders = int(np.searchsorted(life.sales.day, ends) - np.searchsorted(life.sales.day, begins))
    here = here[np.argsort(luck(life.brand.seed, "complains", here), kind="stable")]
    for row in here[: min(MOST, max(1, round(FORMAL * orders)))].tolist():
        field = faults[row].as_py()
        rows.append(_said(life, row, field, FAULTS[field][_pick(life, row, len(FAULTS[field]))], dish=False))
    return sorted(rows, key=lambda row: (row["at"], row["order_no"]))


def reviews(life: Life, week: int, mended: Mended) -> pa.Table:
    """What is written in public within a week, and notes on platform orders, which say of nobody who wrote them."""
    begins, ends = week_of(life, week)
    rows: list[Row] = []
    dish = _over_stores(life, _dish_rows(life, begins, ends, mended), "reviews the dish", DISH_REVIEWED)
    for row in dish:
        rows.append(_review(life, row, 2, DISH_REVIEWS[_pick(life, row, len(DISH_REVIEWS))], dish=True))
    sales = life.sales
    here = np.arange(*np.searchsorted(sales.day, [begins, ends]))
    dines = here[(sales.channel[here] == DINE_IN) & ~sales.cancelled[here] & ~sales.farmed[here]]
    written = dines[luck(life.brand.seed, "reviews", dines) < REVIEWED][:MOST_REVIEWS]
    for row in written.tolist():
        pleased = float(luck(life.brand.seed, "pleased", row)) < PLEASED
        texts = GOOD if pleased else FAULTS[_fault(life, row)]
        stars = 5 - _pick(life, row, 2) if pleased else 3 - _pick(life, row, 3)
        rows.append(_review(life, row, stars, texts[_pick(life, row, len(texts))], dish=False))
    unnamed = ~life.history.truth.orders["identified"].to_numpy(zero_copy_only=False)[here]
    delivered = here[(sales.channel[here] == DELIVERY) & ~sales.cancelled[here] & unnamed]
    if week % 3 == 1 and len(delivered) and len(dish):
        row = int(delivered[_pick(life, week, len(delivered))])
        note = _review(life, row, None, DISH_NOTES[_pick(life, row, len(DISH_NOTES))], dish=True)
        order = life.history.orders["order_no"][row].as_py()
        rows.append({**note, "kind": "note", "platform": "delivery", "order_id": order})
    rows.sort(key=lambda row: (row["at"], row["review_id"]))
    kinds = {"stars": pa.int64(), "at": pa.timestamp("s")}
    return pa.table(
        {name: pa.array([row[name] for row in rows], kinds.get(name, pa.string())) for name in REVIEWS}
    )


def satisfied(life: Life, row: int, mended: Mended) -> int:
    """From 1 to 5, how content whoever made this order is with it."""
    if life.sales.dish[row] and not mended(int(life.sales.store[row]), int(life.sales.day[row])):
        return 2
    if life.sales.fault[row]:
        return 1 + _pick(life, row, 3)
    return (5, 5, 4, 4, 3)[_pick(life, row, 5)]


def words_of(life: Life, row: int, score: int) -> str:
    """What they would write beside the score."""
    if life.sales.dish[row] and score <= 2:
        text = DISH[_pick(life, row, len(DISH))]
        return text.format(dish=_name(life, life.premises.disliked))
    texts = GOOD if score >= 4 else FINE if score == 3 else FAULTS[_fault(life, row)]
    return texts[_pick(life, row, len(texts))].format(dish=_name(life, _leading(life, row)))


def _dish_rows(life: Life, begins: int, ends: int, mended: Mended) -> Ints:
    """Orders with the disliked dish at a table, in stores where it still is what it was."""
    sales = life.sales
    rows = np.arange(*np.searchsorted(sales.day, [begins, ends]))
    rows = rows[sales.dish[rows] & ~sales.cancelled[rows] & (sales.channel[rows] == DINE_IN)]
    still = [
        not mended(int(store), int(day))
        for store, day in zip(sales.store[rows], sales.day[rows], strict=True)
    ]
    kept: Ints = rows[np.asarray(still, dtype=np.bool_)]
    return kept


def _over_stores(life: Life, rows: Ints, part: str, most: int) -> list[int]:
    """So many of them, each store's first before any store's second, so that one store alone never speaks."""
    drawn = luck(life.brand.seed, part, rows)
    order = np.lexsort((drawn, life.sales.store[rows]))
    store = life.sales.store[rows][order]
    rank = np.arange(len(rows)) - np.searchsorted(store, store, side="left")
    first: list[int] = rows[order][np.lexsort((drawn[order], rank))][:most].tolist()
    return first


def _known(life: Life, row: int) -> bool:
    return bool(life.history.truth.orders["identified"][row].as_py()) and not life.sales.farmed[row]


def _pick(life: Life, row: int, many: int) -> int:
    return int(many * float(luck(life.brand.seed, "words", row)))


def _fault(life: Life, row: int) -> str:
    return str(life.history.truth.orders["fault"][row].as_py() or list(FAULTS)[_pick(life, row, len(FAULTS))])


def _name(life: Life, product: int) -> str:
    return str(life.premises.products["product_name"][product].as_py())


def _leading(life: Life, row: int) -> int:
    return int(_pick(life, row, 12))  # any of the menu's first dishes: who writes names what they know


def _said(life: Life, row: int, field: str, text: str, *, dish: bool) -> Row:
    orders, product = life.history.orders, life.premises.disliked if dish else _leading(life, row)
    about = field == "taste"
    identity = int(life.sales.identity[row]) if _known(life, row) else None
    return {
        "order_no": orders["order_no"][row].as_py(),
        "visit_no": orders["visit_no"][row].as_py(),
        "store_id": orders["store"][row].as_py(),
        "staff_id": orders["staff"][row].as_py(),
        "table": orders["table_no"][row].as_py(),
        "product_id": life.premises.products["product"][product].as_py() if about else "",
        "field": field,
        "text": text.format(dish=_name(life, product)),
        "at": orders["ordered_at"][row].as_py() + timedelta(minutes=25),
        "mended": int(life.sales.mended[row]),
        "identity": identity,
        **(identifier(life, identity) if identity is not None else {}),
    }


def _review(life: Life, row: int, stars: int | None, text: str, *, dish: bool) -> Row:
    orders, product = life.history.orders, life.premises.disliked if dish else _leading(life, row)
    shows = not dish and float(luck(life.brand.seed, "order shown", row)) < 0.3
    return {
        "review_id": f"R{row:08d}",
        "kind": "review",
        "platform": ("dianping", "meituan")[_pick(life, row, 2)],
        "store": orders["store"][row].as_py(),
        "order_id": orders["order_no"][row].as_py() if shows else None,
        "stars": stars,
        "text": text.format(dish=_name(life, product)),
        "at": orders["ordered_at"][row].as_py() + timedelta(hours=2),
    }
