"""Every customer as of any day, by the product's own tables: states, visits, gaps, habits, stages, curves."""

from __future__ import annotations

import json
from datetime import date
from functools import cached_property

import ibis.expr.types as ir
import pyarrow as pa

from regulars.analyst.told import Told
from regulars.core.months import month_number
from regulars.core.refused import Refused
from regulars.know import tables
from regulars.know.actions.rhythm import READING, fit_rhythm
from regulars.know.rules.rhythm import Rhythm
from regulars.know.rules.survival import kaplan_meier
from regulars.know.tables import intervals, periods
from regulars.know.tables.summaries import summaries
from regulars.know.tables.visits import as_date
from regulars.lake.engine import Lake
from regulars.measure.metric import Definition

CURVE = Definition(
    name="return_curve",
    question="Of those who came for the first time, how many are back by each day after?",
    formula="1 − Π(1 − back on day t ÷ still watched and not back before day t)",
    source="Kaplan and Meier 1958; variance Greenwood 1926, interval log(−log) (Kalbfleisch and Prentice 1980)",
    beside=("identified_share",),
)


class Customers:
    """What a brand can be asked of its customers; ``on`` is a day of its history, and the last one where not given."""

    lake: Lake

    def table(self, name: str) -> ir.Table:
        """A table of the lake."""
        raise NotImplementedError

    @property
    def as_of(self) -> date:
        """The last business date observed."""
        raise NotImplementedError

    @cached_property
    def readings(self) -> dict[str, str]:
        """What this month's first turn read of all history and kept, by name: JSON text."""
        kept = self.table("readings")
        kept = kept.filter(kept.month == month_number(self.as_of))
        return {row["name"]: row["told"] for row in self.lake.rows(kept.select("name", "told")).to_pylist()}

    @cached_property
    def rhythm(self) -> Rhythm | None:
        """What stages are judged by: the month's reading, else fitted now; None while the brand is too young."""
        if READING in self.readings:
            return Rhythm.of(json.loads(self.readings[READING]))
        try:
            return fit_rhythm(self.lake, self.table("customer_days"), self.as_of)
        except Refused:
            return None

    def days(self, on: date | None = None) -> ir.Table:
        """One row a customer and business date up to ``on``, both money and place; a day of returns has no orders."""
        days = self.table("customer_days")
        return days.filter(days.business_date <= on) if on else days

    def states(self, on: date | None = None) -> ir.Table:
        """One row a customer: everything `know.tables.told` tells, as of ``on``, under the rhythm of this month."""
        if on is None or on == self.as_of:
            return self.table("customer_state")
        return tables.customer_states(self.table("customer_days"), on, self.rhythm)

    def summary(self, on: date | None = None) -> ir.Table:
        """One row a customer: ``x``, ``t_x``, ``T``, ``recency`` (days), ``net``, ``repeat_net``, ``monetary``: what
        lifetimes calls the summary of transaction data, as of ``on``."""
        days = self.table("customer_days")
        back = self.lake.rows(tables.brought_back(days))
        return summaries(days, on or self.as_of, returns=back.num_rows > 0)

    def visits(self, on: date | None = None) -> ir.Table:
        """One row a customer and visit: ``visit`` 1, 2 …, ``day``, ``previous`` (null: none) and ``next`` as dates."""
        seen = intervals.numbered(self.table("customer_days"), on or self.as_of)
        dates = {name: as_date(seen[name]) for name in ("day", "previous", "next")}
        return seen.select("customer_id", "visit", **dates)

    def gaps(self, on: date | None = None) -> ir.Table:
        """One row a gap: ``customer_id``, the ``visit`` that ended it, that visit's ``day``, the ``gap`` in days."""
        seen = intervals.numbered(self.table("customer_days"), on or self.as_of)
        ended = seen.filter(seen.previous.notnull())
        return ended.select("customer_id", "visit", day=as_date(ended.day), gap=ended.day - ended.previous)

    def habits(self, on: date | None = None) -> ir.Table:
        """One row a customer who came twice: gaps and how regular they are, `know.tables.intervals.habits`."""
        day = on or self.as_of
        return intervals.habits(intervals.numbered(self.table("customer_days"), day), day)

    def stages_on(self, day: date) -> ir.Table:
        """``customer_id``, ``stage`` and ``since`` of everybody known on a day of the past."""
        return periods.stages_on(self.states(), day)

    def histories(self) -> ir.Table:
        """One row a period of a customer's life: ``stage``, ``since``, ``until`` (null: still so)."""
        return periods.stage_periods(self.states())

    def flows(self) -> ir.Table:
        """``month``, ``from_stage``, ``to_stage``: ``customers`` who went that way."""
        return periods.stage_flows(periods.stage_changes(self.states()))

    def curve(self, since: date | None = None, until: date | None = None) -> Told:
        """The share back by each day after the first visit, of customers first seen in a span: ``day``, ``at_risk``,
        ``events``, ``back``, ``low``, ``high``. Nobody's younger than they are: the newest count as long as watched."""
        states = self.states()
        people = states.filter(states.first_day <= until) if until else states
        counts = self.lake.rows(tables.first_returns_of(people, self.as_of, since))
        curve = kaplan_meier(*(counts[name].to_numpy() for name in ("day", "at_risk", "events")))
        names = ("day", "at_risk", "events", "back", "low", "high")
        whole = {"day", "at_risk", "events"}
        columns = {
            name: pa.array(getattr(curve, name)).cast(pa.int64() if name in whole else pa.float64())
            for name in names
        }
        return Told(CURVE, pa.table(columns))
