"""What a turn tells of value: the month's reading, every customer's numbers, the brand's total, and its equity."""

from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import ibis
import numpy as np
import pyarrow as pa
import pytest

from benchmarks._known import known
from regulars.core.months import month_number
from regulars.know import tables
from regulars.know.actions import readings
from regulars.know.actions.tried import READING
from regulars.know.actions.value import Worth, worth
from regulars.know.rules.equity import KINDS
from regulars.lake.engine import Lake, connect, open_lake
from regulars.lake.head import Head
from regulars.lake.landing import Landing
from regulars.simulate.formats import small

pytestmark = pytest.mark.slow


class Turn(Protocol):
    """What a turn as of a day tells of value, and where it kept what it read."""

    def __call__(
        self, as_of: date, kept: bool = True, clocked: bool = True
    ) -> tuple[Worth, Lake, Landing | None]: ...


@cache
def brand() -> tuple[pa.Table, pa.Table, date]:
    """A small brand's days and its sales, of which those of nobody known are as many as the trade says."""
    days, trade, last = known(small(7, "tea", weeks=70, future_days=1))
    month = days.business_date.year() * 12 + days.business_date.month() - 1
    days = days.mutate(month=month.cast("int64"), orders=days.orders.cast("int64"))
    rows = trade.execute()
    told = days.get_backend().to_pyarrow(days)
    columns = {
        "day": [told["business_date"].cast(pa.int32()).to_numpy(), rows["day"].to_numpy()],
        "orders": [told["orders"].to_numpy(), (rows["orders"] - rows["identified"]).to_numpy()],
    }
    sold = {name: np.concatenate(parts).astype(np.int64) for name, parts in columns.items()}
    whose = pa.concat_arrays([*told["customer_id"].chunks, pa.nulls(len(rows), pa.int64())])
    return told, pa.table({**sold, "customer_id": whose}), last


@pytest.fixture
def turn(tmp_path: Path) -> Turn:
    """`turn(as_of)` tells what a turn as of a day would, each landing in the same lake."""
    days, sold, _ = brand()
    lake = open_lake(tmp_path / "lake", tmp_path, connect(tmp_path))
    landings = []

    def told(as_of: date, kept: bool = True, clocked: bool = True) -> tuple[Worth, Lake, Landing | None]:
        day = ibis.literal(as_of)
        seen = lake.keep("seen", days).filter(lambda row: row.business_date <= day)
        sales = lake.keep("sold", sold)
        date_ = (ibis.literal(date(1970, 1, 1)).cast("timestamp") + sales.day.as_interval("D")).cast("date")
        sales = sales.mutate(business_date=date_, month=(date_.year() * 12 + date_.month() - 1).cast("int64"))
        sales = sales.filter(sales.business_date <= day)
        states = lake.keep("states", tables.customer_states(seen, as_of, None))
        landing = Landing(lake.folder, lake.head.number + 1) if kept else None
        found = worth(
            lake=lake,
            days=seen,
            states=states,
            as_of=as_of,
            landing=landing,
            sales=sales if clocked else None,
        ).result()
        if landing:
            lake.head = Head(landing.number, dict(landing.versions))
            landing.land(lambda: True)
            landings.append(landing)
        return found, lake, landing

    return told


def kept_reading(lake: Lake, landing: Landing | None, day: date) -> Any:
    """The reading that a turn which lands has kept for the day's month."""
    assert landing is not None
    return readings.read(lake, landing, READING, month_number(day))


def test_the_months_reading_is_taken_once_and_stands_for_the_month(turn: Turn) -> None:
    last = brand()[2]
    first, lake, landing = turn(last - timedelta(days=1))
    kept = kept_reading(lake, landing, last)
    assert kept["model"] == first.model
    assert {trial["model"] for trial in kept["trials"]} <= {"BG/NBD", "Pareto/NBD", "MBG/NBD"}
    assert len(kept["backtests"]) == 2
    second, lake, landing = turn(last)
    assert kept_reading(lake, landing, last) == kept
    assert second.model == first.model
    assert (
        second.brand["value"].estimate != first.brand["value"].estimate
    )  # of today's customers, not yesterday's


def test_every_customer_has_their_numbers_and_their_order_of_days(turn: Turn) -> None:
    last = brand()[2]
    found, _, _ = turn(last)
    rows = found.customers.to_pandas()
    assert rows["customer_id"].is_monotonic_increasing
    assert rows["customer_id"].is_unique
    assert rows["p_alive"].between(0, 1).all()
    assert (rows["value_90_low"] <= rows["value_90_high"]).all()
    assert (rows["orders_90"] <= rows["orders_365"] + 1e-9).all()
    coming = rows.dropna(subset="next_day")
    assert 0 < len(coming) < len(rows)
    assert (coming["p_next"] >= 0.5).all()
    assert (coming["next_low"] > last).all()
    assert (coming["next_low"] <= coming["next_day"]).all()
    assert (coming["next_day"] <= coming["next_high"]).all()
    assert rows.loc[rows["next_day"].isna(), "p_next"].max() <= 0.5 + 1e-4


def test_equity_is_the_sum_and_its_change_is_that_of_the_customers(turn: Turn) -> None:
    last = brand()[2]
    found, _, _ = turn(last)
    equity = found.equity
    assert equity.since is not None
    assert (equity.since + timedelta(days=1)).day == 1
    assert (equity.since.month, equity.since < last) in {(3, True), (6, True), (9, True), (12, True)}
    for horizon in (90, 365):
        change = equity.changes[horizon]
        assert change.now == pytest.approx(found.customers[f"value_{horizon}"].to_numpy().sum(), rel=1e-3)
        assert change.then + sum(change.moved.values()) == pytest.approx(change.now)
        assert change.moved["new"] > 0 > change.moved["lost"]
        assert set(change.moved) == set(KINDS)
        assert equity.totals[horizon].low < equity.totals[horizon].estimate < equity.totals[horizon].high
        assert equity.totals[horizon].expected == pytest.approx(change.now, rel=1e-6)


def test_who_was_known_at_the_quarters_end_is_kept_through_the_quarter(turn: Turn) -> None:
    last = brand()[2]
    first, _, _ = turn(last - timedelta(days=1))
    kept, lake, _ = turn(last)
    again, _, _ = turn(last, kept=False)
    assert lake.rows(lake.table("quarter_state").count()).as_py() == first.equity.changes[90].known_then
    assert kept.equity.changes[90].known_then == again.equity.changes[90].known_then


def test_without_sales_time_is_the_wall_clocks(turn: Turn) -> None:
    last = brand()[2]
    wall, _, _ = turn(last, kept=False, clocked=False)
    own, _, _ = turn(last, kept=False)
    assert np.isfinite(wall.brand["orders"].estimate)
    assert wall.brand["orders"].estimate != own.brand["orders"].estimate


def test_a_brand_too_young_is_told_so(turn: Turn) -> None:
    days, _, _ = brand()
    first = days["business_date"].to_pandas().min()
    found, _, _ = turn(first + timedelta(days=5))
    assert len(found.customers) == 0
    assert "before their rhythm can be told" in str(found.refused[0])


def test_a_brand_that_knows_nobody_is_told_so_and_not_broken(tmp_path: Path) -> None:
    days, _, last = brand()
    lake = open_lake(tmp_path / "lake", tmp_path, connect(tmp_path))
    nobody = lake.keep("nobody", days.slice(0, 0))
    states = lake.keep("states", tables.customer_states(nobody, last, None))
    landing = Landing(lake.folder, 1)
    found = worth(lake=lake, days=nobody, states=states, as_of=last, landing=landing).result()
    assert "only 0 of 0 customers" in str(found.refused[0])


def test_why_nothing_can_be_told_stands_for_the_month_once_three_are_closed(tmp_path: Path) -> None:
    days, _, last = brand()
    lake = open_lake(tmp_path / "lake", tmp_path, connect(tmp_path))
    few = days.filter(pa.compute.less(days["customer_id"], 40))
    month = month_number(last)

    def refused(rows: pa.Table, number: int) -> tuple[list[str], Any]:
        landing = Landing(lake.folder, number)
        seen = lake.keep("seen", rows)
        states = lake.keep("states", tables.customer_states(seen, last, None))
        found = worth(lake=lake, days=seen, states=states, as_of=last, landing=landing).result()
        lake.head = Head(landing.number, dict(landing.versions))
        kept = readings.read(lake, landing, READING, month)
        landing.land(lambda: True)
        return [str(each) for each in found.refused], kept

    first, kept = refused(few, 1)
    assert kept["refused"]
    again, still = refused(few, 2)
    assert (again, still) == (first, kept)
    young = few.filter(pa.compute.greater_equal(few["month"], month - 1))
    told, nothing = refused(
        young, 3
    )  # it began otherwise, so it is read anew; two months are too young to keep it
    assert told
    assert nothing == kept
