"""The month's reading behind value: the brand's trade by day, the model its withheld quarter chose, and its backtests.

All three read the whole history, so they are taken at a month's first turn, over the months closed by then.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from regulars.core.months import day_number, first_day, month_number
from regulars.core.refused import Refused
from regulars.know import tables
from regulars.know.actions import readings
from regulars.know.rules import lifetime
from regulars.know.rules.base import backtest
from regulars.know.rules.calibration import ORIGINS, Backtest
from regulars.know.rules.choice import WITHHELD, HeldOut, choose
from regulars.know.rules.clock import Clock, Trade, clock, plain
from regulars.know.rules.lifetime import MODELS, Statistics
from regulars.know.rules.model import Model
from regulars.know.rules.value import Histories, Total
from regulars.lake.engine import Lake
from regulars.lake.landing import Landing

READING = "value"
MATURE = 3  # closed months from which on what could not be told is not asked again before the next
HORIZON = 90  # days; the brand's forecast is tried on its own past at this horizon
Rows = dict[str, Any]


@dataclass(frozen=True)
class Tried:
    """The model taken, how each did on the withheld quarter, the clock as of the turn, and the backtests, newest
    first.
    """

    model: Model
    trials: list[Rows]
    clock: Clock
    backtests: list[dict[str, Backtest]]


def tried(
    *, lake: Lake, days: ir.Table, as_of: date, landing: Landing | None = None, sales: ir.Table | None = None
) -> Tried:
    """What the reading of the month of ``as_of`` says; refuses a brand of which no model can be told.

    Taken of the closed months where they tell enough and kept for the month (with a ``landing``); otherwise of all
    days. Without ``sales`` the clock is the wall's.
    """
    month = month_number(as_of)
    kept: Rows | None = readings.read(lake, landing, READING, month) if landing else None
    if kept is None or kept["began"] != lake.rows(days.month.min()).as_py():
        kept = _take(lake, days, sales, as_of, landing)
    if "refused" in kept:
        raise Refused(kept["refused"], **kept["facts"])
    backtests = [{name: _backtest(*told) for name, told in each.items()} for each in kept["backtests"]]
    model = next(model for model in MODELS if model.name == kept["model"])
    return Tried(model, kept["trials"], _clock_now(lake, kept, days, sales, as_of), backtests)


def _take(lake: Lake, days: ir.Table, sales: ir.Table | None, as_of: date, landing: Landing | None) -> Rows:
    """The reading of the closed months, kept; where they do not tell enough, of everything.

    A brand of three closed months and more keeps that, too, or why it was refused: another week hardly changes it, and
    reading all history every night for nothing would be dear. A younger brand is read at each turn.
    """
    month = month_number(as_of)
    began = lake.rows(days.month.min()).as_py() if landing else month
    told: Rows = {"began": began}
    if landing is None or began is None or began >= month:
        return told | _read(lake, days, sales, as_of)
    closed = None if sales is None else sales.filter(sales.month < month)
    last, mature = first_day(month) - timedelta(days=1), month - began >= MATURE
    try:
        told |= _read(lake, days.filter(days.month < month), closed, last)
    except Refused:
        try:
            told |= _read(lake, days, sales, as_of)
        except Refused as unknown:
            if not mature:
                raise
            told |= {"refused": unknown.sentence, "facts": unknown.facts}
        if not mature:
            return told
    readings.keep(lake, landing, month, {READING: told})
    return told


def _read(lake: Lake, days: ir.Table, sales: ir.Table | None, last: date) -> Rows:
    trade = None if sales is None else _trade(lake, sales)
    first: date | None = lake.rows(days.business_date.min()).as_py()
    if first is None:
        lifetime.fit(Statistics.of([], [], []))  # refuses in the words of every brand too young
    assert first is not None
    cut = last - timedelta(days=round((last - first).days * WITHHELD))
    held = _columns(lake, tables.held_out(days, cut, last))
    whole, ago = _clock(trade, first, last), (last - cut).days
    on = whole.histories(held["x"], held["t_x"], held["T"], ago)
    choice = choose(HeldOut.of(*on, held["after"], held["customers"]), max(whole.gone(ago), 1.0))
    trials = [
        {
            "model": each.model.name,
            "error": each.error,
            "log_score": each.log_score,
            "expected": each.expected,
        }
        for each in choice.trials
        if each.refused is None
    ]
    backtests = []
    for back in range(1, ORIGINS + 1):
        origin = last - timedelta(days=HORIZON * back)
        if origin <= first:
            break
        try:
            backtests.append(_try(lake, days, origin, last, _clock(trade, first, origin), choice.model))
        except Refused:
            break  # younger origins are refused too
    return {
        "model": choice.model.name,
        "trials": trials,
        "trade": _kept(trade),
        "backtests": backtests,
    }


def _try(lake: Lake, days: ir.Table, origin: date, last: date, then: Clock, model: Model) -> Rows:
    rows = _columns(lake, tables.histories(days, origin, HORIZON, last))
    base = Histories.of(*(rows[name] for name in ("x", "t_x", "T", "repeat_net", "customers")))
    found = backtest(base, then, model, HORIZON, rows["visits_after"], rows["net_after"])
    return {
        name: [each.forecast.expected, each.forecast.variance, each.actual] for name, each in found.items()
    }


def _backtest(expected: float, variance: float, actual: float) -> Backtest:
    return Backtest(Total(expected, variance), actual)


def _clock_now(lake: Lake, kept: Rows, days: ir.Table, sales: ir.Table | None, as_of: date) -> Clock:
    """The clock as of the turn: the trade that was kept, and the open month's."""
    if sales is None or kept["trade"] is None:
        return plain(day_number(lake.rows(days.business_date.min()).as_py()), day_number(as_of))
    told = kept["trade"]
    open_ = _columns(lake, tables.trade(sales.filter(sales.month >= month_number(as_of))))
    before = np.arange(told["first"], told["first"] + len(told["orders"]))
    early = before < day_number(first_day(month_number(as_of)))
    orders, identified = (
        np.concatenate([np.asarray(told[name], dtype=np.float64)[early], open_[name]])
        for name in ("orders", "identified")
    )
    return clock(
        Trade.of(np.concatenate([before[early], open_["day"]]), orders, identified).until(day_number(as_of))
    )


def _clock(trade: Trade | None, first: date, last: date) -> Clock:
    """The clock as known by the end of a day, of a brand seen since its customers' first."""
    if trade is None:
        return plain(day_number(first), day_number(last))
    return clock(trade.until(day_number(last)))


def _trade(lake: Lake, sales: ir.Table) -> Trade | None:
    rows = _columns(lake, tables.trade(sales))
    if not rows["day"].size:
        return None
    return Trade.of(rows["day"], rows["orders"], rows["identified"])


def _kept(trade: Trade | None) -> Rows | None:
    if trade is None:
        return None
    return {
        "first": trade.first,
        "orders": trade.orders.astype(int).tolist(),
        "identified": trade.identified.astype(int).tolist(),
    }


def _columns(lake: Lake, table: ir.Table) -> dict[str, np.ndarray[Any, Any]]:
    found: pa.Table = lake.rows(table)
    return {name: found[name].to_numpy() for name in found.column_names}
