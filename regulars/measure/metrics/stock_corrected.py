"""The stock before and after, with what better identification alone did to it taken out.

Better identification finds second visits that were always there. To see what is left, the visits of the months that
identify more are thinned to the share that was identified before, and the stock is counted again.
"""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from regulars.know.tables import came
from regulars.measure.cubes.sold import SOLD, UNIDENTIFIED
from regulars.measure.metric import FigureRow, Inputs, Metric
from regulars.measure.rules.periods import is_over, month_number, month_text
from regulars.measure.tables import counted, cube, month_of

NAME = "stock_corrected"
YEAR = 12


def reading(inputs: Inputs) -> ir.Table:
    """One row: the month ``base`` compared with, ``known`` and ``back`` then (``_before``), now, and ``_kept``.

    A reading of the closed months: a customer's chance of having been seen is no sum of months, so every visit is read.
    """
    kept = _kept(inputs)
    base = kept.select("base").distinct()
    came_on = came(inputs.days)
    days = came_on.select("customer_id", month=month_of(came_on.business_date))
    # A month of visits without a month of sales cannot be thinned: such visits are kept as they are.
    visits = days.left_join(kept, "month")
    q = ibis.coalesce(visits.q, ibis.literal(1.0))
    sure = q >= 1.0
    missed = sure.ifelse(
        ibis.literal(0.5), 1.0 - q
    )  # the branch of sure visits is never used: it only avoids log(0)
    terms = visits.mutate(
        sure=counted(sure),
        log_missed=sure.ifelse(ibis.literal(0.0), missed.ln()),
        odds=sure.ifelse(ibis.literal(0.0), q / missed),
    )
    people = terms.group_by("customer_id").aggregate(
        sure=terms.sure.sum().cast("int64"), log_missed=terms.log_missed.sum(), odds=terms.odds.sum()
    )
    none = people.log_missed.exp()  # the chance that none of the visits not sure would have been identified
    people = people.mutate(
        known_kept=(people.sure >= 1).ifelse(ibis.literal(1.0), 1.0 - none),
        back_kept=ibis.cases(
            (people.sure >= 2, ibis.literal(1.0)),
            (people.sure == 1, 1.0 - none),
            else_=1.0 - none * (1.0 + people.odds),
        ),
    )
    thinned = people.aggregate(known_kept=people.known_kept.sum(), back_kept=people.back_kept.sum())
    return _stocks(inputs.states, base).cross_join(thinned)


def _kept(inputs: Inputs) -> ir.Table:
    """``month``, ``base`` and ``q``: the share of the month's visits to keep, so that it identifies as ``base`` did."""
    sold = inputs.cube(SOLD)
    none = ibis.literal(0, type="int64")
    facts = sold.mutate(known=(sold.part == UNIDENTIFIED).ifelse(none, sold.orders))
    months = cube(facts.filter(facts.orders > 0), ["month"], ["orders", "known"])
    months = months.mutate(share=months.known.cast("float64") / months.orders.cast("float64"))
    earliest = ibis.literal(_last_over(inputs.as_of) - YEAR, type="int64")
    since = months.filter(months.known > 0)
    since = since.aggregate(base=ibis.greatest(since.month.min(), earliest))
    base = months.join(since, months.month == since.base).select("base", base_share="share")
    joined = months.cross_join(base)
    lower = ibis.least(joined.base_share / joined.share.nullif(0.0), ibis.literal(1.0))
    q = (joined.month > joined.base).ifelse(ibis.coalesce(lower, ibis.literal(1.0)), ibis.literal(1.0))
    return joined.select("month", "base", q=q)


def _stocks(states: ir.Table, base: ir.Table) -> ir.Table:
    people = states.select(first_month=month_of(states.first_day), second_month=month_of(states.second_day))
    people = people.cross_join(base)
    return people.group_by("base").aggregate(
        known=people.count().cast("int64"),
        back=counted(people.second_month.notnull()).sum().cast("int64"),
        known_before=counted(people.first_month <= people.base).sum().cast("int64"),
        back_before=counted(people.second_month <= people.base).sum().cast("int64"),
    )


def _last_over(as_of: date) -> int:
    month = month_number(as_of)
    return month if is_over(month, as_of) else month - 1


def figures(counts: pa.Table, as_of: date) -> list[FigureRow]:
    """The stock now, had identification stayed as it was, and the change since the base month in two parts."""
    rows = counts.to_pylist()
    if (
        not rows
        or rows[0]["base"] >= _last_over(as_of)
        or not rows[0]["known_before"]
        or rows[0]["known_kept"] <= 0
    ):
        return []
    row = rows[0]
    now, before = row["back"] / row["known"], row["back_before"] / row["known_before"]
    corrected = row["back_kept"] / row["known_kept"]
    period, n = month_text(row["base"]), row["known"]
    parts = {
        "before": before,
        "now": now,
        "change": now - before,
        "change:identification": now - corrected,
        "change:rest": corrected - before,
    }
    bounds = FigureRow(
        NAME, "", "", period, "", corrected, n, as_of, min(now, corrected), max(now, corrected)
    )
    return [
        bounds,
        *(
            FigureRow(
                NAME, "", "", period, part, value, row["known_before"] if part == "before" else n, as_of
            )
            for part, value in parts.items()
        ),
    ]


METRIC = Metric(
    name=NAME,
    question="How much of the change in the stock did better identification make, and how much is left?",
    formula="stock after keeping, in each month since the base month, a visit with probability min(1, identified share "
    "of the base month ÷ identified share of the month); the interval runs to the stock as counted, which is right if "
    "identification is a matter of the person and not of the visit",
    source="definition (thinning of a point process, independent of the customer)",
    beside=("second_purchase_stock", "identified_share"),
    cubes=(SOLD,),
    reading=reading,
    figures=figures,
)
