"""How much a turn computes anew: the months since the last turn's open one, or everything."""

from __future__ import annotations

import json
from dataclasses import dataclass

import ibis.expr.types as ir
import pyarrow as pa

from regulars.core.months import first_day
from regulars.gather.models import Import
from regulars.lake.computed import FOLDED
from regulars.lake.engine import Lake
from regulars.lake.landing import Landing

CHUNK = 3_000_000  # orders in one range of months, so that memory is bounded and growth is linear
LARGE = 20  # one in so many closed orders, or customers, may change at once; beyond that all is folded anew
FEW = 20_000  # rows are few however large their share is
NEEDED = ("sales", "customer_days", "links")


@dataclass(frozen=True)
class Plan:
    """``upto``: the landing whose facts are folded already; ``since``: the first month written anew, None for all;
    ``was``: what the last turn assumed."""

    upto: int
    since: int | None
    was: dict[str, str]


WHOLE = Plan(0, None, {})


def plan(lake: Lake, *, rebuild: bool) -> Plan:
    """What the last turn kept, where it still stands; everything where it does not or ``rebuild`` asks for it.

    It does not stand where nothing was folded yet, or where rows that were folded have been taken out: an import was
    replaced.
    """
    kept = [] if rebuild else lake.rows(lake.table("folded")).to_pylist()
    if not kept or any(name not in lake.head.tables for name in NEEDED):
        return WHOLE
    (row,) = kept
    was = json.loads(row["assumed"])
    if was.get("replaced") != replaced(row["upto"]):
        return WHOLE
    return Plan(row["upto"], row["month"], was)


def replaced(upto: int) -> str:
    """How many landings up to one have been taken out again since they landed."""
    gone = Import.objects.filter(state=Import.State.REPLACED, batch__lte=upto)
    return str(gone.count())


def outgrown(lake: Lake, plan: Plan, changed: ir.Table) -> bool:
    """Whether so much of what is closed changes that folding all anew is cheaper; ``changed`` are links."""
    assert plan.since is not None
    orders = lake.table("orders")
    late = orders.filter((orders.batch > plan.upto) & (orders.business_date < first_day(plan.since)))
    return bool(
        lake.rows(late.count()).as_py() * LARGE > lake.size("sales") + FEW
        or lake.rows(changed.count()).as_py() * LARGE > lake.size("links") + FEW
    )


def keep(landing: Landing, *, month: int, assumed: dict[str, str]) -> None:
    """Write what has been folded by this landing and what it assumed."""
    told = {"replaced": replaced(landing.number)} | assumed
    row = {"upto": landing.number, "month": month, "assumed": json.dumps(told, sort_keys=True)}
    landing.overwrite("folded", pa.Table.from_pylist([row], schema=FOLDED.schema))
