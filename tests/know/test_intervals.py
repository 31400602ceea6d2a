"""Gaps, waits and habits on visits that anybody can count by hand, and against a plain loop."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import ibis.expr.types as ir
import numpy as np
import pytest

from regulars.know.rules.regularity import clumpiness
from regulars.know.tables import intervals
from tests.know.days import START, customer_days, on

VISITS = [(1, 0, 10), (1, 10, 10), (1, 40, 10), (1, 45, -5), (2, 5, 10), (2, 12, 10), (3, 30, 10)]


def rows(table: ir.Table, *keys: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = table.order_by(*keys).to_pyarrow().to_pylist()
    return found


def seen(as_of: int = 50, visits: list[tuple[int, int, int]] = VISITS) -> ir.Table:
    return intervals.numbered(customer_days(visits), on(as_of))


def test_the_nth_visit_is_a_day_with_an_order_and_a_return_is_none() -> None:
    start = (START - on(0)).days
    epoch = (on(0) - type(on(0))(1970, 1, 1)).days
    told = rows(intervals.nth_visits(seen(), 3), "customer_id")
    days = [[row[f"day_{n}"] and row[f"day_{n}"] - epoch for n in (1, 2, 3)] for row in told]
    assert start == 0
    assert days == [[0, 10, 40], [5, 12, None], [30, None, None]]


def test_gaps_are_counted_by_the_visit_that_ended_them_and_only_lately() -> None:
    epoch = (on(0) - type(on(0))(1970, 1, 1)).days
    told = rows(intervals.gap_counts(seen(), epoch, 5), "visit", "gap")
    assert told == [
        {"visit": 2, "gap": 7, "gaps": 1},
        {"visit": 2, "gap": 10, "gaps": 1},
        {"visit": 3, "gap": 30, "gaps": 1},
    ]
    assert rows(intervals.gap_counts(seen(), epoch + 11, 2), "visit", "gap") == [
        {"visit": 2, "gap": 7, "gaps": 1},
        {"visit": 2, "gap": 30, "gaps": 1},
    ]


def test_at_risk_of_the_third_visit_is_who_made_the_second() -> None:
    told = rows(intervals.watched_counts(seen(), on(50), 3, 25), "visit", "day")
    assert told == [
        {"visit": 2, "day": 7, "ended": 1, "events": 1},
        {"visit": 2, "day": 10, "ended": 1, "events": 1},
        {"visit": 2, "day": 20, "ended": 1, "events": 0},
        {"visit": 3, "day": 26, "ended": 2, "events": 0},
    ]


def test_what_came_after_the_day_asked_for_is_not_known_yet() -> None:
    told = rows(intervals.watched_counts(seen(as_of=11), on(11), 3, 25), "visit", "day")
    assert told == [
        {"visit": 2, "day": 6, "ended": 1, "events": 0},
        {"visit": 2, "day": 10, "ended": 1, "events": 1},
        {"visit": 3, "day": 1, "ended": 1, "events": 0},
    ]


def test_habits_are_what_a_loop_over_each_customer_finds() -> None:
    draw = np.random.default_rng(2)
    visits = [
        (who, int(day), 100)
        for who in range(1, 60)
        for day in np.sort(draw.choice(300, draw.integers(1, 9), replace=False))
    ]
    told = {
        row["customer_id"]: row for row in rows(intervals.habits(seen(310, visits), on(310)), "customer_id")
    }
    for who in range(1, 60):
        days = [day for customer, day, _net in visits if customer == who]
        gaps = [after - before for before, after in pairwise(days)]
        if not gaps:
            assert who not in told
            continue
        row = told[who]
        assert (row["visits"], row["last_gap"]) == (len(days), gaps[-1])
        assert (row["shortest_gap"], row["longest_gap"]) == (min(gaps), max(gaps))
        assert row["mean_gap"] == pytest.approx(np.mean(gaps))
        assert row["density"] == pytest.approx(len(gaps) / (310 - days[0]))
        assert row["clumpiness"] == pytest.approx(clumpiness(gaps, 311 - days[-1]))
        if len(gaps) > 1:
            assert row["gap_cv"] == pytest.approx(np.std(gaps, ddof=1) / np.mean(gaps))
            assert row["first_share"] == pytest.approx(gaps[0] / (gaps[0] + gaps[1]))
        else:
            assert row["gap_cv"] is None
            assert row["first_share"] is None
