"""One turn of all customers: who they are, what is known of them, what the brand's numbers are; seen at once or not."""

from __future__ import annotations

import shutil
import tempfile
from datetime import date, datetime, timedelta
from pathlib import Path

from regulars import settings
from regulars.core.memory import uncollected
from regulars.desk import bulk, hand_over, locks, spans
from regulars.engage.models import Touch
from regulars.gather import actions as gather
from regulars.gather.models import Order, Sighting
from regulars.improve.actions.learning import learn as learn_of_findings
from regulars.improve.models import Change, Effect, Evidence
from regulars.know.actions.curve import publish_curve
from regulars.know.actions.learn import learn
from regulars.know.actions.publish import publish
from regulars.know.models import CustomerState, ReturnCurve
from regulars.lake.computed import CUSTOMER_STATE
from regulars.lake.engine import Lake, connect, open_lake
from regulars.lake.facts import FACTS
from regulars.lake.landing import Landing
from regulars.listen.models import Voice
from regulars.measure import actions as measure
from regulars.measure.experiments import effects, prove
from regulars.measure.forecast import equity_figures, forecast_figures
from regulars.measure.metric import Inputs
from regulars.measure.models import Figure, PlayResult, Turn
from regulars.reward import actions as reward
from regulars.reward.models import PointsEntry
from regulars.serve.actions.looking_back import look_back
from regulars.turn.folding import fold
from regulars.turn.watch import Progress, Watch

MEMORY = "1600MB"  # of DuckDB; with what Arrow and Python hold beside it a turn stays under 4 GB
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
    told = fold(lake, landing, watch, rebuild=rebuild)
    identified, as_of = told.identified, told.as_of
    row.counts, row.as_of = {**identified.counts}, as_of
    if as_of is None:
        return row
    sales, days = lake.table("sales"), lake.table("customer_days")
    known = learn(
        lake=lake, days=days, as_of=as_of, folded=told.folded, pace=told.pace, landing=landing, sales=sales
    )
    states = known.states.select(*CUSTOMER_STATE.schema.names).order_by("customer_id")
    landing.put("customer_state", states, lake)
    told.keep(known.states)

    watch.step("plays", 0.5)
    proved = prove(
        lake=lake, days=days, sightings=identified.sightings, links=told.links, as_of=as_of, batch=number
    )
    row.counts["plays"] = len(proved)
    if proved:
        landing.overwrite("effects", effects(proved))
    watch.step("measure", 0.55)
    inputs = Inputs(
        sales=sales,
        days=days,
        states=known.states,
        customers=lake.table("customers"),
        as_of=as_of,
        lines=lake.table("order_lines"),
        cells=lake.table("cells"),
    )
    figures = measure.compute(inputs, lake=lake, landing=landing)
    watch.step("publish customers", 0.7)
    worth = known.worth.result()  # reckoned beside all that was measured
    landing.overwrite("customer_value", worth.customers)
    row.refused = [str(unknown) for unknown in (*known.refused, *worth.refused)]
    row.counts |= publish(lake=lake, known=known, links=identified.links, number=number)
    publish_curve(lake=lake, states=known.states, as_of=as_of, number=number)
    watch.step("publish figures", 0.8)
    valued = worth.customers.num_rows  # not everybody numbered: a record without a visit is nobody's forecast
    figures += forecast_figures(worth.brand, valued, as_of)
    figures += equity_figures(worth.equity.totals, worth.equity.changes, valued, as_of)
    row.counts["figures"] = len(figures)
    measure.publish(figures, batch=number)
    watch.step("findings", 0.85)
    row.counts |= learn_of_findings(
        lake=lake, sales=sales, days=days, as_of=as_of, number=number, now=row.started_at
    )
    row.counts |= look_back(lake=lake, as_of=as_of, now=row.started_at, number=number)
    watch.step("let go", 0.9)
    _let_go(as_of - timedelta(days=settings.DESK_DAYS), number)
    return row


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
