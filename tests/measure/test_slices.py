"""Rates by slices, on orders that anybody can count by hand."""

from __future__ import annotations

from typing import Any

import pytest

from regulars.measure.rates import RATES
from regulars.measure.slices import sums_by
from tests.measure.inputs import inputs_of, sale, taken_back

SALES = [
    sale("2026-01-05", 1, store_id=""),
    sale("2026-01-06", 1, store_id=None),
    sale("2026-01-06", 1, store_id="not_recorded"),
    sale("2026-01-06", 1),
    sale("2026-01-07", 2),
    sale("2026-01-08", 2),
    sale("2026-02-01", None),
    taken_back("2026-01-09", 3, -50),
]


def counted(name: str, *by: str) -> list[dict[str, Any]]:
    found = sums_by(RATES[name], by, inputs_of(SALES, "2026-02-28")).to_pyarrow().to_pylist()
    return sorted(found, key=lambda row: [row[each] for each in by])


def test_who_bought_under_three_spellings_of_nothing_is_one_customer() -> None:
    assert counted("customers", "store") == [
        {"store": "S", "top": 2, "n": 4},
        {"store": "not_recorded", "top": 1, "n": 3},
    ]


def test_who_bought_on_two_days_of_a_slice_bought_again_in_it() -> None:
    assert counted("repurchase_rate") == [{"top": 2, "bottom": 2, "n": 2}]
    assert counted("repurchase_rate", "store") == [
        {"store": "S", "top": 1, "bottom": 2, "n": 2},
        {"store": "not_recorded", "top": 1, "bottom": 1, "n": 1},
    ]
    assert [row["top"] for row in counted("repurchase_rate", "day")][:4] == [0, 0, 0, 0]


@pytest.mark.parametrize(
    ("name", "top"), [("orders_a_customer", 6), ("spend_a_customer", 550)], ids=["orders", "spend"]
)
def test_who_only_brought_something_back_is_no_customer_though_their_money_counts(
    name: str, top: int
) -> None:
    assert counted(name) == [{"top": top, "bottom": 2, "n": 2}]


def test_a_month_without_anybody_known_has_no_customers() -> None:
    january, february = counted("orders_a_customer", "month")
    assert (january["top"], january["bottom"]) == (6, 2)
    assert (february["top"], february["bottom"]) == (0, 0)
