"""What lay in a newcomer's first basket, and whether they came again: products that make regulars or lose them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from regulars.know.rules.logrank import Comparison, compared
from regulars.know.tables.newcomers import (
    first_orders,
    first_products,
    first_visits,
    newcomers,
    returns_by_product,
)
from regulars.measure.lines import sold
from regulars.measure.metric import FigureRow, Inputs, Metric
from regulars.measure.rules.discovery import FALSE, adjusted
from regulars.measure.rules.periods import ENOUGH
from regulars.measure.tables import stack

NAME = "first_basket"
WAITS = {"second": (2, 180), "third": (3, 365)}  # the visit waited for, and for how many days
SIDES = ("makes", "loses")
FEWEST = 5.0  # returns expected, from which a normal approximation holds


def reading(inputs: Inputs) -> ir.Table:
    """``wait`` (second, third visit), ``product_id``: ``people``, ``observed``, ``expected``, ``variance``; in the row
    without a product, all newcomers. See `know.tables.newcomers`."""
    people = newcomers(inputs.sales, first_visits(inputs.states), inputs.as_of)
    had = first_products(people, sold(replace(inputs, sales=first_orders(people, inputs.sales))))
    everybody = people.aggregate(people=people.count().cast("int64"))
    nothing = {
        "observed": ibis.literal(0, "int64"),
        "expected": ibis.literal(0.0),
        "variance": ibis.literal(0.0),
    }
    tables = [
        everybody.select(wait=ibis.literal(""), product_id=ibis.literal(""), people="people", **nothing)
    ]
    for wait, (visit, window) in WAITS.items():
        each = returns_by_product(people, had, inputs.as_of, visit, window, ENOUGH)
        names = ("product_id", "people", "observed", "expected", "variance")
        tables.append(each.select(*names).mutate(wait=ibis.literal(wait)).select("wait", *names))
    return stack(tables).order_by("wait", "product_id")


def figures(counts: pa.Table, as_of: date) -> list[FigureRow]:
    """Of each product the ratio of return, ``second`` and ``third``, against newcomers alike without regard to it; how
    many came ``:back``, how many would be ``:expected``, and ``:q``, the share of chance among findings so sure.

    The note says ``makes`` or ``loses`` where that is at most 5 %. Of the brand: how many were ``compared`` and found.
    """
    rows: list[FigureRow] = []
    counted = counts.to_pylist()
    people = sum(row["people"] for row in counted if not row["wait"])
    for wait in WAITS:
        told = [
            (row, each)
            for row in counted
            if row["wait"] == wait
            and row["expected"] >= FEWEST
            and (each := compared(row["observed"], row["expected"], row["variance"]))
        ]
        sure = adjusted([each.p for _row, each in told])
        notes = [_note(each, q) for (_row, each), q in zip(told, sure, strict=True)]
        for (row, each), q, note in zip(told, sure, notes, strict=True):
            rows += _of(wait, row["product_id"], row["people"], each, q, note, as_of)
        for part, number in (("compared", len(told)), *((side, notes.count(side)) for side in SIDES)):
            value, said = (float(number), "") if told else (None, "too_few")
            rows.append(FigureRow(NAME, "", "", "", f"{wait}:{part}", value, people, as_of, note=said))
    return rows


def _note(each: Comparison, q: float) -> str:
    return "" if q > FALSE else SIDES[0] if each.ratio > 1.0 else SIDES[1]


def _of(
    wait: str, product: str, n: int, each: Comparison, q: float, note: str, as_of: date
) -> list[FigureRow]:
    row = FigureRow(NAME, "product", product, "", wait, each.ratio, n, as_of, each.low, each.high, note)
    more = {"back": each.observed, "expected": each.expected, "q": q}
    return [
        row,
        *(
            FigureRow(NAME, "product", product, "", f"{wait}:{part}", value, n, as_of)
            for part, value in more.items()
        ),
    ]


METRIC = Metric(
    name=NAME,
    question="Which products in a first basket make regulars, and which lose them?",
    formula="rate of return of newcomers with the product ÷ that of newcomers of the same store, channel, party and "
    "quarter: exp((O − E) ÷ V); second visit within 180 days, third within 365; makes, loses: where at most 5 % of "
    "what is found is chance",
    source="log-rank Mantel 1966, Peto and Peto 1972; ratio Yusuf and others 1985; Benjamini and Hochberg 1995",
    beside=("cohort_second_visit", "identified_share"),
    unit="number",
    units={
        f"{wait}:{part}": unit
        for wait in WAITS
        for part, unit in (
            *(("back", "count"), ("expected", "number"), ("q", "share")),
            *(("compared", "count"), ("makes", "count"), ("loses", "count")),
        )
    },
    reading=reading,
    figures=figures,
)
