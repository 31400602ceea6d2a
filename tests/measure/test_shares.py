"""Identified share, bubble, lifecycle and stores alike on sales that can be counted by hand."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from regulars.measure.metrics.bubble_rate import METRIC as BUBBLE
from regulars.measure.metrics.identified_share import METRIC as IDENTIFIED
from regulars.measure.metrics.lifecycle import METRIC as LIFECYCLE
from regulars.measure.metrics.price_fairness import METRIC as FAIR
from regulars.measure.metrics.stores_alike import METRIC as ALIKE
from regulars.measure.rules.shares import wilson
from tests.measure.inputs import figures, inputs_of, sale, told


def test_the_identified_share_and_its_causes_add_up_to_all_orders() -> None:
    sales = [
        sale("2026-07-28", 1, 300, till_id="1", shift="lunch", sales_channel="dine_in"),
        sale("2026-08-03", 2, 100, till_id="1", shift="lunch", sales_channel="dine_in"),
        sale("2026-08-04", None, 100, till_id="2", shift="dinner", sales_channel="dine_in"),
        sale("2026-08-05", None, 500, sales_channel="delivery", cause="platform"),
    ]
    rows = figures(IDENTIFIED, inputs_of(sales, "2026-08-31"))
    assert told(rows).value == 0.5
    assert told(rows, "revenue").value == 0.4
    assert told(rows, "cause:platform").value == told(rows, "cause:not_asked").value == 0.25
    assert (told(rows, period="2026-08").value, told(rows, period="2026-08").n) == pytest.approx((1 / 3, 3))
    assert told(rows, kind="till", slice="S/1").value == 1
    assert told(rows, kind="till", slice="not_recorded").value == 0
    assert told(rows, kind="shift", slice="dinner", period="2026-08").value == 0
    assert told(rows, kind="sales_channel", slice="dine_in").value == pytest.approx(2 / 3)
    assert told(rows, kind="week", slice="2026-08-03").n == 3
    for kind in ("", "store", "till", "shift", "sales_channel"):
        of_all = [row for row in rows if row.slice_kind == kind and row.period == ""]
        assert sum(row.n for row in of_all if row.part == "") == 4
        for slice in {row.slice for row in of_all}:
            shares = [row.value or 0 for row in of_all if row.slice == slice and row.part != "revenue"]
            assert sum(shares) == pytest.approx(1)


def test_a_bubble_is_counted_within_180_days_and_only_when_they_are_over() -> None:
    first = date(2025, 6, 1)
    sales = [sale("2025-01-01", 0)]
    for who in range(1, 41):
        sales.append(sale(first.isoformat(), who, traffic="platform", offer="opening"))
    back = {1: 10, 2: 180, 3: 181}
    sales += [sale((first + timedelta(days=gap)).isoformat(), who) for who, gap in back.items()]
    sales += [sale("2025-12-15", who, traffic="own") for who in range(100, 140)]
    inputs = inputs_of(sales, "2026-05-01", acquired_by=dict.fromkeys(range(1, 31), "flyer"))
    rows = figures(BUBBLE, inputs)
    assert (told(rows).value, told(rows).n) == (38 / 40, 40)
    assert (told(rows).low, told(rows).high) == wilson(38, 40)
    assert told(rows, kind="traffic", slice="platform").value == 38 / 40
    assert told(rows, kind="offer", slice="opening").n == 40
    assert told(rows, kind="acquired_by", slice="flyer").value == 28 / 30
    few = told(rows, kind="acquired_by", slice="not_recorded")
    assert (few.value, few.low, few.n, few.note) == (None, None, 11, "too_few")
    assert not [row for row in rows if row.slice == "own"], "nobody who came in December is mature in May"


def group_buys() -> list[dict[str, Any]]:
    """Newcomers who pay with group-buy vouchers, at the table, through a platform's traffic; the offer is kept."""
    voucher = {"sales_channel": "dine_in", "traffic": "platform", "offer": "group_buy", "gross": 10_000}
    sales = [sale("2025-01-01", 0)]
    for who in range(1, 121):
        discount, platform = ((3000, 0), (3000, 1000), (3000, 3000), (0, 0))[who % 4]
        given = voucher | {"discount": discount, "platform_subsidy": platform}
        sales.append(sale("2025-06-01", who, 7000, **given))
        if who % 4 == 1:
            again = {"gross": 10_000, "discount": 1000, "platform_subsidy": 500}
            sales.append(sale("2025-06-15", who, 9000, **again))
    return sales


def test_b2_the_bubble_rate_sees_the_platforms_part_of_the_subsidy_apart() -> None:
    rows = figures(BUBBLE, inputs_of(group_buys(), "2026-05-01"))
    of_givers = [row for row in rows if row.slice_kind == "discount_by"]
    found = {row.slice: (row.value, row.n) for row in of_givers if row.part == ""}
    assert found == {
        "not_recorded": (None, 1),
        "brand": (1.0, 30),
        "brand_and_platform": (0.0, 30),
        "platform": (1.0, 30),
        "nobody": (1.0, 30),
    }
    drawn = {row.slice: row.value or 0 for row in of_givers if row.part == "shrunk"}
    assert drawn["brand_and_platform"] < 0.05 < 0.2 < drawn["not_recorded"], (
        "one guest alone says next to nothing"
    )
    assert told(rows, kind="offer", slice="group_buy").n == 120
    assert told(rows, kind="sales_channel", slice="dine_in").n == 120
    assert told(rows, kind="traffic", slice="platform").n == 120


def test_b2_price_fairness_sees_the_platforms_part_of_the_subsidy_apart() -> None:
    rows = figures(FAIR, inputs_of(group_buys(), "2025-06-30"))
    june = {row.part: row.value for row in rows if row.slice_kind == "" and row.period == "2025-06"}
    # Of 30 each: brand 3000, 2000, 0, 0 and platform 0, 1000, 3000, 0 of 10,000; again brand 500 and platform 500.
    assert june["new:brand"] == pytest.approx(0.125)
    assert june["new:platform"] == pytest.approx(0.1)
    assert june["returning:brand"] == june["returning:platform"] == pytest.approx(0.05)
    assert june["gap"] == pytest.approx(0.125 - 0.05)
    told_of_store = {row.part: row.value for row in rows if row.slice == "S" and row.period == "2025-06"}
    assert told_of_store == june


def test_a_store_that_is_dear_for_everybody_is_not_unfair_to_those_who_come_again() -> None:
    sales = [sale("2025-01-01", 0)]
    for store, share, news, again in (("A", 0.3, 90, 40), ("B", 0.0, 40, 90)):
        off: dict[str, Any] = {"store_id": store, "gross": 1000, "discount": int(share * 1000)}
        first = 1000 if store == "A" else 2000
        sales += [sale("2025-05-02", first + who, store_id=store) for who in range(100)]
        sales += [sale("2025-06-02", first + 500 + who, **off) for who in range(news)]
        sales += [sale("2025-06-03", first + who, **off) for who in range(again)]
    rows = figures(FAIR, inputs_of(sales, "2025-06-30"))
    june = {row.part: row.value for row in rows if row.slice_kind == "" and row.period == "2025-06"}
    assert (june["new:brand"] or 0) - (june["returning:brand"] or 0) > 0.1, "all in one pot it would seem so"
    assert june["gap"] == pytest.approx(0)


def test_fewer_than_thirty_orders_say_nothing_of_fairness() -> None:
    sales = [sale("2025-06-01", who, gross=1000, discount=0) for who in range(29)]
    rows = figures(FAIR, inputs_of(sales, "2025-06-30"))
    assert {(row.value, row.note) for row in rows} == {(None, "too_few")}


def test_every_stage_is_counted_and_an_empty_one_is_nought() -> None:
    sales = [sale("2026-01-05", 1), sale("2026-01-05", 2, store_id="T"), sale("2026-01-06", 3)]
    rows = figures(LIFECYCLE, inputs_of(sales, "2026-01-31", stages={1: "new", 2: "lost", 3: "new"}))
    assert {row.part: row.value for row in rows if row.slice_kind == ""} == {
        "new": 2,
        "second_timer": 0,
        "regular": 0,
        "cooling": 0,
        "lost": 1,
        "won_back": 0,
    }
    assert told(rows, "lost", kind="store", slice="T").n == 1


def test_a_store_is_set_beside_those_that_sell_as_it_does() -> None:
    sales = []
    for store, orders, revenue in (
        ("A", 40, 900),
        ("B", 44, 950),
        ("C", 90, 200),
        ("D", 95, 210),
        ("E", 10, 200),
    ):
        sales += [sale("2026-08-20", None, revenue, store_id=store) for _ in range(orders)]
    rows = figures(ALIKE, inputs_of(sales, "2026-08-31"))
    assert told(rows, "1", kind="store", slice="A").note == "B"
    assert told(rows, "1", kind="store", slice="D").note == "C"
    assert not [row for row in rows if "E" in (row.slice, row.note)], "ten orders say nothing of a store"
    assert {row.part for row in rows if row.slice == "A"} == {"1", "2", "3"}
