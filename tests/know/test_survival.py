"""Kaplan-Meier: by hand, against lifelines, and at its ends."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lifelines import KaplanMeierFitter
from numpy.testing import assert_allclose

from regulars.core.refused import Refused
from regulars.know.rules.survival import kaplan_meier


def counted(
    durations: npt.NDArray[np.int64], back: npt.NDArray[np.bool_]
) -> tuple[npt.NDArray[np.int64], list[int], list[int]]:
    """The days on which anything was seen, how many were at risk on each, and how many came back."""
    days = np.unique(durations)
    return days, [(durations >= d).sum() for d in days], [((durations == d) & back).sum() for d in days]


def test_five_customers_by_hand() -> None:
    # back after 10 and 30 days; watched 20, 40 and 40 days without return
    curve = kaplan_meier([10, 20, 30, 40], [5, 4, 3, 2], [1, 0, 1, 0])
    share = curve.share(within=30)
    assert share.estimate == pytest.approx(1 - 4 / 5 * 2 / 3)
    assert share.standard_error == pytest.approx(4 / 5 * 2 / 3 * np.sqrt(1 / (5 * 4) + 1 / (3 * 2)))
    assert share.at_risk == 3


@settings(deadline=None)  # the reference takes its time, more of it on a busy machine
@given(st.integers(0, 10_000))
def test_it_agrees_with_lifelines(seed: int) -> None:
    chance = np.random.default_rng(seed)
    durations, back = chance.integers(1, 60, 200), chance.random(200) < 0.4
    days, at_risk, events = counted(durations, back)
    ours = kaplan_meier(days, at_risk, events)
    theirs = KaplanMeierFitter().fit(durations, back)
    assert_allclose(ours.back, 1 - theirs.survival_function_.loc[days].to_numpy()[:, 0], atol=1e-12)
    interval = 1 - theirs.confidence_interval_.loc[days].to_numpy()
    inside = (ours.back > 0) & (ours.back < 1)
    assert_allclose(ours.low[inside], interval[inside, 1], atol=1e-9)
    assert_allclose(ours.high[inside], interval[inside, 0], atol=1e-9)


def test_where_nobody_is_back_yet_the_interval_is_still_open_above() -> None:
    share = kaplan_meier([30], [10], [0]).share(within=30)
    assert (share.estimate, share.low) == (0, 0)
    assert share.high == pytest.approx(1 - 0.025 ** (1 / 10))


def test_a_window_nobody_was_watched_for_is_refused_with_the_days_missing() -> None:
    with pytest.raises(
        Refused, match=r"watched for 90 days yet, the longest for 40; it can be told in 50 days"
    ):
        kaplan_meier([10, 40], [5, 4], [1, 0]).share(within=90)


def test_more_returns_than_customers_are_refused() -> None:
    with pytest.raises(Refused):
        kaplan_meier([1], [2], [3])
