"""How many customers stand in each stage of their life with the brand."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

import ibis.expr.types as ir
import pyarrow as pa

from regulars.measure.metric import FigureRow, Inputs, Metric
from regulars.measure.tables import counted, cube, margin, named, places, regional, stack

NAME = "lifecycle"
SUMS = ("customers",)
STAGES = ("new", "second_timer", "regular", "cooling", "lost", "won_back")


def counts(inputs: Inputs) -> ir.Table:
    """``kind, slice, stage``: ``customers``."""
    states = inputs.states
    facts = states.select(
        store=named(states.first_store), stage="stage", customers=counted(states.stage.notnull())
    )
    cells = regional(cube(facts, ["store", "stage"], SUMS), inputs.regions)
    kinds = places(inputs.regions)
    sliced = [margin(cells, kind, SUMS, by=["stage"], slice=kind) for kind in kinds]
    return stack([margin(cells, "", SUMS, by=["stage"]), *sliced])


def figures(counts: pa.Table, as_of: date) -> list[FigureRow]:
    """Customers by stage, an empty stage as 0; ``n`` is everybody known in the slice."""
    groups: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for row in counts.to_pylist():
        groups[row["kind"], row["slice"]][row["stage"]] = row["customers"]
    return [
        FigureRow(NAME, kind, slice, "", stage, float(stages.get(stage, 0)), sum(stages.values()), as_of)
        for (kind, slice), stages in sorted(groups.items())
        for stage in (*STAGES, *sorted(stages.keys() - set(STAGES)))
    ]


METRIC = Metric(
    name=NAME,
    question="How many customers are new, regular, cooling, lost or won back?",
    formula="customers by stage; late and lost by the customer's own rhythm and the brand's, not by fixed days",
    source="definition; see the page of the stage know",
    unit="count",
    counts=counts,
    figures=figures,
)
