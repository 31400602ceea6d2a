"""A region is the sum of its stores in every number that counts orders or first visits; heads are counted anew."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

import pytest

from regulars.measure.metric import Metric
from regulars.measure.metrics.bubble_rate import METRIC as BUBBLE
from regulars.measure.metrics.cohort_second_visit import METRIC as COHORT
from regulars.measure.metrics.guests import METRIC as GUESTS
from regulars.measure.metrics.identified_share import METRIC as IDENTIFIED
from regulars.measure.metrics.lifecycle import METRIC as LIFECYCLE
from regulars.measure.metrics.new_returning_revenue import METRIC as NEW_RETURNING
from regulars.measure.metrics.repeat_order_share import METRIC as REPEAT
from regulars.measure.metrics.revenue_by_traffic import METRIC as TRAFFIC
from regulars.measure.metrics.revenue_factors import METRIC as FACTORS
from regulars.measure.metrics.second_purchase_stock import METRIC as STOCK
from tests.measure.inputs import figures, inputs_of, sale

pytestmark = pytest.mark.slow

REGIONS = {"A": "north", "B": "north", "C": "south"}
SALES = [
    sale(
        f"2026-0{month}-{day:02}",
        who if who % 3 else None,
        100 + who,
        store_id="ABCD"[who % 4],
        traffic="own",
    )
    for month in (1, 2)
    for day in (3, 17)
    for who in range(120)
]
SUMMED = (IDENTIFIED, LIFECYCLE, NEW_RETURNING, REPEAT, TRAFFIC, STOCK, BUBBLE, COHORT)


@pytest.mark.parametrize("metric", SUMMED, ids=lambda each: each.name)
def test_what_stands_behind_a_region_is_what_stands_behind_its_stores(metric: Metric) -> None:
    inputs = replace(inputs_of(SALES, "2026-02-28"), regions=REGIONS)
    stores: dict[tuple[str, str, str], int] = defaultdict(int)
    regions: dict[tuple[str, str, str], int] = defaultdict(int)
    for row in figures(metric, inputs):
        if row.part.startswith(("shrunk", "cause:")):
            continue
        if row.slice_kind == "store":
            stores[REGIONS.get(row.slice, "not_recorded"), row.period, row.part] += row.n
        if row.slice_kind == "region":
            regions[row.slice, row.period, row.part] += row.n
    assert {slice for slice, *_ in regions} == (
        {"north", "south", "not_recorded"} if metric is not BUBBLE else set()
    )
    assert regions == {key: n for key, n in stores.items() if key in regions}


def test_a_brand_without_regions_has_no_such_figures() -> None:
    assert not [row for row in figures(TRAFFIC, inputs_of(SALES, "2026-02-28")) if row.slice_kind == "region"]


def test_a_guest_of_two_stores_of_a_region_is_one_of_its_guests() -> None:
    sales = [
        sale("2026-01-03", 1, store_id="A"),
        sale("2026-01-05", 1, 300, store_id="B"),
        sale("2026-01-05", 2, store_id="B"),
        sale("2026-01-06", 2, store_id="C"),
        sale("2026-01-07", None, store_id="C"),
        sale("2026-02-01", 1, store_id="C"),
    ]
    inputs = replace(inputs_of(sales, "2026-02-28"), regions=REGIONS)
    told = {
        (row.metric, row.slice, row.period[-2:], row.part): row.value
        for metric in (GUESTS, FACTORS)
        for row in figures(metric, inputs)
        if row.slice_kind == "region"
    }
    guests = {key[1:]: value for key, value in told.items() if key[0] == "guests"}
    assert guests == {
        ("north", "01", "new"): 2,
        ("north", "01", "returning"): 0,
        ("south", "01", "new"): 0,
        ("south", "01", "returning"): 1,
        ("south", "02", "new"): 0,
        ("south", "02", "returning"): 1,
    }
    north = {
        part: value
        for (metric, region, month, part), value in told.items()
        if (metric, region, month) == ("revenue_factors", "north", "01")
    }
    assert north == {
        "customers": 2,
        "frequency": 1.5,
        "ticket": 500 / 3,
        "revenue": 500,
        "whole:orders": 3,
        "whole:revenue": 500,
        "whole:ticket": 500 / 3,
    }


@pytest.mark.parametrize("metric", [GUESTS, FACTORS], ids=lambda each: each.name)
def test_one_region_of_all_stores_has_the_heads_of_the_brand(metric: Metric) -> None:
    inputs = replace(inputs_of(SALES, "2026-02-28"), regions=dict.fromkeys("ABCD", "all"))
    rows = figures(metric, inputs)
    heads = ("customers", "whole:orders", "whole:revenue", "new", "returning")
    brand = {(row.period, row.part): row.value for row in rows if row.slice_kind == "" and row.part in heads}
    whole = {
        (row.period, row.part): row.value for row in rows if row.slice_kind == "region" and row.part in heads
    }
    assert whole == brand
