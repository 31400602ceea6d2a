"""One row a customer as of a day: what lists, segments and value read, and why the stage is what it is."""

from datetime import date

import ibis
import ibis.expr.types as ir

from regulars.core.months import day_number
from regulars.know.rules.rhythm import Rhythm
from regulars.know.tables.fold import fold
from regulars.know.tables.passages import since
from regulars.know.tables.visits import as_date, late_after, lost_after, usual_gap

CARRIED = (
    *("orders", "net", "repeat_net", "squares", "gross", "discount", "refunded", "usual_store", "stores"),
    *("first_store", "first_channel", "first_traffic", "first_offer", "first_discount", "first_subsidy"),
)


def customer_states(days: ir.Table, as_of: date, rhythm: Rhythm | None) -> ir.Table:
    """`told` of all days up to and with `as_of`: for whoever asks of an earlier day, or has nothing folded."""
    return told(fold(None, days.filter(days.business_date <= as_of), rhythm), as_of, rhythm)


def told(folded: ir.Table, as_of: date, rhythm: Rhythm | None) -> ir.Table:
    """A fold's state as of `as_of`, the last business date observed and no earlier than any day folded: a row for each
    customer with a visit. `rhythm` is the one that was folded with.

    Days: `first_day`, `second_day`, `third_day` (null: none), `last_day`, `previous_day` (the visit before it),
    `visit_days`, `recency` (days since the last visit), `mean_gap` (null: no gap), `squares` (sum of the squared gaps),
    `usual_gap` (shrunk), `late_after`, `lost_after` (these three null without a rhythm: the brand is too young to tell,
    and nobody is cooling or lost).
    Money in minor units: `net`, `repeat_net`, `monetary` (mean of repeat days, null: none), `gross`, `discount`,
    `refunded` (null: not recorded). For the models: `x`, `t_x`, `T` in days. Of the first day's first order:
    `first_store`, `first_channel`, `first_traffic`, `first_offer`; of the first day `first_discount`, `first_subsidy`.
    `stage`, `stage_since`, and `history`, every stage so far.
    """
    now = ibis.literal(day_number(as_of), type="int64")
    known = folded.filter(folded.visits > 0)
    t_x = known.latest - known["first"]
    timed = known.mutate(
        t_x=t_x,
        recency=now - known.latest,
        cooling_on=known.latest + late_after(rhythm, known.visits, t_x) + 1,
        lost_on=known.latest + lost_after(rhythm, known.visits, t_x) + 1,
    )
    return _told(timed, now, rhythm)


def _told(timed: ir.Table, now: ir.IntegerValue, rhythm: Rhythm | None) -> ir.Table:
    lost, late = timed.lost_on <= now, timed.cooling_on <= now
    gaps = (timed.visits - 1).nullif(0).cast("float64")
    cooled = ibis.ifelse(late, since(timed.cooling_on, "cooling"), ibis.literal(""))
    left = ibis.ifelse(lost, since(timed.lost_on, "lost"), ibis.literal(""))
    stage_since = ibis.cases((lost, timed.lost_on), (late, timed.cooling_on), else_=timed.arrived)
    return timed.select(
        "customer_id",
        *CARRIED,
        first_day=as_date(timed["first"]),
        second_day=as_date(timed.second),
        third_day=as_date(timed.third),
        previous_day=as_date(timed.previous),
        last_day=as_date(timed.latest),
        visit_days="visits",
        recency="recency",
        mean_gap=timed.t_x.cast("float64") / gaps,
        usual_gap=usual_gap(rhythm.credibility, timed.visits, timed.t_x) if rhythm else ibis.null("float64"),
        late_after=timed.cooling_on - timed.latest - 1,
        lost_after=timed.lost_on - timed.latest - 1,
        x=timed.visits - 1,
        t_x="t_x",
        T=now - timed["first"],
        monetary=timed.repeat_net.cast("float64") / gaps,
        stage=ibis.cases((lost, ibis.literal("lost")), (late, ibis.literal("cooling")), else_=timed.arrival),
        stage_since=as_date(stage_since),
        history=timed.history + cooled + left,
    )
