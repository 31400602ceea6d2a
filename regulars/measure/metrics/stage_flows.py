"""Where people are lost: how many customers went from which stage to which in each month, and where that left them."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from regulars.core.months import first_day
from regulars.know.tables import stage_changes, stage_flows, stages_on
from regulars.measure.metric import FigureRow, Inputs, Metric
from regulars.measure.rules.periods import MONTHS_KEPT, month_number, month_text, seen_until, state_of

NAME = "stage_flows"
NOT_YET = "unknown"  # who was no customer before
OPENING = ""  # where a row says how many stood in a stage when the first month began


def counts(inputs: Inputs) -> ir.Table:
    """``month, from_stage, to_stage``: ``customers`` who went that way in the month; from nowhere (an empty text):
    who stood in ``to_stage`` when the first of these months began."""
    since = month_number(inputs.as_of) - MONTHS_KEPT + 1
    flows = stage_flows(stage_changes(inputs.states, since))
    then = stages_on(inputs.states, first_day(since) - timedelta(days=1))
    stood = then.group_by(to_stage="stage").agg(customers=then.count().cast("int64"))
    opening = stood.select(
        month=ibis.literal(since, "int64"),
        from_stage=ibis.literal(OPENING),
        to_stage="to_stage",
        customers="customers",
    )
    return ibis.union(opening, flows.select(opening.columns))


def figures(counts: pa.Table, as_of: date) -> list[FigureRow]:
    """Each way ``from>to`` of each month, with how many stood in ``from`` when the month began (n; of newcomers, how
    many they were); ``at:stage`` is how many stood in it when the month, or the data, ended, of all then known (n)."""
    ways: dict[int, dict[tuple[str, str], int]] = defaultdict(dict)
    stand: dict[str, int] = defaultdict(int)
    for row in counts.to_pylist():
        if row["from_stage"] == OPENING:
            stand[row["to_stage"]] = row["customers"]
        else:
            ways[row["month"]][row["from_stage"], row["to_stage"]] = row["customers"]
    rows = []
    for month in sorted(ways):
        period, until, note = month_text(month), seen_until(month, as_of), state_of(month, as_of)
        began = dict(stand)
        for (one, other), customers in sorted(ways[month].items()):
            n = customers if one == NOT_YET else began.get(one, 0)
            rows.append(
                FigureRow(NAME, "", "", period, f"{one}>{other}", float(customers), n, until, note=note)
            )
            stand[other] += customers
            if one != NOT_YET:
                stand[one] -= customers
        known = sum(stand.values())
        rows += [
            FigureRow(NAME, "", "", period, f"at:{stage}", float(customers), known, until, note=note)
            for stage, customers in sorted(stand.items())
        ]
    return rows


METRIC = Metric(
    name=NAME,
    question="Where do we lose people: from which stage, and how many a month?",
    formula="customers whose stage changed in the month, by the stage they left and the one they came to; who went the "
    "same way twice counts twice",
    source="definition; a stage is judged by the customer's own rhythm and the brand's",
    beside=("lifecycle", "identified_share"),
    unit="count",
    counts=counts,
    figures=figures,
)
