"""What a model of coming and leaving must tell, so that everything after it asks one thing of all of them.

They differ in their likelihood and in how customers leave: for good after a visit (BG/NBD, MBG/NBD) or at a rate
in time (Pareto/NBD). Seen from today both are the same six numbers a history, from which the visits to come follow.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from regulars.know.rules.histories import Statistics
from regulars.know.rules.newton import Curvature, Floats


@dataclass(frozen=True)
class Outlook:
    """What is believed of each history now, (n,) each; times in the unit of T.

    alive: chance of being still here. If here: the rate of visits is Gamma(shape, clock), the chance to leave after
    each visit Beta(leave, remain) (leave 0: never), and the rate of leaving in time Gamma(fade, span) (fade 0: never).
    """

    alive: Floats
    shape: Floats
    clock: Floats
    leave: Floats
    remain: Floats
    fade: Floats
    span: Floats


class Model(Protocol):
    """A model with k positive parameters, fitted by climbing `surface` from `start`."""

    @property
    def name(self) -> str: ...

    @property
    def parameters(self) -> tuple[str, ...]:
        """Their names, in order."""
        ...

    def start(self, statistics: Statistics) -> Floats:
        """Parameters to climb from (k,)."""
        ...

    def surface(self, statistics: Statistics) -> Callable[[Floats], Curvature]:
        """Log-likelihood with gradient (k,) and Hessian (k, k) at natural parameters."""
        ...

    def outlook(self, parameters: Floats, x: Floats, t_x: Floats, T: Floats) -> Outlook:
        """What is believed of customers with these histories, (n,) each."""
        ...
