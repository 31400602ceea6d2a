"""The state of a customer as a fold: from what was known at the end of some day, and the days after it, what is known.

One definition serves a night (the state at the end of the last closed month, and the open month) and a rebuild
(nothing, and all days): new visits are numbered from where the state before them stopped. The columns are those of
`facts.CUSTOMER_CLOSED`.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from regulars.know.rules.rhythm import Rhythm
from regulars.know.tables.days import came
from regulars.know.tables.passages import continued, passages
from regulars.know.tables.shops import shops
from regulars.know.tables.visits import numbered
from regulars.lake.facts import CUSTOMER_CLOSED

OPENING = {  # of the first visit day: a column of the state by that of `customer_days`
    "first_store": "store_id",
    "first_channel": "sales_channel",
    "first_traffic": "traffic",
    "first_offer": "offer",
    "first_discount": "discount",
    "first_subsidy": "platform_subsidy",
}
SUMS = ("visits", "squares", "orders", "net", "repeat_net")
RECORDED = ("gross", "discount", "refunded")  # null as long as nothing was recorded
ONCE = ("first", "second", "third", *OPENING)  # known from then on
LATEST = ("latest", "previous", "before", "arrival", "arrived", "usual_store", "stores", "store_days")
TYPES = ibis.Schema.from_pyarrow(CUSTOMER_CLOSED.schema)


def fold(prior: ir.Table | None, days: ir.Table, rhythm: Rhythm | None) -> ir.Table:
    """The state of everybody in ``prior`` (a fold's result; None: nothing before) or in ``days`` after those days.

    ``days`` are rows of `customer_days`, each later than all that ``prior`` has folded, and then
    fold(fold(None, A), B) = fold(None, A ∪ B) for the same rhythm. Stages are judged with ``rhythm`` (None: nobody is
    ever late), so a prior that was folded with another one has another history. A row a customer, also of those who so
    far only brought something back: their ``visits`` are 0.
    """
    seen = numbered(prior, came(days))
    fresh = _fresh(seen)
    fresh = _beside(fresh, passages(seen, rhythm))
    fresh = _beside(fresh, shops(prior, seen))
    fresh = _with_returns(prior, fresh, days)
    if prior is None:
        return fresh.select([fresh[name].cast(type).name(name) for name, type in TYPES.items()])
    return _merged(prior, fresh)


def _fresh(seen: ir.Table) -> ir.Table:
    """What the new visits alone say of each customer who made any; opening columns where the first was among them."""
    n = seen["visit"]
    gap = seen.day - seen.previous
    return seen.group_by("customer_id").agg(
        visits=seen.count().cast("int64"),
        first=seen.day.max(where=n == 1),
        second=seen.day.max(where=n == 2),
        third=seen.day.max(where=n == 3),
        latest=seen.day.max(),
        previous=seen.previous.max(),  # it grows with the day, so the greatest is the last visit's
        before=seen.before.max(),
        squares=ibis.coalesce((gap * gap).sum(), 0).cast("int64"),
        orders=seen.orders.sum().cast("int64"),
        net=seen.net.sum().cast("int64"),
        repeat_net=ibis.coalesce(seen.net.sum(where=n > 1), 0).cast("int64"),
        **{name: seen[name].sum().cast("int64") for name in RECORDED},
        **{name: seen[column].max(where=n == 1) for name, column in OPENING.items()},
    )


def _with_returns(prior: ir.Table | None, fresh: ir.Table, days: ir.Table) -> ir.Table:
    """``fresh`` with the days on which something was only brought back, of which there are few.

    Their money is taken from the visit before them, or from the first one where none came before: it is repeat money
    when the second visit lies before.
    """
    back = days.filter(days.orders == 0)
    second = fresh.select("customer_id", "second")
    if prior is not None:
        known = prior.filter(prior.second.notnull()).select("customer_id", "second")
        second = second.filter(second.second.notnull()).union(known)
    back = _beside(back, second)
    again = back.business_date.epoch_days().cast("int64") > back.second
    taken = back.group_by("customer_id").agg(
        net=back.net.sum().cast("int64"),
        repeat_net=ibis.coalesce(back.net.sum(where=again), 0).cast("int64"),
        **{name: back[name].sum().cast("int64") for name in RECORDED},
    )
    both = fresh.outer_join(taken, "customer_id", rname="taken_{name}")
    sums = {name: _sum(both[name], both[f"taken_{name}"]) for name in ("net", "repeat_net", *RECORDED)}
    both = both.mutate(customer_id=ibis.coalesce(both.customer_id, both.taken_customer_id), **sums)
    return both.mutate(**{name: both[name].fill_null(0) for name in ("visits", "squares", "orders")}).select(
        fresh.columns
    )


def _merged(prior: ir.Table, fresh: ir.Table) -> ir.Table:
    both = prior.outer_join(fresh, "customer_id", rname="new_{name}")
    new = {name: both[f"new_{name}"] for name in fresh.columns}
    told = {"customer_id": ibis.coalesce(both.customer_id, new["customer_id"])}
    told |= {name: _sum(both[name], new[name]) for name in (*SUMS, *RECORDED)}
    told |= {name: ibis.coalesce(both[name], new[name]) for name in ONCE}
    told |= {name: ibis.coalesce(new[name], both[name]) for name in LATEST}
    told["history"] = continued(both.history, new["history"])
    return both.select([told[name].cast(type).name(name) for name, type in TYPES.items()])


def _beside(left: ir.Table, right: ir.Table) -> ir.Table:
    return left.left_join(right, "customer_id").drop("customer_id_right")


def _sum(one: ir.IntegerValue, other: ir.IntegerValue) -> ir.IntegerValue:
    """Both together; null only where neither is known."""
    return ibis.coalesce(one + other, one, other)
