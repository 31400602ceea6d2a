"""Two arms from sums: Hillstrom's published effects, laws of sums, small counts, a skewed split."""

from __future__ import annotations

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from regulars.core.refused import Refused
from regulars.measure.rules.experiment import Sums, compare_means, compare_shares, sample_ratio
from tests.shared_data import shared

amounts = st.lists(st.integers(-10_000, 1_000_000), min_size=2, max_size=40)


def hillstrom() -> dict[str, dict[str, np.ndarray]]:
    table = pq.read_table(shared("hillstrom/hillstrom.parquet"))
    segment = np.array(table["segment"].to_pylist())
    columns = {
        name: table[name].to_numpy().astype(float) for name in ("visit", "conversion", "spend", "history")
    }
    names = {"mens": "Mens E-Mail", "womens": "Womens E-Mail", "none": "No E-Mail"}
    return {
        short: {name: column[segment == full] for name, column in columns.items()}
        for short, full in names.items()
    }


def test_hillstrom_visits_and_effects_are_those_published() -> None:
    arms = hillstrom()
    shares = [arms[arm]["visit"].mean() for arm in ("none", "mens", "womens")]
    assert shares == pytest.approx([0.106167, 0.182757, 0.151400], abs=5e-7)
    for arm, effect, low, high in (
        ("mens", 0.769827, 0.485140, 1.054514),
        ("womens", 0.424412, 0.168957, 0.679868),
    ):
        told = compare_means(Sums.of(arms[arm]["spend"]), Sums.of(arms["none"]["spend"]))
        assert (told.estimate, told.low, told.high) == pytest.approx((effect, low, high), abs=2e-6)
        assert told.method == "welch"
    bought = {arm: (int(each["conversion"].sum()), len(each["conversion"])) for arm, each in arms.items()}
    told = compare_shares(*bought["mens"], *bought["none"])
    assert (told.estimate, told.low, told.high) == pytest.approx((0.006805, 0.005000, 0.008610), abs=1e-6)
    assert compare_shares(*bought["womens"], *bought["none"]).estimate == pytest.approx(0.003111, abs=1e-6)


def test_what_was_spent_before_entry_narrows_the_interval_and_does_not_move_the_effect() -> None:
    drawn = np.random.default_rng(7)
    before = drawn.gamma(2, 50, 4000)
    after = 0.6 * before + drawn.normal(0, 40, 4000) + np.repeat([5.0, 0.0], 2000)
    plain = compare_means(Sums.of(after[:2000]), Sums.of(after[2000:]))
    told = compare_means(Sums.of(after[:2000], before[:2000]), Sums.of(after[2000:], before[2000:]))
    explained = np.corrcoef(
        np.concatenate([after[:2000] - after[:2000].mean(), after[2000:] - after[2000:].mean()]),
        np.concatenate([before[:2000] - before[:2000].mean(), before[2000:] - before[2000:].mean()]),
    )[0, 1]
    assert told.method == "cuped"
    assert told.saved == pytest.approx(explained**2, rel=1e-9)
    assert told.error / plain.error == pytest.approx(np.sqrt(1 - told.saved), rel=0.01)
    assert abs(told.estimate - 5) < 2 * told.error


def test_a_covariate_that_says_nothing_is_left_alone() -> None:
    drawn = np.random.default_rng(1)
    y, x = drawn.normal(size=(2, 5000))
    assert compare_means(Sums.of(y[:2500], x[:2500]), Sums.of(y[2500:], x[2500:])).method == "welch"


@given(amounts, amounts)
def test_welch_is_scipys(one: list[int], other: list[int]) -> None:
    if len({*one}) < 2 or len({*other}) < 2:
        return
    told = compare_means(Sums.of(one), Sums.of(other))
    theirs = stats.ttest_ind(one, other, equal_var=False).confidence_interval(0.95)
    assert (told.low, told.high) == pytest.approx((theirs.low, theirs.high), rel=1e-6, abs=1e-6)


@given(amounts, amounts, st.data())
def test_sums_of_stores_add_up(one: list[int], other: list[int], data: st.DataObject) -> None:
    before = data.draw(st.lists(st.integers(0, 1000), min_size=len(one + other), max_size=len(one + other)))
    parts = Sums.of(one, before[: len(one)]) + Sums.of(other, before[len(one) :])
    assert parts == Sums.of(one + other, before)


@given(st.integers(1, 400), st.integers(1, 400), st.data())
def test_swapping_the_arms_turns_the_difference_round(n1: int, n0: int, data: st.DataObject) -> None:
    back1, back0 = data.draw(st.integers(0, n1)), data.draw(st.integers(0, n0))
    told, turned = compare_shares(back1, n1, back0, n0), compare_shares(back0, n0, back1, n1)
    assert (told.low, told.high) == pytest.approx((-turned.high, -turned.low), abs=1e-12)
    assert -1 - 1e-9 <= told.low <= told.estimate <= told.high <= 1 + 1e-9 or told.method == "welch"


def test_small_counts_are_told_by_newcombe_as_he_printed_them() -> None:
    # Newcombe 1998, table II, method 10: 9/10 less 3/10; 5/56 less 0/29; 10/10 less 0/10.
    for counts, low, high in (
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((5, 56, 0, 29), -0.0381, 0.1926),
        ((10, 10, 0, 10), 0.6075, 1.0),
    ):
        told = compare_shares(*counts)
        assert told.method == "newcombe"
        assert (told.low, told.high) == pytest.approx((low, high), abs=6e-5)


def test_counts_that_cannot_be_are_refused() -> None:
    with pytest.raises(Refused, match="cannot be compared"):
        compare_shares(11, 10, 0, 10)
    with pytest.raises(Refused, match="no spread"):
        compare_means(Sums.of([1.0]), Sums.of([1.0, 2.0]))


def test_a_split_far_from_the_plan_is_found_and_a_likely_one_is_not() -> None:
    assert sample_ratio(5000, 5100, 0.5) == pytest.approx(stats.chisquare([5000, 5100]).pvalue)
    assert sample_ratio(9000, 1000, 0.9) == 1.0
    assert sample_ratio(5200, 4800, 0.5) < 0.001
    assert sample_ratio(0, 0, 0.5) == 1.0
    assert sample_ratio(3, 0, 1.0) == 1.0
    assert sample_ratio(3, 1, 1.0) == 0.0
