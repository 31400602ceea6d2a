"""The day on which a newcomer is due, from the brand's own curve; B4: change the format, the day moves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from benchmarks._known import customer_days
from regulars.core.refused import Refused
from regulars.know import tables
from regulars.know.actions.curve import publish_curve, read_curve
from regulars.know.models import ReturnCurve
from regulars.know.rules.due import due_day, points
from regulars.know.rules.survival import kaplan_meier
from regulars.lake.engine import Lake, connect
from regulars.lake.head import Head
from regulars.simulate.formats import small

AS_OF = date(2026, 8, 31)


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Lake]:
    con = connect(tmp_path)
    yield Lake(tmp_path, Head(), con)
    con.disconnect()


def test_the_day_is_where_one_in_six_of_those_have_come_back_who_do() -> None:
    day, away = np.array([10, 20, 30, 40, 365]), 100 - np.array([0, 10, 20, 30, 40])
    curve = kaplan_meier(day, away, np.array([10, 10, 10, 10, 0]))
    due = due_day(curve)
    assert (due.day, due.window) == (10, 365)
    assert points(curve, 365)[0][:2] == [10.0, 0.1]


def test_a_young_brand_is_told_how_long_to_wait() -> None:
    with pytest.raises(Refused, match="watched for 20 days"):
        due_day(kaplan_meier([10, 20, 90], [100, 80, 9], [5, 5, 1]))
    with pytest.raises(Refused, match="no newcomer has come back"):
        due_day(kaplan_meier([10, 90], [100, 80], [0, 0]))


@pytest.mark.slow
def test_change_the_format_in_the_simulation_the_day_moves() -> None:
    days = {}
    for format in ("casual", "hot_pot", "tea"):
        visits, last = customer_days(small(3, format, weeks=104, future_days=1))
        counts = tables.first_returns(visits, last).to_pyarrow()
        days[format] = due_day(
            kaplan_meier(*(counts[name].to_numpy() for name in ("day", "at_risk", "events")))
        ).day
    # As identified: a return that nobody recognised is none, so the days are some later than the households' own.
    assert 22 <= days["casual"] <= 32
    assert 26 <= days["hot_pot"] <= 38
    assert 9 <= days["tea"] <= 16
    assert days["tea"] < days["casual"] < days["hot_pot"]


@pytest.mark.django_db
def test_a_curve_that_says_the_same_is_not_written_again(lake: Lake) -> None:
    firsts = [AS_OF - timedelta(days=100 + at % 60) for at in range(200)]
    seconds = [
        first + timedelta(days=7 + at % 40) if at % 3 == 0 else None for at, first in enumerate(firsts)
    ]
    rows = pa.table({"first_day": firsts, "second_day": pa.array(seconds, pa.date32())})
    states = lake.keep("states", rows)
    first = publish_curve(lake=lake, states=states, as_of=AS_OF, number=1)
    assert first.due_day is not None
    assert publish_curve(lake=lake, states=states, as_of=AS_OF, number=2) == first
    young = lake.keep("states", rows.slice(0, 10))
    told = publish_curve(lake=lake, states=young, as_of=AS_OF, number=3)
    assert told.due_day is None
    assert "watched for" in told.why
    assert list(ReturnCurve.objects.order_by("pk").values_list("batch", "until")) == [(1, 3), (3, None)]
    assert read_curve(lake=lake, states=lake.keep("states", rows.slice(0, 0)), as_of=AS_OF).newcomers == 0


def test_the_states_count_as_the_days_do(lake: Lake) -> None:
    visits, last = customer_days(small(1, weeks=30, future_days=1))
    states = tables.customer_states(visits, last, None)
    since = last - timedelta(days=120)
    assert (
        tables.first_returns_of(states, last, since).to_pyarrow()
        == tables.first_returns(visits, last, since).to_pyarrow()
    )
