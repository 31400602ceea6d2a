"""How broadly guests know the brand: who knows one store, one hour and one dish has little to come back for."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from regulars.know.tables.breadth import breadth
from regulars.measure.lines import sold
from regulars.measure.metric import FigureRow, Inputs, Metric
from regulars.measure.rules.periods import ENOUGH
from regulars.measure.rules.shares import wilson
from regulars.measure.rules.spread import mean
from regulars.measure.tables import counted, cube, stack, told_rows

NAME = "breadth"
WAYS = ("stores", "channels", "dayparts", "categories", "products")
BANDS = (
    (1, "1"),
    (2, "2"),
    (4, "3-4"),
    (9, "5-9"),
)  # visits up to, so that who came more is set beside their like
MOST = "10+"
SUMS = ("customers", "several", "total", "squares")


def reading(inputs: Inputs) -> ir.Table:
    """``visits`` in bands, ``way``: ``customers`` with one recorded or more, those with ``several``, their ``total``
    and ``squares``."""
    held = sold(inputs)
    categories = told_rows(("product_id", "category"), tuple(inputs.categories.items()))
    brand = inputs.brand
    people = breadth(inputs.sales, held, categories, brand.time_zone, brand.store_zones)
    band = ibis.cases(*((people.visits <= most, name) for most, name in BANDS), else_=MOST)
    ways = [
        people.select(
            visits=band,
            way=ibis.literal(way),
            customers=counted(people[way] > 0),
            several=counted(people[way] > 1),
            total=people[way],
            squares=people[way] * people[way],
        )
        for way in WAYS
    ]
    return cube(stack(ways), ["visits", "way"], SUMS).order_by("way", "visits")


def figures(counts: pa.Table, as_of: date) -> list[FigureRow]:
    """The mean number of different ones a customer has had, and the share with several; in all and by visits made."""
    cells: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for row in counts.to_pylist():
        for slice in (row["visits"], ""):
            cell = cells[slice, row["way"]]
            for place, name in enumerate(SUMS):
                cell[place] += row[name]
    rows = []
    for (slice, way), (n, several, total, squares) in sorted(cells.items()):
        kind = "visits" if slice else ""
        if n < ENOUGH:
            note = "too_few" if n else "not_recorded"
            rows.append(FigureRow(NAME, kind, slice, "", way, None, n, as_of, note=note))
            continue
        value, low, high = mean(n, total, squares)
        rows.append(FigureRow(NAME, kind, slice, "", way, value, n, as_of, low, high))
        ends = wilson(several, n)
        rows.append(FigureRow(NAME, kind, slice, "", f"several:{way}", several / n, n, as_of, *ends))
    return rows


METRIC = Metric(
    name=NAME,
    question="How many stores, channels, hours, categories and products does a guest know?",
    formula="different ones a customer has bought from, on average; several: customers with two or more ÷ customers",
    source="definition; interval of a mean normal, of a share Wilson 1927",
    beside=("identified_share",),
    unit="number",
    units={f"several:{way}": "share" for way in WAYS},
    reading=reading,
    figures=figures,
)
