"""Looking often: the published bounds, the false alarms that are left, and what may be said at each look."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.core.refused import Refused
from regulars.engage.rules.sample_size import people_needed
from regulars.measure.rules.experiment import Sums
from regulars.measure.rules.looks import bounds, is_due, spent
from regulars.measure.rules.result import Arm, Plan, Result, result, weeks_left


def test_the_bounds_of_five_looks_are_the_published_ones() -> None:
    assert bounds([0.2, 0.4, 0.6, 0.8, 1.0]) == pytest.approx([4.877, 3.357, 2.680, 2.290, 2.031], abs=5e-4)


def test_one_look_at_the_end_is_the_plain_test() -> None:
    assert bounds([1.0]) == pytest.approx([1.959964], abs=1e-5)
    assert spent(1.0) == pytest.approx(0.05)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(2, 25), min_size=1, max_size=12, unique=True))
def test_all_looks_together_spend_what_was_allowed(percent: list[int]) -> None:
    fractions = sorted(4 * each / 100 for each in percent)
    found = bounds(fractions)
    drawn = np.random.default_rng(3)
    steps = drawn.normal(size=(40_000, len(fractions))) * np.sqrt(np.diff([0, *fractions]))
    z = steps.cumsum(axis=1) / np.sqrt(fractions)
    crossed = (np.abs(z) > np.array(found)).any(axis=1).mean()
    assert crossed == pytest.approx(spent(fractions[-1]), abs=4 * np.sqrt(0.05 * 0.95 / 40_000))


def test_looks_that_do_not_rise_are_refused() -> None:
    with pytest.raises(Refused, match="do not rise"):
        bounds([0.5, 0.5])


def test_a_look_waits_until_the_data_have_grown() -> None:
    assert not is_due(0.05, 0.0)
    assert is_due(0.1, 0.0)
    assert not is_due(0.12, 0.1)
    assert is_due(1.0, 0.99)
    assert not is_due(1.0, 1.0)


def played(share1: float, share0: float, seed: int, times: int = 14) -> tuple[list[Result], Plan]:
    """A play watched at evenly spaced times, until its plan is complete."""
    drawn, plan = np.random.default_rng(seed), Plan(people_needed(0.13, 0.03), 0.03)
    half = plan.people // 2 + 1
    came = drawn.random((2, half)) < np.array([[share1], [share0]])
    told: list[Result] = []
    for time in range(1, times + 1):
        arms = [
            Arm(half, int(arm[: half * time // times].sum()), Sums.of(arm[: half * time // times] * 9000.0))
            for arm in came
        ]
        told.append(result(*arms, plan=plan, on="2026-08-31", looks=told[-1].looks if told else ()))
    return told, plan


def test_peeking_fourteen_times_at_a_play_that_does_nothing_gives_few_false_alarms() -> None:
    alarms = sum(
        any(each.decision in ("gain", "loss") for each in played(0.13, 0.13, seed)[0]) for seed in range(400)
    )
    assert alarms / 400 <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 400)


def test_the_interval_of_the_last_look_covers_the_truth_and_a_gain_is_found() -> None:
    ends = [played(0.17, 0.13, seed)[0][-1] for seed in range(200)]
    covered = sum(each.share is not None and each.share.low <= 0.04 <= each.share.high for each in ends)
    assert 185 <= covered <= 200
    assert sum(each.decision == "gain" for each in ends) > 170
    assert all(each.complete for each in ends)


def test_more_are_needed_before_anything_is_said() -> None:
    arm = Arm(100, 13, Sums.of([0.0, 9000.0] * 50))
    told = result(arm, arm, plan=Plan(4000, 0.03), on="2026-08-31")
    assert (told.decision, told.needed, told.share) == ("too_early", 3800, None)


def test_an_interval_without_the_gain_around_nought_is_nothing_and_with_it_unclear() -> None:
    def arms(back1: int, back0: int) -> tuple[Arm, Arm]:
        return tuple(  # type: ignore[return-value]
            Arm(2000, back, Sums(2000, back, back)) for back in (back1, back0)
        )

    assert result(*arms(262, 260), plan=Plan(4000, 0.03), on="d").decision == "nothing"
    assert result(*arms(290, 260), plan=Plan(4000, 0.03), on="d").decision == "unclear"
    assert result(*arms(220, 280), plan=Plan(4000, 0.03), on="d").decision == "loss"


def test_a_skewed_split_or_mixed_arms_block_and_spend_no_look() -> None:
    half = Arm(2000, 300, Sums(2000, 300, 300))
    skewed = result(Arm(2400, 400, Sums(2000, 300, 300)), half, plan=Plan(4000, 0.03), on="d")
    assert (skewed.decision, skewed.blocked, skewed.looks) == ("blocked", "sample_ratio", [])
    mixed = result(half, half, plan=Plan(4000, 0.03), on="d", mixed=41)
    assert (mixed.decision, mixed.blocked) == ("blocked", "mixed")
    assert result(half, half, plan=Plan(4000, 0.03), on="d", mixed=40).blocked == ""


def test_weeks_until_it_is_known() -> None:
    assert weeks_left(4000, 4000, 4000, 100, 30) == 0
    assert weeks_left(4000, 4100, 3500, 0, 30) == 4
    assert weeks_left(4000, 2000, 1000, 200, 28) == 14
    assert weeks_left(4000, 2000, 1000, 0, 28) is None
    assert weeks_left(19_612, 34, 0, 8, 60) is None, "forty-seven years are no answer"
