"""How the door asks the product's own definitions: metrics over kept sums, measures over slices."""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, TypeVar

import ibis.expr.types as ir
import pyarrow as pa

from regulars import catalogue
from regulars.core.refused import Refused
from regulars.core.registry import load
from regulars.measure.cube import kept
from regulars.measure.metric import FigureRow, Inputs, Metric
from regulars.measure.rates import Rate
from regulars.measure.slices import sums_by, told_by

Rows = Callable[[ir.Expr], Any]
Thing = TypeVar("Thing")
FIGURES = pa.schema(
    [
        *((name, pa.string()) for name in ("slice_kind", "slice", "period", "part")),
        ("value", pa.float64()),
        ("n", pa.int64()),
        ("as_of", pa.date32()),
        ("low", pa.float64()),
        ("high", pa.float64()),
        ("note", pa.string()),
    ]
)


def found() -> list[Metric]:
    """The metrics of the catalogue, in its order."""
    return load(catalogue.METRICS)


def named(name: str, things: Mapping[str, Thing], kind: str) -> Thing:
    """What has that name; refuses one that nothing has, with those most like it."""
    if name in things:
        return things[name]
    near = difflib.get_close_matches(name, things, n=3) or sorted(things)[:5]
    raise Refused(
        "there is no %(kind)s %(name)s; did you mean %(near)s?", kind=kind, name=name, near=", ".join(near)
    )


def with_kept(metric: Metric, inputs: Inputs, counted_as: Iterable[str]) -> Inputs:
    """The inputs with the sums that the last turn kept, of those cubes that it counted as they are counted now."""
    cells, known = inputs.cells, set(counted_as)
    if cells is None:
        return inputs
    ready = {each.name: kept(each, cells) for each in metric.cubes if f"{each.name}.{each.version}" in known}
    return replace(inputs, kept=ready, cells=None)


def figures_of(metric: Metric, inputs: Inputs, readings: Mapping[str, str], rows: Rows) -> pa.Table:
    """A metric's figures: of its counts now, and of its reading, the month's own where ``readings`` has kept one."""
    told: list[FigureRow] = []
    if metric.counts:
        told += metric.tell(rows(metric.counts(inputs)), inputs.as_of)
    if metric.reading:
        expression = metric.reading(inputs)
        standing = readings.get(f"measure.{metric.name}")
        if standing is None:
            told += metric.tell(rows(expression), inputs.as_of)
        else:
            read = json.loads(standing)
            counted = pa.Table.from_pylist(read["rows"], schema=expression.schema().to_pyarrow())
            told += metric.tell(counted, date.fromisoformat(read["as_of"]))
    return pa.Table.from_pylist(
        [{name: value for name, value in row._asdict().items() if name != "metric"} for row in told],
        schema=FIGURES,
    )


def sliced(rate: Rate, by: Sequence[str], inputs: Inputs, segments: ir.Table | None, rows: Rows) -> pa.Table:
    """A rate by its slices: counted in one pass, then told from its few rows."""
    return told_by(rate, by, rows(sums_by(rate, by, inputs, segments)))
