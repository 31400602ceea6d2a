"""The brand's rhythm: the weight of its mean, and how long is late and lost."""

from collections.abc import Iterable

import numpy as np
import pytest

from regulars.core.refused import Refused
from regulars.know.rules import rhythm
from regulars.know.rules.newton import Floats
from regulars.know.rules.rhythm import Credibility


def sums(gaps_by_customer: Iterable[Floats]) -> tuple[list[float], ...]:
    """Number of gaps, how many have it, and the three sums, as `credibility` takes them."""
    rows: dict[int, list[float]] = {}
    for gaps in gaps_by_customer:
        row = rows.setdefault(len(gaps), [0, 0.0, 0.0, 0.0])
        row[0] += 1
        row[1] += gaps.sum()
        row[2] += gaps.sum() ** 2
        row[3] += (gaps**2).sum()
    return list(rows), *map(list, zip(*rows.values(), strict=True))


def test_exponential_gaps_with_inverse_gamma_means_give_back_their_mean_and_weight() -> None:
    chance = np.random.default_rng(3)
    k, m = 3.0, 20.0  # shape k + 1, scale k m: the mean is m, and k own gaps weigh as much as it
    means = k * m / chance.gamma(k + 1, 1.0, 20_000)
    found = rhythm.credibility(*sums(chance.exponential(mean, chance.integers(1, 12)) for mean in means))
    assert found.mean == pytest.approx(m, rel=0.03)
    assert found.weight == pytest.approx(k, rel=0.15)


def test_customers_who_are_all_alike_are_judged_by_the_brand_alone() -> None:
    chance = np.random.default_rng(4)
    found = rhythm.credibility(*sums(chance.exponential(20.0, 5) for _ in range(2000)))
    assert found.weight > 50
    assert found.usual_gap(3, 3) == pytest.approx(20, rel=0.1)


def test_the_usual_gap_starts_at_the_brands_and_ends_at_ones_own() -> None:
    prior = Credibility(20.0, 2.0)
    assert prior.usual_gap([0, 2, 1000], [0, 20, 10_000]).tolist() == pytest.approx(
        [20.0, 15.0, 10.02], abs=1e-3
    )


def test_late_and_lost_are_the_days_by_which_two_of_three_and_nine_of_ten_returns_have_come() -> None:
    slices = np.arange(200)  # ten usual gaps; equally many first gaps end in each twentieth
    found = rhythm.rhythm(Credibility(10.0, 2.0), np.ones(200), slices, np.full(200, 5), np.zeros(200), 1000)
    (patience,) = found.patience
    assert patience.late == pytest.approx(20 / 3, abs=0.25)
    assert patience.lost == pytest.approx(9.0, abs=0.25)
    assert (found.late_after(1, 10.0), found.lost_after(1, 10.0)) == pytest.approx((67, 90), abs=3)


def test_those_still_away_do_not_shorten_the_patience() -> None:
    slices = np.arange(200)
    watched_all_the_way = rhythm.rhythm(
        Credibility(10.0, 2.0), np.ones(200), slices, np.full(200, 5), np.zeros(200), 1000
    )
    half_cut_off = rhythm.rhythm(
        Credibility(10.0, 2.0), np.ones(200), slices, 5 * (1 - slices / 199 * 0.5), 2.5 * slices / 199, 1000
    )
    naive = np.searchsorted(np.cumsum(1 - slices / 199 * 0.5) / np.sum(1 - slices / 199 * 0.5), 2 / 3) / 20
    assert half_cut_off.patience[0].late > naive
    assert half_cut_off.patience[0].late == pytest.approx(watched_all_the_way.patience[0].late, abs=0.5)


def test_the_more_visits_the_rarer_a_false_alarm_may_be() -> None:
    ends = np.exp(-np.arange(400) / 20) * 100_000
    slices, returned, still_away = (np.tile(column, 2) for column in (np.arange(400), ends, np.zeros(400)))
    found = rhythm.rhythm(Credibility(10.0, 2.0), np.repeat([1, 20], 400), slices, returned, still_away, 1000)
    first, twentieth = found.patience[0], found.patience[-1]
    assert (first.visits, twentieth.visits) == (1, 20)
    assert twentieth.late > first.late
    assert twentieth.lost > first.lost


def test_a_history_shorter_than_the_patience_cannot_tell_who_is_lost() -> None:
    slices = np.arange(200)
    with pytest.raises(
        Refused, match=r"80 days of history are too short to tell who is lost: \d+ more are needed"
    ):
        rhythm.rhythm(Credibility(10.0, 2.0), np.ones(200), slices, np.full(200, 5), np.zeros(200), 80)


def test_a_handful_of_returns_makes_no_rhythm() -> None:
    with pytest.raises(Refused, match="only 3 returns"):
        rhythm.credibility([1], [3], [30], [300], [300])
