"""Three numbers that are all called second purchase, each counted by hand, and what moves which of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from regulars.measure.metric import Inputs
from regulars.measure.metrics.cohort_second_visit import METRIC as COHORT
from regulars.measure.metrics.cohort_triangle import METRIC as TRIANGLE
from regulars.measure.metrics.repeat_order_share import METRIC as REPEAT
from regulars.measure.metrics.repurchase_rate import METRIC as REPURCHASE
from regulars.measure.metrics.second_purchase_stock import METRIC as STOCK
from regulars.measure.metrics.stock_corrected import METRIC as CORRECTED
from tests.measure.inputs import figures, inputs_of, sale, told

START = date(2025, 1, 1)


def test_the_stock_counts_days_and_not_orders() -> None:
    inputs = inputs_of(
        [
            sale("2026-01-05", 1),
            sale("2026-01-05", 1),
            sale("2026-01-06", 2),
            sale("2026-02-07", 2),
            sale("2026-02-08", 3),
        ],
        "2026-02-10",
    )
    rows = figures(STOCK, inputs)
    assert (told(rows).value, told(rows).n) == pytest.approx((1 / 3, 3))
    assert (told(rows, period="2026-01").value, told(rows, period="2026-01").n) == (0, 2)
    assert told(rows, period="2026-02").value == told(rows).value
    assert told(rows, period="2026-02").note == "incomplete"
    assert told(rows, kind="store", slice="S").n == 3


def test_a_month_without_sales_keeps_the_stock_of_the_month_before() -> None:
    rows = figures(
        STOCK, inputs_of([sale("2026-01-05", 1), sale("2026-01-08", 1), sale("2026-03-01", 2)], "2026-03-31")
    )
    assert told(rows, period="2026-02").value == 1
    assert told(rows, period="2026-03").value == 0.5


def test_a_second_order_on_the_first_day_is_not_a_repeat() -> None:
    sales = [
        sale("2026-01-05", 1),
        sale("2026-01-05", 1),
        sale("2026-01-06", 1),
        sale("2026-02-01", 1),
        sale("2026-02-01"),
    ]
    rows = figures(REPEAT, inputs_of(sales, "2026-02-28"))
    assert (told(rows).value, told(rows).n) == (0.5, 4)
    assert told(rows, period="2026-01").value == pytest.approx(1 / 3)
    assert (told(rows, period="2026-02").value, told(rows, period="2026-02").n) == (1, 1)


def test_repurchase_is_of_the_period_that_it_names() -> None:
    sales = [
        sale("2025-12-30", 1),
        sale("2026-01-05", 1),
        sale("2026-01-05", 2),
        sale("2026-01-20", 2),
        sale("2026-02-03", 3),
        sale("2026-03-03", 3),
    ]
    rows = figures(REPURCHASE, inputs_of(sales, "2026-03-30"))
    assert (told(rows, period="2026-01").value, told(rows, period="2026-01").n) == (0.5, 2)
    assert told(rows, period="2026-02").value == 0
    assert told(rows, period="2026-Q1").value == pytest.approx(2 / 3)
    assert told(rows, period="2026-Q1").note == "incomplete"
    assert told(rows, period="2025-Q4").value == 0
    assert (told(rows, period="trailing_year").value, told(rows, period="trailing_year").n) == (1, 3)


def test_who_bought_in_two_stores_of_a_region_came_back_to_the_region_and_to_neither_store() -> None:
    sales = [
        sale("2026-01-05", 1, store_id="N1"),
        sale("2026-01-09", 1, store_id="N2"),
        sale("2026-01-05", 2, store_id="N1"),
        sale("2026-01-20", 2, store_id="N1"),
        sale("2026-01-20", 2, store_id="N2"),
        sale("2026-02-01", 3, store_id="S1"),
    ]
    regions = {"N1": "North", "N2": "North", "S1": "South"}
    rows = figures(REPURCHASE, replace(inputs_of(sales, "2026-02-28"), regions=regions))
    january = {row.slice: (row.value, row.n) for row in rows if row.period == "2026-01" and row.slice_kind}
    assert january == {"N1": (0.5, 2), "N2": (0.0, 2), "North": (1.0, 2)}
    assert {row.slice for row in rows if row.period == "2026-02" and row.slice_kind} == {"S1", "South"}


def many(first: date, customers: range, back_after: dict[int, int], **more: Any) -> list[dict[str, object]]:
    """A first visit each, and a second so many days later for those named."""
    rows = [sale(first.isoformat(), who, **more) for who in customers]
    return rows + [
        sale((first + timedelta(days=gap)).isoformat(), who, **more) for who, gap in back_after.items()
    ]


def old_store() -> list[dict[str, object]]:
    """A customer of long ago, so that the store has identified for more than 90 days when the others come."""
    return [sale("2025-01-01", 0)]


def test_the_cohort_share_agrees_with_a_count_where_all_are_mature() -> None:
    first = START + timedelta(days=200)
    sales = [*old_store(), *many(first, range(1, 101), {who: 10 * who for who in range(1, 21)})]
    rows = figures(COHORT, inputs_of(sales, (first + timedelta(days=400)).isoformat()))
    assert told(rows, "30").value == pytest.approx(0.03)
    assert told(rows, "90").value == pytest.approx(0.09)
    assert told(rows, "180").value == pytest.approx(0.18)
    assert told(rows, "365").value == pytest.approx(0.20)
    assert told(rows, "90").n == 100  # not the one first seen in the store's first 90 days
    month = told(rows, "90", period=first.isoformat()[:7])
    assert month.low is not None
    assert month.high is not None
    assert month.low < 0.09 < month.high
    assert told(rows, "90", kind="store", slice="S").value == told(rows, "90").value
    assert told(rows, "90", kind="traffic", slice="not_recorded").n == 100


def test_those_not_watched_long_enough_are_neither_lost_nor_left_out() -> None:
    first = START + timedelta(days=200)
    young = first + timedelta(days=100)
    sales = [
        *old_store(),
        *many(first, range(1, 101), dict.fromkeys(range(1, 11), 20) | dict.fromkeys(range(11, 21), 60)),
        *many(young, range(101, 201), dict.fromkeys(range(101, 111), 20)),
    ]
    rows = figures(COHORT, inputs_of(sales, (young + timedelta(days=40)).isoformat()))
    # 200 at risk on day 20 (20 back), then 90 of the older ones at risk on day 60 (10 back).
    assert told(rows, "90").value == pytest.approx(1 - (180 / 200) * (80 / 90))
    recent = young.isoformat()[:7]
    assert told(rows, "30", period=recent).value == pytest.approx(0.1)
    late = told(rows, "90", period=recent)
    assert (late.value, late.note, late.n) == (None, "immature", 100)


def test_a_window_that_all_came_back_within_is_told_though_nobody_is_left_to_watch() -> None:
    first = START + timedelta(days=200)
    sales = [*old_store(), *many(first, range(1, 41), dict.fromkeys(range(1, 41), 5))]
    rows = figures(COHORT, inputs_of(sales, (first + timedelta(days=100)).isoformat()))
    assert told(rows, "90", period=first.isoformat()[:7]).value == 1


def test_fewer_than_thirty_are_counted_and_not_told() -> None:
    first = START + timedelta(days=200)
    sales = [*old_store(), *many(first, range(1, 30), {})]
    rows = figures(COHORT, inputs_of(sales, "2026-12-31"))
    row = told(rows, "90", period=first.isoformat()[:7])
    assert (row.value, row.low, row.high, row.n, row.note) == (None, None, None, 29, "too_few")
    assert not [row for row in rows if row.slice_kind == "store" and row.period]


def test_first_seen_is_marked_while_a_store_has_only_begun_to_identify() -> None:
    sales = many(START + timedelta(days=89), range(1, 41), {})
    sales += [sale(START.isoformat(), 0), *many(START + timedelta(days=90), range(41, 81), {})]
    rows = figures(COHORT, inputs_of(sales, "2026-12-31"))
    by_note = {
        row.note: row.n
        for row in rows
        if row.slice_kind == "" and row.part == "90" and row.period == "2025-03"
    }
    assert by_note == {"new_not_meaningful": 40}
    assert told(rows, "90", period="2025-04").note == ""
    assert told(rows, "90").n == 40
    # A store that opens later starts its own 90 days.
    opened = [*sales, *many(date(2025, 7, 1), range(100, 140), {}, store_id="T")]
    assert (
        told(figures(COHORT, inputs_of(opened, "2026-12-31")), "90", kind="store", slice="T").note
        == "new_not_meaningful"
    )


def test_the_triangle_shows_months_that_are_over_and_noughts_in_them() -> None:
    sales = [*many(date(2025, 5, 3), range(1, 41), dict.fromkeys(range(1, 11), 62)), sale("2025-01-01", 0)]
    rows = figures(TRIANGLE, inputs_of(sales, "2025-08-30"))
    cohort = {row.part: (row.value, row.n) for row in rows if row.period == "2025-05"}
    assert cohort == {"0": (1.0, 40), "1": (0.0, 40), "2": (0.25, 40)}
    assert {row.note for row in rows if row.period == "2025-01"} == {"too_few"}
    assert not [row for row in rows if row.period == "2025-08"]


def visits_of(people: int, rng: np.random.Generator) -> list[tuple[int, int]]:
    """(customer, day) over two years in which nobody changes: a Poisson stream each, of different rates."""
    starts, gaps = rng.integers(0, 730, people), 1 / rng.gamma(0.8, 1 / 40, people)
    found = []
    for who in range(people):
        days = starts[who] + np.concatenate([[0], np.cumsum(rng.exponential(gaps[who], 40))])
        found += [(who, day) for day in sorted({int(day) for day in days if day < 730})]
    return found


def seen(visits: list[tuple[int, int]], second_year: float, chance: np.ndarray) -> Inputs:
    """The same visits, 20 % recognised in the first year and so many in the second; ``chance`` is a draw a visit."""
    rows = [
        sale(
            (START + timedelta(days=day)).isoformat(),
            who if luck < (0.2 if day < 365 else second_year) else None,
        )
        for (who, day), luck in zip(visits, chance, strict=True)
    ]
    return inputs_of(rows, (START + timedelta(days=729)).isoformat())


@pytest.mark.slow
def test_better_identification_lifts_the_stock_and_the_correction_takes_it_out() -> None:
    rng = np.random.default_rng(7)
    visits = visits_of(6000, rng)
    chance = rng.random(len(visits))
    held, risen = seen(visits, 0.2, chance), seen(visits, 0.5, chance)
    truth, counted = told(figures(STOCK, held)).value, told(figures(STOCK, risen)).value
    assert truth is not None
    assert counted is not None
    assert counted > truth + 0.05
    rows = figures(CORRECTED, risen)
    corrected = told(rows, period="2025-12")
    assert corrected.value == pytest.approx(truth, abs=0.015)
    assert told(rows, "now", "2025-12").value == counted
    parts = [told(rows, part, "2025-12").value for part in ("change:identification", "change:rest")]
    assert sum(part or 0.0 for part in parts) == pytest.approx(told(rows, "change", "2025-12").value)
    # Where identification stays, there is nothing to take out but the months' own noise.
    assert told(figures(CORRECTED, held), period="2025-12").value == pytest.approx(truth, abs=0.01)


@pytest.mark.slow
def test_where_identification_is_of_the_person_the_interval_reaches_the_truth() -> None:
    rng = np.random.default_rng(7)
    visits = visits_of(3000, rng)
    luck = rng.random(3000)
    chance = luck[[who for who, _ in visits]]
    truth = told(figures(STOCK, seen(visits, 0.2, chance))).value
    row = told(figures(CORRECTED, seen(visits, 0.5, chance)), period="2025-12")
    assert truth is not None
    assert row.low is not None
    assert row.high is not None
    assert row.low < truth < row.high + 0.01


def test_the_thinned_stock_is_the_mean_over_all_ways_of_thinning() -> None:
    # January: 1 of 2 orders identified; February: all of 4. So February's visits are kept with one half.
    sales = [
        sale("2026-01-05", 1),
        sale("2026-01-06"),
        sale("2026-02-01", 1),
        sale("2026-02-02", 2),
        sale("2026-02-03", 2),
        sale("2026-02-04", 3),
    ]
    rows = figures(CORRECTED, inputs_of(sales, "2026-02-28"))
    # Known: 1 surely, 2 with 3/4, 3 with 1/2. Back: 1 with 1/2, 2 with 1/4.
    assert told(rows, period="2026-01").value == pytest.approx((1 / 2 + 1 / 4) / (1 + 3 / 4 + 1 / 2))
    assert told(rows, "before", "2026-01").value == 0
    assert told(rows, "now", "2026-01").value == pytest.approx(2 / 3)


def test_one_month_of_history_is_compared_with_nothing() -> None:
    assert figures(CORRECTED, inputs_of([sale("2026-01-05", 1), sale("2026-01-09", 1)], "2026-02-10")) == []
    assert figures(CORRECTED, inputs_of([sale("2026-01-05")], "2026-02-10")) == []
