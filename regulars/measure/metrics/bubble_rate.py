"""Newcomers who never come back are a bubble: how many of those that a source or an offer brought did not."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from regulars.measure.cubes.sold import SOLD_DAYS, since
from regulars.measure.metric import FigureRow, Inputs, Metric
from regulars.measure.rules.periods import ENOUGH, day_number
from regulars.measure.rules.shares import which_are_told, wilson
from regulars.measure.rules.shrunk import shrunk_rows
from regulars.measure.tables import (
    NOT_RECORDED,
    counted,
    cube,
    day_of,
    firsts,
    margin,
    named,
    regional,
    stack,
)

NAME = "bubble_rate"
MATURE = 180  # days
SUMS = ("brought", "gone")
LINES = pa.schema(
    [
        ("source", pa.string()),
        ("order_id", pa.string()),
        ("version", pa.int64()),
        ("coupon_code", pa.string()),
    ]
)
SLICES = ("traffic", "offer", "acquired_by", "sales_channel", "store", "discount_by")


def counts(inputs: Inputs) -> ir.Table:
    """``kind, slice, early``: customers ``brought`` at least 180 days ago, and those not back within 180, ``gone``."""
    people = _mature(inputs)
    known = inputs.customers.select(known_as="customer_id", said="acquired_by")
    joined = people.left_join(known, people.customer_id == known.known_as)
    facts = joined.mutate(acquired_by=named(joined.said), discount_by=_discount_by(joined))
    cells = regional(cube(facts, [*SLICES, "early"], SUMS), inputs.regions)
    kinds = [*SLICES, "region"] if inputs.regions else SLICES
    sliced = [margin(cells, kind, SUMS, by=["early"], slice=kind) for kind in kinds]
    return stack([margin(cells, "", SUMS, by=["early"]), *sliced])


def coupons(inputs: Inputs) -> ir.Table:
    """The same by the coupon redeemed on the first day: a reading, because no state has it. A coupon that brought fewer
    than 30 mature customers has no row: of codes used once there would be as many as customers."""
    if inputs.lines is None:
        lines = ibis.memtable(LINES.empty_table())
    else:
        lines = inputs.lines.filter(inputs.lines.coupon_code.nullif("").notnull())
    sold = inputs.sales.filter((inputs.sales.orders > 0) & inputs.sales.customer_id.notnull())
    sold = sold.select("source", "order_id", "version", who="customer_id", on=day_of(sold.business_date))
    used = lines.join(sold, ("source", "order_id", "version"))
    used = used.select("who", "on", coupon=named(used.coupon_code)).distinct()
    people = _mature(inputs)
    facts = people.join(used, [people.customer_id == used.who, people["first"] == used.on])
    cells = margin(cube(facts, ["coupon", "early"], SUMS), "coupon", SUMS, by=["early"], slice="coupon")
    whole = cells.group_by("slice").aggregate(told=cells.brought.sum().cast("int64"))
    return cells.semi_join(whole.filter(whole.told >= ENOUGH), "slice")


def _mature(inputs: Inputs) -> ir.Table:
    people = firsts(inputs.states, since(inputs))
    mature = people.filter(people["first"] <= day_number(inputs.as_of) - MATURE)
    back = ibis.coalesce(mature.second - mature["first"] <= MATURE, ibis.literal(False))
    return mature.mutate(brought=counted(mature["first"].notnull()), gone=counted(~back))


def _discount_by(people: ir.Table) -> ir.StringValue:
    """Who gave what was taken off on the first day, the platform's part apart."""
    return ibis.cases(
        (people.discount.isnull(), ibis.literal(NOT_RECORDED)),
        (people.discount <= 0, ibis.literal("nobody")),
        (people.subsidy <= 0, ibis.literal("brand")),
        (people.subsidy >= people.discount, ibis.literal("platform")),
        else_=ibis.literal("brand_and_platform"),
    )


def figures(counts: pa.Table, as_of: date) -> list[FigureRow]:
    """The share of mature newcomers not back within 180 days, with Wilson's interval; null where they are too few.

    Of slices also ``shrunk``: drawn towards the brand.
    """
    groups: dict[tuple[str, str], dict[bool, tuple[int, int]]] = defaultdict(dict)
    for row in counts.to_pylist():
        groups[row["kind"], row["slice"]][row["early"]] = (row["brought"], row["gone"])
    rows, drawn = [], []
    for (kind, slice), sums in sorted(groups.items()):
        with_early, note = which_are_told({early: brought for early, (brought, _) in sums.items()})
        counted = [pair for early, pair in sums.items() if with_early or not early]
        brought, gone = (sum(column) for column in zip(*counted, strict=True))
        row = FigureRow(NAME, kind, slice, "", "", None, brought, as_of, note=note)
        if note != "too_few":
            low, high = wilson(gone, brought)
            row = row._replace(value=gone / brought, low=low, high=high)
        rows.append(row)
        drawn.append((row, gone, brought))
    return [*rows, *shrunk_rows(drawn)]


METRIC = Metric(
    name=NAME,
    question="Of the customers that this source or offer brought, how many did not come back?",
    formula="customers first seen 180 days ago or more without a second visit day within 180 days ÷ all of them",
    source="definition; interval Wilson 1927; shrunk: Christiansen and Morris 1997",
    beside=("cohort_second_visit",),
    cubes=(SOLD_DAYS,),
    counts=counts,
    reading=coupons,
    figures=figures,
)
