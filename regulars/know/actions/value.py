"""Fits the value models on a turn's states and tells what each customer and the whole base will bring."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, timedelta

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from regulars.core.refused import Refused
from regulars.know import tables
from regulars.know.rules import lifetime, orders, spend, value
from regulars.know.rules.calibration import ORIGINS, Backtest, Interval, calibrate, forecast
from regulars.lake.engine import Lake

HORIZON = 90  # days; the brand's forecast is tried on its own past at this horizon
YEAR = 365
SHARES = ("p_alive", "orders_90", "orders_90_low", "orders_90_high", "orders_365")
MONEY = ("value_90", "value_90_low", "value_90_high", "value_365", "value_365_low", "value_365_high")
SCHEMA = pa.schema(
    [
        ("customer_id", pa.int64()),
        *((name, pa.float64()) for name in SHARES),
        *((name, pa.int64()) for name in MONEY),
    ]
)


@dataclass
class Worth:
    """``customers`` has a row each with the columns of ``SCHEMA``; ``brand`` the forecast of visits and of money
    (minor units) of the whole base in 90 days; ``refused`` says what cannot be told yet, and why."""

    customers: pa.Table
    brand: dict[str, Interval] = field(default_factory=dict)
    refused: list[Refused] = field(default_factory=list)


def worth(*, lake: Lake, days: ir.Table, states: ir.Table, as_of: date) -> Future[Worth]:
    """Expected visits and value in 90 and 365 days by BG/NBD and Gamma-Gamma, with 95 % intervals.

    Reads the lake before it returns and reckons in a thread of its own: NumPy leaves the other core to whoever asked.
    """
    now = states.select("customer_id", "x", "t_x", "T", "repeat_net").order_by("customer_id")
    rows = lake.con.to_pyarrow(now)
    past = [
        lake.con.to_pyarrow(tables.histories(days, as_of - timedelta(days=HORIZON * back), HORIZON, as_of))
        for back in range(1, ORIGINS + 1)
    ]
    apart = ThreadPoolExecutor(1, "worth")
    try:
        return apart.submit(_worth, rows, past)
    finally:
        apart.shutdown(wait=False)


def _worth(rows: pa.Table, past: list[pa.Table]) -> Worth:
    try:
        base = value.Histories.of(*(rows[name].to_numpy() for name in ("x", "t_x", "T", "repeat_net")))
        fits = _fits(base)
    except Refused as unknown:
        return Worth(SCHEMA.empty_table(), refused=[unknown])
    found = Worth(_customers(rows["customer_id"], base, *fits))
    try:
        found.brand = _brand(past, base, fits)
    except Refused as unknown:
        found.refused.append(unknown)
    return found


Fits = tuple[lifetime.Fit, spend.SpendFit]


def _fits(base: value.Histories) -> Fits:
    fit = lifetime.fit(lifetime.Statistics.of(base.x, base.t_x, base.T, base.customers))
    again = (base.x > 0) & (base.spend > 0)
    counted = spend.SpendStatistics.of(base.x[again], base.spend[again], base.customers[again])
    return fit, spend.fit(counted)


def _customers(
    numbers: pa.ChunkedArray, base: value.Histories, fit: lifetime.Fit, spend_fit: spend.SpendFit
) -> pa.Table:
    lone, place = np.unique(np.stack([base.x, base.t_x, base.T]), axis=1, return_inverse=True)
    x, t_x, T = lone
    soon = orders.coming(fit, x, t_x, T, HORIZON)
    columns = {
        "p_alive": orders.probability_alive(fit, x, t_x, T)[place],
        "orders_90": soon.mean[place],
        "orders_90_low": soon.low[place],
        "orders_90_high": soon.high[place],
        "orders_365": orders.expected_orders(fit, x, t_x, T, YEAR)[place],
    }
    for horizon in (HORIZON, YEAR):
        money = value.values(fit, spend_fit, base, horizon)
        for end, amount in (("", money.mean), ("_low", money.low), ("_high", money.high)):
            columns[f"value_{horizon}{end}"] = np.rint(amount).astype(np.int64)
    rounded = {name: np.round(column, 4) if name in SHARES else column for name, column in columns.items()}
    return pa.table({"customer_id": numbers, **rounded}).cast(SCHEMA)


def _brand(past: list[pa.Table], base: value.Histories, fits: Fits) -> dict[str, Interval]:
    """The base's forecast, its centre and width calibrated by what the same model forecast 90 and 180 days ago."""
    tried = [_backtest(rows) for rows in past]
    totals: dict[str, Callable[[value.Histories, Fits], value.Total]] = {"orders": _orders, "value": _money}
    return {
        name: forecast(total(base, fits), calibrate([each[name] for each in tried]))
        for name, total in totals.items()
    }


def _orders(base: value.Histories, fits: Fits) -> value.Total:
    return value.total_orders(fits[0], base, HORIZON)


def _money(base: value.Histories, fits: Fits) -> value.Total:
    return value.total_value(*fits, base, HORIZON)


def _backtest(rows: pa.Table) -> dict[str, Backtest]:
    columns = ("x", "t_x", "T", "repeat_net", "customers")
    base = value.Histories.of(*(rows[name].to_numpy() for name in columns))
    fits = _fits(base)
    return {
        "orders": Backtest(_orders(base, fits), float(rows["visits_after"].to_numpy().sum())),
        "value": Backtest(_money(base, fits), float(rows["net_after"].to_numpy().sum())),
    }
