"""What a turn computes for improve, on a few orders that anybody can count by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pytest

from regulars.improve import tables

START = date(2026, 1, 1)

Sold = tuple[str, int | None, str, int, int]


def table(rows: list[dict[str, Any]], schema: dict[str, pa.DataType]) -> ir.Table:
    return ibis.memtable(pa.Table.from_pylist(rows, schema=pa.schema(list(schema.items()))))


def sales(*rows: Sold) -> ir.Table:
    """(order, customer, store, day after START, guests)."""
    made = []
    for order, customer, store, day, guests in rows:
        on = START + timedelta(days=day)
        made.append(
            {
                "source": "till",
                "order_id": order,
                "version": 1,
                "customer_id": customer,
                "store_id": store,
                "visit_id": None,
                "guests": guests,
                "business_date": on,
                "ordered_at": datetime(on.year, on.month, on.day, 12, tzinfo=UTC),
                "orders": 1,
                "revenue": 5000,
            }
        )
    return table(
        made,
        {
            "source": pa.string(),
            "order_id": pa.string(),
            "version": pa.int64(),
            "customer_id": pa.int64(),
            "store_id": pa.string(),
            "visit_id": pa.string(),
            "guests": pa.int32(),
            "business_date": pa.date32(),
            "ordered_at": pa.timestamp("us", "UTC"),
            "orders": pa.int64(),
            "revenue": pa.int64(),
        },
    )


def days_of(sold: ir.Table) -> ir.Table:
    """One row a customer and day."""
    known = sold.filter(sold.customer_id.notnull())
    return known.group_by("customer_id", "business_date").agg(orders=known.orders.sum())


def lines(*rows: tuple[str, str, str | None]) -> ir.Table:
    """(order, product, the till's own version)."""
    made = [
        {
            "source": "till",
            "order_id": order,
            "version": 1,
            "line": at,
            "product_id": product,
            "product_version": version,
            "returned": False,
        }
        for at, (order, product, version) in enumerate(rows)
    ]
    schema = {name: pa.string() for name in ("source", "order_id", "product_id", "product_version")}
    return table(made, schema | {"version": pa.int64(), "line": pa.int32(), "returned": pa.bool_()})


def changes(*rows: tuple[str, str, int, str]) -> ir.Table:
    """(product, store, day, version)."""
    made = [
        {
            "product_id": product,
            "store_id": store,
            "begins_on": START + timedelta(days=day),
            "to_version": version,
            "change_id": at,
        }
        for at, (product, store, day, version) in enumerate(rows)
    ]
    schema = {"product_id": pa.string(), "store_id": pa.string(), "begins_on": pa.date32()}
    return table(made, schema | {"to_version": pa.string(), "change_id": pa.int64()})


def rows(found: ir.Table) -> list[dict[str, Any]]:
    return list(ibis.duckdb.connect().to_pyarrow(found).to_pylist())


def test_a9_order_lines_after_that_date_carry_the_version() -> None:
    sold = sales(
        ("before", 1, "S01", 9, 2),
        ("day", 2, "S01", 10, 2),
        ("later", 3, "S01", 30, 2),
        ("other", 4, "S02", 30, 2),
    )
    had = lines(
        ("before", "P12", None),
        ("day", "P12", None),
        ("later", "P12", None),
        ("later", "P99", None),
        ("other", "P12", None),
        ("other", "P12", "till-7"),
    )
    told = tables.versioned(had, sold, changes(("P12", "S01", 10, "2"), ("P12", "S01", 25, "3")))
    assert sorted((r["order_id"], r["product_id"], r["product_version"] or "") for r in rows(told)) == [
        ("before", "P12", ""),
        ("day", "P12", "2"),
        ("later", "P12", "3"),
        ("later", "P99", ""),
        ("other", "P12", ""),
        ("other", "P12", "till-7"),  # what the till says stands
    ]


def newcomer(number: int, store: str, guests: int, back: bool) -> list[Sold]:
    days = (100, 130) if back else (100,)
    return [(f"{store}-{number}-{at}", number, store, day, guests) for at, day in enumerate(days, 1)]


def test_newcomers_are_counted_within_store_and_party() -> None:
    opened: list[Sold] = [("first-S1", None, "S1", 0, 1), ("known-S1", 90, "S1", 0, 1)]
    people = [
        *newcomer(1, "S1", 1, back=True),
        *newcomer(2, "S1", 1, back=False),
        *newcomer(3, "S1", 4, back=True),
        *newcomer(4, "S1", 1, back=False),
    ]
    sold = sales(*opened, *people)
    had = lines(("S1-1-1", "P12", None), ("S1-2-1", "P12", None), ("S1-3-2", "P12", None))
    bought = tables.bought(sold, had, ["P12"], START + timedelta(days=200))
    as_of = START + timedelta(days=200)
    (cell,) = rows(tables.strata(tables.newcomers(sold, days_of(sold), as_of), bought))
    # 3 had it on the second visit only; 90 came while the store was new to identification
    assert {name: cell[name] for name in ("party", "had", "back", "people", "people_back")} == {
        "party": "1",
        "had": 2,
        "back": 1,
        "people": 3,
        "people_back": 1,
    }


def test_newcomers_not_watched_long_enough_are_left_out() -> None:
    sold = sales(("k", 90, "S1", 0, 1), *newcomer(1, "S1", 1, back=True))
    assert rows(tables.newcomers(sold, days_of(sold), START + timedelta(days=159))) == []
    assert len(rows(tables.newcomers(sold, days_of(sold), START + timedelta(days=160)))) == 1


@pytest.mark.parametrize(("day", "late"), [(59, 0), (100, 1)])
def test_buyers_stand_on_one_side_of_a_change_and_are_watched_30_days(day: int, late: int) -> None:
    sold = sales(
        ("a", 1, "S1", day, 2),
        ("b", 1, "S1", day + 30, 2),
        ("c", 2, "S1", day, 2),
        ("d", 2, "S1", day + 31, 2),
    )
    bought = tables.bought(
        sold, lines(("a", "P12", None), ("c", "P12", None)), ["P12"], START + timedelta(days=200)
    )
    found = rows(tables.moves(sold, bought, START + timedelta(days=100), START + timedelta(days=200)))
    assert found == [{"store_id": "S1", "late": late, "people": 2, "back": 1}]


def test_buyers_whose_30_days_ran_into_the_change_are_left_out() -> None:
    sold = sales(("a", 1, "S1", 80, 2))
    bought = tables.bought(sold, lines(("a", "P12", None)), ["P12"], START + timedelta(days=200))
    assert rows(tables.moves(sold, bought, START + timedelta(days=100), START + timedelta(days=200))) == []


def test_the_usual_return_is_read_by_how_long_away_and_how_often() -> None:
    days = table(
        [
            {"customer_id": customer, "business_date": START + timedelta(days=day), "orders": 1}
            for customer, day in ((1, 0), (1, 45), (2, 0), (3, 38))
        ],
        {"customer_id": pa.int64(), "business_date": pa.date32(), "orders": pa.int64()},
    )
    told = tables.usual_returns(days, START + timedelta(days=40))
    found = {(each["recency"], each["often"]): (each["people"], each["back"]) for each in rows(told)}
    assert found == {(3, 0): (2, 1), (0, 0): (1, 0)}
