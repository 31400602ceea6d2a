"""Both models of value are climbed by this one damped Newton search, so they converge, fail and report errors
alike.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Curvature = tuple[float, Floats, Floats]

STEPS = 100
DECREMENT = 1e-11
LONGEST_STEP = 2.0


@dataclass(frozen=True)
class Summit:
    """Where a climb ended: log-parameters, natural parameters' covariance, height, and whether it is a true
    maximum.
    """

    parameters: Floats
    covariance: Floats
    height: float
    converged: bool
    evaluations: int


def climb(surface: Callable[[Floats], Curvature], start: Floats) -> Summit:
    """Maximise a log-likelihood over positive parameters.

    `surface` takes the natural parameters (k,) and returns height, gradient (k,) and Hessian (k, k) in them;
    the search itself runs in their logarithms, where no step can leave the positive quadrant. The covariance
    is the inverse of the observed information at the top, carried to the natural scale by the delta method.
    """
    theta = np.log(start)
    height, slope, bend = _in_logarithms(surface, theta)
    evaluations, damping, converged = 1, 0.0, False
    while evaluations < STEPS:
        step, damping = _ascent(slope, bend, damping)
        if np.isfinite(height) and damping == 0.0 and float(slope @ step) < DECREMENT * (1.0 + abs(height)):
            converged = True
            break
        trial = _in_logarithms(surface, theta + step)
        evaluations += 1
        if np.isfinite(trial[0]) and trial[0] >= height - 1e-12 * abs(height):
            theta = theta + step
            height, slope, bend = trial
            damping = 0.0 if damping < 1e-3 else damping * 0.1
        else:
            damping = max(damping * 10.0, 1e-2 * float(np.abs(np.diag(bend)).max()))
    return Summit(np.exp(theta), _covariance(theta, bend, converged), height, converged, evaluations)


def _in_logarithms(surface: Callable[[Floats], Curvature], theta: Floats) -> Curvature:
    natural = np.exp(theta)
    height, gradient, hessian = surface(natural)
    slope = natural * gradient
    return height, slope, hessian * np.outer(natural, natural) + np.diag(slope)


def _ascent(slope: Floats, bend: Floats, damping: float) -> tuple[Floats, float]:
    """The Newton step by the absolute curvature in each direction (Greenstadt 1967), so that it leads uphill where the
    surface is bent upwards and is not held up where it is flat; damped, and never longer than 2.
    """
    values, vectors = np.linalg.eigh(-bend)
    floor = 1e-9 * max(float(np.abs(values).max()), 1e-300)
    if values.min() <= floor:
        damping = max(damping, floor)
    step = vectors @ ((vectors.T @ slope) / (np.maximum(np.abs(values), floor) + damping))
    length = float(np.abs(step).max())
    return (step * (LONGEST_STEP / length) if length > LONGEST_STEP else step), damping


def _covariance(theta: Floats, bend: Floats, converged: bool) -> Floats:
    if not converged:
        return np.full(bend.shape, np.nan)
    natural = np.exp(theta)
    covariance: Floats = np.linalg.inv(-bend) * np.outer(natural, natural)
    return covariance
