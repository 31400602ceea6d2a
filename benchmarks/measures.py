"""Twelve measures by our definitions and by the best SQL of our own hand, on the same Parquet: equality, then times.

python -m benchmarks.measures [--orders 20000000] [--rounds 5] [--folder FOLDER] [--only NAME ...]

Ours are the expressions that the product computes, counted from the lake's rows (no sums kept by a turn help), compiled
once as the product does; both sides run on all cores of one DuckDB and give Arrow. Lines are three an order. Beside the
seconds by the clock stand those of the processor, which others' work on the machine hardly moves.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from functools import reduce
from pathlib import Path
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa

from benchmarks import _by_hand as hand
from benchmarks._orders import LAST_DAY, build
from benchmarks._race import Run, Took, geometric_mean, race, timed
from regulars.know.grades.rfm import GRADE
from regulars.know.tables.baskets import sold
from regulars.know.tables.intervals import gap_counts, numbered
from regulars.lake.engine import Lake
from regulars.measure.cube import Inputs, counted_now
from regulars.measure.cubes.visits import VISITS
from regulars.measure.metrics import affinity, first_basket
from regulars.measure.rates import RATES
from regulars.measure.rules.periods import day_number
from regulars.measure.slices import sums_by

Statements = tuple[str, ...]  # by hand, of which the fastest counts
VIEWS = {"sales": "sales", "days": "customer_days", "states": "customer_state", "lines": "order_lines"}


def main() -> None:
    """Print one line a measure, and the mean of their ratios."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--orders", type=int, default=20_000_000)
    asked.add_argument("--rounds", type=int, default=5)
    asked.add_argument("--folder", type=Path, help="keeps the made-up brand for the next run")
    asked.add_argument("--only", nargs="*", help="names of measures")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        lake = build((given.folder or Path(scratch)) / f"brand-{given.orders}", Path(scratch), given.orders)
        compare(lake, given.rounds, given.only)


def compare(lake: Lake, rounds: int, only: list[str] | None) -> None:
    """Race each measure and print what it took, most rows and columns being the same for both."""
    lake.con.raw_sql(f"SET threads = {os.cpu_count()}")
    for view, name in VIEWS.items():
        files = lake.files(name)
        lake.con.raw_sql(f"CREATE OR REPLACE TEMP VIEW {view} AS SELECT * FROM read_parquet({files})")
    ratios: list[Took] = []
    for name, (ours, theirs) in measures(inputs_of(lake)).items():
        if only and name not in only:
            continue
        contenders = {"ours": running(lake, lake.con.compile(ours))}
        contenders |= {f"SQL {place}": running(lake, told) for place, told in enumerate(theirs)}
        best = race(contenders, rounds)
        mine, hand = best.pop("ours"), reduce(Took.least, best.values())
        ratios.append(Took(mine.seconds / hand.seconds, mine.processor / hand.processor))
        print(
            f"{name:<42} {mine.seconds:8.3f} s  SQL {hand.seconds:8.3f} s  ratio {ratios[-1].seconds:.2f}"
            f"   processor {mine.processor:8.3f} s  SQL {hand.processor:8.3f} s  ratio {ratios[-1].processor:.2f}",
            flush=True,
        )
    for what, by in (
        ("clock", [each.seconds for each in ratios]),
        ("processor", [each.processor for each in ratios]),
    ):
        print(f"by the {what}: geometric mean of the ratios {geometric_mean(by):.3f}, greatest {max(by):.2f}")


def inputs_of(lake: Lake) -> Inputs:
    """What the measures read."""
    return Inputs(
        sales=lake.table("sales"),
        days=lake.table("customer_days"),
        states=lake.table("customer_state"),
        customers=lake.table("customers"),
        as_of=LAST_DAY,
        lines=lake.table("order_lines"),
    )


def measures(inputs: Inputs) -> dict[str, tuple[ir.Table, Statements]]:
    """Each measure by our definition and by hand."""
    assert inputs.lines is not None
    visits, since = numbered(inputs.days, LAST_DAY), day_number(LAST_DAY) - 364

    def rate(name: str, *by: str) -> ir.Table:
        return sums_by(RATES[name], by, inputs)

    return {
        "revenue by store and month": (rate("revenue", "store", "month"), (hand.REVENUE,)),
        "identified share by store, channel, month": (
            rate("identified_share", "store", "sales_channel", "month"),
            (hand.IDENTIFIED,),
        ),
        "repeat order share by month": (rate("repeat_order_share", "month"), (hand.REPEAT,)),
        "orders a customer by store and month": (
            rate("orders_a_customer", "store", "month"),
            (hand.FREQUENCY, hand.FREQUENCY_PACKED),
        ),
        "spend an order by traffic and week": (rate("spend_an_order", "traffic", "week"), (hand.TICKET,)),
        "second visit in 90 days by cohort": (rate("second_visit_90", "cohort"), (hand.SECOND,)),
        "cohort triangle and repurchase": (counted_now(VISITS, inputs), (hand.TRIANGLE,)),
        "grades by recency and frequency": (graded(inputs.states), (hand.GRADES,)),
        "days between visits": (gap_counts(visits, since, 6), (hand.GAPS,)),
        "baskets with a product by store": (
            by_store(sold(inputs.sales, inputs.lines)),
            (hand.SOLD, hand.SOLD_NUMBERED),
        ),
        "affinity of products": (affinity.reading(inputs), (hand.AFFINITY,)),
        "first products, who comes back": (first_basket.reading(inputs), (hand.FIRST,)),
    }


def graded(states: ir.Table) -> ir.Table:
    """The catalogue's grade as a grid of recency and frequency."""
    grades = GRADE.grades(states).select(recency="recency_score", frequency="frequency_score")
    return grades.group_by("recency", "frequency").aggregate(customers=grades.count().cast("int64"))


def by_store(held: ir.Table) -> ir.Table:
    """In how many baskets of each store each product lay."""
    return held.group_by("store_id", "product_id").aggregate(
        baskets=held.count().cast("int64"), quantity=held.quantity.sum()
    )


def running(lake: Lake, statement: str) -> Run:
    """A contender that DuckDB runs into Arrow; told by its rows in order."""
    return timed(lambda: lake.con.con.sql(statement).to_arrow_table(), told)


def told(table: pa.Table) -> list[list[Any]]:
    """The rows with columns and rows in an order of their own: whole numbers and texts first, as keys."""
    names = sorted(table.column_names)
    rows = zip(*(table[name].to_pylist() for name in names), strict=True)
    return sorted(map(list, rows), key=lambda row: [str(each) for each in row if not isinstance(each, float)])


if __name__ == "__main__":
    main()
