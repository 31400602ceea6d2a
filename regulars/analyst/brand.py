"""A brand as its lake knew it at one landing: tables, metrics, measures, and every customer as of any day.

Nothing here knows Django or the desk. The lake has customer numbers and hashes, no names: personal data cannot come out
of it. A store manager's scope does not apply, for whoever may read the home's files owns all of them.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from regulars.analyst.customers import Customers
from regulars.analyst.numbers import figures_of, found, named, sliced, with_kept
from regulars.analyst.told import Told
from regulars.core.brand import BrandFacts
from regulars.core.refused import Refused
from regulars.lake.computed import COMPUTED
from regulars.lake.engine import Lake, connect, open_lake
from regulars.lake.facts import FACTS
from regulars.measure.metric import Inputs, Metric
from regulars.measure.rates import RATES, WAIT

MEMORY = "4GB"  # of DuckDB alone: a notebook has more to itself than a turn beside a till


def open_brand(
    home: str | Path | None = None,
    *,
    regions: Mapping[str, str] | None = None,
    categories: Mapping[str, str] | None = None,
    clocks: BrandFacts | None = None,
    engine: str | None = None,
    memory: str = MEMORY,
) -> Brand:
    """The brand of a home as of its lake's present HEAD, read-only.

    ``home`` is REGULARS_HOME where nothing is given. What only the desk knows may be told: ``regions`` leads a store's
    code to its region, ``categories`` a product's to its category, ``clocks`` are the brand's. ``engine`` is ``duckdb``
    or ``spark://host:port`` (else REGULARS_ENGINE). What was opened stays readable for an hour after the next turn;
    then open it again. Refuses a folder without a lake.
    """
    told = home or os.environ.get("REGULARS_HOME")
    if told is None:
        raise Refused("say which home to open: regulars.open(path), or set REGULARS_HOME")
    folder = Path(told).expanduser().resolve()
    if not (folder / "lake" / "HEAD.json").exists():
        raise Refused("%(home)s has no lake yet: import orders and run `regulars turn`", home=folder)
    asked = engine or os.environ.get("REGULARS_ENGINE") or "duckdb"
    # A master's workers write what is kept, so it lies where they see it.
    shared = folder / "scratch" if asked.startswith("spark://") else None
    scratch = tempfile.TemporaryDirectory(prefix="regulars-", dir=shared)
    con = connect(Path(scratch.name), memory, asked)
    lake = open_lake(folder / "lake", Path(scratch.name), con)
    return Brand(lake, dict(regions or {}), dict(categories or {}), clocks or BrandFacts(), scratch)


@dataclass
class Brand(Customers):
    """An opened lake. Tables are Ibis expressions: ``.to_pandas()`` or ``.to_pyarrow()`` computes them."""

    lake: Lake
    regions: dict[str, str] = field(default_factory=dict)
    categories: dict[str, str] = field(default_factory=dict)
    clocks: BrandFacts = field(default_factory=BrandFacts)
    scratch: Any = None  # kept so that its folder lives as long as this does
    opened: dict[str, ir.Table] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"{self.lake.folder.parent}: landing {self.lake.head.number}, as of {self.as_of}"

    @cached_property
    def as_of(self) -> date:
        """The last business date observed; everything is as of it. Refuses a lake without sales."""
        states = self.table("customer_state")
        last = states.last_day.epoch_days().cast("int64") + states.recency
        number = self.lake.rows(last.max()).as_py()
        if number is not None:
            return date(1970, 1, 1) + timedelta(days=number)
        day: date | None = self.lake.rows(self.table("sales").business_date.max()).as_py()
        if day is None:
            raise Refused("this lake has no sales yet: run `regulars turn` once orders have been imported")
        return day

    def tables(self) -> Any:
        """What the lake holds: a data frame of ``table``, its ``rows``, ``key`` and ``columns``."""
        facts = [fact for fact in (FACTS | COMPUTED).values() if not fact.name.endswith("_patches")]
        told = [
            {
                "table": fact.name,
                "rows": self.lake.rows(self.table(fact.name).count()).as_py(),
                "key": ", ".join(fact.key),
                "columns": ", ".join(fact.schema.names),
            }
            for fact in facts
            if self.lake.files(fact.name)
        ]
        return pa.Table.from_pylist(told).to_pandas()

    def table(self, name: str) -> ir.Table:
        """A table of the lake as an Ibis expression, the corrections of closed months laid over it.

        Refuses a name that is none.
        """
        if (
            name not in self.opened
        ):  # the same expression each time, so that two of them can be compared and joined
            self.opened[name] = self.lake.table(named(name, FACTS | COMPUTED, "table").name)
        return self.opened[name]

    @cached_property
    def inputs(self) -> Inputs:
        """What metrics read."""
        return Inputs(
            sales=self.table("sales"),
            days=self.table("customer_days"),
            states=self.table("customer_state"),
            customers=self.table("customers"),
            as_of=self.as_of,
            lines=self.table("order_lines"),
            cells=self.table("cells") if self.lake.files("cells") else None,
            regions=self.regions,
            categories=self.categories,
            brand=self.clocks,
        )

    def metrics(self) -> Any:
        """What can be asked of `metric`: ``metric``, ``question``, ``formula``, ``source``, ``unit`` (pandas)."""
        names = ("question", "formula", "source", "unit")
        told = [{"metric": each.name} | {name: getattr(each, name) for name in names} for each in found()]
        return pa.Table.from_pylist(told).to_pandas()

    def metric(self, asked: str | Metric) -> Told:
        """The figures of a metric, of the catalogue by name or your own: ``slice_kind``, ``slice``, ``period``,
        ``part``, ``value``, ``n``, ``as_of``, ``low``, ``high``, ``note``.

        From the sums that the last turn kept, where it kept those the metric reads, else from the rows. A reading is
        the month's own, as the pages show it; your own metric's is taken now, of all days.
        """
        metric = self._metric(asked)
        readings = self.readings if metric in found() else {}
        inputs = with_kept(metric, self.inputs, self._counted_as)
        return Told(metric, figures_of(metric, inputs, readings, self.lake.rows))

    def counts(self, asked: str | Metric) -> ir.Table:
        """What a metric counts before it tells figures: an expression over the lake's rows, not computed yet."""
        metric = self._metric(asked)
        count = metric.counts or metric.reading
        if count is None:
            raise Refused("%(name)s counts nothing: give the metric counts or a reading", name=metric.name)
        return count(replace(self.inputs, cells=None))

    def _metric(self, asked: str | Metric) -> Metric:
        return (
            asked
            if isinstance(asked, Metric)
            else named(asked, {each.name: each for each in found()}, "metric")
        )

    @cached_property
    def _counted_as(self) -> list[str]:
        """The cubes whose sums the last turn kept, each with its version."""
        kept = self.lake.rows(self.table("folded").select("assumed")).to_pylist()
        return str(json.loads(kept[0]["assumed"]).get("cells", "")).split() if kept else []

    def measures(self) -> Any:
        """What can be asked of `measure`: ``measure``, ``question``, ``formula``, ``source``, ``unit`` (pandas)."""
        names = ("question", "formula", "source", "unit")
        told = [
            {"measure": each.name} | {name: getattr(each, name) for name in names} for each in RATES.values()
        ]
        return pa.Table.from_pylist(told).to_pandas()

    def measure(
        self,
        name: str,
        by: str | Sequence[str] = (),
        *,
        since: date | None = None,
        until: date | None = None,
        segments: ir.Table | pa.Table | None = None,
    ) -> Told:
        """A measure by any slices, in one pass: the columns of ``by``, ``n``, ``value``, ``low`` and ``high``, and of a
        share or a mean ``shrunk`` with its own interval: what a slice of few says, drawn towards the brand.

        Slices: ``day``, ``week``, ``month``, ``quarter``, ``year``, ``weekday``; ``store``, ``region``, ``till``,
        ``shift``, ``sales_channel``, ``traffic``, ``offer``; of the customer, as they are now, ``stage``, ``cohort``
        (month of the first visit), ``first_store``, ``first_channel``, ``first_traffic``, ``first_offer``,
        ``usual_store``; and every column that ``segments``, one row a customer, has beside ``customer_id``. ``since``
        and ``until`` are business dates, both included: of the sales, or of a newcomer's first visit. Refuses a measure
        or a slice that is none, and a customer in two segments.
        """
        rate = named(name, RATES, "measure")
        slices = [by] if isinstance(by, str) else list(by)
        inputs = self.inputs
        if rate.kind == WAIT:
            inputs = replace(inputs, states=within(inputs.states, "first_day", since, until))
        else:
            inputs = replace(inputs, sales=within(inputs.sales, "business_date", since, until))
        own = ibis.memtable(segments) if isinstance(segments, pa.Table) else segments
        if own is not None and self.lake.rows(own.count() - own.customer_id.nunique()).as_py():
            raise Refused(
                "segments name a customer twice; give each customer one row, or their sales count twice"
            )
        return Told(rate, sliced(rate, slices, inputs, own, self.lake.rows))

    def close(self) -> None:
        """Let go of the engine and its scratch folder."""
        self.lake.close()
        if self.scratch is not None:
            self.scratch.cleanup()


def within(rows: ir.Table, day: str, since: date | None, until: date | None) -> ir.Table:
    """Rows of dates from ``since`` to ``until``, both included."""
    if since:
        rows = rows.filter(rows[day] >= since)
    return rows.filter(rows[day] <= until) if until else rows
