"""A made-up brand's sales in a lake, as large as asked, written by DuckDB without a row passing through Python.

Every value is a hash of the order's, line's or customer's number, so that a size always gives the same rows whatever
the threads. Frequencies are skewed, customers come and go within two years, one order in three has no customer, a few
only bring something back. The lake is what a turn leaves: `sales` and `customer_days` by month, `customer_state`.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa

from regulars.know.actions.rhythm import fit_rhythm
from regulars.know.tables import customer_days, customer_states
from regulars.lake.computed import SALES
from regulars.lake.engine import Lake, open_lake
from regulars.lake.facts import FACTS
from regulars.lake.landing import Landing

LAST_DAY = date(2026, 10, 18)
DAYS = 730
STORES, PRODUCTS = 60, 400
IDENTIFIED = 0.65
ORDERS_A_CUSTOMER = 10  # of those with a customer
SKEW = 4  # orders of a customer fall from four times the mean to none: half come a few times, many once


def _uniform(number: str, salt: int) -> str:
    return f"((hash(({number}) * 32 + {salt}) >> 11) / 9007199254740992.0)"


def _orders(size: int, known: float, returns: bool) -> str:
    """The statement of `size` sales with the columns of the lake's `sales`, a share `known` with a customer."""
    people = max(1, int(size * known) // ORDERS_A_CUSTOMER)
    first = LAST_DAY - timedelta(days=DAYS - 1)
    who = f"floor({people} * (1 - power({_uniform('i', 2)}, {1 / SKEW})))::BIGINT"
    began = f"floor({_uniform('c', 3)} * {DAYS - 100})::BIGINT"
    stayed = f"floor(({DAYS} - began) * (0.05 + 0.95 * {_uniform('c', 4)}))::BIGINT"
    day = f"floor({_uniform('i', 5)} * (CASE WHEN known THEN stayed ELSE {DAYS} END))::BIGINT"
    home = (
        f"(CASE WHEN known AND {_uniform('i', 6)} < 0.85 THEN {_uniform('c', 7)} ELSE {_uniform('i', 8)} END)"
    )
    facts = {
        "source": "'till'",
        "order_id": "i::VARCHAR",
        "version": "1",
        "store_id": f"'S' || (100 + floor({STORES} * power({home}, 1.5))::BIGINT)",
        "till_id": f"'T' || floor({_uniform('i', 9)} * 3)::BIGINT",
        "shift": "CASE WHEN hour < 15 THEN 'noon' ELSE 'evening' END",
        "sales_channel": f"['dine_in', 'dine_in', 'pick_up', 'delivery'][1 + floor({_uniform('i', 10)} * 4)::BIGINT]",
        "traffic": f"['own', 'location', 'platform'][1 + floor({_uniform('i', 11)} * 3)::BIGINT]",
        "offer": f"CASE WHEN {_uniform('i', 12)} < 0.1 THEN 'opening' END",
        "ordered_at": "(day::TIMESTAMP + to_hours(hour) + to_seconds(i % 3600)) AT TIME ZONE 'UTC'",
        "business_date": "day",
        "gross": "gross",
        "discount": "CASE WHEN cheap THEN gross // 10 ELSE 0 END",
        "net": "gross - CASE WHEN cheap THEN gross // 10 ELSE 0 END",
        "status": "CASE WHEN back THEN 'refunded' ELSE 'paid' END",
        "refunded": f"CASE WHEN back THEN gross + 500 WHEN {_uniform('i', 16)} < 0.01 THEN 100 ELSE 0 END",
        "member_asked": "true",
        "batch": "1",
        "orders": "CASE WHEN back THEN 0 ELSE 1 END",
        "customer_id": f"CASE WHEN known THEN (c * 7919 + 13) % {people} + 1 END",
        "cause": "CASE WHEN NOT known THEN 'not_recorded' END",
        "month": "year(day) * 12 + month(day) - 1",
    }
    told = [f"{facts.get(name, 'NULL')} AS {name}" for name in SALES.schema.names if name != "revenue"]
    return f"""
        WITH drawn AS (SELECT i, {_uniform("i", 1)} < {known} AS known, {who} AS c FROM range({size}) t(i)),
        alive AS (SELECT *, {began} AS began, {stayed} AS stayed FROM drawn),
        dated AS (SELECT *, DATE '{first}' + (CASE WHEN known THEN began ELSE 0 END + {day})::INTEGER AS day,
            10 + floor({_uniform("i", 13)} * 12)::BIGINT AS hour, {_uniform("i", 15)} < 0.2 AS cheap,
            {_uniform("i", 17)} < {0.003 if returns else 0} AS back,
            2000 + floor(20000 * power({_uniform("i", 14)}, 3))::BIGINT AS gross FROM alive),
        told AS (SELECT {", ".join(told)} FROM dated)
        SELECT *, net - refunded AS revenue FROM told"""


def _lines(size: int) -> str:
    """The statement of the orders' lines, three each in the mean; a product often comes with the one after it."""
    product = f"floor({PRODUCTS} * power({_uniform('i * 8 + j', 20)}, 2))::BIGINT"
    with_it = f"j > 0 AND {_uniform('i * 8 + j', 21)} < 0.15"
    before = f"floor({PRODUCTS} * power({_uniform('i * 8 + j - 1', 20)}, 2))::BIGINT"
    facts = {
        "source": "'till'",
        "order_id": "i::VARCHAR",
        "version": "1",
        "line": "j + 1",
        "product_id": f"'P' || (CASE WHEN {with_it} THEN ({before} + 1) % {PRODUCTS} ELSE {product} END)",
        "quantity": "1.0",
        "list_price": "1000 + (hash((i * 8 + j) * 32 + 22) % 4000)::BIGINT",
        "paid_price": "1000 + (hash((i * 8 + j) * 32 + 22) % 4000)::BIGINT",
        "returned": "false",
        "chased": "false",
    }
    told = [
        f"{facts.get(name, 'NULL')} AS {name}"
        for name in FACTS["order_lines"].schema.names
        if name != "batch"
    ]
    return f"""
        SELECT {", ".join(told)} FROM (
            SELECT i, unnest(range(1 + floor({_uniform("i", 18)} * 5)::BIGINT)) AS j FROM range({size}) t(i))"""


def build(
    folder: Path,
    scratch: Path,
    size: int,
    *,
    known: float = IDENTIFIED,
    lines: bool = True,
    returns: bool = True,
    states: bool = True,
) -> Lake:
    """A lake of `size` sales at `folder`, made where it is not there yet: with their lines, with orders that only bring
    something back, and with everybody's state, unless told otherwise."""
    lake = open_lake(folder, scratch)
    lake.con.raw_sql("SET memory_limit = '8GB'")
    if (folder / "HEAD.json").exists():
        return lake
    _land(lake, 1, {"sales": _view(lake, _orders(size, known, returns))})
    _land(
        lake,
        2,
        {"customer_days": customer_days(lake.table("sales")).order_by("customer_id", "business_date")},
    )
    if lines:
        landing = Landing(folder, 3)
        landing.append("order_lines", _batches(lake.con, _lines(size)))
        landing.land(lambda: True)
    if states:
        days = lake.table("customer_days")
        rhythm = fit_rhythm(lake, days, LAST_DAY)
        _land(lake, 4, {"customer_state": customer_states(days, LAST_DAY, rhythm)})
    return open_lake(folder, scratch, lake.con)


def _view(lake: Lake, statement: str) -> ir.Table:
    lake.con.raw_sql(f"CREATE OR REPLACE TEMP VIEW drawn AS {statement}")
    found: ir.Table = lake.con.table("drawn")
    return found


def _land(lake: Lake, number: int, tables: dict[str, ir.Table]) -> None:
    landing = Landing(lake.folder, number)
    for name, rows in tables.items():
        landing.put(name, rows, lake)
    lake.head = landing.land(lambda: True)


def _batches(con: Any, statement: str) -> Iterator[pa.RecordBatch]:
    yield from con.con.sql(statement).to_arrow_reader(100_000)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("folder", type=Path)
    asked.add_argument("--orders", type=int, default=1_000_000)
    given = asked.parse_args()
    build(given.folder, given.folder.parent, given.orders)


if __name__ == "__main__":
    main()
