"""Closes months: everybody's state at the end of the last closed one, and the cells that were counted on the way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import ibis.expr.types as ir

from regulars.know import tables
from regulars.know.rules.rhythm import Rhythm
from regulars.lake.engine import Lake
from regulars.lake.landing import Landing
from regulars.measure import actions as measure
from regulars.measure.metric import Inputs
from regulars.turn.closed import Disturbed
from regulars.turn.plan import Plan
from regulars.turn.sold import Range, look, ranges, within

AT_ONCE = 8_000_000  # sales folded and counted in one step
# Raised with every change of what the columns of ``customer_closed`` say: then all is folded anew.
FOLDED_AS = "2"


@dataclass
class Closing:
    """What one turn closes months with: ``month`` is the open one, ``rhythm`` what stages are judged by."""

    lake: Lake
    landing: Landing
    plan: Plan
    month: int
    as_of: date
    rhythm: Rhythm | None
    disturbed: Disturbed | None
    steps: int = 0

    def assumed(self) -> dict[str, str]:
        """What the next turn must find again to go on from the states and the cells of this one."""
        rhythm = repr(self.rhythm.told()) if self.rhythm else ""
        return {"rhythm": rhythm, "cells": measure.counted_as(), "states": FOLDED_AS}

    def close(self) -> ir.Table:
        """Fold and count what is closed by now, and write it; returns the fact ``customer_closed``."""
        assumed, was = self.assumed(), self.plan.was
        counted = self.plan.since is not None and was.get("cells") == assumed["cells"]
        folded = counted and all(was.get(name) == assumed[name] for name in ("rhythm", "states"))
        state = self._mended() if folded else None
        if not counted:
            self.landing.put("cells", self.lake.table("cells").limit(0), self.lake)
        begin = self.plan.since if folded and self.plan.since is not None else 0
        for months in self._ranges(begin):
            state = self._step(state, months, count=not counted or months.first >= (self.plan.since or 0))
        if not folded or begin < self.month or self.disturbed:
            days = self.lake.table("customer_days")
            state = tables.fold(None, days.limit(0), self.rhythm) if state is None else state
            self.landing.put("customer_closed", state, self.lake)
        look(self.lake, self.landing)
        closed = self.lake.table("customer_closed")
        if counted and self.disturbed:
            self._correct(closed, self.disturbed)
        return closed

    def count(self, closed: ir.Table, states: ir.Table) -> None:
        """Count the cells of the open month anew, with everybody's ``states`` of now."""
        self._count(Range(self.month, self.month), closed, states)

    def _ranges(self, begin: int) -> list[Range]:
        """The closed months from ``begin`` on, cut where the turn's fresh months begin."""
        cut = self.plan.since or 0
        # Of sales, because a month may have sales and no customer.
        old = self.lake.table("sales", since=begin, before=min(cut, self.month))
        new = self.lake.table("sales", since=max(begin, cut), before=self.month)
        parts = [new] if begin >= cut else [old, new]
        return [months for part in parts for months in ranges(self.lake, part, AT_ONCE)]

    def _mended(self) -> ir.Table:
        """The state that the last turn left, of the disturbed folded anew from all their closed days."""
        closed = self.lake.table("customer_closed")
        if self.disturbed is None:
            return closed
        people = self.disturbed.customers
        anew = tables.fold(None, self.disturbed.days[1], self.rhythm)
        return self.lake.keep("closed_mended", closed.anti_join(people, "customer_id").union(anew))

    def _step(self, state: ir.Table | None, months: Range, *, count: bool) -> ir.Table:
        days = within(self.lake, "customer_days", months)
        self.steps += 1  # two names in turns: what is computed reads what was before it
        then = self.lake.keep(f"closed_{self.steps % 2}", tables.fold(state, days, self.rhythm))
        if count:
            self._count(months, state, tables.told(then, self.as_of, self.rhythm))
        return then

    def _count(self, months: Range, before: ir.Table | None, states: ir.Table) -> None:
        inputs = Inputs(
            sales=within(self.lake, "sales", months),
            days=within(self.lake, "customer_days", months),
            states=states,
            customers=self.lake.table("customers"),
            as_of=self.as_of,
            before=before,
        )
        self.landing.put("cells", measure.count(inputs), self.lake, since=months.first)

    def _correct(self, closed: ir.Table, disturbed: Disturbed) -> None:
        """Add to the cells of closed months what the disturbed are now less what they were."""
        people, customers = disturbed.customers, self.lake.table("customers")
        now = tables.told(closed.semi_join(people, "customer_id"), self.as_of, self.rhythm)
        states = (self.lake.table("customer_state"), self.lake.keep("disturbed_states", now))
        was, now = (
            Inputs(sales=sales, days=days, states=state, customers=customers, as_of=self.as_of)
            for sales, days, state in zip(disturbed.sales, disturbed.days, states, strict=True)
        )
        self.landing.add("cells", measure.correction(was, now), self.lake)
