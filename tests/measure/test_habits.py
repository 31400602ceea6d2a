"""How customers come and what they know of the brand, on sales that anybody can count by hand."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from regulars import settings
from regulars.measure.metric import FigureRow, Inputs
from regulars.measure.metrics.baskets import METRIC as BASKETS
from regulars.measure.metrics.breadth import METRIC as BREADTH
from regulars.measure.metrics.days_to_nth_visit import METRIC as WAITS
from regulars.measure.metrics.discount_share import METRIC as DISCOUNTS
from regulars.measure.metrics.first_triangle import METRIC as TRIANGLE
from regulars.measure.metrics.interpurchase_interval import METRIC as GAPS
from regulars.measure.metrics.regularity import METRIC as REGULARITY
from regulars.measure.metrics.rfm_grid import METRIC as GRID
from regulars.measure.rules.shares import wilson
from regulars.simulate.formats import preset, seen_clearly
from tests.know.simulated import known
from tests.know.sold import lines, on, sale, sales
from tests.measure.inputs import told
from tests.measure.worlds import read, world

pytestmark = pytest.mark.slow


def coming(*plans: tuple[int, list[int]], as_of: int = 200) -> Inputs:
    """So many customers each, who come on these days."""
    made, who = [], 0
    for customers, days in plans:
        for _ in range(customers):
            who += 1
            made += [sale(f"{who}-{day}", who, day) for day in days]
    return world(sales(*made), on(as_of))


def test_gaps_are_told_by_the_visit_they_led_to() -> None:
    rows = read(GAPS, coming((30, [0, 10, 13]), (10, [0, 40]), (5, [3])))
    assert [told(rows, part, kind="visit", slice="2").value for part in ("p10", "p50", "p90")] == [
        10.0,
        10.0,
        40.0,
    ]
    week = told(rows, "within:7", kind="visit", slice="3")
    assert (week.value, week.n, week.low) == (1.0, 30, wilson(30, 30)[0])
    everybody = told(rows, "within:30")
    assert (everybody.value, everybody.n, everybody.low) == (60 / 70, 70, None)


def test_gaps_of_last_year_only_and_too_few_are_not_told() -> None:
    rows = read(GAPS, coming((29, [0, 10]), as_of=300))
    assert [(row.part, row.value, row.note) for row in rows if row.slice == "2"] == [("p50", None, "too_few")]
    assert read(GAPS, coming((40, [0, 10]), as_of=376)) == []


def test_at_risk_of_the_third_visit_is_who_made_the_second() -> None:
    rows = read(WAITS, coming((20, [0, 10, 15]), (20, [0, 10]), (60, [100]), as_of=120))
    second = told(rows, "30", kind="visit", slice="2")
    assert (second.n, second.value) == (100, None)
    assert second.note == "immature", "sixty were watched for twenty days, the others came"
    third = told(rows, "90", kind="visit", slice="3")
    assert (third.n, third.value) == (40, 0.5)
    assert third.low is not None
    assert third.high is not None
    assert third.low < 0.5 < third.high
    half = told(rows, "median", kind="visit", slice="3")
    assert (half.value, half.low) == (5.0, 5.0)
    assert told(rows, "30", kind="visit", slice="4").note == "too_few"


def test_the_next_visit_is_told_by_where_customers_began_too() -> None:
    made = []
    for who in range(1, 121):
        store, back = ("A", who % 2 == 0) if who <= 80 else ("B", who % 4 == 0)
        made.append(sale(f"{who}-0", who, 0, store=store))
        if back:  # in another store: where they began is what counts
            made.append(sale(f"{who}-1", who, 20, store="C", sales_channel="delivery"))
    made += [sale(f"few-{who}", 500 + who, 0, store="D") for who in range(20)]
    rows = read(WAITS, world(sales(*made), on(400)))
    began = {
        (row.slice_kind, row.slice, row.part): (row.value, row.n) for row in rows if row.slice_kind != "visit"
    }
    assert began["first_store", "A", "365:2"] == (0.5, 80)
    assert began["first_store", "B", "90:2"] == (0.25, 40)
    assert began["first_store", "A", "365:3"] == (0.0, 40)
    share, people = began["first_channel", "dine_in", "365:2"]
    assert share == pytest.approx(50 / 140)
    assert people == 140
    assert not [key for key in began if key[1] in ("C", "D")]
    assert told(rows, "365", kind="visit", slice="2").n == 140


def test_a_metronome_is_even_and_a_spree_is_a_clump() -> None:
    even = [7 * week for week in range(20)]
    spree = list(range(8))
    rows = read(REGULARITY, coming((30, even), (10, spree), as_of=139))
    assert told(rows, "even").value == 0.75
    clumpy = told(rows, "clumpy")
    assert (clumpy.value, clumpy.n) == (0.25, 40)
    few = read(REGULARITY, coming((5, even)))
    assert {row.note for row in few} == {"too_few"}


@pytest.mark.slow
def test_the_shape_of_a_made_up_brand_is_the_one_it_was_made_with() -> None:
    """Half come by chance, half by Erlang-2: the mean of (M − ½)² is (1/12 + 1/20) ÷ 2, and the shape 1.375."""
    brand = known(seen_clearly(preset(orders_per_store_day=30, seed=4)))
    shape = told(read(REGULARITY, world(brand.sales, brand.as_of)), "shape")
    assert shape.low is not None
    assert shape.high is not None
    assert shape.low < 1.375 < shape.high
    assert shape.high - shape.low < 0.2


def test_breadth_is_told_among_those_who_came_as_often() -> None:
    made = [sale(f"a{n}", n, 0) for n in range(40)]
    made += [sale(f"b{n}", n, 5, "T") for n in range(30)]
    held = [(f"a{n}", "A") for n in range(40)] + [(f"b{n}", "B") for n in range(10)]
    inputs = world(sales(*made), on(20), lines(*held), {"A": "hot", "B": "cold"})
    rows = read(BREADTH, inputs)
    twice = told(rows, "several:stores", kind="visits", slice="2")
    assert (twice.value, twice.n) == (1.0, 30)
    assert told(rows, "stores").value == 70 / 40
    assert told(rows, "stores", kind="visits", slice="1").note == "too_few"
    assert told(rows, "categories").value == 50 / 40
    silent = read(BREADTH, world(sales(*made), on(20)))
    assert (told(silent, "products").value, told(silent, "products").note) == (None, "not_recorded")


def test_what_is_on_discount_is_told_by_spend_and_by_days() -> None:
    made = [
        sale(f"{who}-{day}", who, day, gross=1000 * (1 + day), discount=100 if day < off else 0)
        for who, off in enumerate([0] * 10 + [1] * 10 + [2] * 10 + [3] * 10)
        for day in range(3)
    ]
    rows = read(DISCOUNTS, world(sales(*made), on(20)))
    depth = told(rows, "depth")
    assert (depth.value, depth.n) == (6000 / 240_000, 40)
    assert depth.low is not None
    assert 0 < depth.low < 6000 / 240_000
    assert told(rows, "on_discount").value == (10 + 30 + 60) / 240
    shares = [told(rows, f"days:{group}").value for group in ("never", "sometimes", "mostly", "always")]
    assert shares == [0.25, 0.25, 0.25, 0.25]
    assert told(read(DISCOUNTS, coming((40, [0]))), "depth").note == "not_recorded"


def test_the_grid_counts_everybody_once_a_grade(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "HOME", tmp_path)
    rows = read(GRID, coming((10, [0]), (5, [0, 180, 190]), as_of=200))
    fixed = {row.part: row.value for row in rows if row.slice == "fixed"}
    assert fixed == {"r2f1": 10.0, "r5f3": 5.0, "net:r2f1": 10 / 25, "net:r5f3": 15 / 25}
    ranked = [row.value for row in rows if row.slice == "rfm" and not row.part.startswith("net:")]
    assert sum(value or 0 for value in ranked) == 15


def test_baskets_are_told_by_month_store_and_channel() -> None:
    made = [sale(str(n), None, 0, "S" if n < 30 else "T", revenue=1000 * (1 + n % 2)) for n in range(60)]
    held = [(str(n), product) for n in range(60) for product in "AB"[: 1 + n % 2]]
    held += [(str(n), "B") for n in range(60) if n % 2]
    rows = read(BASKETS, world(sales(*made), on(30), lines(*held)))
    size = told(rows, "products", period="2026-01")
    assert (size.value, size.n) == (1.5, 60)
    assert told(rows, "pieces", period="2026-01").value == 2.0
    value = told(rows, "value", period="2026-01", kind="store", slice="T")
    assert (value.value, value.n) == (1500.0, 30)
    assert value.low == pytest.approx(1500 - 1.96 * 508.5 / 30**0.5, rel=1e-3)
    assert told(rows, "size:2", period="2026-01").value == 0.5
    assert told(rows, "size:5", period="2026-01").value == 0.0


def triangle(rows: list[FigureRow], kind: str, slice: str) -> list[float | None]:
    return [row.value for row in rows if (row.slice_kind, row.slice, row.period) == (kind, slice, "2026-04")]


def test_triangles_name_the_largest_and_put_the_others_together() -> None:
    old = [sale(f"o{store}", 1000 + store, 0, f"S{store}") for store in range(12)]
    made, held = [], []
    for who in range(360):
        store = who % 9 if who < 180 else 9 + who % 2
        made.append(sale(f"a{who}", who, 95, f"S{store}"))
        held.append((f"a{who}", "A" if who < 60 else "B"))
        if who < 60:
            made.append(sale(f"b{who}", who, 125, f"S{store}"))
    rows = read(TRIANGLE, world(sales(*old, *made), on(180), lines(*held)))
    assert triangle(rows, "first_product", "A") == [1.0, 1.0, 0.0], "April, May and June are over"
    assert triangle(rows, "first_product", "B") == [1.0, 0.0, 0.0]
    assert triangle(rows, "first_store", "S9") == [1.0, 0.0, 0.0]
    stores = {row.slice for row in rows if row.slice_kind == "first_store"}
    assert len(stores) == 9
    assert "others" in stores
    others = [
        row for row in rows if (row.slice_kind, row.slice, row.period) == ("first_store", "others", "2026-04")
    ]
    assert others[0].n == 60, "the three smallest of eleven stores"
    assert triangle(rows, "first_store", "S0") == [None], "twenty are too few, said once"


def test_a_return_after_the_last_closed_month_is_not_looked_at() -> None:
    inputs = coming((40, [0, 10, 50]), as_of=30)
    assert inputs.as_of == on(0) + timedelta(days=30)
    rows = read(WAITS, inputs)
    assert told(rows, "30", kind="visit", slice="2").value == 1.0
    assert told(rows, "30", kind="visit", slice="3").note == "immature"
