"""What a turn changes in closed months: late and corrected orders, and those whose customer is another than it was."""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from regulars.core.months import first_day, month_number
from regulars.gather.tables import several
from regulars.identify.tables import resolved
from regulars.know.tables import customer_days
from regulars.lake.computed import COMPUTED, CUSTOMER_DAYS, SALES
from regulars.lake.contract import told_as
from regulars.lake.engine import Lake
from regulars.lake.facts import ORDERS
from regulars.lake.landing import Landing
from regulars.turn.plan import Plan
from regulars.turn.sold import look, seen_on
from regulars.turn.tables import DAY, KEY, PLACE, highest, moved, patches, renamed, superseded, ties

NEAR = 60  # dates on which an old version is looked for before it is looked for anywhere
Pair = tuple[ir.Table, ir.Table]


@dataclass(frozen=True)
class Disturbed:
    """Customers of whom something changed in the months before ``since``, and all their sales and days of these, as
    they were and as they are; among the sales also those without a customer that changed.

    A customer who was two, or becomes two, is here under all numbers.
    """

    since: int
    customers: ir.Table  # customer_id
    sales: Pair
    days: Pair


def disturb(
    lake: Lake,
    landing: Landing,
    links: ir.Table,
    changed: ir.Table,
    plan: Plan,
    *,
    from_one: bool = False,
) -> Disturbed | None:
    """Lay over closed months what has changed in them, and tell of whom; None where nothing has.

    ``links`` are this turn's, ``changed`` identifiers whose customer is another. The months from ``plan.since`` on are
    written anew by ``sell`` and not looked at here. ``from_one``: no order has a version below 1.
    """
    assert plan.since is not None
    late, gone = _corrected(lake, landing, links, plan, from_one)
    movers = lake.keep("movers", changed.filter(changed.was.notnull()).select(customer_id="was").distinct())
    named = [table.select("customer_id") for table in (late, gone, movers)]
    named.append(changed.select(customer_id="now"))
    people = ibis.union(*named, distinct=True)
    people = lake.keep("touched", people.filter(people.customer_id.notnull()))
    theirs = _closed(lake, plan.since, people, ("customer_id",))
    mine = lake.keep("sales_were", theirs.union(gone.filter(gone.customer_id.isnull())))
    claimed = _claimed(lake, movers, changed, plan.since)
    others = (
        _closed(lake, plan.since, claimed, KEY).anti_join(mine, KEY) if _any(lake, claimed) else mine.limit(0)
    )
    relinked = mine.semi_join(movers, "customer_id").union(mine.semi_join(claimed, KEY), distinct=True)
    relinked = lake.keep("relinked_were", relinked.union(others).anti_join(gone, KEY))
    now = lake.keep("relinked_now", _relinked(lake, landing, relinked, claimed, links, changed))
    was = lake.keep("relinked_was", moved(relinked, now))
    before = lake.keep("before", gone.union(was))
    after = lake.keep("after", late.union(now.semi_join(was, KEY)))
    if not _any(lake, before) and not _any(lake, after):
        return None
    return _lay(
        lake, landing, plan.since, before, after, mine.union(_added(lake, plan.since, before, after, people))
    )


def _any(lake: Lake, rows: ir.Table) -> bool:
    return bool(lake.rows(rows.count()).as_py())


def _corrected(lake: Lake, landing: Landing, links: ir.Table, plan: Plan, from_one: bool) -> Pair:
    """Orders new to closed months as they are now, and kept sales of closed months that a new version replaced."""
    assert plan.since is not None
    orders, begins = lake.table("orders"), first_day(plan.since)
    new = orders.filter(orders.batch > plan.upto)
    fresh = lake.keep("new_versions", new.select(*KEY, "version", "business_date"))
    told = lake.keep("new_told", several(orders, fresh.select(*KEY), from_one=from_one))
    late = lake.keep("late_orders", highest(new.filter(new.business_date < begins), told))
    late_now = _resolved(lake, landing, late, links, "late")
    again = told.filter(told.batch <= plan.upto).select(*KEY)
    again = lake.keep("told_again", again.union(fresh.filter(fresh.version != 1).select(*KEY)).distinct())
    return late_now, lake.keep("replaced_sales", superseded(_kept(lake, fresh, again, plan.since), told))


def _resolved(lake: Lake, landing: Landing, orders: ir.Table, links: ir.Table, name: str) -> ir.Table:
    """Orders at their highest version as sales, from those of their sightings that count; ties are remembered."""
    if not _any(lake, orders):
        return lake.table("sales").limit(0).select(SALES.schema.names)
    on = ("source", "ref_id", "batch")
    seen = seen_on(lake, orders).semi_join(orders.select("source", "batch", ref_id="order_id"), on)
    seen = lake.keep(f"{name}_seen", seen)
    landing.add("ties", ties(orders, seen, links), lake)
    return lake.keep(f"{name}_now", resolved(orders, seen, links).select(SALES.schema.names))


def _kept(lake: Lake, fresh: ir.Table, again: ir.Table, since: int) -> ir.Table:
    """Kept sales in closed months of the orders ``again``: on the dates their new versions speak of, then anywhere."""
    if not _any(lake, again):
        return lake.table("sales").select(SALES.schema.names).limit(0)
    dates = fresh.semi_join(again, KEY).select("business_date").distinct()
    days = sorted(lake.rows(dates)["business_date"].to_pylist())
    near = lake.table("sales", since=month_number(days[0]), before=month_number(days[-1]) + 1)
    near = near.select(SALES.schema.names).filter(near.business_date.between(days[0], days[-1]))
    if len(days) <= NEAR:
        near = near.filter(near.business_date.isin(days))
    near = lake.keep("kept_near", near.semi_join(again, KEY))
    open_ = lake.table("sales", since=since).select(*KEY)
    missing = lake.keep("not_near", again.anti_join(near, KEY).anti_join(open_, KEY))
    if not _any(lake, missing):
        return near.filter(near.month < since)
    return lake.keep(
        "kept_anywhere", near.filter(near.month < since).union(_closed(lake, since, missing, KEY))
    )


def _claimed(lake: Lake, movers: ir.Table, changed: ir.Table, since: int) -> ir.Table:
    """Keys of orders of closed months that an identifier with a new customer may win or lose whoever has them now:
    where it is tied with others, and those of identifiers that had joined nobody."""
    ties_ = lake.table("ties", before=since).semi_join(movers, "customer_id")
    tied = lake.keep("tied", ties_.select(*KEY).distinct())
    freed = lake.keep("freed", changed.filter(changed.was.isnull()))
    if not _any(lake, freed):
        return tied
    seen = lake.table("sightings")
    seen = seen.filter(seen.kind == "order").semi_join(freed, ("identifier_type", "identifier_hash"))
    return lake.keep("claimed", tied.union(seen.select("source", order_id="ref_id"), distinct=True))


def _relinked(
    lake: Lake, landing: Landing, rows: ir.Table, claimed: ir.Table, links: ir.Table, changed: ir.Table
) -> ir.Table:
    """Kept sales under their customers of now: renamed where all that was a customer's went to one other, read from
    their sightings where that does not tell."""
    names = lake.keep("renamed", renamed(changed, links))
    known = rows.anti_join(claimed, KEY).inner_join(names, rows.customer_id == names.was)
    told = lake.keep("renamed_sales", known.mutate(customer_id=known.now).select(rows.columns))
    rest = lake.keep("rest", rows.anti_join(told, KEY).select(ORDERS.schema.names))
    return told.union(_resolved(lake, landing, rest, links, "rest"))


def _added(lake: Lake, since: int, before: ir.Table, after: ir.Table, people: ir.Table) -> ir.Table:
    """Sales of people whom only the new resolution names: those of splits, who had none, bring nothing more."""
    named = ibis.union(before.select("customer_id"), after.select("customer_id"), distinct=True)
    named = named.filter(named.customer_id.notnull())
    more = lake.keep("more_people", named.anti_join(people, "customer_id"))
    return _closed(lake, since, more, ("customer_id",)) if _any(lake, more) else before.limit(0)


def _closed(lake: Lake, since: int, some: ir.Table, on: tuple[str, ...], name: str = "sales") -> ir.Table:
    """Rows of closed months that agree with ``some`` in these columns."""
    columns = COMPUTED[name].schema.names
    return lake.table(name, lambda rows: rows.semi_join(some, on).select(columns), before=since)


def _lay(
    lake: Lake, landing: Landing, since: int, before: ir.Table, after: ir.Table, were: ir.Table
) -> Disturbed:
    number = landing.number
    landing.add("sales_patches", patches(before, after, PLACE, number), lake)
    were = lake.keep("disturbed_were", were.union(before).distinct())
    are = lake.keep("disturbed_are", were.anti_join(before, KEY).union(after))
    people = ibis.union(were.select("customer_id"), are.select("customer_id"), distinct=True)
    people = lake.keep("disturbed", people.filter(people.customer_id.notnull()))
    days_were = lake.keep("days_were", _closed(lake, since, people, ("customer_id",), "customer_days"))
    pairs = ibis.union(before.select(*DAY), after.select(*DAY), distinct=True)
    pairs = lake.keep("pairs", pairs.filter(pairs.customer_id.notnull()))
    # Sums come back wider than they were declared.
    told = told_as(lake.keep("pairs_are", customer_days(are.semi_join(pairs, DAY))), CUSTOMER_DAYS)
    landing.add("customer_days_patches", patches(days_were.semi_join(pairs, DAY), told, DAY, number), lake)
    days_are = lake.keep("days_are", days_were.anti_join(pairs, DAY).union(told))
    look(lake, landing)
    return Disturbed(since, people, (were, are), (days_were, days_are))
