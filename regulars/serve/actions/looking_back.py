"""What a turn tells serve: what was given away lately, and which guests of cards came back."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from regulars.lake.engine import Lake
from regulars.serve import tables
from regulars.serve.actions.came import came_back
from regulars.serve.actions.comps import read_comps

ASKED_WITHIN = timedelta(days=14)  # nobody knows why after two weeks


def look_back(*, lake: Lake, as_of: date, now: datetime, number: int) -> dict[str, int]:
    """Read the comps of the last two weeks from the lake and close the loop of the last 60 days' cards; what changed.

    ``number`` is the turn's landing, whose links say whose orders are.
    """
    orders = lake.table("orders")
    from_one = lake.rows(orders.filter(orders.version < 1).count()).as_py() == 0
    rows = lake.rows(tables.comps(orders, as_of - ASKED_WITHIN, from_one=from_one)).to_pylist()
    return {"comps": read_comps(rows=rows), "cards told": came_back(now=now, head=number)}
