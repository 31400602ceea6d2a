"""Heads, not orders: customers by the month they came in and by the month they had first come in."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from regulars.know.tables import came
from regulars.measure.cube import Cube, Inputs
from regulars.measure.tables import counted, month_of, named

QUARTER = 3  # months
TWICE = 2  # visit days that make a repeat


def _visits(inputs: Inputs) -> ir.Table:
    """Of each customer and month: came, came on two days, and whether the month made them a customer of its quarter,
    or a customer of two days of it: so the quarter is the sum of its months, though it counts heads."""
    days = came(inputs.days)
    seen = days.select("customer_id", month=month_of(days.business_date))
    months = seen.group_by("customer_id", "month").aggregate(days=seen.count().cast("int64"))
    months = months.mutate(quarter=(months.month // QUARTER).cast("int64"))
    order = ibis.window(group_by=("customer_id", "quarter"), order_by="month", preceding=None, following=0)
    months = months.mutate(earlier=months.days.sum().over(order).cast("int64") - months.days)
    if inputs.before is not None:
        months = _with_days_before(months, inputs.before)
    people = inputs.states.select("customer_id", cohort=month_of(inputs.states.first_day))
    joined = months.join(people, "customer_id")
    return joined.select(
        "month",
        "cohort",
        customers=ibis.literal(1, type="int64"),
        twice=counted(joined.days >= TWICE),
        of_quarter=counted(joined.earlier == 0),
        twice_in_quarter=counted((joined.earlier < TWICE) & (joined.earlier + joined.days >= TWICE)),
    )


def _with_days_before(months: ir.Table, before: ir.Table) -> ir.Table:
    """Adds to ``earlier`` the days of the same quarter that lie before this world's first."""
    last = before.select(
        who="customer_id",
        latest=(month_of(_date(before.latest)) // QUARTER).cast("int64"),
        previous=(month_of(_date(before.previous)) // QUARTER).cast("int64"),
    )
    joined = months.left_join(last, months.customer_id == last.who)
    more = counted(joined.latest == joined.quarter) + counted(joined.previous == joined.quarter)
    return joined.mutate(earlier=joined.earlier + more).drop("who", "latest", "previous")


def _date(day: ir.IntegerValue) -> ir.DateValue:
    return (ibis.date(1970, 1, 1) + day.as_interval("D")).cast("date")


def _guests(inputs: Inputs) -> ir.Table:
    """Of each customer, month and store: ``guests`` by the first order of each day, the ``new`` among them, ``buyers``
    by every order."""
    days, sales, states = came(inputs.days), inputs.sales, inputs.states
    one, none = ibis.literal(1, type="int64"), ibis.literal(0, type="int64")
    seen = days.select("customer_id", month=month_of(days.business_date), store=named(days.store_id))
    people = states.select(
        "customer_id", cohort=month_of(states.first_day), first_store=named(states.first_store)
    )
    joined = seen.distinct().join(people, "customer_id")
    new = counted((joined.month == joined.cohort) & (joined.store == joined.first_store))
    guests = joined.select("month", "store", guests=one, new=new, buyers=none)
    known = sales.filter(sales.customer_id.notnull() & (sales.orders > 0))
    bought = known.select("customer_id", month=month_of(known.business_date), store=named(known.store_id))
    buyers = bought.distinct().select("month", "store", guests=none, new=none, buyers=one)
    return guests.union(buyers)


VISITS = Cube(
    name="visits",
    keys={"cohort": "int64"},
    sums=("customers", "twice", "of_quarter", "twice_in_quarter"),
    count=_visits,
)
GUESTS = Cube(name="guests", keys={"store": "string"}, sums=("guests", "new", "buyers"), count=_guests)
