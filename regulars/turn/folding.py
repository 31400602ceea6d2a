"""The half of a turn that reads facts: who everybody is, sales, days, states and cells, from what is new alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import ibis.expr.types as ir

from regulars.core.months import month_number
from regulars.identify.actions.join import Identified, identify, land
from regulars.know.actions.readings import forget
from regulars.know.actions.rhythm import Pace, read_rhythm
from regulars.know.tables import fold as fold_days
from regulars.lake.engine import Lake
from regulars.lake.landing import Landing
from regulars.turn import plan as plans
from regulars.turn.closed import Disturbed, disturb
from regulars.turn.closing import Closing
from regulars.turn.plan import Plan
from regulars.turn.sold import compact, look, sell
from regulars.turn.watch import Watch


@dataclass(frozen=True)
class Folding:
    """What the facts came to, up to and with a landing; ``as_of`` None: nothing was ever sold.

    ``folded`` is the fold's state of everybody with the rhythm of ``pace``, ``closed`` that of the last closed month.
    """

    lake: Lake
    landing: Landing
    identified: Identified
    links: ir.Table
    as_of: date | None = None
    pace: Pace | None = None
    closing: Closing | None = None
    closed: ir.Table | None = None
    folded: ir.Table | None = None

    def keep(self, states: ir.Table) -> None:
        """Count the open month by everybody's ``states``, and write down what is folded by now."""
        assert self.closing is not None
        assert self.closed is not None
        self.closing.count(self.closed, states)
        plans.keep(self.landing, month=self.closing.month, assumed=self.closing.assumed())
        look(self.lake, self.landing)


def fold(lake: Lake, landing: Landing, watch: Watch, *, rebuild: bool) -> Folding:
    """Bring ``links``, ``sales``, ``customer_days`` and ``customer_closed`` up to a landing, as one rebuild would."""
    look(lake, landing)  # what the landing brought itself counts
    plan = plans.plan(lake, rebuild=rebuild)
    watch.step("identify", 0.02)
    identified = identify(lake=lake, number=landing.number, since=plan.upto or None)
    land(identified=identified, landing=landing)
    links = lake.keep("links_now", identified.links)
    watch.step("sales", 0.2)
    changed = lake.keep("links_changed", identified.changed)
    once = identified.from_one
    plan, as_of, disturbed = _sold(lake, landing, links, changed, plan, watch, from_one=once)
    if as_of is None:
        return Folding(lake, landing, identified, links)
    watch.step("know", 0.4)
    if plan.since is None and not rebuild:
        forget(lake, landing, month_number(as_of))  # another record than the one that they were read of
    days = lake.table("customer_days")
    pace = read_rhythm(lake=lake, landing=landing, days=days, as_of=as_of)
    closing = Closing(lake, landing, plan, month_number(as_of), as_of, pace.rhythm, disturbed)
    closed = closing.close()
    folded = fold_days(closed, lake.table("customer_days", since=closing.month), pace.rhythm)
    return Folding(lake, landing, identified, links, as_of, pace, closing, closed, folded)


def _sold(
    lake: Lake,
    landing: Landing,
    links: ir.Table,
    changed: ir.Table,
    plan: Plan,
    watch: Watch,
    *,
    from_one: bool,
) -> tuple[Plan, date | None, Disturbed | None]:
    """Bring sales and customer days up to this landing: by which plan, to which day, and whom it disturbed."""
    disturbed = None
    if plan.since is not None and plans.outgrown(lake, plan, changed):
        plan = plans.WHOLE
    if plan.since is not None:
        watch.step("closed months", 0.2)
        disturbed = disturb(lake, landing, links, changed, plan, from_one=from_one)
        watch.step("sales", 0.25)
    sell(lake, landing, links, plan.since, from_one=from_one)
    recent = lake.table("sales", since=plan.since)
    as_of: date | None = lake.rows(recent.business_date.max()).as_py()
    if (
        as_of is None and plan.since is not None
    ):  # nothing is left of the open month, so an earlier one opens again
        return _sold(lake, landing, links, changed, plans.WHOLE, watch, from_one=from_one)
    for name in ("sales", "customer_days"):
        compact(lake, landing, name)
    return plan, as_of, disturbed
