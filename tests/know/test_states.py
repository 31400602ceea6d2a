"""A customer's state: what is counted from which days."""

import pandas as pd
import pytest

from regulars.know import tables
from regulars.know.grades.rfm import RecencyFrequencyMonetary
from regulars.know.rules.rhythm import Credibility, Patience, Rhythm
from tests.know.days import customer_days, on

RHYTHM = Rhythm(Credibility(20.0, 2.0), (Patience(1, 1.5, 3.0, 500),))


def state(rows: list[tuple[int, int, int]], as_of: int) -> pd.DataFrame:
    return tables.customer_states(customer_days(rows), on(as_of), RHYTHM).execute().sort_values("customer_id")


def test_a_customer_is_told_from_their_days_in_any_order() -> None:
    row = state([(7, 30, 500), (7, 0, 100), (7, 10, 400)], as_of=50).iloc[0]
    assert [row[day].date() for day in ("first_day", "second_day", "last_day")] == [on(0), on(10), on(30)]
    assert (row.visit_days, row.orders, row.net, row.repeat_net, row.recency) == (3, 3, 1000, 900, 20)
    assert (row.x, row.t_x, row["T"]) == (2, 30, 50)
    assert (row.mean_gap, row.monetary, row.first_store) == (15.0, 450.0, "S0")
    assert row.usual_gap == pytest.approx((2 * 20 + 30) / (2 + 2))


def test_one_visit_has_no_gap_no_second_day_and_no_repeat_money() -> None:
    row = state([(7, 3, 500)], as_of=5).iloc[0]
    assert row[["second_day", "mean_gap", "monetary"]].isna().all()
    assert (row.x, row.t_x, row.repeat_net, row.usual_gap) == (0, 0, 0, 20.0)


def test_a_brand_without_a_rhythm_says_of_nobody_when_they_are_late() -> None:
    days = customer_days([(1, 0, 100), (2, 0, 100), (2, 9, 100), (3, 0, 1), (3, 1, 1), (3, 2, 1)])
    rows = tables.customer_states(days, on(9000), None).order_by("customer_id").execute()
    assert rows[["usual_gap", "late_after", "lost_after"]].isna().all(axis=None)
    assert rows.stage.tolist() == ["new", "second_timer", "regular"]
    assert [day.date() for day in rows.stage_since] == [on(0), on(9), on(2)]


def test_days_after_the_date_asked_for_are_not_seen() -> None:
    assert state([(1, 0, 100), (1, 20, 100), (2, 30, 100)], as_of=10)[
        ["customer_id", "visit_days"]
    ].to_numpy().tolist() == [[1, 1]]


def test_a_day_of_returns_alone_is_no_visit_and_takes_its_money_back_from_the_visit_before() -> None:
    visits = [(1, 0, 500), (1, 10, 400), (1, 30, 300)]
    kept = state(visits, as_of=50).iloc[0]
    row = state([*visits, (1, 4, -50), (1, 12, -30), (1, 20, -7), (1, 45, -1)], as_of=50).iloc[0]
    money = ["net", "gross", "repeat_net", "monetary"]
    assert row.drop(money).equals(kept.drop(money)), "neither days nor orders, gaps, stores or stages move"
    assert row[money].tolist() == [1200 - 88, 1200 - 88, 700 - 38, (700 - 38) / 2]


def test_a_return_of_what_was_bought_before_the_record_is_taken_from_the_first_visit() -> None:
    row = state([(1, 0, -40), (1, 10, 100), (1, 20, 50)], as_of=30).iloc[0]
    assert (row.first_day.date(), row.visit_days, row.orders, row.net, row.repeat_net) == (
        on(10),
        2,
        2,
        110,
        50,
    )


def test_who_only_ever_brought_something_back_is_no_customer_yet() -> None:
    assert state([(1, 0, -40), (2, 0, 10)], as_of=30).customer_id.tolist() == [2]


def test_a_return_after_the_date_asked_for_is_not_seen() -> None:
    assert state([(1, 0, 100), (1, 20, -40)], as_of=10).net.tolist() == [100]


def test_a_store_where_something_was_only_brought_back_was_not_visited() -> None:
    row = state([(1, 0, 100), (1, 5, -40), (1, 6, -40)], as_of=10).iloc[0]
    assert (row.usual_store, row.stores) == ("S0", "|S0|")


def test_histories_take_returns_from_the_visits_that_they_undo() -> None:
    days = customer_days([(1, 0, 100), (1, 12, 70), (1, 13, -70), (1, 40, 30), (1, 60, -20), (2, 5, 10)])
    rows = tables.histories(days, on(20), 30, on(100)).execute()
    columns = ["x", "t_x", "T", "repeat_net", "customers", "visits_after", "net_after"]
    assert rows[columns].to_numpy().tolist() == [[0, 0, 15, 0, 1, 0, 0], [1, 12, 20, 0, 1, 1, 10]]


def test_statistics_count_customers_with_equal_histories() -> None:
    days = customer_days([(1, 0, 100), (2, 0, 300), (3, 0, 100), (3, 9, 250), (4, 0, 100), (4, 9, 250)])
    states = tables.customer_states(days, on(20), RHYTHM)
    counted = tables.lifetime_statistics(states).execute()
    assert counted[["x", "t_x", "T", "customers"]].to_numpy().tolist() == [[0, 0, 20, 2], [1, 9, 20, 2]]
    spent = tables.spend_statistics(states).execute()
    assert spent[["x", "spend", "customers"]].to_numpy().tolist() == [[1, 250, 2]]


def test_histories_tell_what_everybody_known_then_did_next() -> None:
    days = customer_days([(1, 0, 100), (1, 12, 70), (1, 40, 30), (2, 5, 10), (3, 15, 10), (2, 100, 5)])
    rows = tables.histories(days, on(10), 30, on(100)).execute()
    columns = ["x", "t_x", "T", "repeat_net", "customers", "visits_after", "net_after"]
    assert rows[columns].to_numpy().tolist() == [[0, 0, 5, 0, 1, 0, 0], [0, 0, 10, 0, 1, 2, 100]]


def test_histories_of_today_do_not_pretend_to_know_what_comes() -> None:
    rows = tables.histories(customer_days([(1, 0, 100), (1, 12, 70)]), on(20), 30, on(20)).execute()
    assert rows["customers"].sum() == 1
    assert rows["visits_after"].isna().all()


def test_first_returns_count_who_is_watched_and_who_comes_back() -> None:
    days = customer_days([(1, 0, 1), (1, 10, 1), (1, 20, 1), (2, 5, 1), (3, 0, 1), (3, 30, 1), (4, 40, 1)])
    rows = tables.first_returns(days, on(40)).execute()
    assert rows.to_numpy().tolist() == [[0, 4, 0], [10, 3, 1], [30, 2, 1], [35, 1, 0]]
    early = tables.first_returns(days, on(40), since=on(0), until=on(4)).execute()
    assert early.to_numpy().tolist() == [[10, 2, 1], [30, 1, 1]]


def test_gap_sums_are_those_of_plain_python() -> None:
    days = customer_days([(1, 0, 1), (1, 10, 1), (1, 40, 1), (2, 0, 1), (2, 7, 1), (3, 2, 1)])
    rows = tables.gap_sums(days, on(50)).execute()
    columns = ["gaps", "customers", "total", "total_squares", "squares"]
    assert rows[columns].to_numpy().tolist() == [[1, 1, 7, 49, 49], [2, 1, 40, 1600, 1000]]


def test_gap_lengths_measure_each_gap_by_what_was_known_when_it_began() -> None:
    days = customer_days([(1, 0, 1), (1, 10, 1), (2, 0, 1)])
    rows = tables.gap_lengths(days, on(30), Credibility(20.0, 2.0)).execute()
    # first gap of customer 1: 10 of 20 days = 10 slices; then 20 of (2 x 20 + 10) / 3 = 16.7 days = 24
    assert rows.to_numpy().tolist() == [[1, 10, 1, 0], [1, 30, 0, 1], [2, 24, 0, 1]]


def test_the_rfm_grade_ranks_within_the_brand_and_gives_equal_customers_equal_digits() -> None:
    rows = [(who, 10 * who, 100 * who) for who in range(1, 11)] + [
        (10, 101, 1),
        (11, 100, 1000),
        (11, 101, 1),
    ]
    states = tables.customer_states(customer_days(rows), on(120), RHYTHM)
    grades = RecencyFrequencyMonetary().grades(states).execute().set_index("customer_id")["grade"]
    assert grades[10] == grades[11] == "555"
    assert grades[1] == "111"
    assert set(grades.str[1]) == {"1", "5"}, "nine equal visitors share one digit"
