"""Readings: taken at a month's first turn, the same for every turn of it, and what is refused is kept by nobody."""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa
import pytest

from regulars.core.months import month_number
from regulars.core.refused import Refused
from regulars.know.actions import readings
from regulars.know.actions.rhythm import read_rhythm
from regulars.lake.computed import CUSTOMER_DAYS
from regulars.lake.engine import Lake, open_lake
from regulars.lake.landing import Landing

MONTH = 24300
START = date(2025, 1, 1)


class Turns:
    """A lake with one landing after another."""

    def __init__(self, folder: Path, scratch: Path) -> None:
        self.folder, self.scratch, self.number = folder, scratch, 0

    def begin(self) -> tuple[Lake, Landing]:
        self.number += 1
        return open_lake(self.folder, self.scratch), Landing(self.folder, self.number)


@pytest.fixture
def turns(tmp_path: Path) -> Turns:
    (tmp_path / "scratch").mkdir()
    return Turns(tmp_path / "lake", tmp_path / "scratch")


def brand(lake: Lake, until: date, gap: float = 9.0) -> ir.Table:
    """Days of eighty guests who come every `gap` days or so."""
    dice = random.Random(4)
    rows: list[dict[str, Any]] = []
    for who in range(80):
        day, pace = START + timedelta(days=dice.randrange(30)), gap * dice.uniform(0.5, 1.5)
        while day <= until:
            rows.append(
                {
                    "customer_id": who,
                    "business_date": day,
                    "orders": 1,
                    "net": 100,
                    "month": month_number(day),
                }
            )
            day += timedelta(days=1 + round(dice.expovariate(1 / pace)))
    return lake.keep("days", pa.Table.from_pylist(rows, schema=CUSTOMER_DAYS.schema))


def test_a_reading_is_taken_once_and_told_the_same_ever_after(turns: Turns) -> None:
    lake, landing = turns.begin()
    taken = readings.read_or_take(lake, landing, "size", MONTH, lambda: {"mean": 1.5, "sizes": (1, 2)})
    assert taken == {"mean": 1.5, "sizes": [1, 2]}, "as JSON will tell it, also to who took it"
    readings.keep(lake, landing, MONTH, {"other": 7})
    assert readings.read_or_take(lake, landing, "size", MONTH, dict) == taken, "within the same landing"
    landing.land(lambda: True)
    lake, landing = turns.begin()
    assert readings.read_or_take(lake, landing, "size", MONTH, dict) == taken
    assert readings.read(lake, landing, "other", MONTH) == 7
    assert readings.read(lake, landing, "size", MONTH + 1) is None


def test_what_is_refused_is_not_kept_and_what_is_let_go_is_taken_again(turns: Turns) -> None:
    lake, landing = turns.begin()

    def refuse() -> Any:
        raise Refused("too young")

    with pytest.raises(Refused):
        readings.read_or_take(lake, landing, "size", MONTH, refuse)
    assert readings.read(lake, landing, "size", MONTH) is None
    readings.keep(lake, landing, MONTH, {"size": 1})
    readings.keep(lake, landing, MONTH - 1, {"size": 2})
    readings.forget(lake, landing, MONTH)
    assert readings.read_or_take(lake, landing, "size", MONTH, lambda: 3) == 3
    assert readings.read(lake, landing, "size", MONTH - 1) == 2


def test_the_rhythm_is_that_of_the_closed_months_and_stays_for_the_month(turns: Turns) -> None:
    lake, landing = turns.begin()
    first = read_rhythm(
        lake=lake, landing=landing, days=brand(lake, date(2025, 7, 3)), as_of=date(2025, 7, 3)
    )
    assert first.rhythm is not None
    assert first.refused is None
    landing.land(lambda: True)
    lake, landing = turns.begin()
    other = brand(lake, date(2025, 7, 20), gap=30.0)  # whatever the days say meanwhile
    again = read_rhythm(lake=lake, landing=landing, days=other, as_of=date(2025, 7, 20))
    assert again.rhythm == first.rhythm
    closed = brand(lake, date(2025, 7, 3)).filter(lambda row: row.month < month_number(date(2025, 7, 1)))
    alone = read_rhythm(lake=lake, landing=turns.begin()[1], days=closed, as_of=date(2025, 8, 1))
    assert alone.rhythm is not None
    assert alone.rhythm.credibility == first.rhythm.credibility, "July was open and had no say"


def test_a_new_month_reads_anew(turns: Turns) -> None:
    lake, landing = turns.begin()
    july = read_rhythm(lake=lake, landing=landing, days=brand(lake, date(2025, 7, 3)), as_of=date(2025, 7, 3))
    slower = brand(lake, date(2025, 8, 1), gap=30.0)
    august = read_rhythm(lake=lake, landing=landing, days=slower, as_of=date(2025, 8, 1))
    assert july.rhythm is not None
    assert august.rhythm is not None
    assert august.rhythm.credibility.mean > 2 * july.rhythm.credibility.mean


def test_a_brand_of_no_closed_month_is_read_each_turn_until_it_has_one(turns: Turns) -> None:
    lake, landing = turns.begin()
    days = brand(lake, date(2025, 4, 30))
    young = days.mutate(month=days.month.max().as_scalar())  # as if all of it were the open month
    found = read_rhythm(lake=lake, landing=landing, days=young, as_of=date(2025, 4, 30))
    assert found.rhythm is not None
    assert readings.read(lake, landing, "rhythm", month_number(date(2025, 4, 30))) is None


def test_a_brand_too_young_for_any_rhythm_is_told_why(turns: Turns) -> None:
    lake, landing = turns.begin()
    found = read_rhythm(
        lake=lake, landing=landing, days=brand(lake, date(2025, 1, 9)), as_of=date(2025, 1, 9)
    )
    assert found.rhythm is None
    assert "returns" in str(found.refused)
