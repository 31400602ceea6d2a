"""The state of a customer as a fold: from what was known at the end of some day, and the days after it, what is known.

One definition serves a night (the state at the end of the last closed month, and the open month) and a rebuild
(nothing, and all days): new visits are numbered from where the state before them stopped. The columns are those of
`computed.CUSTOMER_CLOSED`.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from regulars.know.rules.rhythm import Rhythm
from regulars.know.tables.days import came
from regulars.know.tables.passages import arrived, continued, history, passed
from regulars.know.tables.shops import shops
from regulars.know.tables.visits import visits_after
from regulars.lake.computed import CUSTOMER_CLOSED

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
    fresh = _sums(days)
    visits = came(days)
    numbered = visits_after(prior, visits)
    for more in (
        _visited(passed(numbered, rhythm)),
        _opened(numbered, visits),
        _returned(prior, days),
        shops(prior, fresh, visits),
    ):
        fresh = fresh.left_join(more, "customer_id").drop("customer_id_right")
    again = _sum(fresh.repeat_net, fresh.taken)
    nought = {name: fresh[name].fill_null(0) for name in ("visits", "squares")}
    fresh = fresh.mutate(repeat_net=again.fill_null(0), **nought)
    fresh = fresh.select([fresh[name].cast(type).name(name) for name, type in TYPES.items()])
    return fresh if prior is None else _merged(prior, fresh)


def _sums(days: ir.Table) -> ir.Table:
    """Sums of each customer's new days, and what `shops` asks of each: the least and greatest of their stores."""
    at = days.store_id.notnull() & (days.orders > 0)
    return days.group_by("customer_id").agg(
        orders=days.orders.sum().cast("int64"),
        net=days.net.sum().cast("int64"),
        **{name: days[name].sum().cast("int64") for name in RECORDED},
        low=days.store_id.min(where=at),
        high=days.store_id.max(where=at),
        times=at.cast("int64").sum().cast("int64"),
    )


def _visited(passages: ir.Table) -> ir.Table:
    """What the new visits say of who made them."""
    n, gap = passages["visit"], passages.day - passages.previous
    folded = passages.group_by("customer_id").agg(
        visits=passages.count().cast("int64"),
        first=passages.day.max(where=n == 1),
        second=passages.day.max(where=n == 2),
        third=passages.day.max(where=n == 3),
        latest=passages.day.max(),
        previous=passages.previous.max(),  # it grows with the day, so the greatest is the last visit's
        before=passages.before.max(),
        squares=(gap * gap).sum().cast("int64"),
        repeat_net=passages.net.sum(where=n > 1).cast("int64"),
        **history(passages),
    )
    return folded.mutate(**arrived(folded.opened)).drop("opened")


def _opened(numbered: ir.Table, visits: ir.Table) -> ir.Table:
    """The opening columns of those whose first visit is among the new ones."""
    first = numbered.filter(numbered["visit"] == 1).select("customer_id", "business_date")
    return visits.semi_join(first, ("customer_id", "business_date")).select("customer_id", **OPENING)


def _returned(prior: ir.Table | None, days: ir.Table) -> ir.Table:
    """`taken`: how much of what was only brought back, on days of which there are few, is repeat money.

    It is taken from the visit before it, or from the first one where none came before: it is repeat money when the
    second visit lies before.
    """
    back = days.filter(days.orders == 0)
    theirs = visits_after(prior, came(days).semi_join(back, "customer_id"))
    second = theirs.filter(theirs["visit"] == 2).select("customer_id", second="day")
    if prior is not None:
        second = second.union(prior.filter(prior.second.notnull()).select("customer_id", "second"))
    known = back.inner_join(second, "customer_id")
    again = known.filter(known.business_date.epoch_days().cast("int64") > known.second)
    return again.group_by("customer_id").agg(taken=again.net.sum().cast("int64"))


def _merged(prior: ir.Table, fresh: ir.Table) -> ir.Table:
    both = prior.outer_join(fresh, "customer_id", rname="new_{name}")
    new = {name: both[f"new_{name}"] for name in fresh.columns}
    told = {"customer_id": ibis.coalesce(both.customer_id, new["customer_id"])}
    told |= {name: _sum(both[name], new[name]) for name in (*SUMS, *RECORDED)}
    told |= {name: ibis.coalesce(both[name], new[name]) for name in ONCE}
    told |= {name: ibis.coalesce(new[name], both[name]) for name in LATEST}
    told["history"] = continued(both.history, new["history"])
    return both.select([told[name].cast(type).name(name) for name, type in TYPES.items()])


def _sum(one: ir.IntegerValue, other: ir.IntegerValue) -> ir.IntegerValue:
    """Both together; null only where neither is known."""
    return ibis.coalesce(one + other, one, other)
