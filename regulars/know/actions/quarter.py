"""Who was known at the end of the last quarter, kept through the quarter: what equity is compared with.

Taken of the days before the quarter at its first turn (or the first turn that finds none), and like a reading it then
stands: neither late orders nor a rebuild move it.
"""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from regulars.core.months import first_day, last_day, month_number
from regulars.know import tables
from regulars.lake.computed import QUARTER_STATE
from regulars.lake.engine import Lake
from regulars.lake.head import Head
from regulars.lake.landing import Landing

WHO = ("customer_id", "x", "t_x", "T", "repeat_net")


def known_at_quarters_end(
    *, lake: Lake, days: ir.Table, as_of: date, landing: Landing | None = None
) -> tuple[date, pa.Table] | None:
    """The last day of the quarter before that of ``as_of``, and everybody known on it: ``customer_id`` (ascending),
    ``x``, ``t_x``, ``T`` and ``repeat_net`` as of it; None where nobody was."""
    month = month_number(as_of)
    quarter = month - month % 3
    since = last_day(quarter - 1)
    if landing:
        here = Lake(lake.folder, Head(landing.number, dict(landing.versions)), lake.con)
        kept = here.table(QUARTER_STATE.name)
        rows: pa.Table = here.rows(kept.filter(kept.quarter == quarter).order_by("customer_id"))
        if len(rows):
            return since, rows.select(WHO)
    before = days.filter(days.business_date < first_day(quarter))
    told = lake.keep(
        "quarter_state", tables.known_then(before, since).mutate(quarter=ibis.literal(quarter, "int64"))
    )
    rows = lake.rows(told.order_by("customer_id"))
    if not len(rows):
        return None
    if landing:
        landing.put(QUARTER_STATE.name, told.select(QUARTER_STATE.schema.names).order_by("customer_id"), lake)
    return since, rows.select(WHO)
