"""How much of what guests buy is on discount, and how many never pay the price on the list."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from regulars.know.tables.breadth import discount_shares
from regulars.measure.metric import FigureRow, Inputs, Metric
from regulars.measure.rules.periods import ENOUGH
from regulars.measure.rules.shares import wilson
from regulars.measure.rules.spread import ratio

NAME = "discount_share"
FEWEST = 3  # visits from which never and always mean something
GROUPS = ("never", "sometimes", "mostly", "always")
SUMS = (
    "customers", "gross", "discount", "discounted",
    "gross_squares", "discount_squares", "discount_gross", "discounted_squares", "discounted_gross",
)  # fmt: skip


def reading(inputs: Inputs) -> ir.Table:
    """``group`` (by the share of days with a discount; ``few``: below three visits): customers and their sums."""
    people = discount_shares(inputs.days)
    share = people.discount_days.cast("float64") / people.visits.cast("float64")
    group = ibis.cases(
        (people.visits < FEWEST, "few"),
        (people.discount_days == 0, "never"),
        (people.discount_days == people.visits, "always"),
        (share >= 0.5, "mostly"),
        else_="sometimes",
    )
    gross, off, on = (people[name].cast("float64") for name in ("gross", "discount", "discounted"))
    each = people.select(
        group=group, gross=gross, discount=off, discounted=on, gross_squares=gross * gross,
        discount_squares=off * off, discount_gross=off * gross, discounted_squares=on * on,
        discounted_gross=on * gross,
    )  # fmt: skip
    grouped = each.group_by("group").aggregate(
        customers=each.count().cast("int64"), **{name: each[name].sum() for name in SUMS[1:]}
    )
    return grouped.order_by("group")


def figures(counts: pa.Table, as_of: date) -> list[FigureRow]:
    """``depth`` (discount ÷ list price), ``on_discount`` (list price of days with one ÷ all), and of customers with
    three visits or more the share who never, sometimes, mostly or always bought with one."""
    sums: dict[str, float] = defaultdict(float)
    people: dict[str, int] = {}
    for row in counts.to_pylist():
        people[row["group"]] = row["customers"]
        for name in SUMS:
            sums[name] += row[name]
    n = int(sums["customers"])
    if n < ENOUGH:
        return [
            FigureRow(NAME, "", "", "", part, None, n, as_of, note="too_few" if n else "not_recorded")
            for part in ("depth", "on_discount")
        ]
    rows = []
    for part, what in (("depth", "discount"), ("on_discount", "discounted")):
        value, low, high = ratio(
            n,
            sums[what],
            sums["gross"],
            sums[f"{what}_squares"],
            sums[f"{what}_gross"],
            sums["gross_squares"],
        )
        rows.append(FigureRow(NAME, "", "", "", part, value, n, as_of, low, high))
    told = {group: people.get(group, 0) for group in GROUPS}
    whole = sum(told.values())
    for group, hits in told.items():
        told_of = FigureRow(NAME, "", "", "", f"days:{group}", None, whole, as_of, note="too_few")
        if whole >= ENOUGH:
            low, high = wilson(hits, whole)
            told_of = told_of._replace(value=hits / whole, low=low, high=high, note="")
        rows.append(told_of)
    return rows


METRIC = Metric(
    name=NAME,
    question="How much of what guests buy is on discount, and who never pays the list price?",
    formula="depth: discount ÷ gross; on_discount: gross of days with a discount ÷ gross; days: customers with three "
    "visits or more by the share of their days with a discount",
    source="ratio over customers Cochran 1977; shares Wilson 1927",
    beside=("price_fairness",),
    reading=reading,
    figures=figures,
)
