"""What the calibration is worth: the error of the 90-day total beside that of the bare model, from many days of a
second year.

python -m benchmarks.calibration [--seeds 4] [--first 701] [--formats lgsr,casual,retail,tea] [--large]

Bare: BG/NBD on the wall's clock. Told: what a turn of that day would tell: the model that the withheld quarter chose,
on the brand's clock, its centre moved by what the forecasts of 90 and 180 days before had missed. LGSR (shared data;
passed over where it is absent) every 15 days of its second year, made-up brands every 30 days of theirs, `--large` as
many orders as `simulate` makes by itself, otherwise a tenth. Errors are |log(came / forecast)|.

A made-up brand doubles its recognition on the first day of its second year. That day's forecast is counted apart: what
it misses stands in no record. "Chance" is what the model's own standard error would miss, were it right.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import date, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

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
from regulars.know.rules.calibration import ORIGINS, Backtest, calibrate
from regulars.know.rules.choice import WITHHELD, HeldOut, choose
from regulars.know.rules.clock import Clock, Trade, clock, plain
from regulars.know.rules.model import Model
from regulars.know.rules.value import Histories
from regulars.simulate.formats import preset, small

CHECKOUT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("REGULARS_SHARED_DATA") or CHECKOUT.parent / "shared" / "data")
WEEKS = 104 + 13
YEAR = 364


class Miss(NamedTuple):
    """log(came / forecast) of orders from a day, by the bare model and as told, whose own standard error is `error`."""

    origin: date
    bare: float
    told: float
    error: float


def main() -> None:
    """Print the mean error of both, and their ratio, for LGSR and for each format."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seeds", type=int, default=4)
    asked.add_argument("--first", type=int, default=701)
    asked.add_argument("--formats", default="lgsr,casual,retail,tea")
    asked.add_argument("--large", action="store_true")
    given = asked.parse_args()
    formats, file = given.formats.split(","), DATA / "lgsr" / "transactions.parquet"
    if "lgsr" in formats and file.exists():
        tell("lgsr", second_year(*lgsr(file), every=15))
    everything: list[list[Miss]] = []
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        for format in [name for name in formats if name != "lgsr"]:
            seeds = range(given.first, given.first + given.seeds)
            brands = [(seed, format, given.large) for seed in seeds]
            found = list(pool.map(made_up, *zip(*brands, strict=True)))
            tell_brands(format, found)
            everything += found
    if everything:
        tell_brands("all made-up", everything)


def made_up(seed: int, format: str, large: bool) -> list[Miss]:
    """The misses of one made-up brand; the first is that of the day on which its recognition doubled."""
    if large:
        return second_year(*known(preset(format, seed=seed, weeks=WEEKS, future_days=1)), every=30)
    return second_year(*known(small(seed, format, weeks=WEEKS, future_days=1)), every=30)


def tell_brands(name: str, brands: Sequence[Sequence[Miss]]) -> None:
    """Before and after the change stood in the record, and both together."""
    tell(f"{name}, on the day of the change", [brand[0] for brand in brands])
    tell(f"{name}, after it", [miss for brand in brands for miss in brand[1:]])
    tell(f"{name}, both", [miss for brand in brands for miss in brand])


def tell(name: str, found: Sequence[Miss]) -> None:
    """Mean and root mean square of both errors."""
    bare, told = (np.abs([getattr(miss, side) for miss in found]) for side in ("bare", "told"))
    error = np.array([miss.error for miss in found])
    print(f"{name}, {len(found)} forecasts:", end="")
    for what, one, other in (
        ("mean error", bare.mean(), told.mean()),
        ("root mean square", np.sqrt(np.mean(bare**2)), np.sqrt(np.mean(told**2))),
    ):
        print(f" {what} {one:.4f} bare, {other:.4f} told ({other / one:.2f});", end="")
    print(f" chance {np.sqrt(2 / np.pi) * error.mean():.4f}", flush=True)


def second_year(days: ir.Table, trade: ir.Table, last: date, every: int) -> list[Miss]:
    """The misses of orders from days of the second year on, as far as what came is known."""
    sold = traded(trade)
    first = date(1970, 1, 1) + timedelta(days=int(sold.first))
    cache: dict[tuple[date, str], Backtest | None] = {}

    def tried(origin: date, model: Model) -> Backtest | None:
        if (origin, model.name) not in cache:
            then = clock(sold.until(day_number(origin)))
            cache[origin, model.name] = attempt(days, origin, last, then, model)
        return cache[origin, model.name]

    found = []
    for origin in origins(first + timedelta(days=YEAR), last - timedelta(days=HORIZON), every):
        bare = attempt(days, origin, last, plain(day_number(first), day_number(origin)), BG_NBD)
        model = chosen(days, sold, first, origin)
        own = tried(origin, model) if model else None
        if bare is None or model is None or own is None:
            continue
        past = [tried(origin - timedelta(days=HORIZON * back), model) for back in range(1, ORIGINS + 1)]
        before = [each for each in past if each is not None]
        lean = calibrate(before).lean if len(before) == ORIGINS else 0.0
        error = np.sqrt(own.forecast.variance) / own.forecast.expected
        found.append(Miss(origin, missed(bare), missed(own) - lean, float(error)))
    return found


def origins(first: date, last: date, every: int) -> Iterable[date]:
    while first <= last:
        yield first
        first += timedelta(days=every)


def chosen(days: ir.Table, sold: Trade, first: date, origin: date) -> Model | None:
    """The model that a turn of that day takes, as `know.actions.tried` does; None where none can be told."""
    ago = round((origin - first).days * WITHHELD)
    held = tables.held_out(days, origin - timedelta(days=ago), origin).execute()
    then = clock(sold.until(day_number(origin)))
    on = then.histories(held["x"], held["t_x"], held["T"], ago)
    try:
        return choose(HeldOut.of(*on, held["after"], held["customers"]), max(then.gone(ago), 1.0)).model
    except Refused:
        return None


def attempt(days: ir.Table, origin: date, last: date, then: Clock, model: Model) -> Backtest | None:
    """The forecast of orders from a day; None where the brand is too young for one."""
    rows = tables.histories(days, origin, HORIZON, last).execute()
    if not len(rows):
        return None
    base = Histories.of(rows["x"], rows["t_x"], rows["T"], rows["repeat_net"], rows["customers"])
    try:
        return backtest(base, then, model, HORIZON, rows["visits_after"], rows["net_after"])["orders"]
    except Refused:
        return None


def missed(told: Backtest) -> float:
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
