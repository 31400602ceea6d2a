"""All measures of a turned home through the analyst's door, with time and memory, and what they find: `python -m
benchmarks._lgsr HOME`, a process of its own so that its peak is its own."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

import regulars
from regulars.analyst import Brand

Made = TypeVar("Made")
DRAWS = 1000  # of customers, with replacement


def main(home: str) -> None:
    """Every metric from the sums a turn kept and from the rows, every rate by store and month, then the findings."""
    brand = regulars.open(home)
    names = list(brand.metrics().metric)
    kept, slowest = timed_all(lambda name: brand.metric(name), names)
    print(f"{len(names)} metrics from kept sums and readings {kept:.1f} s, the slowest {slowest}")
    bare = Brand(brand.lake)
    bare.__dict__ |= {"_counted_as": [], "readings": {}}  # as if no turn had kept any
    counted, slowest = timed_all(lambda name: bare.metric(name), names)
    print(f"the same from all rows {counted:.1f} s, the slowest {slowest}")
    rates = list(brand.measures().measure)
    waits = [name for name in rates if name.startswith("second_visit")]
    sliced, slowest = timed_all(
        lambda name: brand.measure(name, by=["first_store" if name in waits else "store", "month"]), rates
    )
    print(f"{len(rates)} rates by store and month {sliced:.1f} s, the slowest {slowest}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (
        1 << (20 if sys.platform != "darwin" else 30)
    )
    print(f"peak {peak:.2f} GiB")
    for told in (few_carry(brand), the_first_return(brand), two_formats(brand)):
        print(f"- {told}")
    brand.close()


def timed_all(ask: Callable[[str], Any], names: list[str]) -> tuple[float, str]:
    """Seconds of all, and the slowest with its own."""
    took: dict[str, float] = {}
    for name in names:
        began = time.perf_counter()
        ask(name)
        took[name] = time.perf_counter() - began
    worst = max(took, key=lambda name: took[name])
    return sum(took.values()), f"{worst} {took[worst]:.1f} s"


def few_carry(brand: Brand) -> str:
    """How much of the identified spend the best fifth of customers brings; interval by drawing customers again."""
    net = brand.states().net.to_pyarrow().to_numpy().astype(np.float64)
    chance = np.random.default_rng(1)
    drawn = [_best_fifth(chance.choice(net, net.size)) for _ in range(DRAWS)]
    low, high = np.quantile(drawn, [0.025, 0.975])
    return (
        f"A few carry the chain: the best fifth of {net.size:,} card holders brings {_best_fifth(net):.1%} "
        f"[{low:.1%} to {high:.1%}] of what is spent on cards."
    )


def _best_fifth(net: Any) -> float:
    return float(np.sort(net)[-(net.size // 5) :].sum() / net.sum())


def the_first_return(brand: Brand) -> str:
    """The share of those who came n times who come again within 90 days, by n; Kaplan and Meier."""
    figures = brand.metric("days_to_nth_visit").to_pandas()
    rows = figures[(figures.slice_kind == "visit") & (figures.part == "90")].set_index("slice")
    second, fifth = rows.loc["2"], rows.loc["5"]
    return (
        f"The first return is the hard one: {second.value:.1%} [{second.low:.1%} to {second.high:.1%}] come a second "
        f"time within 90 days of the first, {fifth.value:.1%} [{fifth.low:.1%} to {fifth.high:.1%}] a fifth time "
        "within 90 days of the fourth."
    )


def two_formats(brand: Brand) -> str:
    """Stores whose spend an order lies surely above twice the chain's mean, or below half of it, by shrunk means."""
    (mean,) = brand.measure("spend_an_order").to_pandas().value
    stores = brand.measure("spend_an_order", by="store").to_pandas()
    big, small = stores[stores.shrunk_low > 2 * mean], stores[stores.shrunk_high < mean / 2]
    middle = f"{mean / 100:.2f}"
    return (
        f"One name, two kinds of shop: of {len(stores)} stores {len(big)} are surely above twice the chain's "
        f"{middle} an order (shrunk means {_span(big)}) and {len(small)} surely below half of it ({_span(small)}): "
        "the weekly shop and the corner shop."
    )


def _span(stores: Any) -> str:
    if not len(stores):
        return "none"
    return f"{stores.shrunk.min() / 100:.2f} to {stores.shrunk.max() / 100:.2f}"


if __name__ == "__main__":
    main(sys.argv[1])
