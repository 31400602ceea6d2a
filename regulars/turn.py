"""One turn of all customers: who they are, what is known of them, what the brand's numbers are; seen at once or not."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

from regulars import settings
from regulars.core.memory import uncollected
from regulars.desk import bulk, hand_over, locks, spans
from regulars.engage.models import Touch
from regulars.gather import actions as gather
from regulars.gather.models import Order, Sighting
from regulars.identify import tables as sightings
from regulars.identify.actions.join import identify
from regulars.improve.actions.learning import learn as learn_of_findings
from regulars.improve.models import Change, Effect, Evidence
from regulars.know import tables as days_of
from regulars.know.actions.curve import publish_curve
from regulars.know.actions.learn import learn
from regulars.know.actions.publish import publish
from regulars.know.models import CustomerState, ReturnCurve
from regulars.lake.engine import Lake, open_lake
from regulars.lake.facts import CUSTOMER_STATE, FACTS
from regulars.lake.head import Head
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

Progress = Callable[[str, float | None], None]
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


@dataclass
class Watch:
    """Seconds by step, told as they pass."""

    progress: Progress | None
    seconds: dict[str, float] = field(default_factory=dict)
    started: float = field(default_factory=time.perf_counter)

    def step(self, name: str, share: float) -> None:
        """Begin a step, ``share`` of the way through; the one before ends here."""
        now = time.perf_counter()
        if self.seconds:
            last = next(reversed(self.seconds))
            self.seconds[last] = round(now - self.started, 3)
        self.started = now
        self.seconds[name] = 0.0
        if self.progress:
            self.progress(name, share)


@uncollected()
def turn(*, now: datetime, progress: Progress | None = None) -> Turn:
    """Do one whole turn and land it; waits for the lake's lock. An empty lake makes an empty turn."""
    watch = Watch(progress)
    scratch = Path(tempfile.mkdtemp(prefix="turn-", dir=settings.FILE_UPLOAD_TEMP_DIR))
    try:
        with locks.writing(waiting=lambda owner: watch.step(f"waiting for {owner}", 0.0)) as lock:
            folder = settings.HOME / "lake"
            lake = open_lake(folder, scratch)
            gather.recover(lake.head.number)
            hand_over.recover(lake.head.number)
            Turn.objects.filter(batch__gt=lake.head.number).delete()
            landing = Landing(folder, lock.next_number(lake.head.number))
            row = _turn(lake, landing, watch, Turn(batch=landing.number, started_at=now))
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
        shutil.rmtree(scratch, ignore_errors=True)


def _turn(lake: Lake, landing: Landing, watch: Watch, row: Turn) -> Turn:
    number = landing.number
    watch.step("hand over", 0.0)
    _hand_over(landing, row.started_at)
    lake.head = Head(lake.head.number, dict(landing.versions))  # what was handed over counts in this turn
    watch.step("identify", 0.02)
    identified = identify(lake=lake, number=number)
    landing.overwrite("links", identified.links)
    landing.overwrite("customers", identified.customers)
    row.counts = {**identified.counts}

    watch.step("sales", 0.25)
    con = lake.con
    links = lake.keep("links_now", identified.links)
    customers = lake.keep("customers_now", identified.customers)
    sales = sightings.sales(lake.table("orders"), identified.sightings, links)
    sales = lake.keep("sales", sales)
    as_of: date | None = con.to_pyarrow(sales.business_date.max()).as_py()
    if as_of is None:
        return row
    row.as_of = as_of
    days = lake.keep("days", days_of.customer_days(sales))
    landing.overwrite("customer_days", con.to_pyarrow(days.order_by("customer_id", "business_date")))

    watch.step("know", 0.4)
    known = learn(lake=lake, days=days, as_of=as_of)
    states = known.states.select(*CUSTOMER_STATE.schema.names).order_by("customer_id")
    landing.overwrite("customer_state", con.to_pyarrow(states))
    watch.step("measure", 0.55)
    proved = prove(
        lake=lake, days=days, sightings=identified.sightings, links=links, as_of=as_of, batch=number
    )
    row.counts["plays"] = len(proved)
    if proved:
        landing.overwrite("effects", effects(proved))
    inputs = Inputs(sales=sales, days=days, states=known.states, customers=customers, as_of=as_of)
    figures = measure.compute(inputs)
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
