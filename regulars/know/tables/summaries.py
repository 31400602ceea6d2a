"""One row a customer from one pass over days: recency, frequency, monetary, and what the value models read."""

from datetime import date

import ibis
import ibis.expr.types as ir

from regulars.know.tables.days import came
from regulars.know.tables.visits import day_number

BITS = 44  # a day and its money travel as one integer: 2**43 is more than anybody leaves, or takes back, on a day
PLACE, HALF = 1 << BITS, 1 << BITS - 1


def summaries(days: ir.Table, as_of: date, returns: bool = True) -> ir.Table:
    """Each customer with a visit up to and with `as_of`, from `customer_days`: `x` visits after the first, `t_x` days
    from the first to the last, `T` days from the first to `as_of`, `recency` (T - t_x), `net` and `repeat_net` (of the
    visits after the first; minor units) and `monetary` (their mean; null: no repeat visit).

    Fader, Hardie and Lee 2005 for x, t_x, T; Fader and Hardie 2013 for the spend of repeat visits. Money taken back on
    a day without an order is of the visit before it, as in `visit_days`; where the caller knows that there is no such
    day, `returns` False spares a second look at the days. Nothing here needs the brand's rhythm, so it can be asked of
    any day in the past.
    """
    now = ibis.literal(day_number(as_of), type="int64")
    columns = ["customer_id", "orders", "net"] if returns else ["customer_id", "net"]
    seen = days.filter(days.business_date <= as_of)
    seen = seen.select(*columns, day=seen.business_date.epoch_days().cast("int64"))
    visited = came(seen) if returns else seen
    people = visited.group_by("customer_id").aggregate(
        latest=visited.day.max(),
        x=(visited.count() - 1).cast("int64"),
        net=visited.net.sum().cast("int64"),
        opening=(visited.day * PLACE + HALF + visited.net).min(),  # an argmin that no engine sorts for
    )
    people = people.mutate(first=people.opening >> BITS, first_net=(people.opening & (PLACE - 1)) - HALF)
    if returns:
        joined = people.left_join(_taken_back(seen, visited), "customer_id")
        people = joined.mutate(
            net=joined.net + ibis.coalesce(joined.taken, 0),
            first_net=joined.first_net + ibis.coalesce(joined.taken_first, 0),
        )
    told = people.mutate(repeat_net=people.net - people.first_net)
    return told.select(
        "customer_id",
        "x",
        "net",
        "repeat_net",
        t_x=told.latest - told["first"],
        T=now - told["first"],
        recency=now - told.latest,
        monetary=told.repeat_net.cast("float64") / told.x.nullif(0).cast("float64"),
    )


def _taken_back(seen: ir.Table, visited: ir.Table) -> ir.Table:
    """`customer_id`, `taken` (minor units, below nothing) on days without an order and `taken_first`, what of it was
    of the first visit: few rows, so the visits are looked up for these people only.
    """
    back = seen.filter(seen.orders == 0).select("customer_id", taken="net", on="day")
    theirs = visited.select("customer_id", "day").semi_join(back, "customer_id")
    around = back.join(theirs, "customer_id")
    before = (around.day < around.on).cast("int64")
    each = around.group_by("customer_id", "on").agg(taken=around.taken.max(), before=before.sum())
    first = (each.before <= 1).ifelse(each.taken, ibis.literal(0, type="int64"))
    return each.group_by("customer_id").agg(
        taken=each.taken.sum().cast("int64"), taken_first=first.sum().cast("int64")
    )
