"""Which model of coming and leaving suits this brand: the one that told best what customers then did.

The last quarter of the history is withheld, each model is fitted on what came before, and what it expects of each
customer is held against the visits that were withheld. The likelihood cannot choose: it praises whoever describes the
past, and the models differ in what they say of those who have fallen silent.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from regulars.core.refused import Refused
from regulars.know.rules import lifetime, orders
from regulars.know.rules.histories import Statistics
from regulars.know.rules.lifetime import MODELS
from regulars.know.rules.model import Model
from regulars.know.rules.newton import Floats

WITHHELD = 0.25  # of the time from the first visit of all to now
LEAST = 1e-12


@dataclass(frozen=True)
class HeldOut:
    """Different histories as of the cut, with the visits that came in the time withheld: (n,) each."""

    x: Floats
    t_x: Floats
    T: Floats
    after: npt.NDArray[np.int64]
    customers: Floats

    @classmethod
    def of(
        cls,
        x: npt.ArrayLike,
        t_x: npt.ArrayLike,
        T: npt.ArrayLike,
        after: npt.ArrayLike,
        customers: npt.ArrayLike | None = None,
    ) -> "HeldOut":
        """From columns of any numeric kind; without `customers` each row is one."""
        xs, ts, Ts = (np.asarray(column, dtype=np.float64) for column in (x, t_x, T))
        counts = np.ones(xs.shape) if customers is None else np.asarray(customers, dtype=np.float64)
        return cls(xs, ts, Ts, np.asarray(after, dtype=np.int64), counts)


@dataclass(frozen=True)
class Trial:
    """How a model did on the time withheld: mean absolute error of a customer's count, the mean logarithm of the
    chance it gave to what came, and the total it expected. NaN where it could not be fitted, with `refused`, why.
    """

    model: Model
    error: float
    log_score: float
    expected: float
    refused: Refused | None = None


@dataclass(frozen=True)
class Choice:
    """The model that told best, how each did, and what came in all."""

    model: Model
    trials: tuple[Trial, ...]
    actual: float


def choose(held: HeldOut, horizon: float, models: Sequence[Model] = MODELS) -> Choice:
    """The model with the smallest mean absolute error of counts over `horizon`, the time withheld (unit of T).

    Refuses where none of them can be fitted on what is left.
    """
    trials = tuple(_trial(model, held, horizon) for model in models)
    told = [trial for trial in trials if trial.refused is None]
    if not told:
        assert trials[0].refused is not None
        raise trials[0].refused
    best = min(told, key=lambda trial: trial.error)
    return Choice(best.model, trials, float(held.customers @ held.after))


def _trial(model: Model, held: HeldOut, horizon: float) -> Trial:
    statistics = Statistics.of(held.x, held.t_x, held.T, held.customers)
    try:
        fit = lifetime.fit(statistics, model=model)
    except Refused as unknown:
        return Trial(model, np.nan, np.nan, np.nan, unknown)
    n = float(held.customers.sum())
    columns = (held.x, held.t_x, held.T)
    expected = orders.expected_orders(fit, *columns, horizon)
    chances = orders.chance_of(fit, *columns, horizon, held.after)
    return Trial(
        model,
        error=float(held.customers @ np.abs(expected - held.after)) / n,
        log_score=float(held.customers @ np.log(np.maximum(chances, LEAST))) / n,
        expected=float(held.customers @ expected),
    )
