"""Does the 95 % interval of a small brand's next 90 days hold what comes? Truth is what its known customers
then did.

python -m benchmarks.coverage_value [--seeds 200] [--first 1] [--format casual]

A right interval covers in 180 to 198 of 200 brands with probability .998. "As identified": visits to come
count when the till knows the guest again, since the others can be neither forecast nor checked.
"""

import argparse
import time
from datetime import date, timedelta

import ibis.expr.types as ir
import numpy as np

from benchmarks._known import known
from regulars.core.months import day_number
from regulars.core.refused import Refused
from regulars.know import tables
from regulars.know.rules.base import backtest
from regulars.know.rules.beta_geometric import BG_NBD
from regulars.know.rules.calibration import Backtest, calibrate, forecast
from regulars.know.rules.clock import Trade, clock
from regulars.know.rules.value import Histories
from regulars.simulate.formats import small

HORIZON = 90
WEEKS = 104 + 13


def main() -> None:
    """Print how many intervals held, how wide they were, and how many the model alone would have held."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seeds", type=int, default=200)
    asked.add_argument("--first", type=int, default=1)
    asked.add_argument("--format", default="casual")
    given = asked.parse_args()
    begun = time.perf_counter()
    held = np.array([brand(seed, given.format) for seed in range(given.first, given.first + given.seeds)])
    for name, rows in (("orders", held[:, 0]), ("value", held[:, 1])):
        told = rows[~np.isnan(rows[:, 0])]
        inside, half, miss = told[:, 0].sum(), np.median(told[:, 1]), np.mean(np.abs(told[:, 2]))
        print(
            f"90-day {name}: {inside:.0f} of {len(told)} intervals hold the truth;"
            f" half-width {half:.1%}, mean miss {miss:.1%}"
        )
    print(f"{given.seeds - len(told)} brands refused; {time.perf_counter() - begun:.0f} s")


def brand(seed: int, format: str = "casual") -> list[tuple[float, float, float]]:
    """For orders and value of one brand: whether the interval held, its half-width and the miss, as shares."""
    days, trade, last = known(small(seed, format, weeks=WEEKS, future_days=1))
    sold = traded(trade)
    as_of = last - timedelta(days=HORIZON)
    try:
        now, *past = [
            backtests(days, sold, as_of - timedelta(days=HORIZON * back), last) for back in range(3)
        ]
    except Refused:
        return [(np.nan, np.nan, np.nan)] * 2
    found = []
    for name in ("orders", "value"):
        told, before = now[name], [each[name] for each in past]
        interval = forecast(told.forecast, calibrate(before))
        half = (interval.high - interval.low) / 2 / interval.estimate
        found.append(
            (float(interval.low <= told.actual <= interval.high), half, told.actual / interval.estimate - 1)
        )
    return found


def backtests(days: ir.Table, sold: Trade, as_of: date, last: date) -> dict[str, Backtest]:
    """The forecast of orders and of value made on a day, with what came."""
    rows = tables.histories(days, as_of, HORIZON, last).execute()
    base = Histories.of(rows["x"], rows["t_x"], rows["T"], rows["repeat_net"], rows["customers"])
    then = clock(sold.until(day_number(as_of)))
    return backtest(base, then, BG_NBD, HORIZON, rows["visits_after"], rows["net_after"])


def traded(trade: ir.Table) -> Trade:
    """What the brand sold by day, as its clock reads it."""
    rows = trade.execute()
    return Trade.of(rows["day"], rows["orders"], rows["identified"])


if __name__ == "__main__":
    main()
