"""What the tables are given: each argument by its name, made once an engine from the lake of ``boundaries``.

A table whose arguments are all named here is compared without a line of its own.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import MISSING, fields
from datetime import date, time, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from regulars.core.brand import BrandFacts
from regulars.gather.tables import versions
from regulars.identify import tables as identify
from regulars.improve import tables as improve
from regulars.know import tables as know
from regulars.know.rules.rhythm import Credibility, Patience, Rhythm
from regulars.know.tables import visits as numbered
from regulars.lake.engine import Lake
from regulars.measure.metric import Inputs
from tests.engines.boundaries import AS_OF, PRODUCTS

RHYTHM = Rhythm(Credibility(40.3, 2.1), (Patience(1, 1.35, 3.05, 9), Patience(3, 2.0, 4.0, 9)))
CHANGES = {
    "product_id": ["P1", "P1", "P2"],
    "store_id": ["S1", "S1", "S2"],
    "begins_on": [date(2024, 6, 30), date(2025, 1, 1), date(2025, 2, 28)],
    "to_version": ["b", "c", "b"],
    "change_id": [1, 2, 3],
}
TRIED = {
    "play": [1, 1, 2, 2],
    "customer_id": [1, 2, 3, 4],
    "treated": [1, 0, 1, 0],
    "entered": [19800, 19900, 20000, 20100],
    "until": [20100, 20200, 20300, 20400],
}
SEATED = {"customer_id": [1, 3], "day": [19810, 20001]}
PLAIN: dict[str, Any] = {
    "as_of": AS_OF,
    "observed": AS_OF,
    "on": AS_OF - timedelta(days=60),
    "begins_on": date(2025, 6, 1),
    "since": date(2024, 6, 1),
    "until": None,
    "horizon": 90,
    "rhythm": RHYTHM,
    "credibility": RHYTHM.credibility,
    "brand": BrandFacts(day_ends=time(4), store_zones={"S2": "America/New_York"}),
    "time_zone": "Asia/Shanghai",
    "store_zones": {"S2": "America/New_York"},
    "products": list(PRODUCTS[:3]),
    "before": 365,
    "prior": None,
    "among": None,
}


class Given:
    """The arguments on one engine."""

    def __init__(self, lake: Lake) -> None:
        self.lake = lake
        self.made: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self.made:
            self.made[name] = MADE[name](self)
        return self.made[name]

    def kept(self, name: str, rows: ir.Table) -> ir.Table:
        """Computed once, as a turn would."""
        return self.lake.keep(name, rows)

    def call(self, told: str, function: Callable[..., ir.Table]) -> ir.Table:
        """A table by the name that ``walk`` found it under."""
        wanted = inspect.signature(function).parameters.values()
        return function(**{each.name: self._argument(told, each) for each in wanted})

    def _argument(self, told: str, wanted: inspect.Parameter) -> Any:
        for whose, own in sorted(OWN.items(), key=lambda pair: -len(pair[0])):
            if told.startswith(whose) and wanted.name in own:
                known = f"{whose}{wanted.name}"
                if known not in self.made:
                    self.made[known] = own[wanted.name](self)
                return self.made[known]
        if wanted.name in MADE:
            return self[wanted.name]
        if wanted.name in PLAIN:
            return PLAIN[wanted.name]
        if wanted.default is not wanted.empty:
            return wanted.default
        raise LookupError(f"say in tests/engines/given.py what {wanted.name!r} of {told} is")


MADE: dict[str, Callable[[Given], Any]] = {
    "orders": lambda g: g.lake.table("orders"),
    "links": lambda g: g.lake.table("links"),
    "customers": lambda g: g.lake.table("customers"),
    "visits": lambda g: g.lake.table("visits"),
    "lines": lambda g: g.lake.table("order_lines"),
    "sightings": lambda g: g.kept("standing", versions.standing(g.lake.table("sightings"), g["orders"])),
    "sales": lambda g: g.kept("sales_made", identify.sales(g["orders"], g["sightings"], g["links"])),
    "days": lambda g: g.kept("days_made", know.customer_days(g["sales"])),
    "states": lambda g: g.kept("states_made", know.customer_states(g["days"], AS_OF, RHYTHM)),
    "periods": lambda g: g.kept("periods_made", know.stage_periods(g["days"], AS_OF, RHYTHM)),
    "bought": lambda g: g.kept("bought_made", improve.bought(g["sales"], g["lines"], list(PRODUCTS), AS_OF)),
    "changes": lambda g: g.lake.keep("changes_made", pa.table(CHANGES)),
    "people": lambda g: g.lake.keep("people_made", pa.table(TRIED)),
    "inputs": lambda g: inputs(g),
}
# Where a name means something else to one stage, or to one table.
OWN: dict[str, dict[str, Callable[[Given], Any]]] = {
    "know.": {"visits": lambda g: g.kept("numbered_made", numbered.visits(g["days"], AS_OF))},
    "measure.tables.arms": {"visits": lambda g: g.lake.keep("seated_made", pa.table(SEATED))},
    "improve.tables.versioned": {"orders": lambda g: g["sales"]},
    "improve.tables.strata": {
        "newcomers": lambda g: g.kept("newcomers_made", improve.newcomers(g["sales"], g["days"], AS_OF))
    },
    "improve.tables.orders_of": {"customers": lambda g: [1, 2, 3], "visits": lambda g: ["v0", "v11"]},
}


def inputs(given: Given) -> Inputs:
    """What metrics are given: the fields of ``Inputs`` by their names, the others left out."""
    known: dict[str, Any] = {"as_of": AS_OF, "brand": PLAIN["brand"]}
    for each in fields(Inputs):
        if each.name in MADE:
            known[each.name] = given[each.name]
        elif each.name not in known and each.default is MISSING and each.default_factory is MISSING:
            raise LookupError(f"say in tests/engines/given.py what inputs.{each.name} is")
    return Inputs(**known)


def empty(rows: ir.Table) -> ir.Table:
    """The same columns without a row."""
    return rows.filter(ibis.literal(False))
