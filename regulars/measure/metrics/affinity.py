"""Which products are bought together more, or less, than other baskets like theirs."""

from __future__ import annotations

from datetime import date
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa

from regulars.know.tables.baskets import pairs
from regulars.measure.lines import sold
from regulars.measure.metric import FigureRow, Inputs, Metric
from regulars.measure.rules.affinity import among_alike, lift
from regulars.measure.rules.discovery import FALSE, adjusted
from regulars.measure.rules.periods import ENOUGH, month_number

NAME = "affinity"
MONTHS = 12
PRODUCTS = 200  # the most sold
SHOWN = 60  # of each side, the surest
PLAIN = ("both", "expected", "none", "one", "two")
ALIKE = ("held", "alike", "variance")
LONGEST = 59  # characters of a product's code in the name of a pair


def reading(inputs: Inputs) -> ir.Table:
    """`know.tables.baskets.pairs` of the 200 most sold products of twelve months, in 30 baskets together or more."""
    held = sold(inputs, month_number(inputs.as_of) - MONTHS + 1)
    return pairs(held, PRODUCTS, ENOUGH).order_by("product_a", "product_b")


def figures(counts: pa.Table, as_of: date) -> list[FigureRow]:
    """How many ``pairs`` were compared, how many go ``together`` and ``apart``; the surest of both, each with its
    ``lift`` among baskets alike and its ``lift:plain``.

    A pair is called one or the other where the share of false ones among those called is at most 5 %; n: baskets with
    both. Intervals of the pairs shown are widened so that of those chosen, too, 95 % hold (Benjamini and Yekutieli
    2005). Where no pair lay in baskets enough nothing is told.
    """
    told = [
        (row, each) for row in counts.to_pylist() if (each := among_alike(*(row[name] for name in ALIKE)))
    ]
    sure = adjusted([each.p for _row, each in told])
    found = [place for place, q in enumerate(sure) if q <= FALSE]
    found.sort(key=lambda place: (told[place][1].p, place))
    sides = {
        "together": [place for place in found if told[place][1].estimate > 1.0],
        "apart": [place for place in found if told[place][1].estimate <= 1.0],
    }
    counted = {"pairs": len(told)} | {side: len(places) for side, places in sides.items()}
    if not told:
        return [FigureRow(NAME, "", "", "", part, None, 0, as_of, note="too_few") for part in counted]
    rows = [FigureRow(NAME, "", "", "", part, float(n), len(told), as_of) for part, n in counted.items()]
    shown = [(side, told[place][0]) for side, places in sides.items() for place in places[:SHOWN]]
    for side, row in shown:
        rows += _of(row, side, 1.0 - FALSE * len(shown) / len(told), as_of)
    return rows


def _of(row: dict[str, Any], side: str, confidence: float, as_of: date) -> list[FigureRow]:
    pair = f"{row['product_a'][:LONGEST]}|{row['product_b'][:LONGEST]}"
    plain = lift(**{name: row[name] for name in PLAIN}, confidence=confidence)
    each = among_alike(**{name: row[name] for name in ALIKE}, confidence=confidence) or plain
    return [
        FigureRow(
            NAME, "pair", pair, "", part, which.estimate, row["both"], as_of, which.low, which.high, side
        )
        for part, which in (("lift", each), ("lift:plain", plain))
    ]


METRIC = Metric(
    name=NAME,
    question="Which products are bought together more, or less, than chance?",
    formula="lift: baskets with both ÷ those expected by chance among baskets of the same store and as many products; "
    "plain: ÷ Σ over stores of (baskets with one × baskets with the other ÷ baskets); last twelve months, pairs of the "
    "200 most sold in 30 baskets or more",
    source="lift Brin and others 1997, interval by the delta method; quasi-independence Goodman 1968; false discovery "
    "Benjamini and Hochberg 1995, intervals of those shown Benjamini and Yekutieli 2005",
    unit="count",
    units={"lift": "number", "lift:plain": "number"},
    reading=reading,
    figures=figures,
)
