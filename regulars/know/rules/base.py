"""All customers of a brand by its clock: the models fitted to them, what they are expected to bring in all, and how
well the same would have foretold it on an earlier day.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from regulars.know.rules import lifetime, spend
from regulars.know.rules.calibration import Backtest
from regulars.know.rules.clock import Clock
from regulars.know.rules.lifetime import Fit, Statistics
from regulars.know.rules.model import Model
from regulars.know.rules.newton import Floats
from regulars.know.rules.spend import SpendFit, SpendStatistics
from regulars.know.rules.value import Histories, Total, total_orders, total_value


@dataclass(frozen=True)
class Fits:
    """Both models fitted to a base."""

    visits: Fit
    spend: SpendFit


def by_clock(base: Histories, clock: Clock) -> Histories:
    """Histories in days, up to the clock's last day, by the clock."""
    x, t_x, T = clock.histories(base.x, base.t_x, base.T)
    return replace(base, x=x, t_x=t_x, T=T)


def fitted(base: Histories, model: Model) -> Fits:
    """Maximum likelihood of both; refuses what `lifetime.fit` and `spend.fit` refuse."""
    visits = lifetime.fit(Statistics.of(base.x, base.t_x, base.T, base.customers), model=model)
    return Fits(visits, spend.fit(SpendStatistics.of(base.x, base.spend, base.customers)))


def totals(base: Histories, fits: Fits, horizon: float) -> dict[str, Total]:
    """Visits (`orders`) and money (`value`, minor units) of the whole base within a horizon by the clock."""
    return {
        "orders": total_orders(fits.visits, base, horizon),
        "value": total_value(fits.visits, fits.spend, base, horizon),
    }


def backtest(
    base: Histories, clock: Clock, model: Model, days: int, visits: npt.ArrayLike, net: npt.ArrayLike
) -> dict[str, Backtest]:
    """What would have been forecast of a base as of the clock's last day for so many days, and what came: `visits` and
    `net` (n,) of each row of the base (times in days).
    """
    here = by_clock(base, clock)
    told = totals(here, fitted(here, model), clock.ahead(days))
    came = {"orders": _sum(visits), "value": _sum(net)}
    return {name: Backtest(told[name], came[name]) for name in told}


def _sum(column: npt.ArrayLike) -> float:
    numbers: Floats = np.asarray(column, dtype=np.float64)
    return float(numbers.sum())
