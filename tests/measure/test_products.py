"""Products on a made-up brand whose truth is known: the disliked dish is found, and little else that is not there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pytest

from regulars.lake.facts import ORDER_LINES
from regulars.measure.metric import FigureRow, Inputs
from regulars.measure.metrics.affinity import METRIC as AFFINITY
from regulars.measure.metrics.first_basket import METRIC as FIRST_BASKET
from regulars.simulate.brand import Brand
from regulars.simulate.formats import preset
from tests.know.simulated import Known, known
from tests.measure.inputs import told
from tests.measure.worlds import read, world

SEEDS = range(1, 7)


def inputs_of(brand: Known) -> Inputs:
    """What readings of products read."""
    return world(brand.sales, brand.as_of, brand.lines)


def noted(rows: Sequence[FigureRow], part: str, note: str) -> set[str]:
    return {row.slice for row in rows if (row.part, row.note) == (part, note) and row.slice_kind}


@pytest.fixture(scope="module")
def seeds() -> list[tuple[Known, list[FigureRow]]]:
    made = [known(preset(orders_per_store_day=30, seed=seed)) for seed in SEEDS]
    return [(brand, read(FIRST_BASKET, inputs_of(brand))) for brand in made]


@pytest.mark.slow
def test_the_disliked_dish_loses_newcomers_and_the_interval_holds_what_was_planted(
    seeds: list[tuple[Known, list[FigureRow]]],
) -> None:
    for brand, rows in seeds:
        dish = told(rows, "second", kind="product", slice=brand.disliked)
        assert dish.note == "loses"
        assert dish.low is not None
        assert dish.high is not None
        assert 0.5 < dish.low < dish.high < 0.8, "chance of another visit × 0.6"
        assert told(rows, "second:q", kind="product", slice=brand.disliked).value < 1e-6  # type: ignore[operator]
        assert told(rows, "third", kind="product", slice=brand.disliked).note == "loses"


@pytest.mark.slow
def test_a_dish_that_does_nothing_is_seldom_called_anything(
    seeds: list[tuple[Known, list[FigureRow]]],
) -> None:
    """At 5 % false discovery and one true finding a brand, about one false finding in nineteen brands."""
    false, compared = 0, 0
    for brand, rows in seeds:
        found = noted(rows, "second", "loses") | noted(rows, "second", "makes")
        false += len(found - {brand.disliked})
        compared += int(told(rows, "second:compared").value or 0)
        assert brand.noodles not in found, "they are eaten where few return whatever they ate"
    assert compared > 40 * len(SEEDS)
    assert false <= 2


@pytest.mark.slow
def test_where_nothing_is_planted_nothing_loses() -> None:
    plain = preset(orders_per_store_day=30, seed=9)
    brand: Brand = replace(plain, effects=replace(plain.effects, disliked_dish=1.0))
    rows = read(FIRST_BASKET, inputs_of(known(brand)))
    assert noted(rows, "second", "loses") | noted(rows, "second", "makes") == set()
    assert told(rows, "second:loses").value == 0.0


def with_pair(lines: ir.Table, one: str, other: str) -> pa.Table:
    """Half of the orders with ``one`` have ``other``, too, in the place of something else."""
    half = (
        lines.filter((lines.product_id == one) & (lines.order_id.hash() % 2 == 0))
        .select("order_id")
        .distinct()
    )
    first = lines.filter((lines.product_id != one) & (lines.product_id != other)).semi_join(half, "order_id")
    chosen = first.group_by("order_id").agg(line=first.line.min(), planted=ibis.literal(True))
    joined = lines.left_join(chosen, ("order_id", "line"))
    swapped = joined.mutate(product_id=joined.planted.fill_null(False).ifelse(other, joined.product_id))
    return swapped.select(*ORDER_LINES.schema.names).to_pyarrow()


@pytest.mark.slow
@pytest.mark.parametrize("format", ["casual", "tea"])
def test_only_what_is_bought_together_more_than_chance_is_called_so(format: str) -> None:
    brand = known(preset(format, seed=5))
    inputs = inputs_of(brand)
    rows = read(AFFINITY, inputs)
    pairs = told(rows, "pairs").value
    assert pairs is not None
    assert pairs > 300
    found = noted(rows, "lift", "together") | noted(rows, "lift", "apart")
    assert len(found) <= 3, "dishes were drawn independently, however large the table"
    planted = replace(inputs, lines=ibis.memtable(with_pair(brand.lines, "P003", "P015")))
    pair = told(read(AFFINITY, planted), "lift", kind="pair", slice="P003|P015")
    assert pair.note == "together"
    assert pair.low is not None
    assert pair.low > 1.5
