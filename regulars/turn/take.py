"""One turn of all customers: who they are, what is known of them, what the brand's numbers are; seen at once or not."""

from __future__ import annotations

import shutil
import tempfile
from datetime import date, datetime, timedelta
from pathlib import Path

import ibis.expr.types as ir

from regulars import settings
from regulars.core.memory import uncollected
from regulars.core.months import month_number
from regulars.desk import bulk, hand_over, locks, spans
from regulars.engage.models import Touch
from regulars.gather import actions as gather
from regulars.gather.models import Order, Sighting
from regulars.identify.actions.join import identify, land
from regulars.improve.actions.learning import learn as learn_of_findings
from regulars.improve.models import Change, Effect, Evidence
from regulars.know.actions.curve import publish_curve
from regulars.know.actions.learn import learn
from regulars.know.actions.publish import publish
from regulars.know.actions.rhythm import read_rhythm
from regulars.know.models import CustomerState, ReturnCurve
from regulars.know.tables import fold
from regulars.lake.engine import Lake, connect, open_lake
from regulars.lake.facts import CUSTOMER_STATE, FACTS
from regulars.lake.landing import Landing
from regulars.listen.models import Voice
from regulars.measure import actions as measure
from regulars.measure.experiments import effects, prove
from regulars.measure.forecast import forecast_figures
from regulars.measure.metric import Inputs
from regulars.measure.models import Figure, PlayResult, Turn
from regulars.reward import actions as reward
from regulars.reward.models import PointsEntry
from regulars.serve.actions.looking_back import look_back
from regulars.turn import plan as plans
from regulars.turn.closed import Disturbed, disturb
from regulars.turn.closing import Closing
from regulars.turn.sold import look, sell
from regulars.turn.watch import Progress, Watch

MEMORY = "2500MB"  # of DuckDB; with what Arrow and Python hold beside it a turn stays under 4 GB
HANDED_OVER = {"touches": Touch, "entries": PointsEntry, "voices": Voice, "changes": Change}
LET_GO = (
    CustomerState,
    ReturnCurve,
    Figure,
    PlayResult,
    Evidence,
    Effect,
    Order,
    Sighting,
)  # links and customers keep their past


@uncollected()
def turn(*, now: datetime, progress: Progress | None = None, rebuild: bool = False) -> Turn:
    """Do one whole turn and land it; waits for the lake's lock. An empty lake makes an empty turn.

    Its cost is that of what is new. With ``rebuild`` everything computed is computed anew from the facts, with the
    same result; nobody is numbered anew.
    """
    watch = Watch(progress)
    scratch = Path(tempfile.mkdtemp(prefix="turn-", dir=settings.FILE_UPLOAD_TEMP_DIR))
    lake: Lake | None = None
    try:
        with locks.writing(waiting=lambda owner: watch.step(f"waiting for {owner}", 0.0)) as lock:
            folder = settings.HOME / "lake"
            lake = open_lake(folder, scratch, connect(scratch, MEMORY, settings.ENGINE))
            gather.recover(lake.head.number)
            hand_over.recover(lake.head.number)
            Turn.objects.filter(batch__gt=lake.head.number).delete()
            landing = Landing(folder, lock.next_number(lake.head.number))
            row = _turn(lake, landing, watch, Turn(batch=landing.number, started_at=now), rebuild)
            row.save()
            landing.land(lock.still)
            watch.step("points", 0.94)
            reward.earn_since(head=landing.number, now=now)
            watch.step("sweep", 0.95)
            for model in LET_GO:
                spans.sweep(model, landing.number)
            watch.step("done", 1.0)
            row.ended_at, row.seconds = now, watch.seconds
            row.save()
            return row
    finally:
        if lake is not None:
            lake.close()
        shutil.rmtree(scratch, ignore_errors=True)


def _turn(lake: Lake, landing: Landing, watch: Watch, row: Turn, rebuild: bool) -> Turn:
    number = landing.number
    watch.step("hand over", 0.0)
    _hand_over(landing, row.started_at)
    look(lake, landing)  # what was handed over counts in this turn
    plan = plans.plan(lake, rebuild=rebuild)
    watch.step("identify", 0.02)
    identified = identify(lake=lake, number=number, since=plan.upto or None)
    land(identified=identified, landing=landing)
    row.counts = {**identified.counts}
    links = lake.keep("links_now", identified.links)

    watch.step("sales", 0.2)
    as_of, disturbed = _sales(
        lake, landing, links, lake.keep("links_changed", identified.changed), plan, watch
    )
    if as_of is None:
        return row
    row.as_of = as_of
    sales, days = lake.table("sales"), lake.table("customer_days")

    watch.step("know", 0.4)
    pace = read_rhythm(lake=lake, landing=landing, days=days, as_of=as_of)
    closing = Closing(lake, landing, plan, month_number(as_of), as_of, pace.rhythm, disturbed)
    closed = closing.close()
    folded = fold(closed, days.filter(days.month == closing.month), pace.rhythm)
    known = learn(lake=lake, days=days, as_of=as_of, folded=folded, pace=pace)
    states = known.states.select(*CUSTOMER_STATE.schema.names).order_by("customer_id")
    landing.put("customer_state", states, lake)
    watch.step("measure", 0.55)
    proved = prove(
        lake=lake, days=days, sightings=identified.sightings, links=links, as_of=as_of, batch=number
    )
    row.counts["plays"] = len(proved)
    if proved:
        landing.overwrite("effects", effects(proved))
    customers = lake.keep("customers_now", identified.customers)
    closing.count(closed, known.states)
    look(lake, landing)
    inputs = Inputs(
        sales=sales,
        days=days,
        states=known.states,
        customers=customers,
        as_of=as_of,
        lines=lake.table("order_lines"),
        cells=lake.table("cells"),
    )
    figures = measure.compute(inputs, lake=lake, landing=landing)
    watch.step("publish customers", 0.7)
    told = known.worth.result()  # reckoned beside all that was measured
    row.refused = [str(unknown) for unknown in (*known.refused, *told.refused)]
    row.counts |= publish(lake=lake, known=known, links=identified.links, number=number)
    publish_curve(lake=lake, states=known.states, as_of=as_of, number=number)
    figures += forecast_figures(told.brand, row.counts["customers"], as_of)
    measure.publish(figures, batch=number)
    row.counts |= learn_of_findings(
        lake=lake,
        sales=sales,
        days=days,
        as_of=as_of,
        number=number,
        now=row.started_at,
    )
    row.counts["figures"] = len(figures)
    row.counts |= look_back(lake=lake, as_of=as_of, now=row.started_at, number=number)
    plans.keep(landing, month=closing.month, assumed=closing.assumed())
    watch.step("let go", 0.9)
    _let_go(as_of - timedelta(days=settings.DESK_DAYS), number)
    return row


def _sales(
    lake: Lake, landing: Landing, links: ir.Table, changed: ir.Table, plan: plans.Plan, watch: Watch
) -> tuple[date | None, Disturbed | None]:
    """Bring sales and customer days up to this landing: the last business date in them, and whom it disturbed."""
    disturbed = None
    if plan.since is not None:
        watch.step("closed months", 0.2)
        disturbed = disturb(lake, landing, links, changed, plan)
        watch.step("sales", 0.25)
    sell(lake, landing, links, plan.since)
    sales = lake.table("sales")
    recent = sales if plan.since is None else sales.filter(sales.month >= plan.since)
    as_of: date | None = lake.rows(recent.business_date.max()).as_py()
    if as_of is None and plan.since is not None:  # the open month is empty again: the one before opens anew
        return _sales(lake, landing, links, changed, plans.WHOLE, watch)
    return as_of, disturbed


def _hand_over(landing: Landing, now: datetime) -> None:
    """Take to the lake what was written on the desk since the last turn, visits once they are over."""
    gather.hand_over_visits(landing=landing, now=now)
    for name, model in HANDED_OVER.items():
        rows = hand_over.stamp(model, landing.number, FACTS[name].schema)
        if len(rows):
            landing.append(name, rows.to_batches())


def _let_go(before: date, number: int) -> None:
    """End what is older than the desk keeps: orders before a day, and the sightings on them."""
    old = bulk.columns(Order.objects.filter(business_date__lt=before, until=None), "pk", "source", "order_id")
    if len(old):
        gather.end_orders(old, number)
