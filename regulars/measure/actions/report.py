"""What stands at a landing, as data: each metric with its meaning beside its numbers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Q

from regulars.brand.models import Brand
from regulars.desk.spans import visible
from regulars.measure.actions.figures import FIELDS, definitions
from regulars.measure.models import Figure


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
