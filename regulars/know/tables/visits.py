"""One row a visit day with the gap before it and after it: the single sorted pass that stages and gaps both
read.
"""

from datetime import date

import ibis
import ibis.expr.types as ir

from regulars.know.rules.rhythm import Credibility, Patience, Rhythm

EPOCH = date(1970, 1, 1)


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - EPOCH).days


def as_date(day: ir.IntegerValue) -> ir.DateValue:
    """The date of a day number."""
    return (ibis.literal(EPOCH, type="date") + day.as_interval("D")).cast("date")


def visit_days(days: ir.Table, as_of: date) -> ir.Table:
    """The rows of `customer_days` up to and with `as_of` on which the customer came, with `day` as a number.

    A day counts as a visit when at least one of its orders stands or its net is positive; `customer_days`
    already leaves out orders that were cancelled or wholly refunded.
    """
    came = days.filter((days.orders >= 1) | (days.net > 0))
    numbered = came.mutate(day=came.business_date.epoch_days().cast("int64"))
    return numbered.filter(numbered.day <= day_number(as_of))


def visits(days: ir.Table, as_of: date) -> ir.Table:
    """One row a customer and visit day: `visit` 1, 2 ..., `first`, `before` (two days back), `previous`,
    `next` day numbers.

    The gaps up to visit n are n - 1 and sum to day - first, which is why no running sum is kept.
    """
    came = visit_days(days, as_of)
    order = ibis.window(group_by="customer_id", order_by="day")
    whole = ibis.window(group_by="customer_id", order_by="day", preceding=None, following=0)
    return came.mutate(
        visit=(ibis.row_number().over(order) + 1).cast("int64"),
        first=came.day.min().over(whole),
        previous=came.day.lag(1).over(order),
        before=came.day.lag(2).over(order),
        next=came.day.lead(1).over(order),
    )


def usual_gap(credibility: Credibility, visit: ir.IntegerValue, elapsed: ir.IntegerValue) -> ir.FloatingValue:
    """The shrunk usual gap (days) after `visit` visits over `elapsed` days: `Credibility.usual_gap` as an
    expression.
    """
    prior = credibility.weight * credibility.mean
    return (elapsed.cast("float64") + prior) / ((visit - 1).cast("float64") + credibility.weight)


def late_after(rhythm: Rhythm, visit: ir.IntegerValue, elapsed: ir.IntegerValue) -> ir.IntegerValue:
    """Days since that visit after which the customer is late: `Rhythm.late_after` as an expression."""
    usual = usual_gap(rhythm.credibility, visit, elapsed)
    days = (usual * _multiple(rhythm, visit, "late")).ceil().cast("int64")
    return ibis.greatest(days, ibis.literal(1, type="int64"))


def lost_after(rhythm: Rhythm, visit: ir.IntegerValue, elapsed: ir.IntegerValue) -> ir.IntegerValue:
    """Days since that visit after which the customer is lost: `Rhythm.lost_after` as an expression."""
    usual = usual_gap(rhythm.credibility, visit, elapsed)
    days = (usual * _multiple(rhythm, visit, "lost")).ceil().cast("int64")
    return ibis.greatest(days, late_after(rhythm, visit, elapsed) + 1)


def _multiple(rhythm: Rhythm, visit: ir.IntegerValue, which: str) -> ir.FloatingValue:
    def of(group: Patience) -> ir.FloatingValue:
        return ibis.literal(group.late if which == "late" else group.lost, type="float64")

    lowest, *others = rhythm.patience
    branches = [(visit >= group.visits, of(group)) for group in reversed(others)]
    return ibis.cases(*branches, else_=of(lowest)) if branches else of(lowest)
