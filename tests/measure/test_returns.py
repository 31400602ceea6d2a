"""A return written as an order of its own takes its money back and counts nobody, in every metric."""

from __future__ import annotations

import pytest

from regulars.measure.actions import metrics
from regulars.measure.metric import FigureRow, Inputs, Metric
from regulars.measure.metrics.identified_share import METRIC as IDENTIFIED
from regulars.measure.metrics.new_returning_revenue import METRIC as NEW_RETURNING
from regulars.measure.metrics.revenue_by_traffic import METRIC as TRAFFIC
from regulars.measure.metrics.revenue_factors import METRIC as FACTORS
from regulars.measure.metrics.stores_alike import METRIC as ALIKE
from tests.measure.inputs import figures, inputs_of, sale, taken_back, told

pytestmark = pytest.mark.slow

MONEY = {
    "new_returning_revenue",
    "revenue_factors",
    "revenue_by_traffic",
    "discount_share",
    "rfm_grid",
    "segments",
}
LINES = {"baskets"}  # of no order_lines nothing is told
SALES = [sale("2025-06-01", who, 10) for who in range(100, 140)]
SALES += [
    sale(f"2026-{month:02}-{day:02}", who, 500, gross=600, discount=100)
    for month in (1, 2)
    for who in range(1, 40)
    for day in (3, 9)
]
SALES += [sale(f"2026-02-{n % 27 + 1:02}", None, 900, store_id="T", traffic="own") for n in range(54)]
BACK = [
    taken_back("2026-01-20", 1, -500),
    taken_back("2026-02-03", 2, -100, gross=100, discount=100),
    taken_back("2026-02-20", 2, -50, traffic="own"),
    taken_back("2026-02-21", None, -300, store_id="T"),
    taken_back("2026-02-22", 77, -25),  # never seen to buy
]


def in_february(metric: Metric, inputs: Inputs) -> dict[str, tuple[float | None, int]]:
    rows = [row for row in figures(metric, inputs) if row.period == "2026-02" and not row.slice]
    return {row.part: (row.value, row.n) for row in rows}


@pytest.mark.parametrize(
    "metric", [each for each in metrics() if each.name not in MONEY | LINES], ids=lambda each: each.name
)
def test_nothing_that_counts_people_days_or_orders_moves(metric: Metric) -> None:
    def counted(inputs: Inputs) -> list[FigureRow]:
        rows = figures(metric, inputs)
        if metric is ALIKE:
            return [row._replace(value=None) for row in rows]  # its distance is one of tickets too
        return [row for row in rows if (row.metric, row.part) != (IDENTIFIED.name, "revenue")]

    kept = counted(inputs_of(SALES, "2026-02-28"))
    assert kept
    assert counted(inputs_of([*SALES, *BACK], "2026-02-28")) == kept


def test_every_revenue_is_less_by_what_was_taken_back_and_has_as_many_orders() -> None:
    inputs = inputs_of([*SALES, *BACK], "2026-02-28")
    rows = figures(FACTORS, inputs)
    february = [told(rows, f"whole:{part}", "2026-02").value for part in ("revenue", "orders", "ticket")]
    left = 78 * 500 + 54 * 900 - 475
    assert february == [left, 78 + 54, left / (78 + 54)]
    january = [told(rows, part, "2026-01").value for part in ("revenue", "customers", "frequency", "ticket")]
    assert january == [78 * 500 - 500, 39, 2, (78 * 500 - 500) / 78]
    assert told(rows, "customers", "2026-02").value == 39, "a return makes no guest of the month"
    assert told(rows, "whole:revenue", "2026-02", "store", "T").value == 54 * 900 - 300
    assert in_february(TRAFFIC, inputs) == {
        "own": (54 * 900 - 50, 54),
        "not_recorded": (78 * 500 - 425, 78),
    }
    earned = 78 * 500 - 175
    assert in_february(NEW_RETURNING, inputs) == {
        "new": (0, 0),
        "returning": (earned, 78),
        "unidentified": (54 * 900 - 300, 54),
    }
    assert told(figures(IDENTIFIED, inputs), "revenue", "2026-02").value == earned / left


def test_a_month_or_a_store_of_returns_alone_has_revenue_and_nothing_else() -> None:
    only = [
        sale("2025-12-05", 1),
        sale("2026-01-05", 1),
        taken_back("2026-02-05", 1, -40),
        taken_back("2026-02-06", None, -2, store_id="T"),
    ]
    inputs = inputs_of(only, "2026-03-31")
    rows = [row for metric in metrics() for row in figures(metric, inputs)]
    told_of = {
        (row.metric, row.part): (row.value, row.n)
        for row in rows
        if row.period == "2026-02" and not row.slice
    }
    parts = ("whole:revenue", "whole:ticket", "whole:change:revenue")
    assert [told_of["revenue_factors", part] for part in parts] == [(-42, 0), (None, 0), (-142, 0)]
    assert not [row for row in rows if row.slice == "T" and row.metric not in MONEY]


def test_where_returns_outweigh_sales_there_is_no_share_of_revenue() -> None:
    rows = figures(
        IDENTIFIED,
        inputs_of(
            [sale("2026-01-05", 1), taken_back("2026-01-05", 1, -300), sale("2026-01-06")], "2026-01-31"
        ),
    )
    assert (told(rows).value, told(rows, "revenue").value) == (0.5, None)
