"""Does the 95 % interval of the cohort second-visit share hold the brand's own, when a quarter of the cohort
is immature?

python -m benchmarks.coverage_second_visit [--seeds 200] [--first 1] [--format casual]

Truth is the same brand ten times as busy, its cohort watched to the end of the window: the share of the
process as identified. A right interval covers in 180 to 198 of 200 brands with probability .998.
"""

import argparse
import time
from datetime import timedelta

import numpy as np

from benchmarks._known import customer_days
from regulars.know import tables
from regulars.know.rules.survival import Share, kaplan_meier
from regulars.simulate.formats import small

WINDOW = 90
WEEKS = 104 + 13
COHORT = 363  # days: the last year before the date asked for, when identification has long risen
LARGER = 10


def main() -> None:
    """Print how many intervals held and what a naive count would have said."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seeds", type=int, default=200)
    asked.add_argument("--first", type=int, default=1)
    asked.add_argument("--format", default="casual")
    given = asked.parse_args()
    begun = time.perf_counter()
    rows = []
    for seed in range(given.first, given.first + given.seeds):
        truth = share(seed, given.format, larger=LARGER, immature=False).estimate
        found = share(seed, given.format)
        rows.append((found.low <= truth <= found.high, found.high - found.low, found.estimate - truth, truth))
    held, width, miss, truth = np.array(rows).T
    print(
        f"second visit within {WINDOW} days: {held.sum():.0f} of {len(held)} intervals hold the truth,"
        f" {truth.mean():.2%} on average"
    )
    print(
        f"half-width {width.mean() / 2:.2%}, mean miss {miss.mean():+.2%}; {time.perf_counter() - begun:.0f} s"
    )


def share(seed: int, format: str = "casual", larger: float = 1.0, immature: bool = True) -> Share:
    """The share of one brand's last year of newcomers back within the window, seen at the end of that year or
    later.
    """
    brand = small(seed, format, weeks=WEEKS, future_days=1)
    busier = small(
        seed, format, weeks=WEEKS, future_days=1, orders_per_store_day=brand.orders_per_store_day * larger
    )
    days, last = customer_days(busier)
    as_of = last - timedelta(days=91)
    counts = tables.first_returns(
        days, as_of if immature else last, since=as_of - timedelta(days=COHORT), until=as_of
    ).execute()
    return kaplan_meier(counts["day"], counts["at_risk"], counts["events"]).share(WINDOW)


if __name__ == "__main__":
    main()
