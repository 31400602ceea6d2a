"""Newcomers who never come back are a bubble: how many of those that a source or an offer brought did not."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from regulars.measure.metric import FigureRow, Inputs, Metric
from regulars.measure.rules.periods import day_number
from regulars.measure.rules.shares import which_are_told, wilson
from regulars.measure.tables import NOT_RECORDED, counted, cube, day_of, firsts, margin, named, stack

NAME = "bubble_rate"
MATURE = 180  # days
SUMS = ("brought", "gone")
SLICES = ("traffic", "offer", "acquired_by", "sales_channel", "store", "discount_by")


def counts(inputs: Inputs) -> ir.Table:
    """``kind, slice, early``: customers ``brought`` at least 180 days ago, and those not back within 180, ``gone``."""
    people = _discounted(firsts(inputs.states, inputs.sales), inputs.sales)
    known = inputs.customers.select(known_as="customer_id", said="acquired_by")
    joined = people.left_join(known, people.customer_id == known.known_as)
    mature = joined.filter(joined["first"] <= day_number(inputs.as_of) - MATURE)
    back = ibis.coalesce(mature.second - mature["first"] <= MATURE, ibis.literal(False))
    facts = mature.mutate(
        acquired_by=named(mature.said), brought=counted(mature["first"].notnull()), gone=counted(~back)
    )
    cells = cube(facts, [*SLICES, "early"], SUMS)
    sliced = [margin(cells, kind, SUMS, by=["early"], slice=kind) for kind in SLICES]
    return stack([margin(cells, "", SUMS, by=["early"]), *sliced])


def _discounted(people: ir.Table, sales: ir.Table) -> ir.Table:
    """People with ``discount_by``: who gave what was taken off on their first day, the platform's part apart."""
    off = sales.filter((sales.orders > 0) & sales.customer_id.notnull() & sales.discount.notnull())
    off = off.select(
        who="customer_id",
        on=day_of(off.business_date),
        discount="discount",
        platform=ibis.coalesce(off.platform_subsidy, ibis.literal(0, type="int64")),
    )
    on_first = off.semi_join(people, [off.who == people.customer_id, off.on == people["first"]])
    summed = on_first.group_by("who").aggregate(
        discount=on_first.discount.sum(), platform=on_first.platform.sum()
    )
    joined = people.left_join(summed, people.customer_id == summed.who)
    by = ibis.cases(
        (joined.discount.isnull(), ibis.literal(NOT_RECORDED)),
        (joined.discount <= 0, ibis.literal("nobody")),
        (joined.platform <= 0, ibis.literal("brand")),
        (joined.platform >= joined.discount, ibis.literal("platform")),
        else_=ibis.literal("brand_and_platform"),
    )
    return joined.mutate(discount_by=by).drop("who", "discount", "platform")


def figures(counts: pa.Table, as_of: date) -> list[FigureRow]:
    """The share of mature newcomers not back within 180 days, with Wilson's interval; null where they are too few."""
    groups: dict[tuple[str, str], dict[bool, tuple[int, int]]] = defaultdict(dict)
    for row in counts.to_pylist():
        groups[row["kind"], row["slice"]][row["early"]] = (row["brought"], row["gone"])
    rows = []
    for (kind, slice), sums in sorted(groups.items()):
        with_early, note = which_are_told({early: brought for early, (brought, _) in sums.items()})
        counted = [pair for early, pair in sums.items() if with_early or not early]
        brought, gone = (sum(column) for column in zip(*counted, strict=True))
        if note == "too_few":
            rows.append(FigureRow(NAME, kind, slice, "", "", None, brought, as_of, note=note))
            continue
        low, high = wilson(gone, brought)
        rows.append(FigureRow(NAME, kind, slice, "", "", gone / brought, brought, as_of, low, high, note))
    return rows


METRIC = Metric(
    name=NAME,
    question="Of the customers that this source or offer brought, how many did not come back?",
    formula="customers first seen 180 days ago or more without a second visit day within 180 days ÷ all of them",
    source="definition; interval Wilson 1927",
    beside=("cohort_second_visit",),
    counts=counts,
    figures=figures,
)
