"""Where people are lost: how many customers went from which stage to which in each month, and where that left them."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from regulars.core.months import first_day
from regulars.know.tables import stage_changes, stage_flows, stages_on
from regulars.measure.metric import FigureRow, Inputs, Metric
from regulars.measure.rules.periods import MONTHS_KEPT, month_number, month_text, seen_until, state_of
from regulars.measure.tables import margin, named, places, regional, stack, summed

NAME = "stage_flows"
NOT_YET = "unknown"  # who was no customer before
OPENING = ""  # where a row says how many stood in a stage when the first month began
MONTHS_OF_SLICES = 3  # a chain of hundreds of stores has as many ways a month in each
WAY, SUMS = ("from_stage", "to_stage"), ("customers",)


def counts(inputs: Inputs) -> ir.Table:
    """``kind, slice, month, from_stage, to_stage``: ``customers`` who went that way in the month; from nowhere (an
    empty text): who stood in ``to_stage`` when the slice's first month began. Stores and regions are those of the first
    visit, so that a customer belongs to one; of them only the last months are told."""
    states = inputs.states
    since = month_number(inputs.as_of) - MONTHS_KEPT + 1
    recent = month_number(inputs.as_of) - MONTHS_OF_SLICES + 1
    changes = stage_changes(states, since)
    homes = states.select(whose="customer_id", store=named(states.first_store))
    lately = changes.filter(changes.month >= recent)
    stores = stage_flows(lately.join(homes, lately.customer_id == homes.whose), by=["store"])
    whole = summed([_stood(states, since), stage_flows(changes)], SUMS)
    cells = regional(summed([_stood(states, recent, homes), stores], SUMS), inputs.regions)
    kinds = places(inputs.regions)
    sliced = [margin(cells, kind, SUMS, by=WAY, slice=kind, monthly=True) for kind in kinds]
    return stack([margin(whole, "", SUMS, by=WAY, monthly=True), *sliced])


def _stood(states: ir.Table, month: int, homes: ir.Table | None = None) -> ir.Table:
    """How many stood in each stage when a month began, of each of their ``homes``, as a way from nowhere."""
    then = stages_on(states, first_day(month) - timedelta(days=1))
    by = []
    if homes is not None:
        then, by = then.join(homes, then.customer_id == homes.whose), ["store"]
    stood = then.group_by(*by, to_stage="stage").agg(customers=then.count().cast("int64"))
    return stood.select(
        *by,
        month=ibis.literal(month, "int64"),
        from_stage=ibis.literal(OPENING),
        to_stage="to_stage",
        customers="customers",
    )


def figures(counts: pa.Table, as_of: date) -> list[FigureRow]:
    """Each way ``from>to`` of each month, with how many stood in ``from`` when the month began (n; of newcomers, how
    many they were); ``at:stage`` is how many stood in it when the month, or the data, ended, of all then known (n)."""
    slices: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in counts.to_pylist():
        slices[row["kind"], row["slice"]].append(row)
    return [
        figure
        for (kind, slice), rows in sorted(slices.items())
        for figure in _of_slice(kind, slice, rows, as_of)
    ]


def _of_slice(kind: str, slice: str, counted: list[dict[str, Any]], as_of: date) -> list[FigureRow]:
    ways: dict[int, dict[tuple[str, str], int]] = defaultdict(dict)
    stand: dict[str, int] = defaultdict(int)
    first = min(row["month"] for row in counted)
    for row in counted:
        if row["from_stage"] == OPENING:
            stand[row["to_stage"]] = row["customers"]
        else:
            ways[row["month"]][row["from_stage"], row["to_stage"]] = row["customers"]
    rows = []
    for month in range(first, month_number(as_of) + 1):
        period, until, note = month_text(month), seen_until(month, as_of), state_of(month, as_of)
        began = dict(stand)
        for (one, other), customers in sorted(ways[month].items()):
            n = customers if one == NOT_YET else began.get(one, 0)
            rows.append(
                FigureRow(NAME, kind, slice, period, f"{one}>{other}", float(customers), n, until, note=note)
            )
            stand[other] += customers
            if one != NOT_YET:
                stand[one] -= customers
        known = sum(stand.values())
        rows += [
            FigureRow(NAME, kind, slice, period, f"at:{stage}", float(customers), known, until, note=note)
            for stage, customers in sorted(stand.items())
        ]
    return rows


METRIC = Metric(
    name=NAME,
    question="Where do we lose people: from which stage, and how many a month?",
    formula="customers whose stage changed in the month, by the stage they left and the one they came to; who went the "
    "same way twice counts twice; of a store or region: of those whose first visit was there",
    source="definition; a stage is judged by the customer's own rhythm and the brand's",
    beside=("lifecycle", "identified_share"),
    unit="count",
    counts=counts,
    figures=figures,
)
