"""One row a customer as of a day: what lists, segments and value read, and why the stage is what it is."""

from datetime import date

import ibis
import ibis.expr.types as ir

from regulars.know.rules.rhythm import Rhythm
from regulars.know.tables.periods import staged_visits
from regulars.know.tables.visits import as_date, day_number, usual_gap


def customer_states(days: ir.Table, as_of: date, rhythm: Rhythm | None) -> ir.Table:
    """Each customer with a visit up to `as_of`, the last business date observed.

    Days: `first_day`, `second_day` (null: none), `last_day`, `visit_days`, `recency` (days since the last
    visit), `mean_gap` (null: no gap), `usual_gap` (shrunk), `late_after`, `lost_after` (these
    three null without a rhythm: the brand is too young to tell, and nobody is cooling or lost). Money in minor units:
    `net`, `repeat_net`, `monetary` (mean of repeat days, null: none). For the models: `x`, `t_x`, `T` in
    days. Of the first day's first order: `first_store`, `first_channel`, `first_traffic`, `first_offer`.
    `stage` and `stage_since`.
    """
    staged = staged_visits(days, as_of, rhythm)
    now = ibis.literal(day_number(as_of), type="int64")
    opening, closing = staged["visit"] == 1, staged.next.isnull()
    folded = staged.group_by("customer_id").aggregate(
        first=staged.day.min(),
        second=staged.day.max(where=staged["visit"] == 2),
        latest=staged.day.max(),
        visit_days=staged["visit"].max(),
        orders=staged.orders.sum().cast("int64"),
        net=staged.net.sum().cast("int64"),
        repeat_net=ibis.coalesce(staged.net.sum(where=staged["visit"] > 1), 0).cast("int64"),
        late_after=staged.late.max(where=closing),
        lost_after=staged.lost.max(where=closing),
        arrival=staged.arrival.max(where=closing),
        arrived=staged.day.max(where=staged.changed),
        first_store=staged.store_id.max(where=opening),
        first_channel=staged.sales_channel.max(where=opening),
        first_traffic=staged.traffic.max(where=opening),
        first_offer=staged.offer.max(where=opening),
    )
    folded = folded.mutate(
        x=folded.visit_days - 1, t_x=folded.latest - folded["first"], recency=now - folded.latest
    )
    return _told(folded, now, rhythm)


def _told(folded: ir.Table, now: ir.IntegerValue, rhythm: Rhythm | None) -> ir.Table:
    lost, late = folded.recency > folded.lost_after, folded.recency > folded.late_after
    gaps = folded.x.nullif(0).cast("float64")
    since = ibis.cases(
        (lost, folded.latest + folded.lost_after + 1),
        (late, folded.latest + folded.late_after + 1),
        else_=folded.arrived,
    )
    return folded.select(
        "customer_id",
        first_day=as_date(folded["first"]),
        second_day=as_date(folded.second),
        last_day=as_date(folded.latest),
        visit_days="visit_days",
        orders="orders",
        net="net",
        repeat_net="repeat_net",
        recency="recency",
        mean_gap=folded.t_x.cast("float64") / gaps,
        usual_gap=usual_gap(rhythm.credibility, folded.visit_days, folded.t_x)
        if rhythm
        else ibis.null("float64"),
        late_after="late_after",
        lost_after="lost_after",
        x="x",
        t_x="t_x",
        T=now - folded["first"],
        monetary=folded.repeat_net.cast("float64") / gaps,
        first_store="first_store",
        first_channel="first_channel",
        first_traffic="first_traffic",
        first_offer="first_offer",
        stage=ibis.cases((lost, ibis.literal("lost")), (late, ibis.literal("cooling")), else_=folded.arrival),
        stage_since=as_date(since),
    )
