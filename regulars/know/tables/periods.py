"""The lifecycle as periods: what a visit, and then its absence, made of a customer, from the first day to
now.
"""

from datetime import date

import ibis
import ibis.expr.types as ir

from regulars.know.rules.rhythm import Rhythm
from regulars.know.tables.visits import as_date, day_number, late_after, lost_after, visits


def staged_visits(days: ir.Table, as_of: date, rhythm: Rhythm | None) -> ir.Table:
    """`visits` with what each did: `arrival` (the stage it opened), `changed` (whether that differs from the
    stage just before), `late` and `lost` (days until those stages; null where the brand has no
    rhythm yet), `end` (the day the gap ended, or the day after `as_of`).
    """
    seen = visits(days, as_of)
    n = seen["visit"]
    elapsed = seen.day - seen["first"]
    timed = seen.mutate(
        late=late_after(rhythm, n, elapsed),
        lost=lost_after(rhythm, n, elapsed),
        end=ibis.coalesce(seen.next, ibis.literal(day_number(as_of) + 1, type="int64")),
        was_late=_came_after(
            seen.previous, seen.day, late_after(rhythm, n - 1, seen.previous - seen["first"])
        ),
        was_lost=_came_after(
            seen.previous, seen.day, lost_after(rhythm, n - 1, seen.previous - seen["first"])
        ),
        lost_before=_came_after(
            seen.before, seen.previous, lost_after(rhythm, n - 2, seen.before - seen["first"])
        ),
    )
    arrival = ibis.cases(
        (timed.was_lost, ibis.literal("won_back")),
        (timed["visit"] == 1, ibis.literal("new")),
        (timed["visit"] == 2, ibis.literal("second_timer")),
        else_=ibis.literal("regular"),
    )
    return timed.mutate(arrival=arrival, changed=(timed["visit"] <= 3) | timed.was_late | timed.lost_before)


def stage_periods(days: ir.Table, as_of: date, rhythm: Rhythm | None) -> ir.Table:
    """`customer_id`, `stage`, `since`, `until` (dates; the day the next stage began, null: still so), one row
    a period.

    A first visit opens `new`, the second `second_timer`, the third `regular`; a visit after having been lost
    opens `won_back`, and the next one in time makes the customer what the number of visits says. Between
    visits `cooling` begins the day after `late_after` days, `lost` the day after `lost_after` days.
    """
    staged = staged_visits(days, as_of, rhythm)
    arrived = staged.filter(staged.changed).select("customer_id", stage="arrival", day="day")
    cooled = staged.filter(staged.day + staged.late + 1 < staged.end)
    cooled = cooled.select("customer_id", stage=ibis.literal("cooling"), day=cooled.day + cooled.late + 1)
    left = staged.filter(staged.day + staged.lost + 1 < staged.end)
    left = left.select("customer_id", stage=ibis.literal("lost"), day=left.day + left.lost + 1)
    began = ibis.union(ibis.union(arrived, cooled), left)
    order = ibis.window(group_by="customer_id", order_by="day")
    periods = began.mutate(next=began.day.lead(1).over(order))
    return periods.select("customer_id", "stage", since=as_date(periods.day), until=as_date(periods.next))


def _came_after(left: ir.IntegerValue, came: ir.IntegerValue, patience: ir.IntegerValue) -> ir.BooleanValue:
    return ibis.coalesce(came - left > patience, ibis.literal(False))
