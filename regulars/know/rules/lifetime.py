"""How often each customer comes and whether they still will: three models, fitted on counts instead of customers.

A base of a million customers has few different histories (x repeat visits, the last at t_x, watched for T), and
each likelihood needs no more than these with their counts; that, and exact derivatives, is where the speed comes from.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from regulars.core.refused import Refused
from regulars.know.rules.beta_geometric import BG_NBD, MBG_NBD
from regulars.know.rules.histories import Statistics
from regulars.know.rules.model import Model, Outlook
from regulars.know.rules.newton import Floats, climb
from regulars.know.rules.pareto import PARETO_NBD

FEWEST_REPEATERS = 50
MODELS: tuple[Model, ...] = (BG_NBD, PARETO_NBD, MBG_NBD)

__all__ = ["MODELS", "Fit", "Statistics", "fit"]


@dataclass(frozen=True)
class Fit:
    """A fitted model: its parameters (k,) in the order of `model.parameters`, their standard errors and covariance
    on the natural scale.
    """

    parameters: Floats
    standard_errors: Floats
    covariance: Floats
    log_likelihood: float
    n: int
    converged: bool
    evaluations: int
    model: Model = BG_NBD

    def outlook(self, x: Floats, t_x: Floats, T: Floats) -> Outlook:
        """What is believed of customers with these histories."""
        return self.model.outlook(self.parameters, x, t_x, T)


def fit(statistics: Statistics, start: npt.ArrayLike | None = None, model: Model = BG_NBD) -> Fit:
    """Maximum likelihood of BG/NBD (Fader, Hardie and Lee 2005, Marketing Science 24:275, equation 6), Pareto/NBD
    (Schmittlein, Morrison and Colombo 1987) or MBG/NBD (Batislam, Denizel and Filiztekin 2007).

    `start` may be a former fit's parameters of the same model. Refuses fewer than 50 customers who
    came back, and data in which the likelihood has no top (then the parameters are not told by the data at all).
    """
    n = float(statistics.customers.sum())
    repeaters = float(statistics.customers[statistics.x > 0].sum())
    if repeaters < FEWEST_REPEATERS:
        raise Refused(
            "only %(repeaters)d of %(customers)d customers have come back; %(needed)d are needed before their rhythm"
            " can be told, %(more)d more",
            repeaters=int(repeaters),
            customers=int(n),
            needed=FEWEST_REPEATERS,
            more=int(FEWEST_REPEATERS - repeaters),
        )
    beginning = model.start(statistics) if start is None else np.asarray(start, dtype=np.float64)
    summit = climb(model.surface(statistics), beginning)
    if not summit.converged:
        raise Refused(
            "the visits of these %(customers)d customers do not tell how their rhythms differ or when they leave (the"
            " likelihood has no top); a history about twice as long is needed",
            customers=int(n),
            repeaters=int(repeaters),
        )
    return Fit(
        parameters=summit.parameters,
        standard_errors=np.sqrt(np.diag(summit.covariance)),
        covariance=summit.covariance,
        log_likelihood=summit.height,
        n=int(n),
        converged=True,
        evaluations=summit.evaluations,
        model=model,
    )
