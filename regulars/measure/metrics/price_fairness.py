"""Whether those who come again pay more: what the brand took off for newcomers and for them, the platform's apart."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

import ibis.expr.types as ir
import pyarrow as pa

from regulars.measure.cubes.sold import RETURNING, SOLD
from regulars.measure.metric import FigureRow, Inputs, Metric
from regulars.measure.rules.periods import ENOUGH, RECENT, month_number, month_text, seen_until, state_of
from regulars.measure.tables import counted, cube

NAME = "price_fairness"
SUMS = ("orders", "gross", "brand", "platform")
Sums = tuple[int, int, int, int]


def counts(inputs: Inputs) -> ir.Table:
    """``store, month, again``: ``orders`` of known customers, and in minor units ``gross`` and what was taken off it.

    ``brand`` is what the brand gave, ``platform`` what a platform gave of the discount. Of the last two months.
    """
    sold = inputs.cube(SOLD)
    recent = sold.filter((sold.priced > 0) & (sold.month > month_number(inputs.as_of) - RECENT))
    facts = recent.select(
        "store",
        "month",
        "gross",
        "brand",
        "platform",
        again=counted(recent.part == RETURNING),
        orders="priced",
    )
    return cube(facts, ["store", "month", "again"], SUMS)


def figures(counts: pa.Table, as_of: date) -> list[FigureRow]:
    """Shares of the list price, by month: ``new`` and ``returning``, ``:brand`` and ``:platform``, and the ``gap``.

    The gap is what the brand took off for newcomers less what it took off for those who came again, within each store
    and weighted by what those who came again bought there: above nothing, regulars pay more. It is not held equal that
    regulars may buy dearer dishes. Null where fewer than 30 orders stand behind a side.
    """
    cells: dict[int, dict[str, dict[int, Sums]]] = defaultdict(lambda: defaultdict(dict))
    for row in counts.to_pylist():
        sums = (row["orders"], row["gross"], row["brand"], row["platform"])
        cells[row["month"]][row["store"]][row["again"]] = sums
    found = []
    for month, stores in sorted(cells.items()):
        found += _of("", "", month, list(stores.values()), as_of)
        for store, sides in sorted(stores.items()):
            found += _of("store", store, month, [sides], as_of)
    return found


def _of(kind: str, slice: str, month: int, stores: list[dict[int, Sums]], as_of: date) -> list[FigureRow]:
    sides = [
        tuple(sum(column) for column in zip(*(each.get(again, (0,) * 4) for each in stores), strict=True))
        for again in (0, 1)
    ]
    values: dict[str, tuple[float | None, int]] = {}
    for name, (orders, gross, brand, platform) in zip(("new", "returning"), sides, strict=True):
        told = orders >= ENOUGH
        values[f"{name}:brand"] = (brand / gross if told else None, orders)
        values[f"{name}:platform"] = (platform / gross if told else None, orders)
    enough = min(orders for orders, *_rest in sides) >= ENOUGH
    values["gap"] = (_gap(stores) if enough else None, sum(orders for orders, *_rest in sides))
    return [
        FigureRow(
            NAME, kind, slice, month_text(month), part, value, n, seen_until(month, as_of),
            note="too_few" if value is None else state_of(month, as_of),
        )
        for part, (value, n) in values.items()
    ]  # fmt: skip


def _gap(stores: list[dict[int, Sums]]) -> float | None:
    both = [(each[0], each[1]) for each in stores if 0 in each and 1 in each]
    weight = sum(again[1] for _new, again in both)
    if not weight:
        return None
    return sum(again[1] * (new[2] / new[1] - again[2] / again[1]) for new, again in both) / weight


METRIC = Metric(
    name=NAME,
    question="Do those who come again pay more of the list price than newcomers, by what the brand itself takes off?",
    formula="(discount − platform_subsidy) ÷ gross on customers' first day less the same later, within each store",
    source="definition",
    beside=("bubble_rate",),
    cubes=(SOLD,),
    counts=counts,
    figures=figures,
)
