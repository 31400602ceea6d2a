"""The seven links as figures: of the voices of half a year how many got how far, how fast, and what they brought."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from regulars.improve.actions import linking
from regulars.measure.metric import Definition, FigureRow
from regulars.measure.rules.links import LINKS, links
from regulars.measure.stages import end_of

DAYS = 182  # half a year: from a voice to a guest who is back takes two months
A_DAY = 86_400_000_000  # microseconds
NAME = "links"

DEFINITION = Definition(
    name=NAME,
    question="Of what guests said in the last half year, how far did it get, and who came back?",
    formula="voices that reached a link or a later one; days: median from heard to the link, of those it is noted of; "
    "revenue: of visits since told, after refunds",
    source="definition",
    unit="count",
    units={**{f"days:{name}": "number" for name in LINKS}, "revenue": "money"},
)


def link_figures(as_of: date) -> list[FigureRow]:
    """Parts ``heard`` to ``back``, ``ended:<link>`` (got no further than the one before), ``days:<link>`` and
    ``revenue`` (minor units), of the brand and of each store where something was heard; none where nothing was."""
    end = end_of(as_of)
    told = linking.links(since=end - timedelta(days=DAYS), now=end)
    figures = _of(told, "", "", as_of)
    for store in sorted(each for each in told["store_id"].unique().to_pylist() if each):
        figures += _of(told.filter(pc.equal(told["store_id"], store)), "store", store, as_of)
    return figures


def _of(told: pa.Table, kind: str, slice: str, as_of: date) -> list[FigureRow]:
    if not len(told):
        return []
    heard = told["heard"].cast(pa.int64()).to_numpy()
    days = []
    for name in LINKS:
        at = told[name].cast(pa.int64()).cast(pa.float64(), safe=False)
        at = np.asarray(pc.fill_null(at, float("nan")), dtype=np.float64)
        days.append(np.maximum(at - heard, 0.0) / A_DAY)
    rows: list[tuple[str, float, int]] = []
    for link in links(days):
        rows += [(link.name, link.far, len(told)), (f"ended:{link.name}", link.ended, len(told))]
        if link.days is not None:
            rows.append((f"days:{link.name}", round(link.days, 4), link.noted))
    revenue = pc.sum(told["revenue"]).as_py() or 0
    rows.append(("revenue", revenue, len(told)))
    return [FigureRow(NAME, kind, slice, "", part, float(value), n, as_of) for part, value, n in rows]
