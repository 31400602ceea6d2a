"""Readings on the public chains: what is known of them from outside, and silence where too little lies behind."""

from __future__ import annotations

import pytest

from regulars.measure.metrics.affinity import METRIC as AFFINITY
from regulars.measure.metrics.days_to_nth_visit import METRIC as WAITS
from regulars.measure.metrics.first_basket import METRIC as FIRST_BASKET
from regulars.measure.metrics.interpurchase_interval import METRIC as GAPS
from tests.measure.inputs import told
from tests.measure.public import foodmart, lgsr
from tests.measure.worlds import read

pytestmark = pytest.mark.slow


def test_a_grocers_card_holders_come_every_few_days() -> None:
    inputs = lgsr()
    second = told(read(WAITS, inputs), "90", kind="visit", slice="2")
    assert second.value == pytest.approx(0.798, abs=0.002), "as counted from the same days elsewhere"
    gaps = read(GAPS, inputs)
    assert told(gaps, "p50").value == 4.0
    assert (told(gaps, "within:7").value or 0) > 0.7


def test_baskets_drawn_at_random_from_fifteen_hundred_products_find_nothing() -> None:
    inputs = foodmart()
    assert {(row.slice_kind, row.note) for row in read(AFFINITY, inputs)} == {("", "too_few")}, (
        "no pair in 30 baskets"
    )
    rows = read(FIRST_BASKET, inputs)
    assert {row.note for row in rows if row.slice_kind == ""} == {"too_few"}
