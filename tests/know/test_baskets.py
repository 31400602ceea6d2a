"""Baskets, pairs, breadth and first baskets on orders that anybody can count by hand."""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pytest

from regulars.know.tables import baskets, breadth, intervals, newcomers
from regulars.know.tables.days import customer_days
from regulars.know.tables.states import customer_states
from regulars.measure.rules.affinity import variance_terms
from tests.know.sold import lines, on, sale, sales


def rows(table: ir.Table, *keys: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = table.order_by(*keys).to_pyarrow().to_pylist()
    return found


def test_a_basket_holds_a_product_once_and_no_line_returned_or_left_behind() -> None:
    sold = baskets.sold(
        sales(sale("1", 7, 0, version=2), sale("2", None, 0), sale("3", 7, 1, orders=0, revenue=-500)),
        lines(
            ("1", "A", {"version": 1}),
            ("1", "A", {"version": 2}),
            ("1", "A", {"version": 2, "quantity": 2.0}),
            ("1", "B", {"version": 2, "returned": True}),
            ("1", "C", {"version": 2, "quantity": -1.0}),
            ("2", "", {}),
            ("2", "D", {"returned": None, "quantity": None}),
            ("3", "A"),
        ),
    )
    told = [
        (row["order_id"], row["product_id"], row["quantity"], row["customer_id"])
        for row in rows(sold, "order_id")
    ]
    assert told == [("1", "A", 3.0, 7), ("2", "D", 1.0, None)]


def many(
    store: str, prefix: str, *, both: int, a: int, b: int, none: int
) -> tuple[list[dict[str, Any]], list[tuple[str, str]]]:
    held = ["AB"] * both + ["A"] * a + ["B"] * b + ["C"] * none
    orders = [sale(f"{prefix}{n}", None, 0, store) for n in range(len(held))]
    return orders, [(f"{prefix}{n}", product) for n, each in enumerate(held) for product in each]


def test_pairs_are_expected_within_each_store_that_sells_both() -> None:
    one, one_lines = many("S", "s", both=6, a=4, b=5, none=5)
    two, two_lines = many("T", "t", both=1, a=9, b=0, none=10)
    other, other_lines = many("U", "u", both=0, a=8, b=0, none=8)
    sold = baskets.sold(sales(*one, *two, *other), lines(*one_lines, *two_lines, *other_lines))
    (told,) = rows(baskets.pairs(sold, 200, 5), "product_a")
    assert (told["product_a"], told["product_b"], told["both"], told["baskets"]) == ("A", "B", 7, 40)
    assert (told["with_a"], told["with_b"]) == (20, 12)
    assert told["expected"] == pytest.approx(10 * 11 / 20 + 10 * 1 / 20)
    terms = [
        sum(each) for each in zip(variance_terms(20, 10, 11, 6), variance_terms(20, 10, 1, 1), strict=True)
    ]
    assert [told[name] for name in ("none", "one", "two")] == pytest.approx(terms)
    assert (told["held"], told["variance"]) == (7, 0.0), (
        "where two fill every basket nothing is left to chance"
    )
    assert rows(baskets.pairs(sold, 200, 8), "product_a") == []
    assert rows(baskets.pairs(sold, 2, 1), "product_a") == [], "B is not among the two most sold"


def test_baskets_of_one_size_share_their_places() -> None:
    """Three of six pairs of A, B, C, D each: by chance every pair is as likely, and a single product tells nothing."""
    held = ["AB", "AB", "AC", "BD", "CD", "CD", "A", "A", "B"]
    orders = [sale(str(n), None, 0) for n in range(len(held))]
    lying = [(str(n), product) for n, each in enumerate(held) for product in each]
    told = {
        row["product_a"] + row["product_b"]: row
        for row in rows(baskets.pairs(baskets.sold(sales(*orders), lines(*lying)), 200, 1), "product_a")
    }
    p_a, p_b, crowd = 3 / 6, 3 / 6, 4 * (3 / 12) ** 2
    p = p_a * p_b / 2 * (1 + p_a / 2 + p_b / 2 - crowd)
    assert (told["AB"]["held"], told["AB"]["alike"]) == (2, pytest.approx(6 * p))
    assert told["AB"]["alike"] == pytest.approx(6 * 2 / 12, rel=0.2), "twelve places, four products"
    inner = np.array([[p_a * (1 - p_a), p - p_a * p_b], [p - p_a * p_b, p_b * (1 - p_b)]])
    to = np.array([p * (1 - p_a), p * (1 - p_b)])
    assert told["AB"]["variance"] == pytest.approx(6 * (p * (1 - p) - to @ np.linalg.solve(inner, to)))


def test_breadth_counts_what_differs_and_hours_are_the_stores_own() -> None:
    sold_sales = sales(
        sale("1", 7, 0, hour=4),  # noon in Shanghai
        sale("2", 7, 0, "T", hour=11, sales_channel="pick_up"),  # evening
        sale("3", 7, 3, "N", hour=12),  # morning in New York
        sale("4", 8, 3, hour=4),
    )
    sold = baskets.sold(sold_sales, lines(("1", "A"), ("1", "B"), ("2", "C"), ("3", "A")))
    categories = ibis.memtable(pa.table({"product_id": ["A", "B", "C"], "category": ["hot", "hot", ""]}))
    told = rows(
        breadth.breadth(sold_sales, sold, categories, "Asia/Shanghai", {"N": "America/New_York"}),
        "customer_id",
    )
    names = ("visits", "stores", "channels", "dayparts", "products", "categories")
    assert [[row[name] for name in names] for row in told] == [[2, 3, 2, 3, 3, 1], [1, 1, 1, 1, 0, 0]]


def test_unknown_discounts_are_not_counted_as_none() -> None:
    days = customer_days(
        sales(
            sale("1", 7, 0, gross=1000, discount=0),
            sale("2", 7, 1, gross=3000, discount=600),
            sale("3", 7, 2, gross=1000, discount=None),
            sale("4", 8, 2),
        )
    )
    (told,) = rows(breadth.discount_shares(days), "customer_id")
    assert told == {
        "customer_id": 7, "visits": 2, "gross": 4000, "discount": 600, "discounted": 3000, "discount_days": 1,
    }  # fmt: skip


def test_states_say_of_first_visits_what_days_say() -> None:
    days = customer_days(
        sales(*(sale(str(n), 1 + n % 3, n * n, orders=int(n != 4), revenue=100) for n in range(9)))
    )
    told = newcomers.first_visits(customer_states(days, on(200), None))
    assert rows(told, "customer_id") == rows(
        intervals.nth_visits(intervals.numbered(days, on(200)), 3), "customer_id"
    )


def test_newcomers_stand_with_those_alike_and_old_guests_are_left_out() -> None:
    sold_sales = sales(
        sale("0", 1, 0),
        sale("1", 2, 90, guests=2),
        sale("2", 2, 100),
        sale("3", 3, 95, guests=2),
        sale("4", 4, 95, guests=4),
        sale("5", 1, 96),
    )
    visits = intervals.numbered(customer_days(sold_sales), on(200))
    people = newcomers.newcomers(sold_sales, intervals.nth_visits(visits, 3), on(200))
    told = rows(people, "customer_id")
    assert [row["customer_id"] for row in told] == [2, 3, 4]
    assert told[0]["stratum"] == told[1]["stratum"] != told[2]["stratum"]
    sold = baskets.sold(sold_sales, lines(("1", "A"), ("1", "B"), ("2", "C"), ("3", "A"), ("4", "B")))
    had = newcomers.first_products(people, sold)
    few = baskets.sold(
        newcomers.first_orders(people, sold_sales), lines(("1", "A"), ("1", "B"), ("2", "C"), ("3", "A"))
    )
    assert {row["order_id"] for row in rows(few, "order_id")} == {"1", "3"}
    pairs = [(row["customer_id"], row["product_id"]) for row in rows(had, "customer_id", "product_id")]
    assert pairs == [(2, "A"), (2, "B"), (3, "A"), (4, "B")], "what came on a later visit is no first basket"
    told = rows(newcomers.returns_by_product(people, had, on(200), 2, 60, 1), "product_id")
    assert [(row["product_id"], row["people"]) for row in told] == [("B", 2)], "A was had by all alike"
    assert (told[0]["observed"], told[0]["expected"], told[0]["variance"]) == (1, 0.5, 0.25)
