"""Sufficient statistics: the different histories and how many customers share each, now and at earlier days."""

from datetime import date

import ibis
import ibis.expr.types as ir

from regulars.know.tables.visits import day_number, visit_days


def lifetime_statistics(states: ir.Table) -> ir.Table:
    """For `rules.lifetime.Statistics`: `x`, `t_x`, `T` (days) and `customers`, from `customer_states` or
    `histories`.
    """
    counted = states.group_by("x", "t_x", "T").aggregate(customers=_size(states))
    return counted.order_by("x", "t_x", "T")


def spend_statistics(states: ir.Table) -> ir.Table:
    """For `rules.spend.SpendStatistics`: `x`, `spend` on repeat days (minor units) and `customers`; repeaters
    only.
    """
    again = states.filter((states.x > 0) & (states.repeat_net > 0))
    counted = again.group_by("x", "repeat_net").aggregate(customers=_size(again))
    return counted.select("x", "customers", spend="repeat_net").order_by("x", "spend")


def histories(days: ir.Table, as_of: date, horizon: int, observed: date) -> ir.Table:
    """Everybody known on an earlier day and what they did next: a row a history (`x`, `t_x`, `T`,
    `repeat_net`) with `customers`, `visits_after` and `net_after` in the `horizon` days after `as_of`.

    `observed` is the last business date of the data; visits beyond it are unknown, so as_of + horizon must
    not pass it: then the two last columns are null.
    """
    told = _then(days, as_of, horizon, observed)
    after = day_number(as_of) + horizon
    whole = after <= day_number(observed)
    counted = told.group_by("x", "t_x", "T", "repeat_net").aggregate(
        customers=_size(told),
        visits_after=told.visits_after.sum().cast("int64") if whole else ibis.null("int64"),
        net_after=told.net_after.sum().cast("int64") if whole else ibis.null("int64"),
    )
    return counted.order_by("x", "t_x", "T", "repeat_net")


def held_out(days: ir.Table, as_of: date, observed: date) -> ir.Table:
    """For `rules.choice.HeldOut`: `x`, `t_x`, `T` (days) of everybody known on an earlier day, `after`, their visits
    from then to `observed`, and `customers`.
    """
    told = _then(days, as_of, (observed - as_of).days, observed)
    counted = told.group_by("x", "t_x", "T", "visits_after").aggregate(customers=_size(told))
    return counted.rename(after="visits_after").order_by("x", "t_x", "T", "after")


def known_then(days: ir.Table, as_of: date) -> ir.Table:
    """Everybody known on an earlier day: `customer_id`, `x`, `t_x`, `T` and `repeat_net` as of it."""
    told = _then(days, as_of, 0, as_of)
    return told.drop("visits_after", "net_after")


def _then(days: ir.Table, as_of: date, horizon: int, observed: date) -> ir.Table:
    now = day_number(as_of)
    after = now + horizon
    came = visit_days(days, observed)
    came = came.filter(came.day <= after)
    known, later = came.day <= now, came.day > now
    people = came.group_by("customer_id").aggregate(
        first=came.day.min(),
        latest=came.day.max(where=known),
        seen=known.cast("int64").sum().cast("int64"),
        net=came.net.sum(where=known).cast("int64"),
        first_net=came.net.argmin(came.day),
        visits_after=later.cast("int64").sum().cast("int64"),
        net_after=ibis.coalesce(came.net.sum(where=later), 0).cast("int64"),
    )
    people = people.filter(people.seen > 0)
    return people.select(
        "customer_id",
        x=people.seen - 1,
        t_x=people.latest - people["first"],
        T=ibis.literal(now, type="int64") - people["first"],
        repeat_net=people.net - people.first_net,
        visits_after="visits_after",
        net_after="net_after",
    )


def _size(table: ir.Table) -> ir.IntegerScalar:
    return table.count().cast("int64")
