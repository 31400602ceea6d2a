"""What the tables are given: each argument by its name, made once an engine from the lake of ``boundaries``.

A table whose arguments are all named here is compared without a line of its own.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import MISSING, fields
from datetime import date, time, timedelta
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa

from regulars.core.brand import BrandFacts
from regulars.gather.tables import versions
from regulars.identify import tables as identify
from regulars.improve import tables as improve
from regulars.know import tables as know
from regulars.know.rules.rhythm import Credibility, Patience, Rhythm
from regulars.know.tables import baskets, intervals, newcomers
from regulars.know.tables.fold import fold
from regulars.know.tables.periods import stage_changes
from regulars.know.tables.visits import visits, visits_after
from regulars.lake.engine import Lake
from regulars.measure.cubes.sold import since
from regulars.measure.metric import Inputs
from tests.engines.boundaries import AS_OF, PRODUCTS

CUT = date(2025, 3, 31)  # what was folded before it is the prior of what comes after
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
CATEGORIES = {"product_id": ["P1", "P2", "P3"], "category": ["hot", "hot", ""]}
CUSTOMERS_CHANGED = {"was": [901, 901, 902, 3], "now": [70, 70, None, 3]}
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
    "day": date(2025, 6, 30),
    "among": None,
    "most": 5,
    "floor": 3,
    "upto": 4,
    "last": 6,
    "window": 200,
    "visit": 2,
    "laid": 3,
    "key": ("source", "order_id", "month"),
    "regions": {"S1": "north", "店三": "south"},
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
    "bought": lambda g: g.kept("bought_made", improve.bought(g["sales"], g["lines"], list(PRODUCTS), AS_OF)),
    "changes": lambda g: g.lake.keep("changes_made", pa.table(CHANGES)),
    "people": lambda g: g.lake.keep("people_made", pa.table(TRIED)),
    "categories": lambda g: g.lake.keep("categories_made", pa.table(CATEGORIES)),
    "sold": lambda g: g.kept("sold_made", baskets.sold(g["sales"], g["lines"])),
    "newest": lambda g: versions.latest(g["orders"]),
    "told": lambda g: versions.several(g["orders"]),
    "first_told": lambda g: g.kept("first_told_made", g["orders"].filter(g["orders"]["version"] == 1)),
    "sales_before": lambda g: g.kept(
        "sales_before_made", identify.sales(g["first_told"], g.lake.table("sightings"), g["links"])
    ),
    "days_until": lambda g: g["days"].filter(g["days"].business_date <= CUT),
    "days_since": lambda g: g["days"].filter(g["days"].business_date > CUT),
    "folded": lambda g: g.kept("folded_made", fold(None, g["days"], RHYTHM)),
    "prior": lambda g: g.kept("prior_made", fold(None, g["days_until"], RHYTHM)),
    "numbered": lambda g: g.kept("intervals_made", intervals.numbered(g["days"], AS_OF)),
    "habits": lambda g: g.kept("habits_made", intervals.habits(g["numbered"], AS_OF)),
    "nth": lambda g: g.kept("nth_made", intervals.nth_visits(g["numbered"], 4)),
    "new": lambda g: g.kept("new_made", newcomers.newcomers(g["sales"], g["nth"], AS_OF)),
    "had": lambda g: g.kept("had_made", newcomers.first_products(g["new"], g["sold"])),
    "inputs": lambda g: inputs(g),
}
# Where a name means something else to one stage, or to one table.
OWN: dict[str, dict[str, Callable[[Given], Any]]] = {
    "know.": {"visits": lambda g: g.kept("visits_made", visits(g["days"], AS_OF))},
    "know.tables.intervals.": {"visits": lambda g: g["numbered"], "since": lambda g: 19800},
    "know.tables.newcomers.": {"newcomers": lambda g: g["new"]},
    "know.tables.fold.fold": {"days": lambda g: g["days_since"]},
    "know.tables.shops.shops": {
        "people": lambda g: stores_by_customer(g["days_since"]),
        "visits": lambda g: know.came(g["days_since"]),
    },
    "know.tables.visits.visits_after": {"visits": lambda g: know.came(g["days_since"])},
    "know.tables.passages.": {
        "seen": lambda g: g.kept("seen_made", visits_after(g["prior"], know.came(g["days_since"])))
    },
    "know.tables.periods.stage_changes": {"since": lambda g: 2025 * 12},
    "know.tables.periods.stage_flows": {"changes": lambda g: stage_changes(g["states"])},
    "measure.tables.firsts": {"since": lambda g: since(g["inputs"])},
    "measure.tables.regional": {"cells": lambda g: g["sales"].select("order_id", store="store_id")},
    "measure.tables.arms": {"visits": lambda g: g.lake.keep("seated_made", pa.table(SEATED))},
    "improve.tables.versioned": {"orders": lambda g: g["sales"]},
    "improve.tables.strata": {
        "newcomers": lambda g: g.kept("newcomers_made", improve.newcomers(g["sales"], g["days"], AS_OF))
    },
    "improve.tables.orders_of": {"customers": lambda g: [1, 2, 3], "visits": lambda g: ["v0", "v11"]},
    "gather.tables.versions.": {"seen": lambda g: g.lake.table("sightings")},
    "turn.tables.": {
        "part": lambda g: g["orders"],
        "kept": lambda g: g["sales_before"],
        "before": lambda g: g["sales_before"],
        "after": lambda g: g["sales"],
        "changed": lambda g: g.lake.keep("changed_made", pa.table(CUSTOMERS_CHANGED)),
        "now": lambda g: g["links"],
    },
    "turn.tables.moved": {"after": lambda g: g["sales"].filter(g["sales"].customer_id > 5)},
    "turn.tables.ties": {"orders": lambda g: g["newest"]},
}


def stores_by_customer(days: ir.Table) -> ir.Table:
    """What `shops` asks of each customer: the least and greatest of their stores, and days at them."""
    at = days.store_id.notnull() & (days.orders > 0)
    low, high = days.store_id.min(where=at), days.store_id.max(where=at)
    return days.group_by("customer_id").agg(low=low, high=high, times=at.cast("int64").sum().cast("int64"))


def inputs(given: Given) -> Inputs:
    """What metrics are given: the fields of ``Inputs`` by their names, the others left out."""
    named = dict(zip(CATEGORIES["product_id"], CATEGORIES["category"], strict=True))
    known: dict[str, Any] = {"as_of": AS_OF, "categories": named}
    known |= {name: PLAIN[name] for name in ("brand", "regions")}
    for each in fields(Inputs):
        if each.name in known:
            continue
        if each.name in MADE:
            known[each.name] = given[each.name]
        elif each.default is MISSING and each.default_factory is MISSING:
            raise LookupError(f"say in tests/engines/given.py what inputs.{each.name} is")
    return Inputs(**known)
