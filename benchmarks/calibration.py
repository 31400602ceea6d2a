"""What the calibration is worth: the error of the 90-day total beside that of the bare model, from many days of a
second year.

python -m benchmarks.calibration [--seeds 8] [--first 601] [--formats casual,retail,tea]

Bare: BG/NBD on the wall's clock. Calibrated: the same model on the brand's clock, its centre moved by what the
forecasts of 90 and 180 days before had missed. LGSR (shared data; passed over where it is absent) every 15 days of its
second year, made-up brands every 30 days of theirs. Errors are |log(came / forecast)|.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

import ibis
import ibis.expr.types as ir
import numpy as np

from benchmarks._known import known
from benchmarks.coverage_value import HORIZON, traded
from regulars.core.months import day_number
from regulars.core.refused import Refused
from regulars.know import tables
from regulars.know.rules.base import backtest
from regulars.know.rules.beta_geometric import BG_NBD
from regulars.know.rules.calibration import Backtest, calibrate
from regulars.know.rules.clock import Trade, clock, plain
from regulars.know.rules.value import Histories
from regulars.simulate.formats import small

CHECKOUT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("REGULARS_SHARED_DATA") or CHECKOUT.parent / "shared" / "data")
WEEKS = 104 + 13
Misses = list[tuple[float, float]]


def main() -> None:
    """Print the mean error of both, and their ratio, for LGSR and for each format."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seeds", type=int, default=8)
    asked.add_argument("--first", type=int, default=601)
    asked.add_argument("--formats", default="casual,retail,tea")
    given = asked.parse_args()
    file = DATA / "lgsr" / "transactions.parquet"
    if file.exists():
        tell("lgsr", second_year(*lgsr(file), every=15))
    everything: Misses = []
    for format in given.formats.split(","):
        found: Misses = []
        for seed in range(given.first, given.first + given.seeds):
            days, trade, last = known(small(seed, format, weeks=WEEKS, future_days=1))
            found += second_year(days, trade, last, every=30)
        tell(format, found)
        everything += found
    tell("all made-up", everything)


def tell(name: str, found: Misses) -> None:
    """Mean and root mean square of both errors."""
    bare, calibrated = np.abs(np.array(found)).T
    print(f"{name}, {len(found)} forecasts:", end="")
    for what, one, other in (
        ("mean error", bare.mean(), calibrated.mean()),
        ("root mean square", np.sqrt(np.mean(bare**2)), np.sqrt(np.mean(calibrated**2))),
    ):
        print(f" {what} {one:.4f} bare, {other:.4f} calibrated ({other / one:.2f});", end="")
    print(flush=True)


def second_year(days: ir.Table, trade: ir.Table, last: date, every: int) -> Misses:
    """The misses of orders from days of the second year on, as far as what came is known."""
    sold, first = traded(trade), date(1970, 1, 1) + timedelta(days=int(traded(trade).first))
    cache: dict[tuple[date, bool], Backtest | None] = {}

    def tried(origin: date, by_clock: bool) -> Backtest | None:
        if (origin, by_clock) not in cache:
            cache[origin, by_clock] = attempt(days, sold, first, origin, last, by_clock)
        return cache[origin, by_clock]

    found = []
    for origin in origins(first + timedelta(days=364), last - timedelta(days=HORIZON), every):
        bare, own = tried(origin, False), tried(origin, True)
        if bare is None or own is None:
            continue
        past = [tried(origin - timedelta(days=HORIZON * back), True) for back in (1, 2)]
        before = [each for each in past if each is not None]
        lean = calibrate(before).lean if len(before) == 2 else 0.0
        found.append((miss(bare), miss(own) - lean))
    return found


def origins(first: date, last: date, every: int) -> Iterable[date]:
    while first <= last:
        yield first
        first += timedelta(days=every)


def attempt(
    days: ir.Table, sold: Trade, first: date, origin: date, last: date, by_clock: bool
) -> Backtest | None:
    """The forecast of orders from a day; None where the brand is too young for one."""
    rows = tables.histories(days, origin, HORIZON, last).execute()
    if not len(rows):
        return None
    base = Histories.of(rows["x"], rows["t_x"], rows["T"], rows["repeat_net"], rows["customers"])
    then = clock(sold.until(day_number(origin))) if by_clock else plain(day_number(first), day_number(origin))
    try:
        return backtest(base, then, BG_NBD, HORIZON, rows["visits_after"], rows["net_after"])["orders"]
    except Refused:
        return None


def miss(told: Backtest) -> float:
    return float(np.log(told.actual / told.forecast.expected))


def lgsr(file: Path) -> tuple[ir.Table, ir.Table, date]:
    """`customer_days` and `trade` of LGSR."""
    con = ibis.duckdb.connect()
    con.raw_sql(f"""
        create table customer_days as
        select dense_rank() over (order by CUST_CODE)::bigint as customer_id,
               strptime(SHOP_DATE::varchar, '%Y%m%d')::date as business_date,
               count(distinct BASKET_ID)::bigint as orders, round(sum(SPEND) * 100)::bigint as net
        from '{file}' where CUST_CODE is not null group by CUST_CODE, SHOP_DATE;
        create table trade as
        select epoch_ms(strptime(SHOP_DATE::varchar, '%Y%m%d')) // 86400000 as day,
               count(distinct BASKET_ID)::bigint as orders,
               count(distinct BASKET_ID) filter (CUST_CODE is not null)::bigint as identified
        from '{file}' group by all order by all
    """).fetchall()
    days = con.table("customer_days")
    return days, con.table("trade"), days.business_date.max().execute().date()


if __name__ == "__main__":
    main()
