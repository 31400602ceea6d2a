"""Fits the value models on a turn's states and tells what each customer and the whole base will bring."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from regulars.core.months import day_number
from regulars.core.refused import Refused
from regulars.know.actions.quarter import known_at_quarters_end
from regulars.know.actions.tried import HORIZON, Tried, tried
from regulars.know.rules import orders, value
from regulars.know.rules.base import Fits, by_clock, fitted, totals
from regulars.know.rules.calibration import Interval, calibrate, forecast
from regulars.know.rules.clock import Clock
from regulars.know.rules.equity import Change, Valued, changed
from regulars.know.rules.histories import different
from regulars.know.rules.newton import Floats
from regulars.lake.computed import CUSTOMER_VALUE
from regulars.lake.engine import Lake
from regulars.lake.landing import Landing

YEAR = 365
HORIZONS = (HORIZON, YEAR)
SCHEMA = CUSTOMER_VALUE.schema


@dataclass
class Equity:
    """What everybody known is expected to bring within each of ``HORIZONS`` (minor units): the forecast of the total,
    and what changed it since ``since``, the last day of the quarter before; no change in a brand younger than that."""

    totals: dict[int, Interval] = field(default_factory=dict)
    changes: dict[int, Change] = field(default_factory=dict)
    since: date | None = None


@dataclass
class Worth:
    """``customers`` has a row each with the columns of ``SCHEMA``; ``brand`` the forecast of visits and of money
    (minor units) of the whole base in 90 days; ``model`` the name of the model taken; ``refused`` says what cannot be
    told yet, and why."""

    customers: pa.Table
    brand: dict[str, Interval] = field(default_factory=dict)
    equity: Equity = field(default_factory=Equity)
    model: str = ""
    refused: list[Refused] = field(default_factory=list)


def worth(
    *,
    lake: Lake,
    days: ir.Table,
    states: ir.Table,
    as_of: date,
    landing: Landing | None = None,
    sales: ir.Table | None = None,
) -> Future[Worth]:
    """Expected visits and value in 90 and 365 days by the model that suits the brand and Gamma-Gamma, with 95 %
    intervals.

    Reads the lake before it returns and reckons in a thread of its own: NumPy leaves the other core to whoever asked.
    With a ``landing`` what reads all history is read once a month, with all ``sales`` time is the brand's own.
    """
    told = ("customer_id", "x", "t_x", "T", "repeat_net", "stage", "stage_since")
    rows = lake.rows(states.select(*told).order_by("customer_id"))
    found: Future[Worth] = Future()
    try:
        by = tried(lake=lake, days=days, as_of=as_of, landing=landing, sales=sales)
        then = known_at_quarters_end(lake=lake, days=days, as_of=as_of, landing=landing)
    except Refused as unknown:
        found.set_result(Worth(SCHEMA.empty_table(), refused=[unknown]))
        return found
    apart = ThreadPoolExecutor(1, "worth")
    try:
        return apart.submit(_worth, rows, by, then, as_of)
    finally:
        apart.shutdown(wait=False)


def _worth(rows: pa.Table, by: Tried, then: tuple[date, pa.Table] | None, as_of: date) -> Worth:
    base = by_clock(_base(rows), by.clock)
    try:
        fits = fitted(base, by.model)
    except Refused as unknown:
        return Worth(SCHEMA.empty_table(), refused=[unknown])
    found = Worth(_customers(rows["customer_id"], base, fits, by.clock, as_of), model=by.model.name)
    if then:
        found.equity.since, known = then
        ago = (as_of - found.equity.since).days
        for horizon in HORIZONS:
            found.equity.changes[horizon] = _changed(rows, base, known, fits, by.clock, ago, horizon)
    try:
        _forecast(found, base, fits, by)
    except Refused as unknown:
        found.refused.append(unknown)
    return found


def _base(rows: pa.Table) -> value.Histories:
    return value.Histories.of(*(rows[name].to_numpy() for name in ("x", "t_x", "T", "repeat_net")))


def _forecast(found: Worth, base: value.Histories, fits: Fits, by: Tried) -> None:
    """The base's forecast, its centre and width calibrated by what the same models forecast 90 and 180 days ago.

    A year's total has the lean and the width of the 90 days', the longest that the past can judge soon enough.
    """
    for horizon in HORIZONS:
        for name, total in totals(base, fits, by.clock.ahead(horizon)).items():
            told = forecast(total, calibrate([past[name] for past in by.backtests]))
            if horizon == HORIZON:
                found.brand[name] = told
            if name == "value":
                found.equity.totals[horizon] = told


def _customers(
    numbers: pa.ChunkedArray, base: value.Histories, fits: Fits, clock: Clock, as_of: date
) -> pa.Table:
    """Everything is reckoned once for each different history of visits; only money is each customer's own."""
    x, t_x, T, place = different(base.x, base.t_x, base.T)
    fit = fits.visits
    soon = orders.coming(fit, x, t_x, T, clock.ahead(HORIZON))
    upcoming = orders.next_visit(fit, x, t_x, T, clock.ahead(YEAR))
    columns: dict[str, pa.Array | Floats] = {
        "p_alive": np.round(orders.probability_alive(fit, x, t_x, T), 4)[place],
        "orders_90": np.round(soon.mean, 4)[place],
        "orders_90_low": soon.low[place],
        "orders_90_high": soon.high[place],
        "orders_365": np.round(orders.expected_orders(fit, x, t_x, T, clock.ahead(YEAR)), 4)[place],
    }
    for horizon in HORIZONS:
        money = value.values(fit, fits.spend, base, clock.ahead(horizon))
        for end, amount in (("", money.mean), ("_low", money.low), ("_high", money.high)):
            columns[f"value_{horizon}{end}"] = np.rint(amount).astype(np.int64)
    for name, ahead in (("day", upcoming.median), ("low", upcoming.low), ("high", upcoming.high)):
        columns[f"next_{name}"] = _dates(clock.days(ahead), as_of).take(pa.array(place))
    columns["p_next"] = np.round(upcoming.chance, 4)[place]
    return pa.table({"customer_id": numbers, **columns}).select(SCHEMA.names).cast(SCHEMA)


def _dates(ahead: Floats, as_of: date) -> pa.Array:
    """Days from now as dates; null where there is none."""
    none = np.isnan(ahead)
    numbers = day_number(as_of) + np.ceil(np.where(none, 0.0, ahead)).astype(np.int32)
    return pa.array(numbers.astype(np.int32), mask=none).cast(pa.date32())


def _changed(
    rows: pa.Table, base: value.Histories, known: pa.Table, fits: Fits, clock: Clock, ago: int, horizon: int
) -> Change:
    """Both days by today's models and today's pace, so that only customers differ."""
    was = _base(known)
    x, t_x, T = clock.histories(was.x, was.t_x, was.T, ago)
    earlier = value.Histories(x, t_x, T, was.spend, was.customers)
    left = np.asarray(rows["stage"].to_numpy() == "lost") & (
        np.nan_to_num(rows["stage_since"].cast(pa.int32()).to_numpy(zero_copy_only=False))
        > clock.first + clock.read.size - 1 - ago
    )
    sides = []
    for table, side in ((known, earlier), (rows, base)):
        sides.append(
            Valued(
                table["customer_id"].to_numpy(),
                value.expected_value(fits.visits, fits.spend, side, clock.ahead(horizon)),
                orders.probability_alive(fits.visits, side.x, side.t_x, side.T),
                left if table is rows else np.zeros(len(known), dtype=bool),
            )
        )
    return changed(*sides)
