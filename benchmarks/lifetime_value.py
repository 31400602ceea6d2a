"""How fast and how exactly the value models fit a million customers, beside lifetimes and pymc-marketing.

python -m benchmarks.lifetime_value [--customers 1000000] [--repeats 5] [--peer PYTHON …]

`--peer` names an interpreter that has lifetimes or pymc-marketing (once for each). All sides get the same customers and
run in turns; first the log-likelihoods, all on our scale, are held against each other: ours may be lower by one in a
million, never more. Times are minima; ours is of the fit from counted histories, counting them is told beside it.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks._peer import Peer
from benchmarks._race import NEVER, Took
from regulars.know.rules import lifetime, orders, spend
from regulars.know.rules.beta_geometric import BG_NBD
from regulars.know.rules.lifetime import MODELS, Fit, Statistics
from regulars.know.rules.newton import Floats
from regulars.know.rules.spend import SpendStatistics
from regulars.know.rules.value import Histories, total_value, values

R, ALPHA, A, B = 0.5, 75.0, 0.8, 2.2  # rates a day: a casual restaurant
P, Q, V = 6.0, 4.0, 150.0
WORSE = 1e-6  # of the log-likelihood, that a fit may be
Made = TypeVar("Made")
Rival = Callable[[], tuple[Took, dict[str, float]]]


def main() -> None:
    """Print one line a measurement."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--customers", type=int, default=1_000_000)
    asked.add_argument("--repeats", type=int, default=5)
    asked.add_argument("--peer", action="append", default=[], metavar="PYTHON")
    given = asked.parse_args()
    x, t_x, T, money = customers(given.customers)
    statistics = counting(x, t_x, T, given.repeats)
    fits = {}
    for model in MODELS:
        took, fits[model.name] = timed(given.repeats, partial(lifetime.fit, statistics, model=model))
        found = fits[model.name]
        print(
            f"{model.name:<28}{took}, {found.evaluations} evaluations, log-likelihood {found.log_likelihood:.4f},"
            f" parameters {np.round(found.parameters, 4)}"
        )
    forecasts(x, t_x, T, money, statistics, fits["BG/NBD"])
    with ExitStack() as ending, tempfile.TemporaryDirectory() as folder:
        peers = [ending.enter_context(Peer(python)) for python in given.peer]
        against(peers, Path(folder), (x, t_x, T), statistics, given.repeats)


def counting(x: Floats, t_x: Floats, T: Floats, repeats: int) -> Statistics:
    """Histories counted by NumPy and by DuckDB, which must agree."""
    whole = [column.astype(np.int64) for column in (x, t_x, T)]
    took, statistics = timed(repeats, lambda: Statistics.of(*whole))
    con = duckdb.connect()
    con.register("rows", pa.table(dict(zip(("x", "t", "age"), whole, strict=True))))
    con.execute("create table histories as select * from rows").fetchall()
    query = "select x, t, age, count(*) as customers from histories group by x, t, age order by x, t, age"
    other, counted = timed(repeats, lambda: con.sql(query).to_arrow_table())
    assert np.array_equal(counted["customers"].to_numpy(), statistics.customers)
    print(
        f"{x.size:,} customers, {statistics.x.size:,} different histories;"
        f" counting them {took} by NumPy, {other} by DuckDB"
    )
    return statistics


def forecasts(x: Floats, t_x: Floats, T: Floats, money: Floats, statistics: Statistics, fit: Fit) -> None:
    """What follows from a fit: visits, money, the total."""
    again = SpendStatistics.of(x, money)
    took, spend_fit = timed(1, lambda: spend.fit(again))
    print(f"Gamma-Gamma                 {took}, {spend_fit.evaluations} evaluations")
    columns = (statistics.x, statistics.t_x, statistics.T)
    took, _ = timed(1, lambda: orders.coming(fit, *columns, 90))
    print(f"expected visits, intervals  {took} for every different history")
    took, _ = timed(1, lambda: orders.next_visit(fit, *columns))
    print(f"the next visit's day        {took} for every different history")
    every = Histories.of(x, t_x, T, money)
    took, _ = timed(1, lambda: total_value(fit, spend_fit, every, 90))
    print(f"total value with variance   {took} for every customer")
    took, _ = timed(1, lambda: values(fit, spend_fit, every, 90))
    print(f"value intervals             {took} for every customer")


def against(
    peers: list[Peer], folder: Path, histories: tuple[Floats, ...], statistics: Statistics, repeats: int
) -> None:
    """BG/NBD by us and by whatever the peers have, in turns."""
    height = BG_NBD.surface(statistics)
    every, counted = folder / "customers.parquet", folder / "histories.parquet"
    pq.write_table(pa.table(dict(zip(("x", "t_x", "T"), histories, strict=True))), every)
    pq.write_table(pa.table(vars(statistics)), counted)
    rivals: dict[str, Rival] = {"ours": lambda: ours(statistics)}
    for peer in peers:
        for package, name, what, more in (
            ("lifetimes", "lifetimes", "lifetimes", {"file": str(every), "counted": False}),
            ("lifetimes", "lifetimes on unique rows", "lifetimes", {"file": str(counted), "counted": True}),
            ("pymc-marketing", "pymc-marketing MAP", "pymc", {"file": str(every)}),
        ):
            if peer.version(package):
                rivals[f"{name} {peer.version(package)}"] = rival(peer, f"benchmarks._fits:{what}", more)
    heights = {
        name: height(np.array([run()[1][parameter] for parameter in ("r", "alpha", "a", "b")]))[0]
        for name, run in ((name, once(run)) for name, run in rivals.items())
    }
    best = max(heights.values())
    assert heights["ours"] >= best - WORSE * abs(best), heights
    seconds = dict.fromkeys(rivals, NEVER)
    for _ in range(repeats):
        for name, run in rivals.items():
            seconds[name] = seconds[name].least(run()[0])
    for name, took in seconds.items():
        times = took.seconds / seconds["ours"].seconds
        print(f"{name:<36}{took}, {times:.0f} times ours, log-likelihood {heights[name]:.4f}")


def once(run: Rival) -> Rival:
    """Run it now; ask for its result as often as wanted."""
    found = run()
    return lambda: found


def ours(statistics: Statistics) -> tuple[Took, dict[str, float]]:
    took, fit = timed(1, lambda: lifetime.fit(statistics))
    return took, dict(zip(fit.model.parameters, fit.parameters.tolist(), strict=True))


def rival(peer: Peer, what: str, given: dict[str, Any]) -> Rival:
    def run() -> tuple[Took, dict[str, float]]:
        answer = peer.run(what, **given)
        return Took(answer.seconds, answer.processor), answer.told

    return run


def customers(size: int, seed: int = 11) -> tuple[Floats, Floats, Floats, Floats]:
    """x, t_x, T (whole days, up to two years) and repeat spend of customers drawn from the models themselves."""
    chance = np.random.default_rng(seed)
    rate, drop = chance.gamma(R, 1 / ALPHA, size), chance.beta(A, B, size)
    T = chance.integers(1, 731, size).astype(np.float64)
    x, last, now, here = np.zeros(size), np.zeros(size), np.zeros(size), np.ones(size, dtype=bool)
    while here.any():
        now = now + chance.exponential(1.0, size) / np.maximum(rate, 1e-300)
        here &= now < T
        x, last = x + here, np.where(here, now, last)
        here &= chance.random(size) >= drop
    nu = chance.gamma(Q, 1 / V, size)
    money = np.where(x > 0, chance.gamma(np.maximum(P * x, 1e-9)) / nu, 0.0)
    return x, np.where(x > 0, np.ceil(last), 0.0), T, money


def timed(repeats: int, what: Callable[[], Made]) -> tuple[Took, Made]:
    best, made = NEVER, None
    for _ in range(repeats):
        begun, busy = time.perf_counter(), time.process_time()
        made = what()
        best = best.least(Took(time.perf_counter() - begun, time.process_time() - busy))
    assert made is not None
    return best, made


if __name__ == "__main__":
    main()
