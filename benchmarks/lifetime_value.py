"""How fast and how exactly the value models fit a million customers, beside the lifetimes package where it is
installed.

python -m benchmarks.lifetime_value [--customers 1000000] [--repeats 5]

Both sides get the same customers; times are the minimum of the repeats; the likelihoods are compared on our
scale.
"""

import argparse
import time
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from typing import TypeVar

import numpy as np

from regulars.know.rules import lifetime, orders, spend
from regulars.know.rules.lifetime import Statistics
from regulars.know.rules.newton import Floats
from regulars.know.rules.spend import SpendStatistics
from regulars.know.rules.value import Histories, total_value, values

R, ALPHA, A, B = 0.5, 75.0, 0.8, 2.2  # rates a day: a casual restaurant
P, Q, V = 6.0, 4.0, 150.0
Made = TypeVar("Made")


def main() -> None:
    """Print one line a measurement."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--customers", type=int, default=1_000_000)
    asked.add_argument("--repeats", type=int, default=5)
    given = asked.parse_args()
    x, t_x, T, money = customers(given.customers)
    counted, statistics = timed(1, lambda: Statistics.of(x, t_x, T))
    print(
        f"{given.customers:,} customers, {statistics.x.size:,} different histories; counting them {counted:.3f} s"
    )
    took, fit = timed(given.repeats, lambda: lifetime.fit(statistics))
    print(
        f"BG/NBD from statistics      {took:.3f} s, {fit.evaluations} evaluations,"
        f" log-likelihood {fit.log_likelihood:.4f}"
    )
    print(
        f"  parameters {np.round(fit.parameters, 4)} +- {np.round(fit.standard_errors, 4)}, truth {(R, ALPHA, A, B)}"
    )
    again = SpendStatistics.of(x, money)
    took_spend, spend_fit = timed(given.repeats, lambda: spend.fit(again))
    print(f"Gamma-Gamma                 {took_spend:.3f} s, {spend_fit.evaluations} evaluations")
    base = Histories.of(statistics.x, statistics.t_x, statistics.T, 0 * statistics.x, statistics.customers)
    expected, _ = timed(1, lambda: orders.coming(fit, base.x, base.t_x, base.T, 90))
    print(f"expected visits, intervals  {expected:.3f} s for every different history")
    every = Histories.of(x, t_x, T, money)
    total, _ = timed(1, lambda: total_value(fit, spend_fit, every, 90))
    print(f"total value with variance   {total:.3f} s for every customer")
    each, _ = timed(1, lambda: values(fit, spend_fit, every, 90))
    print(f"value intervals             {each:.3f} s for every customer")
    if find_spec("lifetimes"):
        against_lifetimes(x, t_x, T, statistics, took)


def against_lifetimes(x: Floats, t_x: Floats, T: Floats, statistics: Statistics, ours: float) -> None:
    """The same data in the lifetimes package, row by row and on unique rows with weights."""
    from lifetimes import BetaGeoFitter

    surface = lifetime._Surface(statistics)
    for name, columns in (
        ("lifetimes", (x, t_x, T, None)),
        ("lifetimes on unique rows", (statistics.x, statistics.t_x, statistics.T, statistics.customers)),
    ):
        model = BetaGeoFitter()
        theirs, _ = timed(1, partial(model.fit, *columns))
        found = np.array([model.params_[name] for name in ("r", "alpha", "a", "b")])
        print(
            f"{name:<27} {theirs:.3f} s, {theirs / ours:.0f} times ours, log-likelihood {surface(found)[0]:.4f}"
        )


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


def timed(repeats: int, what: Callable[[], Made]) -> tuple[float, Made]:
    best, made = np.inf, None
    for _ in range(repeats):
        begun = time.perf_counter()
        made = what()
        best = min(best, time.perf_counter() - begun)
    assert made is not None
    return best, made


if __name__ == "__main__":
    main()
