"""The gaps between a customer's visits: each one, how many were watched through it, and what they are like together."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from regulars.know.tables.days import came
from regulars.know.tables.visits import day_number

LONGEST = 730  # days; a gap is counted as no longer than that


def numbered(days: ir.Table, as_of: date) -> ir.Table:
    """One row a customer and visit day up to ``as_of``: ``visit`` 1, 2 …, ``day``, ``previous``, ``next`` (numbers)."""
    seen = came(days).select("customer_id", "business_date")
    seen = seen.filter(seen.business_date <= as_of)
    order = ibis.window(group_by="customer_id", order_by="business_date")
    placed = seen.mutate(
        visit=(ibis.row_number().over(order) + 1).cast("int64"),
        previous=seen.business_date.lag(1).over(order),
        next=seen.business_date.lead(1).over(order),
    )
    # Numbers only now: what is sorted is half as wide by dates.
    return placed.select(
        "customer_id",
        "visit",
        day=_number(placed.business_date),
        previous=_number(placed.previous),
        next=_number(placed.next),
    )


def _number(day: ir.DateValue) -> ir.IntegerValue:
    return day.epoch_days().cast("int64")


def nth_visits(visits: ir.Table, upto: int) -> ir.Table:
    """One row a customer: ``day_1`` … ``day_<upto>``, the day numbers of the first visits (null: not made yet).

    ``visits`` as `numbered` gives them.
    """
    few = visits.filter(visits["visit"] <= upto)
    days = {f"day_{n}": few.day.max(where=few["visit"] == n) for n in range(1, upto + 1)}
    return few.group_by("customer_id").aggregate(**days)


def gap_counts(visits: ir.Table, since: int, last: int) -> ir.Table:
    """``visit``, ``gap``: ``gaps`` that a visit from day ``since`` on ended, by which visit it was and days it took.

    Visits from the ``last`` on are one; gaps are at most ``LONGEST``. ``visits`` as `numbered` gives them.
    """
    ended = visits.filter(visits.previous.notnull() & (visits.day >= since))
    each = ended.select(
        visit=ibis.least(ended["visit"], ibis.literal(last, type="int64")),
        gap=ibis.least(ended.day - ended.previous, ibis.literal(LONGEST, type="int64")),
    )
    return each.group_by("visit", "gap").aggregate(gaps=each.count().cast("int64"))


def watched_counts(
    visits: ir.Table, as_of: date, upto: int, window: int, of: ir.Table | None = None
) -> ir.Table:
    """For `rules.survival.kaplan_meier`: ``visit`` 2 … ``upto``, ``day``: ``ended``, ``events``.

    At risk of a visit are those who made the one before. ``day`` is how long they were watched since, until it came or
    ``as_of``; nobody longer than a day beyond ``window``, for what comes later cannot change the share within it.
    ``of``, one row a customer, has columns beside ``customer_id`` by which they are counted apart.
    """
    open_ = visits.filter(visits["visit"] < upto)
    apart: list[str] = []
    if of is not None:
        open_ = open_.join(of, "customer_id")
        apart = [name for name in of.columns if name != "customer_id"]
    until = ibis.coalesce(open_.next, ibis.literal(day_number(as_of), type="int64"))
    length = until - open_.day
    each = open_.select(
        *apart,
        visit=(open_["visit"] + 1).cast("int64"),
        day=ibis.least(length, ibis.literal(window + 1, type="int64")),
        back=(open_.next.notnull() & (length <= window)).cast("int64"),
    )
    return each.group_by(*apart, "visit", "day").aggregate(
        ended=each.count().cast("int64"), events=each.back.sum().cast("int64")
    )


def habits(visits: ir.Table, as_of: date) -> ir.Table:
    """One row a customer with two visits or more: how they come.

    ``visits``, ``mean_gap``, ``shortest_gap``, ``longest_gap``, ``last_gap`` (days), ``gap_cv`` (the coefficient of
    variation of the gaps, n − 1 in the variance; null below two gaps), ``clumpiness`` (Zhang, Bradlow and Small 2015;
    see `rules.regularity.clumpiness`), ``density`` (visits after the first ÷ days watched),
    ``first_share`` (first gap ÷ first two; null below two gaps).
    """
    gap = visits.day - visits.previous
    told = visits.mutate(gap=gap, wide=gap.cast("float64"))
    closing = told.next.isnull()
    people = told.group_by("customer_id").aggregate(
        visits=told["visit"].max(),
        first=told.day.min(),
        latest=told.day.max(),
        shortest_gap=told.gap.min(),
        longest_gap=told.gap.max(),
        last_gap=told.gap.max(where=closing),
        first_gap=told.gap.max(where=told["visit"] == 2),
        second_gap=told.gap.max(where=told["visit"] == 3),
        squares=(told.gap * told.gap).sum().cast("int64"),
        logs=(told.wide * told.wide.ln()).sum(),
    )
    people = people.filter(people.visits >= 2)
    gaps = (people.visits - 1).cast("float64")
    total = (people.latest - people["first"]).cast("float64")
    mean = total / gaps
    open_gap = (ibis.literal(day_number(as_of) + 1, type="int64") - people.latest).cast("float64")
    window = total + open_gap
    spread = (people.squares.cast("float64") - total * mean) / (gaps - 1.0).nullif(0.0)
    entropy = (people.logs + open_gap * open_gap.ln()) / window - window.ln()
    both = (people.first_gap + people.second_gap).cast("float64")
    return people.select(
        "customer_id",
        "visits",
        "shortest_gap",
        "longest_gap",
        "last_gap",
        mean_gap=mean,
        gap_cv=(spread > 0.0).ifelse(spread, spread * 0.0).sqrt()
        / mean,  # alike to the last digit is no root of less
        clumpiness=1.0 + entropy / (gaps + 1.0).ln(),
        density=gaps / (window - 1.0),
        first_share=people.first_gap.cast("float64") / both,
    )
