"""Compute every metric of the catalogue, publish what changed, read back what a landing published."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import pyarrow as pa
from django.db.models import Q

from regulars import catalogue
from regulars.brand.models import Brand
from regulars.core.registry import load
from regulars.desk import bulk
from regulars.desk.spans import visible
from regulars.gather.models import Import
from regulars.measure.forecast import VALUE
from regulars.measure.leak import LEAK, leak_figures
from regulars.measure.links import DEFINITION as LINKS
from regulars.measure.links import link_figures
from regulars.measure.metric import Definition, FigureRow, Inputs, Metric
from regulars.measure.models import Figure
from regulars.measure.rules.leak import Imported
from regulars.measure.rules.wording import report_text
from regulars.measure.stages import desk_shares

__all__ = ["compute", "definitions", "metrics", "publish", "report", "report_text"]

FIELDS = FigureRow._fields


def metrics() -> list[Metric]:
    """The metrics of the catalogue, in its order."""
    return load(catalogue.METRICS)


def definitions() -> list[Definition]:
    """What can be asked for by name: every metric, and the leak that is made of them."""
    return [*metrics(), VALUE, LEAK, LINKS]


def compute(inputs: Inputs) -> list[FigureRow]:
    """Every figure as of the inputs' day: each metric's counts run once, then the leak is read off the figures."""
    rows: list[FigureRow] = []
    for metric in metrics():
        rows += metric.figures(metric.counts(inputs).to_pyarrow(), inputs.as_of)
    landed = Import.objects.filter(state=Import.State.LANDED, rows_read__gt=0).order_by("pk")
    imports = [Imported(*values) for values in landed.values_list("rows_read", "rows_rejected", "reasons")]
    desk = desk_shares(inputs.as_of)
    return [*rows, *leak_figures(rows, imports, inputs.as_of, desk), *link_figures(inputs.as_of)]


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


def report(*, head: int, stores: Iterable[str] | None = None) -> dict[str, Any]:
    """What stands at landing ``head``, ready for JSON: each metric with its question, formula, source and rows.

    With ``stores`` only what concerns these stores (a store manager's scope): nothing of the brand, nothing of others.
    """
    figures = Figure.objects.filter(visible(head))
    if stores is not None:
        within = Q(slice_kind="store", slice__in=list(stores))
        for store in stores:
            within |= Q(slice_kind="till", slice__startswith=f"{store}/")
        figures = figures.filter(within).exclude(metric="stores_alike")
    found: dict[str, list[dict[str, Any]]] = {}
    latest: date | None = None
    names = [name for name in FIELDS if name != "metric"]
    ordered = figures.order_by("metric", "slice_kind", "slice", "period", "part", "pk")
    for metric, *values in ordered.values_list("metric", *names):
        row = dict(zip(names, values, strict=True))
        latest = max(latest or row["as_of"], row["as_of"])
        found.setdefault(metric, []).append(row | {"as_of": row["as_of"].isoformat()})
    brand = Brand.objects.first()
    return {
        "brand": brand.name if brand else "",
        "currency": brand.currency if brand else Brand._meta.get_field("currency").default,
        "head": head,
        "as_of": latest.isoformat() if latest else None,
        "metrics": {
            each.name: {
                "question": each.question,
                "formula": each.formula,
                "source": each.source,
                "beside": list(each.beside),
                "unit": each.unit,
                "units": dict(each.units),
                "rows": found[each.name],
            }
            for each in definitions()
            if each.name in found
        },
    }
