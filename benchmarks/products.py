"""What readings of products find on made-up brands: the dish that was planted, and how much that was not.

python -m benchmarks.products [seeds]
"""

from __future__ import annotations

import sys
import time

from regulars.measure.metrics.affinity import METRIC as AFFINITY
from regulars.measure.metrics.first_basket import METRIC as FIRST_BASKET
from regulars.simulate.formats import preset
from tests.know.simulated import known
from tests.measure.worlds import read, world

FORMATS = ("casual", "hot_pot", "tea", "fast_food", "retail")


def first_baskets(seeds: int) -> None:
    """Each brand's disliked dish: its ratio, and what else was called anything."""
    found = false = compared = 0
    for seed in range(1, seeds + 1):
        brand = known(preset(orders_per_store_day=30, seed=seed))
        began = time.perf_counter()
        rows = read(FIRST_BASKET, world(brand.sales, brand.as_of, brand.lines))
        took = time.perf_counter() - began
        dishes = [row for row in rows if row.part == "second" and row.slice_kind == "product"]
        planted = next(row for row in dishes if row.slice == brand.disliked)
        others = [row.slice for row in dishes if row.note and row.slice != brand.disliked]
        found, false, compared = (
            found + (planted.note == "loses"),
            false + len(others),
            compared + len(dishes) - 1,
        )
        told = f"{planted.value:.2f} [{planted.low:.2f} to {planted.high:.2f}] {planted.note}"
        print(f"seed {seed}: disliked {told}; others called anything: {others}; {took:.1f} s")
    print(f"found {found} of {seeds}; {false} of {compared} others called anything")


def affinities() -> None:
    """Each format's pairs, none of which is drawn together."""
    for format in FORMATS:
        brand = known(preset(format, seed=1))
        began = time.perf_counter()
        rows = {row.part: row.value for row in read(AFFINITY, world(brand.sales, brand.as_of, brand.lines))}
        told = f"together {rows['together']:.0f}, apart {rows['apart']:.0f} of {rows['pairs']:.0f} pairs"
        print(f"{format}: {told}; {time.perf_counter() - began:.1f} s")


if __name__ == "__main__":
    first_baskets(int(sys.argv[1]) if len(sys.argv) > 1 else 8)
    affinities()
