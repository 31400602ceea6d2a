"""Which model is taken: by what was withheld inside the weeks one may look at, never by what came after."""

from collections.abc import Callable

import numpy as np
import pytest

from regulars.core.refused import Refused
from regulars.know.rules import lifetime, orders
from regulars.know.rules.choice import HeldOut, choose
from regulars.know.rules.lifetime import MODELS, Statistics
from regulars.know.rules.model import Outlook
from regulars.know.rules.newton import Curvature, Floats
from tests.know.cdnow import log, withheld


def test_the_last_quarter_of_cdnows_39_weeks_chooses_the_model_that_forecasts_the_next_39_to_755_thousandths() -> (
    None
):
    held, weeks = withheld()
    choice = choose(held, weeks)
    assert choice.model.name == "Pareto/NBD"
    errors = {trial.model.name: trial.error for trial in choice.trials}
    assert errors == pytest.approx({"BG/NBD": 0.30068, "Pareto/NBD": 0.29237, "MBG/NBD": 0.29580}, abs=1e-5)
    history = log()
    fit = lifetime.fit(Statistics.of(history.x, history.t_x, history.T), model=choice.model)
    expected = orders.expected_orders(fit, history.x, history.t_x, history.T, 39)
    assert np.abs(expected - history.after).mean() <= 0.755


def test_the_log_score_would_have_chosen_otherwise_and_is_told() -> None:
    held, weeks = withheld()
    choice = choose(held, weeks)
    best = max(choice.trials, key=lambda trial: trial.log_score)
    assert best.model.name == "MBG/NBD"
    assert choice.actual == held.after.sum() == 556


def test_a_model_that_cannot_be_fitted_is_left_out_and_says_why() -> None:
    held, weeks = withheld()

    class Hopeless:
        name, parameters = "hopeless", ("c",)

        def start(self, statistics: Statistics) -> Floats:
            return np.ones(1)

        def surface(self, statistics: Statistics) -> Callable[[Floats], Curvature]:
            return lambda at: (float(at[0]), np.ones(1), np.zeros((1, 1)))  # rises without end

        def outlook(self, parameters: Floats, x: Floats, t_x: Floats, T: Floats) -> Outlook:
            raise AssertionError("what could not be fitted is asked for no outlook")

    choice = choose(held, weeks, models=(Hopeless(), *MODELS[:1]))
    assert choice.model is MODELS[0]
    assert "no top" in str(choice.trials[0].refused)


def test_a_brand_too_young_for_any_model_is_told_how_many_must_come_back() -> None:
    few = HeldOut.of([0, 1], [0, 3], [9, 9], [0, 1], [20, 10])
    with pytest.raises(Refused, match="only 10 of 30 customers have come back"):
        choose(few, 3)
