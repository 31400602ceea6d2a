"""What a turn computes for improve: who had a dish and came back, which version a line was, how usual a return is."""

from __future__ import annotations

from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

WATCHED = 60  # days a newcomer is watched
LOOKED_AT = 500  # days of lines
YEAR = 365  # newcomers of the last year are told of
RECENT = 60  # days of orders that count as buyers
SETTLED = 90  # days of a store's identification before "first visit" means anything
# Days of sales asked of: a store that had begun to identify before them does so in their first month, too, and is seen
# to have settled when its first newcomer is told of.
ASKED = WATCHED + YEAR + SETTLED + 31
BOUGHT = 30  # days a buyer is watched before and after a change
BEFORE = 120  # days before a change that its buyers are taken from
USUAL = 30  # days within which a return after being told is held against the usual
RECENCY = (7, 14, 28, 56, 112)  # days since the last visit: bounds of bands
VISITS = (1, 2, 5)  # visits made: upper bounds of bands


def number(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - date(1970, 1, 1)).days


def _day(column: ir.DateValue) -> ir.IntegerValue:
    return column.epoch_days().cast("int64")


def _party(guests: ir.IntegerValue) -> ir.StringValue:
    return ibis.cases(
        (guests.isnull(), "unsaid"), (guests <= 1, "1"), (guests == 2, "2"), (guests <= 4, "3-4"), else_="5+"
    )


def bought(sales: ir.Table, lines: ir.Table, products: list[str], as_of: date) -> ir.Table:
    """One row a line of the last 500 days with one of ``products`` on an order that counts: customer_id (null: nobody
    known), store_id, party, day, product_id, source, order_id. ``lines`` may hold versions that ``sales`` left behind.
    """
    asked = lines.filter(lines.product_id.isin(products) & ~lines.returned.fill_null(False))
    asked = asked.select("source", "order_id", "version", "product_id")
    recent = sales.filter((sales.orders > 0) & (sales.business_date > as_of - timedelta(days=LOOKED_AT)))
    orders = recent.select(
        *("source", "order_id", "version", "customer_id", "store_id"),
        party=_party(recent.guests),
        day=_day(recent.business_date),
    )
    return asked.join(orders, ("source", "order_id", "version")).drop("version")


def buyers(bought: ir.Table, as_of: date) -> ir.Table:
    """By product: ``orders`` with it in the last 60 days and identified ``buyers`` behind them."""
    recent = bought.filter(bought.day > number(as_of) - RECENT)
    orders = recent.select("product_id", "source", "order_id", "customer_id").distinct()
    return orders.group_by("product_id").agg(
        orders=orders.count().cast("int64"), buyers=orders.customer_id.nunique().cast("int64")
    )


def newcomers(sales: ir.Table, days: ir.Table, as_of: date) -> ir.Table:
    """One row a newcomer of the last year, watched 60 days: customer_id, first, store_id, party, back (0, 1).

    Store and party are those of the first order. Left out are those whose first visit fell into their store's first 90
    days of identification: they may be old guests.
    """
    now = number(as_of)
    came = days.filter(days.orders > 0)
    came = came.select("customer_id", day=_day(came.business_date))
    opened = came.group_by("customer_id").agg(first=came.day.min())
    opened = opened.filter((opened["first"] <= now - WATCHED) & (opened["first"] > now - WATCHED - YEAR))
    seen = came.join(opened, "customer_id")
    again = ((seen.day > seen["first"]) & (seen.day <= seen["first"] + WATCHED)).cast("int64")
    people = seen.group_by("customer_id", "first").agg(back=again.max())
    known = sales.filter(sales.customer_id.notnull() & (sales.orders > 0))
    orders = known.select(
        *("customer_id", "store_id", "source", "order_id", "ordered_at"),
        party=_party(known.guests),
        first=_day(known.business_date),
    )
    since = orders.group_by("store_id").agg(since=orders["first"].min())
    order = ibis.window(group_by="customer_id", order_by=("ordered_at", "source", "order_id"))
    placed = orders.join(people, ("customer_id", "first")).mutate(place=ibis.row_number().over(order))
    joined = placed.filter(placed.place == 0).join(since, "store_id")
    settled = joined.filter(joined["first"] >= joined.since + SETTLED)
    return settled.select("customer_id", "first", "store_id", "party", "back")


def strata(newcomers: ir.Table, bought: ir.Table) -> ir.Table:
    """By product, store and party: newcomers who ``had`` it on their first day, ``back`` of them, and all newcomers of
    that store and party, ``people`` and ``people_back``.
    """
    cells = newcomers.group_by("store_id", "party").agg(
        people=newcomers.count().cast("int64"), people_back=newcomers.back.sum().cast("int64")
    )
    pairs = (
        bought.filter(bought.customer_id.notnull())
        .select("customer_id", "product_id", first="day")
        .distinct()
    )
    having = newcomers.join(pairs, ("customer_id", "first"))
    had = having.group_by("product_id", "store_id", "party").agg(
        had=having.count().cast("int64"), back=having.back.sum().cast("int64")
    )
    return had.join(cells, ("store_id", "party"))


def versioned(lines: ir.Table, orders: ir.Table, changes: ir.Table) -> ir.Table:
    """Order lines with ``product_version`` filled in: the till's own where it sends one, else that of the last change
    of the product in that store begun by the order's business date, else null.

    ``orders`` gives store_id and business_date of (source, order_id, version); ``changes`` has a row a product and
    store: product_id, store_id, begins_on, to_version, change_id.
    """
    order = ibis.window(group_by=("product_id", "store_id"), order_by=("begins_on", "change_id"))
    spans = changes.mutate(ends_on=changes.begins_on.lead(1).over(order)).select(
        "product_id", "begins_on", "ends_on", "to_version", change_store="store_id"
    )
    keys = ("source", "order_id", "version")
    placed = lines.join(orders.select(*keys, line_store="store_id", line_date="business_date"), keys)
    told = placed.left_join(
        spans,
        [
            placed.product_id == spans.product_id,
            placed.line_store == spans.change_store,
            placed.line_date >= spans.begins_on,
            (placed.line_date < spans.ends_on) | spans.ends_on.isnull(),
        ],
    )
    version = ibis.coalesce(told.product_version.nullif(""), told.to_version)
    return told.mutate(product_version=version).select(*lines.columns)


def moves(sales: ir.Table, bought: ir.Table, begins_on: date, as_of: date) -> ir.Table:
    """By store: buyers of one product before and after a day, and how many of them came back within 30 days.

    A customer counts once on each side, in the store and from the day they first had it there; ``after`` only those
    watched 30 days by ``as_of``, ``before`` those of the 120 days before whose 30 days ended when the change began.
    """
    start, now = number(begins_on), number(as_of)
    seen = bought.filter(
        bought.customer_id.notnull()
        & (
            ((bought.day >= start - BEFORE) & (bought.day < start - BOUGHT))
            | ((bought.day >= start) & (bought.day <= now - BOUGHT))
        )
    )
    sided = seen.mutate(late=(seen.day >= start).cast("int64"))
    order = ibis.window(group_by=("customer_id", "late"), order_by=("day", "store_id", "source", "order_id"))
    once = sided.mutate(place=ibis.row_number().over(order)).filter(lambda t: t.place == 0)
    known = sales.filter(sales.customer_id.notnull() & (sales.orders > 0))
    days = known.select("customer_id", came=_day(known.business_date)).distinct()
    again = once.select("customer_id", "late", "day", "store_id").join(days, "customer_id")
    again = again.filter((again.came > again.day) & (again.came <= again.day + BOUGHT))
    back = again.select("customer_id", "late").distinct().mutate(back=ibis.literal(1, type="int64"))
    people = once.select("customer_id", "late", "store_id").left_join(back, ("customer_id", "late"))
    return people.group_by("store_id", "late").agg(
        people=people.count().cast("int64"), back=people.back.fill_null(0).sum().cast("int64")
    )


def band(column: ir.IntegerValue, bounds: tuple[int, ...]) -> ir.IntegerValue:
    """The place of a number among upper bounds: 0 up to the first, and so on."""
    return sum(((column > bound).cast("int64") for bound in bounds), ibis.literal(0, type="int64"))


def usual_returns(days: ir.Table, on: date) -> ir.Table:
    """By band of recency and visits as of ``on``: ``people``, and those of them who came within the next 30 days."""
    at = number(on)
    came = days.filter(days.orders > 0)
    came = came.select("customer_id", day=_day(came.business_date))
    people = came.group_by("customer_id").agg(
        latest=came.day.max(where=came.day <= at),
        visits=(came.day <= at).cast("int64").sum().cast("int64"),
        after=((came.day > at) & (came.day <= at + USUAL)).cast("int64").max(),
    )
    known = people.filter(people.visits > 0)
    banded = known.mutate(recency=band(at - known.latest, RECENCY), often=band(known.visits, VISITS))
    return banded.group_by("recency", "often").agg(
        people=banded.count().cast("int64"), back=banded.after.sum().cast("int64")
    )


def orders_of(sales: ir.Table, customers: list[int], visits: list[str], since: date) -> ir.Table:
    """Sales since a day of these customers, or made on these visits whoever paid: source, order_id, customer_id,
    store_id, visit_id, ordered_at, business_date, revenue (minor units), orders.
    """
    theirs = sales.customer_id.isin(customers) | sales.visit_id.isin(visits)
    found = sales.filter((sales.business_date >= since) & theirs)
    return found.select(
        "source",
        "order_id",
        "customer_id",
        "store_id",
        "visit_id",
        "ordered_at",
        "business_date",
        "revenue",
        "orders",
    ).order_by("business_date", "source", "order_id")
