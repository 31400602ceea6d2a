"""Ties the orders of the lake to the daily totals a shop knows by heart: without that nobody believes the rest."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from regulars.gather import tables
from regulars.lake.engine import Lake

SHOWN = 500  # differing days kept with the import, the largest first


def tie(lake: Lake, path: Path) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """Compare staged daily totals with the lake's kept orders, by store and business date.

    Returns the days that differ as store_id, date, given, came and difference (minor units; came less given), the
    largest first, and how many days tie and differ. A day with orders between the first and last given that the
    totals leave out counts as given 0.
    """
    compared = lake.keep("compared", tables.compared(lake.read_parquet(path), lake.table("orders")))
    differing = compared.filter(compared["difference"] != 0)
    first = differing.order_by(differing["difference"].abs().desc(), "store_id", "date").limit(SHOWN)
    rows = lake.rows(first.mutate(date=first.date.cast("string"))).to_pylist()
    days, differ = (int(lake.rows(table.count()).as_py()) for table in (compared, differing))
    return rows, {"days tied": days - differ, "days differing": differ}
