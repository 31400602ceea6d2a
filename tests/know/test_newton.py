"""The one search that all models are climbed by, where the surface is no bowl."""

import numpy as np
import pytest

from regulars.know.rules.newton import Curvature, Floats, climb


def ridge(parameters: Floats) -> Curvature:
    """-(1000 u)² - log(1 + v²) in the logarithms u, v: a steep ridge whose crest is bent upwards beyond |v| = 1."""
    u, v = np.log(parameters)
    height = float(-1e6 * u**2 - np.log1p(v**2))
    slope = np.array([-2e6 * u, -2.0 * v / (1.0 + v**2)])
    bend = np.diag([-2e6, -2.0 * (1.0 - v**2) / (1.0 + v**2) ** 2])
    natural = (bend - np.diag(slope)) / np.outer(parameters, parameters)
    return height, slope / parameters, natural


def test_a_crest_bent_upwards_is_followed_to_its_top_however_steep_its_sides() -> None:
    found = climb(ridge, np.exp([0.3, 2.5]))
    assert found.converged
    assert found.parameters == pytest.approx([1.0, 1.0], abs=1e-4)
    assert found.evaluations < 20
