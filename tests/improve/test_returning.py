"""Differences of shares: published figures, the decoy, coverage on simulated guests, and when nothing is said."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from regulars.improve.rules.returning import (
    Back,
    Moved,
    Stratum,
    Waved,
    differences,
    over_findings,
    waves_apart,
    within_strata,
)


def test_one_stratum_is_the_plain_difference() -> None:
    told = within_strata([Stratum(400, 100, 600, 210)])
    assert told.estimate == pytest.approx(100 / 400 - 210 / 600)
    error = (0.25 * 0.75 / 400 + 0.35 * 0.65 / 600) ** 0.5
    assert told.low == pytest.approx(-0.1 - 1.96 * error, abs=5e-4)


def test_a7_noodles_eaten_alone_at_the_station_are_not_blamed() -> None:
    station = Stratum(900, 90, 100, 10)  # 10 % come back there, with the dish or without
    mall = Stratum(100, 40, 900, 360)  # 40 % there
    crude = 130 / 1000 - 370 / 1000
    told = within_strata([station, mall])
    assert crude < -0.2
    assert told.estimate == pytest.approx(0.0, abs=1e-12)
    assert told.low is not None
    assert told.high is not None
    assert told.low < 0 < told.high


def test_the_interval_covers_the_truth_in_thin_strata() -> None:
    rng = np.random.default_rng(5)
    covered = 0
    for _ in range(400):
        strata = []
        for base in rng.uniform(0.1, 0.4, size=40):
            had, others = int(rng.integers(5, 25)), int(rng.integers(20, 80))
            back, others_back = rng.binomial(had, base - 0.08), rng.binomial(others, base)
            strata.append(Stratum(had, int(back), others, int(others_back)))
        told = within_strata(strata)
        assert told.low is not None
        assert told.high is not None
        covered += told.low <= -0.08 <= told.high
    assert 365 <= covered <= 395  # 95 % of 400 is 380


def test_too_few_are_told_how_many_more() -> None:
    told = within_strata([Stratum(10, 2, 30, 9)])
    assert told.estimate is None
    assert told.more is not None
    assert told.more > 20
    assert within_strata([Stratum(10, 2, 0, 0)]).more is None


def test_a9_the_other_stores_are_the_comparison() -> None:
    rest = [Moved(f"S{n}", False, 400, 80, 400, 100) for n in range(10)]  # up by five points without a change
    changed = [Moved(f"C{n}", True, 600, 120, 600, 198) for n in range(2)]  # up by thirteen
    told = differences([*rest, *changed])
    assert told.estimate == pytest.approx(0.08)
    assert told.low is not None
    assert told.low > 0
    assert differences(changed).estimate is None  # nothing to hold it against


def test_stores_that_move_on_their_own_widen_the_interval() -> None:
    calm = [Moved(f"S{n}", False, 900, 180, 900, 180) for n in range(8)]
    restless = [Moved(f"S{n}", False, 900, 180, 900, 180 + (54 if n % 2 else -54)) for n in range(8)]
    changed = [Moved("C", True, 900, 180, 900, 225)]
    narrow, wide = differences([*calm, *changed]), differences([*restless, *changed])
    assert narrow.low is not None
    assert narrow.high is not None
    assert wide.low is None or wide.high is None or wide.high - wide.low > narrow.high - narrow.low


def test_a12_five_people_alone_say_nothing() -> None:
    told = over_findings([Back(1, back, 0.2) for back in (True, True, True, False, False)])
    assert told.estimate is None
    assert told.more == 15


def test_a12_many_findings_together_do() -> None:
    rng = np.random.default_rng(11)
    people = [Back(finding, bool(rng.random() < 0.29), 0.2) for finding in range(23) for _ in range(40)]
    told = over_findings(people)
    assert told.estimate is not None
    assert told.low is not None
    assert told.high is not None
    assert told.low < 0.09 < told.high
    assert told.low > 0


def test_waves_hold_those_told_against_those_whose_week_had_not_come() -> None:
    first, second = date(2026, 11, 2), date(2026, 11, 9)
    people = [
        Waved(0, first, (date(2026, 11, 4),)),
        Waved(0, first, (date(2026, 11, 9),)),  # after the week
        Waved(1, second, (date(2026, 11, 3),)),
        Waved(1, second, ()),
        Waved(1, second, ()),
    ]
    assert waves_apart(people, date(2026, 11, 20)) == [Stratum(2, 1, 3, 1)]
    assert waves_apart(people, date(2026, 11, 8)) == []  # the week is not over
