"""Every figure of a turn: computed from kept cells and states, published where it says something else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import ibis.expr.types as ir
import pyarrow as pa

from regulars.brand.models import Product, Store
from regulars.desk import bulk
from regulars.gather.actions.imports import brand_facts
from regulars.gather.models import Import
from regulars.lake.engine import Lake
from regulars.lake.landing import Landing
from regulars.measure.actions.cells import cubes, metrics
from regulars.measure.actions.readings import reading_figures
from regulars.measure.forecast import EQUITY, VALUE
from regulars.measure.leak import LEAK, leak_figures
from regulars.measure.links import DEFINITION as LINKS
from regulars.measure.links import link_figures
from regulars.measure.metric import Cube, Definition, FigureRow, Inputs, Metric
from regulars.measure.models import Figure
from regulars.measure.rules.leak import Imported
from regulars.measure.stages import desk_shares

FIELDS = FigureRow._fields


def definitions() -> list[Definition]:
    """What can be asked for by name: every metric, and the leak that is made of them."""
    return [*metrics(), VALUE, EQUITY, LEAK, LINKS]


def _with_desk(inputs: Inputs) -> Inputs:
    """The inputs with what the desk knows of stores, products and the brand."""
    stores, products = Store.objects.exclude(region=""), Product.objects.exclude(category="")
    return replace(
        inputs,
        regions=dict(stores.values_list("code", "region")),
        categories=dict(products.values_list("code", "category")),
        brand=brand_facts(),
    )


def _kept(cube: Cube, inputs: Inputs, lake: Lake) -> ir.Table:
    return lake.keep(f"cube_{cube.name}", inputs.cube(cube))


def tell(metric: Metric, inputs: Inputs) -> list[FigureRow]:
    """The figures of one metric: of its counts as of now, and of its reading."""
    rows: list[FigureRow] = []
    if metric.counts:
        rows += metric.tell(metric.counts(inputs).to_pyarrow(), inputs.as_of)
    if metric.reading:
        rows += metric.tell(metric.reading(inputs).to_pyarrow(), inputs.as_of)
    return rows


def compute(inputs: Inputs, *, lake: Lake, landing: Landing) -> list[FigureRow]:
    """Every figure as of the inputs' day: each metric's counts run once, then the leak is read off the figures.

    Readings that the month has not got yet are taken and kept with the landing.
    """
    inputs = _with_desk(inputs)
    inputs = replace(inputs, kept={cube.name: _kept(cube, inputs, lake) for cube in cubes()})
    rows = reading_figures(metrics(), inputs, lake=lake, landing=landing)
    for metric in metrics():
        if metric.counts:
            rows += metric.tell(lake.rows(metric.counts(inputs)), inputs.as_of)
    return [*rows, *_of_the_desk(rows, inputs)]


def _of_the_desk(rows: list[FigureRow], inputs: Inputs) -> list[FigureRow]:
    """The leak and the links, which are made of other figures and of what the desk keeps."""
    landed = Import.objects.filter(state=Import.State.LANDED, rows_read__gt=0).order_by("pk")
    imports = [Imported(*values) for values in landed.values_list("rows_read", "rows_rejected", "reasons")]
    desk = desk_shares(inputs.as_of)
    return [*leak_figures(rows, imports, inputs.as_of, desk), *link_figures(inputs.as_of)]


def publish(rows: Iterable[FigureRow], *, batch: int) -> int:
    """Make these the figures from landing ``batch`` on; returns how many rows were written.

    A figure that stands unchanged is left alone, so a turn writes what it changed; one that is no longer given, or is
    given otherwise, ends with this landing. Short transactions; called again for the same landing it writes nothing.
    """
    given = set(map(tuple, rows))
    standing = {row[1:]: row[0] for row in Figure.objects.filter(until=None).values_list("pk", *FIELDS)}
    ended = [pk for row, pk in standing.items() if row not in given]
    bulk.close(Figure, number=batch, field="pk", values=ended)
    new = sorted(given - standing.keys(), key=lambda row: row[:5])
    if not new:
        return 0
    columns = dict(zip(FIELDS, map(list, zip(*new, strict=True)), strict=True))
    for name in ("value", "low", "high"):
        columns[name] = pa.array(columns[name], type=pa.float64())
    return bulk.insert(Figure, pa.table(columns), batch=batch, until=None)
