"""Lifecycle stages: what a visit and an absence make of a customer, told the same way forwards and backwards."""

from datetime import date
from functools import partial

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.know import tables
from regulars.know.rules.rhythm import Credibility, Patience, Rhythm
from tests.know.days import customer_days, on

# a usual gap of 20 days, weighing as much as two own gaps; late after 1.5 usual gaps, lost after 3
RHYTHM = Rhythm(Credibility(20.0, 2.0), (Patience(1, 1.5, 3.0, 500), Patience(3, 2.0, 4.0, 500)))
HISTORIES = st.dictionaries(
    st.integers(1, 4), st.sets(st.integers(0, 300), min_size=1, max_size=12), min_size=1, max_size=4
)


def periods(visits: list[int], as_of: int, rhythm: Rhythm | None = RHYTHM) -> list[tuple[str, int]]:
    days = customer_days([(1, day, 100) for day in visits])
    rows = tables.stage_periods(tables.customer_states(days, on(as_of), rhythm)).execute()
    rows = rows.sort_values("since")
    ends = [None if end is None or end != end else end for end in rows["until"]]
    assert ends == [*rows["since"][1:], None], "one period ends where the next begins"
    return [
        (stage, (since.date() - on(0)).days)
        for stage, since in zip(rows["stage"], rows["since"], strict=True)
    ]


def test_three_visits_in_rhythm_make_a_regular() -> None:
    assert periods([0, 20, 40, 60], 60) == [("new", 0), ("second_timer", 20), ("regular", 40)]


def test_absence_makes_one_cool_the_day_after_being_late_and_lost_the_day_after_that() -> None:
    # late after 1.5 x 20 = 30 days, lost after 3 x 20 = 60
    assert periods([0], 30) == [("new", 0)]
    assert periods([0], 31) == [("new", 0), ("cooling", 31)]
    assert periods([0], 61) == [("new", 0), ("cooling", 31), ("lost", 61)]


def test_own_gaps_move_the_usual_gap_and_with_it_the_patience() -> None:
    # usual after gaps of 8 and 8 days: (2 x 20 + 16) / 4 = 14; late after 2 x 14 = 28
    assert periods([0, 8, 16], 16 + 29)[-1] == ("cooling", 45)
    assert periods([0, 8, 16], 16 + 28)[-1] == ("regular", 16)


def test_a_visit_while_cooling_makes_a_regular_again() -> None:
    assert periods([0, 20, 40, 90], 90) == [
        ("new", 0), ("second_timer", 20), ("regular", 40), ("cooling", 81), ("regular", 90),
    ]  # fmt: skip


def test_a_visit_after_being_lost_wins_back_until_the_next_one() -> None:
    assert periods([0, 100, 110, 120], 120) == [
        ("new", 0), ("cooling", 31), ("lost", 61), ("won_back", 100), ("regular", 110),
    ]  # fmt: skip


def test_a_second_loss_is_a_second_winning_back() -> None:
    stages = [stage for stage, _ in periods([0, 100, 400], 400)]
    assert stages == ["new", "cooling", "lost", "won_back", "cooling", "lost", "won_back"]


def test_a_brand_too_young_for_a_rhythm_calls_nobody_late() -> None:
    assert periods([0, 1, 2], 3000, None) == [("new", 0), ("second_timer", 1), ("regular", 2)]


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(HISTORIES, st.integers(0, 320), st.integers(0, 320))
def test_an_earlier_day_has_the_stages_that_history_says_it_had(
    histories: dict[int, set[int]], first: int, second: int
) -> None:
    earlier, later = sorted((first, second))
    days = customer_days([(who, day, 100) for who, visits in histories.items() for day in visits])
    states = tables.customer_states(days, on(earlier), RHYTHM).execute()
    history = tables.stage_periods(tables.customer_states(days, on(later), RHYTHM)).execute()
    then = partial(_stage_on, history, on(earlier))
    assert sorted(states["customer_id"]) == sorted(
        who for who, visits in histories.items() if min(visits) <= earlier
    )
    for row in states.itertuples():
        assert (row.stage, row.stage_since.date()) == then(row.customer_id)


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(HISTORIES)
def test_the_tables_are_late_and_lost_as_the_rules_are(histories: dict[int, set[int]]) -> None:
    days = customer_days([(who, day, 100) for who, visits in histories.items() for day in visits])
    for row in tables.customer_states(days, on(300), RHYTHM).execute().itertuples():
        visits = sorted(histories[row.customer_id])
        usual = float(RHYTHM.credibility.usual_gap(len(visits) - 1, visits[-1] - visits[0]))
        assert row.usual_gap == pytest.approx(usual, rel=1e-12)
        assert (row.late_after, row.lost_after) == (
            RHYTHM.late_after(len(visits), usual), RHYTHM.lost_after(len(visits), usual),
        )  # fmt: skip


def _stage_on(history: pd.DataFrame, day: date, who: int) -> tuple[str, date]:
    for row in history[history["customer_id"] == who].itertuples():
        if row.since.date() <= day and (
            row.until is None or row.until != row.until or row.until.date() > day
        ):
            return row.stage, row.since.date()
    raise AssertionError(f"customer {who} is in no stage on {day}")
