"""Ways between stages: counted by hand, and adding up to who stands where."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from regulars.lake.engine import Lake, open_lake
from regulars.measure.cube import Inputs
from regulars.measure.metrics.stage_flows import METRIC, counts
from regulars.measure.rules.figure import FigureRow

AS_OF = date(2026, 11, 20)
HISTORIES = [
    "2024-02-01 new;2024-03-01 second_timer;2024-05-01 cooling;2024-08-01 lost",  # long gone
    "2026-09-03 new;2026-10-10 second_timer",
    "2026-09-20 new;2026-10-30 cooling;2026-11-05 second_timer",
    "2024-02-01 new;2026-10-02 cooling;2026-10-25 lost;2026-11-01 won_back",
    "2026-11-11 new",
]


@pytest.fixture
def told(tmp_path: Path) -> list[FigureRow]:
    lake = open_lake(tmp_path, tmp_path)
    rows = lake.rows(counts(inputs(lake)))
    return METRIC.figures(rows, AS_OF)


def inputs(lake: Lake) -> Inputs:
    states = pa.table(
        {
            "customer_id": list(range(1, len(HISTORIES) + 1)),
            "history": HISTORIES,
            "stage": [each.split(";")[-1][11:] for each in HISTORIES],
            "first_store": ["north", "north", "south", "south", ""],
            "stage_since": [date.fromisoformat(each.split(";")[-1][:10]) for each in HISTORIES],
        }
    )
    kept = lake.keep("states", states)
    return Inputs(
        sales=kept,
        days=kept,
        states=kept,
        customers=kept,
        as_of=AS_OF,
        regions={"north": "up", "south": "down"},
    )


def of(told: list[FigureRow], period: str, slice: str = "") -> dict[str, tuple[float | None, int]]:
    return {
        row.part: (row.value, row.n)
        for row in told
        if (row.period, row.slice) == (period, slice) and ">" in row.part
    }


def standing(told: list[FigureRow], period: str, slice: str = "") -> dict[str, float]:
    return {
        row.part[3:]: row.value
        for row in told
        if (row.period, row.slice) == (period, slice) and row.part[:3] == "at:" and row.value
    }


def test_each_month_says_who_went_where_and_of_how_many(told: list[FigureRow]) -> None:
    assert of(told, "2026-09") == {"unknown>new": (2.0, 2)}
    assert of(told, "2026-10") == {
        "new>second_timer": (1.0, 3),
        "new>cooling": (2.0, 3),
        "cooling>lost": (1.0, 0),
    }
    assert of(told, "2026-11") == {
        "cooling>second_timer": (1.0, 1),
        "lost>won_back": (1.0, 2),
        "unknown>new": (1.0, 1),
    }


def test_ways_add_up_to_who_stands_where_on_the_last_day(told: list[FigureRow]) -> None:
    last = Counter(each.split(";")[-1][11:] for each in HISTORIES)
    assert standing(told, "2026-11") == dict(last)


def test_a_store_that_nobody_changed_in_still_has_its_people(told: list[FigureRow]) -> None:
    assert of(told, "2026-11", "north") == {}
    assert standing(told, "2026-11", "north") == {"second_timer": 1.0, "lost": 1.0}


def test_a_month_under_way_says_so(told: list[FigureRow]) -> None:
    notes = {row.period: row.note for row in told}
    assert notes["2026-11"] == "incomplete"
    assert notes["2026-10"] == ""


def test_a_store_has_the_ways_of_those_who_came_there_first_of_the_last_months(
    told: list[FigureRow],
) -> None:
    assert of(told, "2026-10", "north") == {"new>second_timer": (1.0, 1)}
    assert of(told, "2026-10", "south") == {"new>cooling": (2.0, 2), "cooling>lost": (1.0, 0)}
    assert of(told, "2026-10", "down") == of(told, "2026-10", "south")
    assert of(told, "2026-11", "not_recorded") == {"unknown>new": (1.0, 1)}
    assert standing(told, "2026-11", "south") == {"second_timer": 1.0, "won_back": 1.0}
    assert {row.period for row in told if row.slice} == {"2026-09", "2026-10", "2026-11"}
