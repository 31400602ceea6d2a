"""Counts of gaps: what the rules of rhythm and survival read instead of customers."""

from datetime import date

import ibis
import ibis.expr.types as ir

from regulars.know.rules.rhythm import SLICES, VISITS_FROM, Credibility
from regulars.know.tables.visits import day_number, usual_gap, visit_days, visits

LONGEST = 400 * SLICES


def gap_sums(days: ir.Table, as_of: date) -> ir.Table:
    """For `rules.rhythm.credibility`: a row a number of `gaps`, with `customers` and the integer sums (days,
    days squared) `total`, `total_squares`, `squares`.
    """
    seen = visits(days, as_of)
    gap = seen.day - seen.previous
    people = seen.group_by("customer_id").aggregate(
        gaps=seen["visit"].max() - 1,
        total=seen.day.max() - seen.day.min(),
        squares=(gap * gap).sum().cast("int64"),
    )
    returned = people.filter(people.gaps > 0)
    return (
        returned.group_by("gaps")
        .aggregate(
            customers=returned.count().cast("int64"),
            total_squares=(returned.total * returned.total).sum().cast("int64"),
            squares=returned.squares.sum().cast("int64"),
            total=returned.total.sum().cast("int64"),
        )
        .order_by("gaps")
    )


def gap_lengths(days: ir.Table, as_of: date, credibility: Credibility) -> ir.Table:
    """For `rules.rhythm.rhythm`: gaps by `visits` made before and length in `slices` (twentieths of the usual
    gap known then), `returned` those that ended with a visit and `open_` those still open on `as_of`.
    """
    seen = visits(days, as_of)
    until = ibis.coalesce(seen.next, ibis.literal(day_number(as_of), type="int64"))
    usual = usual_gap(credibility, seen["visit"], seen.day - seen["first"])
    slices = ((until - seen.day).cast("float64") * float(SLICES) / usual).floor().cast("int64")
    cut = seen.select(
        visits=ibis.least(seen["visit"], ibis.literal(VISITS_FROM[-1], type="int64")),
        slices=ibis.least(slices, ibis.literal(LONGEST, type="int64")),
        back=seen.next.notnull().cast("int64"),
    )
    return (
        cut.group_by("visits", "slices")
        .aggregate(returned=cut.back.sum().cast("int64"), open_=(1 - cut.back).sum().cast("int64"))
        .order_by("visits", "slices")
    )


def first_returns(
    days: ir.Table, as_of: date, since: date | None = None, until: date | None = None
) -> ir.Table:
    """For `rules.survival.kaplan_meier`: `day`, `at_risk`, `events` of customers whose first visit lies in
    [since, until].

    A row for every number of days after the first visit on which somebody came back or was last watched;
    those still away on `as_of` leave the count the day after, as watched so long and no longer.
    """
    came = visit_days(days, as_of)
    opened = came.group_by("customer_id").aggregate(first=came.day.min())
    joined = came.join(opened, "customer_id")
    again = joined.filter(joined.day > joined["first"])
    second = again.group_by("customer_id").aggregate(second=again.day.min())
    people = opened
    if since is not None:
        people = people.filter(people["first"] >= day_number(since))
    if until is not None:
        people = people.filter(people["first"] <= day_number(until))
    return _by_day(people.left_join(second, "customer_id"), day_number(as_of))


def first_returns_of(states: ir.Table, as_of: date, since: date | None = None) -> ir.Table:
    """`first_returns` read off `customer_states`, which have found the first two visits already; first visits from
    `since` on.
    """
    people = states if since is None else states.filter(states.first_day >= since)
    known = people.filter(people.first_day <= as_of).select(
        first=people.first_day.epoch_days().cast("int64"), second=people.second_day.epoch_days().cast("int64")
    )
    return _by_day(known, day_number(as_of))


def _by_day(people: ir.Table, now: int) -> ir.Table:
    """People with their `first` and `second` day counted by the days they were watched until they came back."""
    watched = people.select(
        day=ibis.coalesce(people.second, ibis.literal(now, type="int64")) - people["first"],
        back=people.second.notnull().cast("int64"),
    )
    counts = watched.group_by("day").aggregate(
        ended=watched.count().cast("int64"), events=watched.back.sum().cast("int64")
    )
    later = ibis.window(order_by=ibis.desc("day"), preceding=None, following=0)
    return counts.select(
        "day", at_risk=counts.ended.sum().over(later).cast("int64"), events="events"
    ).order_by("day")
