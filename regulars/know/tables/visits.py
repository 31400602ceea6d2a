"""One row a visit day with the gap before it and after it: the single sorted pass that stages and gaps both
read.
"""

from datetime import date, datetime, time

import ibis
import ibis.expr.types as ir

from regulars.core.months import EPOCH, day_number
from regulars.know.rules.rhythm import Credibility, Patience, Rhythm
from regulars.know.tables.days import came

__all__ = [
    "as_date",
    "day_number",
    "late_after",
    "lost_after",
    "usual_gap",
    "visit_days",
    "visits",
    "visits_after",
]


def as_date(day: ir.IntegerValue) -> ir.DateValue:
    """The date of a day number."""
    # From an instant, because DuckDB makes one of a date and an interval and Ibis takes that for a date already.
    return (ibis.literal(datetime.combine(EPOCH, time())) + day.as_interval("D")).cast("date")


def visit_days(days: ir.Table, as_of: date) -> ir.Table:
    """The rows of `customer_days` up to and with `as_of` on which the customer came, with `day` as a number.

    A day counts as a visit when at least one of its orders stands. What was taken back on a day without one lowers
    the `net` of the visit before it (of the first one, where none came before), so money is of the visit that brought
    it and every sum of `net` is the customer's.
    """
    numbered = days.mutate(day=days.business_date.epoch_days().cast("int64"))
    seen = numbered.filter(numbered.day <= day_number(as_of))
    visited = came(seen)
    taken = _taken_back(seen, visited)
    joined = visited.left_join(taken, ["customer_id", "day"])
    less = joined.mutate(net=joined.net + ibis.coalesce(joined.taken, 0))
    return less.drop("customer_id_right", "day_right", "taken")


def _taken_back(seen: ir.Table, visited: ir.Table) -> ir.Table:
    """`customer_id`, `day` of a visit and `taken` (minor units, below nothing): the days without an order, of which
    there are few, each at the visit that it takes from.
    """
    back = seen.filter(seen.orders == 0).select("customer_id", taken="net", on="day")
    around = back.join(visited.select("customer_id", "day"), "customer_id")
    each = around.group_by("customer_id", "on").agg(
        taken=around.taken.max(),  # one and the same beside every visit
        day=ibis.coalesce(around.day.max(where=around.day < around.on), around.day.min()),
    )
    return each.group_by("customer_id", "day").agg(taken=each.taken.sum().cast("int64"))


def visits(days: ir.Table, as_of: date) -> ir.Table:
    """One row a customer and visit day: `visit` 1, 2 ..., `first`, `before` (two days back), `previous`,
    `next` day numbers.

    The gaps up to visit n are n - 1 and sum to day - first, which is why no running sum is kept.
    """
    visited = visit_days(days, as_of)
    order = ibis.window(group_by="customer_id", order_by="day")
    whole = ibis.window(group_by="customer_id", order_by="day", preceding=None, following=0)
    return visited.mutate(
        visit=(ibis.row_number().over(order) + 1).cast("int64"),
        first=visited.day.min().over(whole),
        previous=visited.day.lag(1).over(order),
        before=visited.day.lag(2).over(order),
        next=visited.day.lead(1).over(order),
    )


def visits_after(prior: ir.Table | None, visits: ir.Table) -> ir.Table:
    """`customer_id`, `business_date`, `day` and `net` of each visit among `customer_days` after a fold's state
    ``prior``, with `visit` (1 is the customer's first ever) and the day numbers `first`, `previous` and `before` (two
    visits back), which may lie in ``prior``.
    """
    narrow = visits.select(
        "customer_id", "business_date", "net", day=visits.business_date.epoch_days().cast("int64")
    )
    order = ibis.window(group_by="customer_id", order_by="day")
    whole = ibis.window(group_by="customer_id", order_by="day", preceding=None, following=0)
    new = narrow.mutate(
        visit=(ibis.row_number().over(order) + 1).cast("int64"),
        first=narrow.day.min().over(whole),
        previous=narrow.day.lag(1).over(order),
        before=narrow.day.lag(2).over(order),
    )
    if prior is None:
        return new
    known = prior.filter(prior.visits > 0).select(
        "customer_id", earlier="visits", begun="first", one_back="latest", two_back="previous"
    )
    both = new.left_join(known, "customer_id")
    before = ibis.cases(
        (both["visit"] == 1, both.two_back), (both["visit"] == 2, both.one_back), else_=both.before
    )
    return both.select(
        *("customer_id", "business_date", "net", "day"),
        visit=both["visit"] + both.earlier.fill_null(0),
        first=ibis.coalesce(both.begun, both["first"]),
        previous=ibis.coalesce(both.previous, both.one_back),
        before=before,
    )


def usual_gap(credibility: Credibility, visit: ir.IntegerValue, elapsed: ir.IntegerValue) -> ir.FloatingValue:
    """The shrunk usual gap (days) after `visit` visits over `elapsed` days: `Credibility.usual_gap` as an
    expression.
    """
    prior = credibility.weight * credibility.mean
    return (elapsed.cast("float64") + prior) / ((visit - 1).cast("float64") + credibility.weight)


def late_after(rhythm: Rhythm | None, visit: ir.IntegerValue, elapsed: ir.IntegerValue) -> ir.IntegerValue:
    """Days since that visit after which the customer is late: `Rhythm.late_after` as an expression. Null without a
    rhythm, and then nobody is late.
    """
    if rhythm is None:
        return ibis.null("int64")
    usual = usual_gap(rhythm.credibility, visit, elapsed)
    days = (usual * _multiple(rhythm, visit, "late")).ceil().cast("int64")
    return ibis.greatest(days, ibis.literal(1, type="int64"))


def lost_after(rhythm: Rhythm | None, visit: ir.IntegerValue, elapsed: ir.IntegerValue) -> ir.IntegerValue:
    """Days since that visit after which the customer is lost: `Rhythm.lost_after` as an expression, or null."""
    if rhythm is None:
        return ibis.null("int64")
    usual = usual_gap(rhythm.credibility, visit, elapsed)
    days = (usual * _multiple(rhythm, visit, "lost")).ceil().cast("int64")
    return ibis.greatest(days, late_after(rhythm, visit, elapsed) + 1)


def _multiple(rhythm: Rhythm, visit: ir.IntegerValue, which: str) -> ir.FloatingValue:
    def of(group: Patience) -> ir.FloatingValue:
        return ibis.literal(group.late if which == "late" else group.lost, type="float64")

    lowest, *others = rhythm.patience
    branches = [(visit >= group.visits, of(group)) for group in reversed(others)]
    return ibis.cases(*branches, else_=of(lowest)) if branches else of(lowest)
