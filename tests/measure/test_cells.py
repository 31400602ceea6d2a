"""Cells kept from turn to turn are those counted from all sales at once, whatever came late or was corrected."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pytest

from regulars.lake.computed import CELLS
from regulars.measure.actions import correction, count, counted_as, cubes
from regulars.measure.cube import KEYS, SUMS, Inputs
from regulars.measure.rules.periods import month_number
from regulars.measure.tables import month_of
from tests.measure.inputs import inputs_of, sale, taken_back

pytestmark = pytest.mark.slow

START, DAYS = date(2025, 11, 20), 160  # over a change of year and of two quarters
OPEN = month_number(date(2026, 4, 1))
AS_OF = (START + timedelta(days=DAYS - 1)).isoformat()
Sale = dict[str, Any]


def random_sale(chance: Random) -> Sale:
    """An order or, now and then, a return of anybody or of nobody known."""
    day = (START + timedelta(days=chance.randrange(DAYS))).isoformat()
    who = chance.choice([None, *range(12)])
    more = {
        "store_id": chance.choice(["A", "B", "C", None]),
        "till_id": chance.choice(["1", "2", None]),
        "sales_channel": chance.choice(["dine_in", "delivery", ""]),
        "traffic": chance.choice(["own", "platform", None]),
        "shift": chance.choice(["lunch", None]),
    }
    if chance.random() < 0.1:
        return taken_back(day, who, -chance.randrange(50), **more)
    charged = {"gross": 1000, "discount": chance.choice([0, 100, None]), "platform_subsidy": 50}
    return sale(day, who, chance.randrange(900), **more, **charged)


def changed(sales: list[Sale], chance: Random) -> list[Sale]:
    """The same sales after a night: some gone, some new and late, one person found to be two, two to be one."""
    kept = [dict(row) for row in sales if chance.random() > 0.03]
    for row in kept:
        if row["customer_id"] == 1 and chance.random() < 0.5:
            row["customer_id"] = 20
        elif row["customer_id"] in (2, 3):
            row["customer_id"] = 2
        elif chance.random() < 0.02:
            row["revenue"] += 7
    return [*kept, *(numbered(random_sale(chance), f"late{n}") for n in range(12))]


def numbered(row: Sale, name: str) -> Sale:
    return row | {"order_id": name}


def world(sales: list[Sale]) -> Inputs:
    """Tables of no connection, so that two worlds can stand beside each other."""
    inputs = inputs_of(sales, AS_OF)
    held = {name: ibis.memtable(getattr(inputs, name).to_pyarrow()) for name in ("sales", "days", "states")}
    return replace(inputs, **held)


def within(inputs: Inputs, *, closed: bool) -> Inputs:
    """The closed months or the open ones of a world; the open ones with the last visits before them."""

    def months(table: ir.Table) -> ir.Table:
        month = month_of(table.business_date)
        return table.filter(month < OPEN if closed else month >= OPEN)

    cut = replace(inputs, sales=months(inputs.sales), days=months(inputs.days))
    return cut if closed else replace(cut, before=last_visits(within(inputs, closed=True).days))


def last_visits(days: ir.Table) -> ir.Table:
    came = days.filter(days.orders > 0)
    came = came.select("customer_id", day=came.business_date.epoch_days().cast("int64"))
    newest = ibis.window(group_by="customer_id", order_by=ibis.desc("day"))
    placed = came.mutate(place=ibis.row_number().over(newest))
    return placed.group_by("customer_id").aggregate(
        latest=placed.day.max(where=placed.place == 0), previous=placed.day.max(where=placed.place == 1)
    )


def of(inputs: Inputs, people: list[int], orders: list[str]) -> Inputs:
    """What a turn hands over of the disturbed: all they have, and the single sales of nobody known."""
    sales = inputs.sales
    theirs = sales.customer_id.isin(people) | (sales.customer_id.isnull() & sales.order_id.isin(orders))
    return replace(
        inputs,
        sales=sales.filter(theirs),
        days=inputs.days.filter(inputs.days.customer_id.isin(people)),
        states=inputs.states.filter(inputs.states.customer_id.isin(people)),
    )


def summed(*cells: pa.Table) -> dict[tuple[Any, ...], tuple[int, ...]]:
    """What cells say together: sums by cube, month and keys, cells of nothing left out."""
    sums: dict[tuple[Any, ...], list[int]] = {}
    for row in pa.concat_tables(cells).to_pylist():
        key = (row["cube"], row["month"], *(row[f"key_{n}"] for n in range(1, KEYS + 1)))
        found = sums.setdefault(key, [0] * SUMS)
        for n in range(SUMS):
            found[n] += row[f"sum_{n + 1}"] or 0
    return {key: tuple(values) for key, values in sums.items() if any(values)}


def rows(cells: ir.Table) -> pa.Table:
    return cells.to_pyarrow().cast(CELLS.schema)


@pytest.mark.parametrize("seed", range(4))
def test_closed_cells_and_the_open_months_are_the_cells_of_all(seed: int) -> None:
    chance = Random(seed)
    inputs = world([random_sale(chance) for _ in range(300)])
    parts = [rows(count(within(inputs, closed=closed))) for closed in (True, False)]
    assert summed(*parts) == summed(rows(count(inputs)))


@pytest.mark.parametrize("seed", range(6))
def test_kept_cells_corrected_are_the_cells_of_what_is_known_now(seed: int) -> None:
    chance = Random(seed)
    before = [numbered(random_sale(chance), f"first{n}") for n in range(250)]
    after = changed(before, chance)
    was, now = ({row["order_id"]: row for row in rows_} for rows_ in (before, after))
    moved = [name for name in was | now if was.get(name) != now.get(name)]
    people = {side[name]["customer_id"] for name in moved for side in (was, now) if name in side} - {None}
    then, today = world(before), world(after)
    kept = rows(count(within(then, closed=True)))
    pair = [within(of(each, sorted(people), moved), closed=True) for each in (then, today)]
    corrected = rows(correction(*pair))
    fresh = rows(count(within(today, closed=False)))
    assert len(corrected)
    assert summed(kept, corrected, fresh) == summed(rows(count(today)))


def test_where_nothing_changed_nothing_is_corrected() -> None:
    inputs = world([random_sale(Random(1)) for _ in range(100)])
    assert len(rows(correction(inputs, inputs))) == 0


def test_no_sales_are_no_cells() -> None:
    assert len(rows(count(world([])))) == 0


def test_every_cube_fits_the_fact_and_is_named_with_its_version() -> None:
    for cube in cubes():
        assert len(cube.keys) <= KEYS
        assert len(cube.sums) <= SUMS
        assert set(cube.keys.values()) <= {"string", "int64"}
        assert f"{cube.name}.{cube.version}" in counted_as().split()
